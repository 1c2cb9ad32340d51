"""trialog, from this checkout."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from dashboard.data import FIRST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from dashboard.data import Run

TOKEN = "measured-here"
PROJECT = "bench/curves"


class Adapter:
    """`trialog.init` and `run.log` of all metrics of a step; the project's page."""

    title = "trialog"
    requirement = None
    letters = "ABCD"
    plots = ".plot canvas"
    limit_s = 20.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {"TRIALOG_HOME": str(self.folder), "TRIALOG_CAPTURE": "none"}

    def write(self, runs: Iterable[Run]) -> None:
        import trialog

        for run in runs:
            with trialog.init(PROJECT, name=run.name, parameters=run.parameters) as log:
                columns = {name: values.tolist() for name, values in run.metrics.items()}
                for step, row in enumerate(zip(*columns.values(), strict=True)):
                    log.log(dict(zip(columns, row, strict=True)), step=step)

    def command(self, python: str, port: int) -> list[str]:
        how = ["--no-browser", "--token", TOKEN, "--store", str(self.folder)]
        return [python, "-m", "trialog", "ui", "--port", str(port), *how]

    def address(self, server: str, letter: str, page: Any) -> str:
        del letter, page
        return f"{server}/{PROJECT}#token={TOKEN}"

    def curves_of_few(self, server: str, letter: str) -> str | None:
        del letter
        return f"{server}/{PROJECT}?where=number+<+{FIRST}#token={TOKEN}"

    def show_all(self, page: Any) -> float | None:
        page.keyboard.press("/")
        page.keyboard.press("Control+a")
        start = time.time()
        page.keyboard.press("Delete")
        page.keyboard.press("Enter")
        return start
