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

    def ticket(self) -> str:
        return self.run.hash

    def join(self, ticket: str) -> None:
        import aim

        self.run = aim.Run(ticket, repo=str(self.folder))

    def points(self) -> list[tuple[int | None, float]]:
        return [point for run in self._runs() for point in points_of(run)]

    def runs(self) -> list[tuple[str, str]]:
        return [(run.hash, "ended" if run.end_time else "active") for run in self._runs()]

    def _runs(self) -> list:
        import aim
        from aim.sdk.index_manager import RepoIndexManager

        unindexed = aim.Repo(str(self.folder))
        for identity in unindexed.list_all_runs():
            RepoIndexManager.get_index_manager(unindexed).index(identity)
        repo = aim.Repo(str(self.folder))
        return [aim.Run(each, repo=repo, read_only=True) for each in repo.list_all_runs()]


def points_of(run: object) -> list[tuple[int | None, float]]:
    """Return a run's points; of a run that was not closed, values and steps do not pair."""
    found = []
    for metric in run.metrics():
        if metric.name == "loss":
            steps, columns = metric.data.numpy()
            is_closed = run.end_time is not None
            found += [
                (int(step) if is_closed else None, float(value))
                for step, value in zip(steps, columns[0], strict=True)
            ]
    return found
