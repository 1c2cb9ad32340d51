"""The floor: a bare method that appends to a list, and is durable for nothing."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Bare:
    """The least that any tracker written in Python does in a call."""

    def __init__(self) -> None:
        self.points: list[tuple[str, int, int, float]] = []

    def log(self, name: str, value: float, step: int) -> None:
        self.points.append((name, step, time.time_ns(), value))

    def log_many(self, values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            self.points.append((name, step, time.time_ns(), value))


class Adapter:
    """A list, dressed as a tracker."""

    requirement = None
    statement = "pass"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {}

    def start(self) -> None:
        self.bare = Bare()

    def log_scalar(self, value: float, step: int) -> None:
        self.bare.log("loss", value, step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.bare.log_many(values, step)

    def finish(self) -> None:
        del self.bare

    def ticket(self) -> str:
        return "list"

    def join(self, ticket: str) -> None:  # noqa: ARG002 # any list will do
        self.start()

    def points(self) -> list[tuple[int, float]]:
        return []

    def runs(self) -> list[tuple[str, str]]:
        return []
