"""Trackio, local: a queue, and a thread that drains it into SQLite every half second."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

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

    def count_points(self) -> int:
        with closing(sqlite3.connect(self.folder / "peers.db")) as database:
            query = "SELECT count(*) FROM metrics WHERE json_extract(metrics, '$.loss') IS NOT NULL"
            return database.execute(query).fetchone()[0]

    def status(self) -> str:
        return "none kept"
