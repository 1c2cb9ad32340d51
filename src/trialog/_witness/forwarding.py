"""Passing on what the process prints, and listening on the way.

It comes first: whoever prints waits for it. So each stream has a thread of its own, which does
nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import termios
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

Heard = Callable[[str, bytes, int], None]
_READ_BYTES = 1 << 16
_CATCH_UP_S = 1.0
_FOLLOW_S = 0.5


class Forwarder:
    """Passes streams on."""

    def __init__(
        self, streams: dict[str, list[int]], *, heard: Heard, broken: Callable[[str], None]
    ) -> None:
        """Make it.

        Args:
            streams: by name, where it comes out, and, unless it was only listened to, where it
                goes on to.
            heard: called with what came.
            broken: called with the name of a stream that nobody reads any more.
        """
        self._heard = heard
        self._broken = broken
        self._ways = [_Way(name, *fds) for name, fds in streams.items()]
        self._has_started = False
        self._threads = [
            threading.Thread(target=self._pass_on, args=(way,), daemon=True) for way in self._ways
        ]

    def start(self) -> None:
        """Begin, unless it has."""
        if not self._has_started:
            self._has_started = True
            for thread in self._threads:
                thread.start()

    def catch_up(self, unread: Mapping[str, int]) -> None:
        """Wait until what has been printed has been heard, but not for long.

        Args:
            unread: before the start: how much is to be passed on, by the names of streams.
        """
        if not self._has_started:
            for way in self._ways:
                self._pass_first(way, unread.get(way.name, 0))
            return
        until = time.monotonic() + _CATCH_UP_S
        while any(way.is_behind for way in self._ways) and time.monotonic() < until:
            time.sleep(0.0005)

    def _pass_first(self, way: _Way, size_bytes: int) -> None:
        """Pass on what was printed first, up to so many bytes in all."""
        while way.passed_bytes < size_bytes:
            ready, _, _ = select.select([way.reading], [], [], _CATCH_UP_S)
            if not ready or not self._pass_once(way, size_bytes - way.passed_bytes):
                return

    def wait(self, timeout_s: float | None) -> None:
        """Wait until nobody can print any more."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))

    def _pass_on(self, way: _Way) -> None:
        pause_s = _FOLLOW_S if way.is_terminal else None
        goes_on = True
        while goes_on:
            way.is_busy = False
            ready, _, _ = select.select([way.reading], [], [], pause_s)
            if ready:
                way.is_busy = True
                goes_on = self._pass_once(way)
            way.follow()
            goes_on = goes_on and not way.is_hung_up
        way.is_over = True
        way.close()

    def _pass_once(self, way: _Way, most_bytes: int = _READ_BYTES) -> bool:
        """Pass on what has come, up to so many bytes.

        Returns:
            Whether more may come.
        """
        time_ns = time.time_ns()  # before: whoever sees that nothing waits is later than that
        try:
            data = os.read(way.reading, min(most_bytes, _READ_BYTES))
        except OSError:  # a pseudo-terminal whose other end is closed
            return False
        if not data:
            return False
        way.passed_bytes += len(data)
        if not way.write(data):
            self._broken(way.name)
        with contextlib.suppress(Exception):  # what cannot be understood is passed on all the same
            self._heard(way.name, data, time_ns)
        return True


class _Way:
    """One stream on its way."""

    def __init__(self, name: str, reading: int, original: int = -1) -> None:
        self.name = name
        self.reading = reading
        self.passed_bytes = 0
        self.is_busy = False
        self.is_over = False
        self._original = self._kept = original
        self.is_terminal = original >= 0 and os.isatty(original)
        self._size = b""
        self._followed_s = 0.0
        self._modes = _modes(reading) if self.is_terminal else None

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
