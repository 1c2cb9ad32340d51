"""Python's own streams, listened to: what is printed goes where it always did, and a copy of it."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from threading import get_ident
from typing import Any

from trialog._tracking.ways import open_pipe

_HELD_S = 0.3  # so long, at most, a print waits while another way is made for it
_LOOK_S = 0.0002


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
        self._writers: set[int] = set()  # threads that are between a print and its copy
        self._holder: int | None = None  # the thread that holds up the others

    def install(self) -> None:
        """Listen from now on; again where somebody has put a ``write`` of his own there since."""
        if self.reading >= 0:
            os.close(self.reading)
            self.reading = -1
        write = self._stream.write
        if write is self._installed:
            return

        def write_both(*given: Any, **options: Any) -> Any:
            writer = get_ident()
            is_over = self._installed is None and self._holder is None
            if is_over or writer in self._writers:  # somebody else's calls one of ours
                return write(*given, **options)
            try:
                self._begin(writer)
                is_heard = self._installed is not None
                result = write(*given, **options)
                if is_heard:
                    self._copy(given)
                return result
            finally:
                self._writers.discard(writer)

        with contextlib.suppress(Exception):  # one that takes no attributes is left alone
            self._stream.write = write_both
            self._installed = write_both

    def _begin(self, writer: int) -> None:
        """A thread is about to print: not while it is held up, unless that takes long."""
        self._writers.add(writer)
        until = time.monotonic() + _HELD_S
        while self._holder not in (None, writer) and time.monotonic() < until:
            self._writers.discard(writer)
            time.sleep(_LOOK_S)
            self._writers.add(writer)  # before it is looked: who holds it up looks the other way

    def _copy(self, given: Sequence[Any]) -> None:
        with contextlib.suppress(Exception):  # no room, or no witness: the print goes on
            text = given[0]
            self.has_copied, self.is_within_line = True, not text.endswith("\n")
            os.write(self.writing, text.encode("utf-8", "replace"))

    @contextlib.contextmanager
    def held_up(self, until_s: float) -> Iterator[bool]:
        """Let nobody else print: what was printed has been copied; the rest waits until the end.

        Who makes another way meanwhile calls :meth:`remove` when it is there.

        Args:
            until_s: so long, on the monotonic clock, a print that has begun is waited for.

        Yields:
            Whether none is left of those that had begun.
        """
        self._holder = get_ident()
        try:
            while (is_printing := bool(self._writers - {self._holder})) and (
                time.monotonic() < until_s
            ):
                time.sleep(_LOOK_S)
            yield not is_printing
        finally:
            self._holder = None

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
        """Close what this process holds; whoever was held up, in a forked child too, goes on."""
        self.remove()
        self._holder = None
        for fd in (self.reading, self.writing):
            if fd >= 0:
                os.close(fd)
