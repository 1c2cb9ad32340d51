"""How far a transfer is, on stderr, for people only."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialog._oci.descriptors import Descriptor
    from trialog._oci.progress import Progress, TransferState

_LEAST_BYTES = 4 << 20  # less than this is done before a bar could be read


@contextlib.contextmanager
def show_transfer(title: str, size_bytes: int) -> Iterator[Progress | None]:
    """Show a bar while blobs are sent or fetched; it is gone afterwards.

    Args:
        title: what is done: "Pushing sweep-1".
        size_bytes: of all blobs.

    Yields:
        What to tell of progress; None where stderr is no terminal, or little is to be done.
    """
    if size_bytes < _LEAST_BYTES or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 # only where there is somebody to see it
    from rich.progress import (  # noqa: PLC0415 # as above
        BarColumn,
        DownloadColumn,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415 # as above

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(title, total=size_bytes)
    done: dict[str, int] = {}
    lock = threading.Lock()

    def tell(blob: Descriptor, done_bytes: int, _all_bytes: int, _state: TransferState) -> None:
        with lock:
            advance = done_bytes - done.get(blob.digest, 0)
            done[blob.digest] = done_bytes
        bar.advance(task, advance)

    with bar:
        yield tell
