"""Trackio, local; rows go through its own storage layer, as its background thread's do."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboard.data import Run


class Adapter:
    """The dashboard of a project; its page asks for everything again each second."""

    title = "Trackio"
    requirement = "trackio"
    letters = "ABC"
    plots = ".vega-embed canvas, .vega-embed svg"
    limit_s = 40.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {
            "TRACKIO_DIR": str(self.folder),
            "HF_HUB_OFFLINE": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "GRADIO_ANALYTICS_ENABLED": "False",
        }

    def write(self, runs: Iterable[Run]) -> None:
        from trackio.sqlite_storage import SQLiteStorage

        for run in runs:
            columns = {name: values.tolist() for name, values in run.metrics.items()}
            rows = [
                dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)
            ]
            SQLiteStorage.bulk_log(
                "curves", run.name, rows, steps=list(range(len(rows))), config=dict(run.parameters)
            )

    def command(self, python: str, port: int) -> list[str]:
        # `trackio show` takes its port from a variable: the shell sets it
        script = Path(python).parent / "trackio"
        return ["sh", "-c", f'GRADIO_SERVER_PORT={port} exec "{script}" show --project curves']

    def address(self, server: str, letter: str, page: Any) -> str:
        del letter, page
        return f"{server}/?project=curves"

    def curves_of_few(self, server: str, letter: str) -> str | None:
        del server, letter

    def show_all(self, page: Any) -> float | None:
        box = page.locator(".select-all-cb")
        box.click()
        page.wait_for_timeout(3_000)
        start = time.time()
        box.click()
        return start
