"""Aim: a RocksDB a run, written by the calling thread."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Adapter:
    """`aim.Run.track`; a run is read after indexing it, as `aim up` does."""

    requirement = "aim>=3.29"
    statement = "import aim"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {}

    def start(self) -> None:
        import aim

        if not (self.folder / ".aim").exists():
            aim.Repo.from_path(str(self.folder), init=True)
        self.run = aim.Run(repo=str(self.folder), experiment="peers")

    def log_scalar(self, value: float, step: int) -> None:
        self.run.track(value, name="loss", step=step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.run.track(values, step=step)

    def finish(self) -> None:
        self.run.close()

    def count_points(self) -> int:
        metrics = [metric for run in self._runs() for metric in run.metrics()]
        return sum(len(metric.data.numpy()[0]) for metric in metrics if metric.name == "loss")

    def status(self) -> str:
        (run,) = self._runs()
        return "ended" if run.end_time else "active"

    def _runs(self) -> list:
        import aim
        from aim.sdk.index_manager import RepoIndexManager

        unindexed = aim.Repo(str(self.folder))
        for identity in unindexed.list_all_runs():
            RepoIndexManager.get_index_manager(unindexed).index(identity)
        repo = aim.Repo(str(self.folder))
        return [aim.Run(each, repo=repo, read_only=True) for each in repo.list_all_runs()]
