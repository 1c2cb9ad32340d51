"""OMMX's experiments, in a local registry of their own."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiment_peers import Manner

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from ommx.experiment import Experiment, Run


class Adapter:
    """`ommx.experiment.Experiment`. No name of it leads to a network: nobody is at that port."""

    requirement = "ommx==3.0.0b7"
    statement = "from ommx.experiment import Experiment"
    manners = (
        Manner("default", "nothing before a run closes; then it is on the disk"),
        Manner("every 25 runs", "nothing before the 25th run closes; then all 25 are on the disk"),
        Manner("disabled", "nothing before the commit"),
    )

    def __init__(self, folder: Path, manner: str) -> None:
        self.folder = folder
        self.manner = manner

    def environment(self) -> dict[str, str]:
        return {"OMMX_LOCAL_REGISTRY_ROOT": str(self.folder)}

    def begin(self, name: str) -> Experiment:
        from ommx.experiment import AutosavePolicy, Experiment

        self.experiment = Experiment(_image(name))
        if self.manner == "every 25 runs":
            self.experiment.set_autosave_policy(AutosavePolicy.every_n_runs(25))
        elif self.manner == "disabled":
            self.experiment.set_autosave_policy(AutosavePolicy.disabled())
        return self.experiment

    def run(self) -> Run:
        return self.experiment.run()

    def settle(self) -> None:
        """Nothing is put off."""

    def commit(self) -> None:
        self.experiment.commit()

    def frame(self) -> pd.DataFrame:
        return self.experiment.run_parameters_df()

    def load(self, name: str) -> pd.DataFrame:
        from ommx.experiment import Experiment

        return Experiment.load(_image(name)).run_parameters_df()

    def survivors(self, name: str) -> list[Any]:
        from ommx.experiment import Experiment, list_experiment_checkpoints, list_experiments

        if any(each.image_name == _image(name) for each in list_experiments()):
            return [self.load(name)]
        if not list_experiment_checkpoints():
            return []
        return [Experiment.restore_from_checkpoint(_image(name)).run_parameters_df()]


def _image(name: str) -> str:
    return f"localhost:1/bench/{name}:v1"
