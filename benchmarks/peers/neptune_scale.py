"""neptune-scale, offline: a queue, and a thread that writes SQLite."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MANY_BYTES = 1 << 30


class Adapter:
    """`neptune_scale.Run.log_metrics`; read by its own repository of operations."""

    requirement = "neptune-scale"
    statement = "import neptune_scale"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {"NEPTUNE_PROJECT": "bench/peers"}

    def start(self) -> None:
        self.join(uuid.uuid4().hex)

    def log_scalar(self, value: float, step: int) -> None:
        self.run.log_metrics({"loss": value}, step=step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.run.log_metrics(values, step=step)

    def finish(self) -> None:
        self.run.close()

    def ticket(self) -> str:
        return self.run_id

    def join(self, ticket: str) -> None:
        from neptune_scale import Run

        self.run_id = ticket
        self.run = Run(run_id=ticket, mode="offline", log_directory=str(self.folder))

    def points(self) -> list[tuple[int, float]]:
        return [
            (operation.step.whole, operation.append["loss"].float64)
            for repository in self._repositories()
            for operation in operations(repository)
            if "loss" in getattr(operation, "append", ())
        ]

    def runs(self) -> list[tuple[str, str]]:
        found = (repository.get_metadata() for repository in self._repositories())
        return [(each.run_id, "none kept") for each in found if each is not None]

    def _repositories(self) -> Iterator:
        from neptune_scale.sync.operations_repository import OperationsRepository

        for file in self.folder.rglob("*.sqlite3"):
            yield OperationsRepository(file.absolute())


def operations(repository: object) -> Iterator:
    """Read what was logged, in order."""
    after = None
    while found := repository.get_operations(MANY_BYTES, after):
        yield from (each.operation for each in found)
        after = found[-1].sequence_id
