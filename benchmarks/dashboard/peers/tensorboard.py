"""TensorBoard; events are written by its own writer, the one below PyTorch's `SummaryWriter`."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dashboard.data import Run


class Adapter:
    """Time series with all runs; its default selection has all where they are at most 500."""

    title = "TensorBoard"
    requirement = "tensorboard"
    letters = "ABC"
    plots = "line-chart"
    limit_s = 30.0

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {}

    def write(self, runs: Iterable[Run]) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        for run in runs:
            writer = EventFileWriter(str(self.folder / run.name))
            now = time.time()
            writer.add_event(Event(wall_time=now, summary=hparams_pb(run.parameters, run.name)))
            for tag, values in run.metrics.items():
                for step, value in enumerate(values.tolist()):
                    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
                    writer.add_event(Event(wall_time=now + step, step=step, summary=summary))
            writer.close()

    def command(self, python: str, port: int) -> list[str]:
        where = ["--logdir", str(self.folder), "--host", "127.0.0.1", "--port", str(port)]
        return [str(Path(python).parent / "tensorboard"), *where]

    def address(self, server: str, letter: str, page: Any) -> str:
        del letter, page
        return f"{server}/#timeseries"

    def curves_of_few(self, server: str, letter: str) -> str | None:
        del server, letter

    def show_all(self, page: Any) -> float | None:
        box = page.locator("input.mdc-checkbox__native-control").first  # that of all runs
        if box.is_checked():
            box.click()
            page.wait_for_timeout(3_000)
        start = time.time()
        box.click()
        return start
