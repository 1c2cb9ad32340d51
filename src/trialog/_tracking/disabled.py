"""``TRIALOG_MODE=disabled``: the same API, every check made, nothing written."""

from __future__ import annotations

import time
from pathlib import Path

from trialog._format.facts import End, Start
from trialog._format.records import Kind
from trialog._writing.blobs import StoredBlob, check_source
from trialog._writing.block import DroppingBlock
from trialog._writing.blockfile import JournalClosedError
from trialog._writing.trouble import Trouble


class DisabledJournal:
    """Takes every record and keeps none."""

    def __init__(self, start: Start) -> None:
        self.start = start
        self.folder = Path()
        self.is_ended = True
        self.trouble = Trouble(start.name)
        self.block = DroppingBlock(0, start.created_ns)

    def now(self) -> int:
        """The time, in nanoseconds since 1970."""
        return time.time_ns()

    def append_point(self, *_: object, **__: object) -> None:
        """Keep nothing."""

    def append_points(self, *_: object, **__: object) -> None:
        """Keep nothing."""

    def append_fact(self, kind: Kind, payload: bytes, time_ns: int | None = None) -> None:
        """Keep nothing."""

    def close(self, kind: Kind, end: End | None = None, *, completes: bool = True) -> None:
        """Keep nothing."""


class ClosedJournal(DisabledJournal):
    """Refuses every record: the run has ended."""

    def __init__(self, start: Start) -> None:
        super().__init__(start)
        self.block = _REFUSING

    def append_point(self, *_: object, **__: object) -> None:
        """Refuse."""
        raise JournalClosedError

    def append_points(self, *_: object, **__: object) -> None:
        """Refuse."""
        raise JournalClosedError

    def append_fact(self, kind: Kind, payload: bytes, time_ns: int | None = None) -> None:
        """Refuse."""
        raise JournalClosedError


class _RefusingBlock(DroppingBlock):
    def write(self, record: bytes) -> object:
        raise ValueError("the run has ended")


_REFUSING = _RefusingBlock(-1, 0)


class DisabledBlobs:
    """Takes bytes and keeps none; a file that is not there is still an error."""

    def put(self, data: bytes | bytearray | memoryview) -> StoredBlob:
        """Keep nothing."""
        return StoredBlob("", memoryview(data).nbytes, b"")

    def put_file(self, source: Path) -> StoredBlob:
        """Keep nothing.

        Raises:
            MissingFileError: there is no such file.
        """
        return StoredBlob("", check_source(source), b"")
