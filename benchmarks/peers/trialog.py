"""trialog, the tracker of this repository, in a store of its own."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import trialog


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

    def ticket(self) -> str:
        return self.run.id

    def join(self, ticket: str) -> None:
        import trialog

        self.run = trialog.init("bench", "peers", id=ticket)

    def points(self) -> list[tuple[int, float]]:
        import trialog

        try:
            frame = self._runs().metrics_df("loss")
        except trialog.errors.NotFoundError:  # no run has logged one
            return []
        return list(zip(frame["step"].tolist(), frame["value"].tolist(), strict=True))

    def runs(self) -> list[tuple[str, str]]:
        return [(run.name, f"{run.status} {run.reason or ''}".strip()) for run in self._runs()]

    def _runs(self) -> trialog.Runs:
        import trialog

        return trialog.runs("bench/peers", client=trialog.LocalClient(self.folder))
