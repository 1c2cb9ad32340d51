"""trialog, the tracker of this repository, in a store of its own."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiment_peers import Manner

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    import trialog

_KEPT = "each value is in the file when its call returns, on the disk within a second"


class Adapter:
    """`trialog.Experiment`."""

    requirement = None
    statement = "from trialog import Experiment"
    manners = (
        Manner("capture off", _KEPT),
        Manner("capture on", f"{_KEPT}; console, machine, code and environment too"),
    )

    def __init__(self, folder: Path, manner: str) -> None:
        self.folder = folder
        self.captures = "all" if manner == "capture on" else "none"

    def environment(self) -> dict[str, str]:
        return {"TRIALOG_HOME": str(self.folder), "TRIALOG_CAPTURE": self.captures}

    def begin(self, name: str) -> trialog.Experiment:
        import trialog

        self.experiment = trialog.Experiment(name, project="bench/experiments")
        return self.experiment

    def run(self) -> trialog.Run:
        return self.experiment.run()

    def settle(self) -> None:
        from trialog._tracking.active import session

        self.experiment.finish()
        session.steward.drain()

    def commit(self) -> None:
        self.experiment.commit()

    def frame(self) -> pd.DataFrame:
        return self.experiment.run_parameters_df()

    def load(self, name: str) -> pd.DataFrame:
        import trialog

        return trialog.Experiment.open(name).run_parameters_df()

    def survivors(self, name: str) -> list[Any]:
        import trialog

        found = trialog.experiments("bench/experiments")
        return [each.run_parameters_df() for each in found if each.name.startswith(name)]
