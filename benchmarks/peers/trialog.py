"""trialog, the tracker of this repository, in a store of its own."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Adapter:
    """The public calls of the README."""

    requirement = None
    statement = "import trialog"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {"TRIALOG_HOME": str(self.folder)}

    def start(self) -> None:
        import trialog

        self.run = trialog.init("bench", "peers")

    def log_scalar(self, value: float, step: int) -> None:
        self.run.log("loss", value, step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.run.log(values, step)

    def finish(self) -> None:
        self.run.finish()

    def count_points(self) -> int:
        import trialog

        return len(trialog.runs("bench/peers").metrics_df("loss"))

    def status(self) -> str:
        import trialog

        (run,) = trialog.runs("bench/peers")
        return f"{run.status} {run.reason or ''}".strip()
