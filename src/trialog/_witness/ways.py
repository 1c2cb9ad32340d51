"""The way of one stream: from where it comes out to where it was meant for.

Where that is a terminal, ours has its size, and it has the modes that are set on ours.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import termios
import time
from typing import Any

from trialog._tracking.marks import TORN_S, MarkReader

_FOLLOW_S = 0.5  # so often a terminal is looked at


class Way:
    """One stream on its way.

    Attributes:
        name: of the stream.
        marks: takes the marks out.
        reading: where it comes out.
        reached: the number of the last mark that was come to.
        unheard: what has been passed on and not been heard yet.
        is_busy: whether something has been read that was not heard yet.
        is_over: whether nothing more will come.
        is_terminal: whether it goes on to a terminal.
    """

    def __init__(self, name: str, marks: MarkReader, reading: int, original: int = -1) -> None:
        self.name = name
        self.marks = marks
        self.reading = reading
        self.reached = 0
        self.unheard = b""
        self.is_busy = False
        self.is_over = False
        self._original = self._kept = original
        self.is_terminal = original >= 0 and os.isatty(original)
        self._size = b""
        self._followed_s = 0.0
        self._modes = _modes(reading) if self.is_terminal else None

    @property
    def pause_s(self) -> float | None:
        """How long nothing is to be done unless more comes."""
        if self.unheard:
            return 0
        if self.marks.is_holding:
            return TORN_S
        return _FOLLOW_S if self.is_terminal else None

    @property
    def is_behind(self) -> bool:
        """Whether something has been printed that was not passed on yet."""
        if self.is_over:
            return False
        waiting = fcntl.ioctl(self.reading, termios.FIONREAD, bytes(4))
        return self.is_busy or any(waiting)

    @property
    def is_hung_up(self) -> bool:
        """Whether the real terminal is gone: whoever still has ours is to notice."""
        if not self.is_terminal:
            return False
        asked = select.poll()
        asked.register(self._kept, 0)
        return bool(asked.poll(0))

    def write(self, data: bytes) -> bool:
        """Write it to where it was meant for.

        Returns:
            Whether somebody may still read there.
        """
        while data and self._original >= 0:
            try:
                data = data[os.write(self._original, data) :]
            except BlockingIOError:
                select.select([], [self._original], [])
            except OSError:
                self._original = -1
                return False
        return True

    def close(self) -> None:
        """Nobody can print any more: who reads where it went on to is to see the end."""
        os.close(self.reading)
        if self._kept >= 0:
            os.close(self._kept)

    def follow(self) -> None:
        """A terminal's size is that of the real one; its modes are for the real one."""
        if not self.is_terminal:
            return
        modes = _modes(self.reading)
        if modes != self._modes and modes is not None:
            self._modes = modes
            with contextlib.suppress(OSError, termios.error):
                real = termios.tcgetattr(self._kept)
                real[0], real[3], real[6] = modes
                termios.tcsetattr(self._kept, termios.TCSANOW, real)
        now = time.monotonic()
        if now - self._followed_s < _FOLLOW_S:
            return
        self._followed_s = now
        with contextlib.suppress(OSError):
            size = fcntl.ioctl(self._kept, termios.TIOCGWINSZ, bytes(8))
            if size != self._size:
                self._size = size
                fcntl.ioctl(self.reading, termios.TIOCSWINSZ, size)


def _modes(terminal: int) -> tuple[Any, Any, Any] | None:
    """How a terminal takes what is typed: input and local modes, and control characters."""
    try:
        attributes = termios.tcgetattr(terminal)
    except termios.error:
        return None
    return attributes[0], attributes[3], attributes[6]
