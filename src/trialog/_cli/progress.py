"""Progress on stderr, for people only."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


@contextlib.contextmanager
def show_progress(title: str, *, at_least: int = 1) -> Iterator[Progress | None]:
    """Show a bar while something long goes on; it is gone afterwards.

    Args:
        title: what is done, "Reading runs".
        at_least: less to do than this is not worth a bar.

    Yields:
        What to tell of progress; None where stderr is no terminal.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 # only where there is somebody to see it
    from rich.progress import (  # noqa: PLC0415 # as above
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415 # as above

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=None, start=False)

    def tell(done: int, total: int) -> None:
        if not bar.live.is_started:
            if total < at_least:
                return
            bar.start()
            bar.start_task(task)
        bar.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        bar.stop()
