"""Trackio, local: a queue, and a thread that drains it into SQLite every half second."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import math
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Adapter:
    """`trackio.init` and `run.log`; the points are counted in its database."""

    requirement = "trackio"
    statement = "import trackio"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {
            "TRACKIO_DIR": str(self.folder),
            "HF_HUB_OFFLINE": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "GRADIO_ANALYTICS_ENABLED": "False",
        }

    def start(self) -> None:
        import trackio

        self.run = trackio.init(project="peers", embed=False)

    def log_scalar(self, value: float, step: int) -> None:
        self.run.log({"loss": value}, step=step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.run.log(values, step=step)

    def finish(self) -> None:
        self.run.finish()

    def ticket(self) -> str:
        return self.run.name

    def join(self, ticket: str) -> None:
        import trackio

        self.run = trackio.init(project="peers", name=ticket, resume="allow", embed=False)

    def points(self) -> list[tuple[int, float]]:
        query = (
            "SELECT step, json_extract(metrics, '$.loss') FROM metrics "
            "WHERE json_type(metrics, '$.loss') IS NOT NULL"
        )
        return [(step, as_float(value)) for step, value in self._ask(query)]

    def runs(self) -> list[tuple[str, str]]:
        return [
            (name, "none kept") for (name,) in self._ask("SELECT DISTINCT run_name FROM metrics")
        ]

    def _ask(self, query: str) -> list:
        if not (self.folder / "peers.db").exists():
            return []
        with closing(sqlite3.connect(self.folder / "peers.db")) as database:
            return database.execute(query).fetchall()


def as_float(value: float | str | None) -> float:
    """Return a value of its database; it keeps what is not finite as text."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan
