"""Python's own streams, listened to: what is printed goes where it always did, and a copy of it."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from typing import Any

from trialog._tracking.ways import open_pipe


class Tap:
    """A stream of Python's that is listened to.

    Attributes:
        reading: where a copy of what is written comes out; -1 once the witness alone holds it.
        writing: where the copy goes in.
        has_copied: whether anything was written.
        is_within_line: whether the last of it did not end a line.
    """

    def __init__(self, stream: Any) -> None:
        self.reading, self.writing = open_pipe()
        os.set_blocking(self.writing, False)  # nobody waits for a copy
        self.has_copied = self.is_within_line = False
        self._stream = stream
        self._installed: Callable[[str], Any] | None = None
        self._writers = threading.local()

    def install(self) -> None:
        """Listen from now on; again where somebody has put a ``write`` of his own there since."""
        if self.reading >= 0:
            os.close(self.reading)
            self.reading = -1
        write = self._stream.write
        if write is self._installed:
            return

        def write_both(text: str) -> Any:
            if self._installed is None or getattr(self._writers, "is_within", False):
                return write(text)  # somebody else's calls one of ours
            self._writers.is_within = True
            try:
                result = write(text)
            finally:
                self._writers.is_within = False
            with contextlib.suppress(Exception):  # no room, or no witness: the print goes on
                self.has_copied, self.is_within_line = True, not text.endswith("\n")
                os.write(self.writing, text.encode("utf-8", "replace"))
            return result

        with contextlib.suppress(AttributeError):  # one that takes no attributes is left alone
            self._stream.write = write_both
            self._installed = write_both

    def mark(self, mark: bytes) -> bool:
        """Put a mark behind what was copied; whether there was room."""
        with contextlib.suppress(OSError):
            return os.write(self.writing, mark) == len(mark)
        return False

    @property
    def is_installed(self) -> bool:
        """Whether it is listened to."""
        return self._installed is not None

    def remove(self) -> None:
        """Listen no longer; whatever stands there goes on."""
        self._installed = None

    def close(self) -> None:
        """Close what this process holds."""
        for fd in (self.reading, self.writing):
            if fd >= 0:
                os.close(fd)
