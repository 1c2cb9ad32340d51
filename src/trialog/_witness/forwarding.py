"""Passing on what the process prints, and listening on the way.

It comes first: whoever prints waits for it. So each stream has a thread of its own, which does
nothing else.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Callable, Collection

from trialog._tracking.marks import MarkReader
from trialog._witness.ways import Way

Heard = Callable[[str, bytes, int], None]
_READ_BYTES = 1 << 16
_CATCH_UP_S = 1.0
_HOLD_S = 1.0  # so long what is behind a mark waits for the message that belongs to it
_NEVER = float("inf")


class Forwarder:
    """Passes streams on, without the marks among what is printed."""

    def __init__(
        self,
        streams: dict[str, list[int]],
        key: str,
        *,
        heard: Heard,
        broken: Callable[[str], None],
    ) -> None:
        """Make it.

        Args:
            streams: by name, where it comes out, and, unless it was only listened to, where it
                goes on to.
            key: of the marks.
            heard: called with what came.
            broken: called with the name of a stream that nobody reads any more.
        """
        self._heard = heard
        self._broken = broken
        self._ways = [Way(name, MarkReader(key), *fds) for name, fds in streams.items()]
        self._moved = threading.Condition()  # a way has reached a mark, or may go on behind it
        self._taken: float = 0  # the number of the last message that was taken
        self._threads = [
            threading.Thread(target=self._pass_on, args=(way,), daemon=True) for way in self._ways
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def catch_up(self, number: int, marked: Collection[str]) -> None:
        """Wait until what was printed before a message has been heard, but not for long.

        What was printed after it is heard after :meth:`go_on`.

        Args:
            number: of the message.
            marked: the streams that have its mark; others are read until they are empty.
        """
        self.go_on(number - 1)  # one that has not come by now does not come
        until = time.monotonic() + _CATCH_UP_S
        having = [way for way in self._ways if way.name in marked]
        with self._moved:
            self._moved.wait_for(
                lambda: all(way.reached >= number or way.is_over for way in having), _CATCH_UP_S
            )
        others = [way for way in self._ways if way.name not in marked]
        while any(way.is_behind and way.reached < number for way in others):
            if time.monotonic() > until:
                return
            time.sleep(0.0005)

    def go_on(self, number: float = _NEVER) -> None:
        """A message has been taken: hear what was printed after it.

        Args:
            number: of the message; none more will come where there is none.
        """
        with self._moved:
            self._taken = max(self._taken, number)
            self._moved.notify_all()

    def wait(self, timeout_s: float | None) -> None:
        """Wait until nobody can print any more."""
        until = None if timeout_s is None else time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(None if until is None else max(0.0, until - time.monotonic()))

    def _pass_on(self, way: Way) -> None:
        goes_on = True
        while goes_on:
            way.is_busy = bool(way.unheard)
            time_ns = time.time_ns()
            ready, _, _ = select.select([way.reading], [], [], way.pause_s)
            if ready:
                way.is_busy = True
                goes_on = self._pass_once(way)
            elif way.unheard:
                self._hear(way, b"", time_ns)
            elif way.marks.is_holding:
                self._pass_text(way, way.marks.release(), time_ns)
            way.follow()
            goes_on = goes_on and not way.is_hung_up
        self._pass_text(way, way.marks.release(), time.time_ns())
        with self._moved:
            way.is_over = True
            self._moved.notify_all()
        way.close()

    def _pass_once(self, way: Way) -> bool:
        """Pass on what has come.

        Returns:
            Whether more may come.
        """
        time_ns = time.time_ns()  # before: whoever sees that nothing waits is later than that
        try:
            data = os.read(way.reading, _READ_BYTES)
        except OSError:  # a pseudo-terminal whose other end is closed
            return False
        if not data:
            return False
        *cut, last = way.marks.feed(data)
        self._write(way, b"".join(piece.text for piece in (*cut, last)))
        for text, mark in cut:
            if mark is not None:
                self._hear(way, text, min(time.time_ns(), mark.time_ns))
                self._stop_at(way, mark.number)
        if cut:
            # The mark may be later than our look at the clock: it is heard after another one,
            # unless the next mark, and so an earlier time, is there by then.
            way.unheard = last.text
        else:
            self._hear(way, last.text, time_ns)
        return True

    def _pass_text(self, way: Way, text: bytes, time_ns: int) -> None:
        self._write(way, text)
        self._hear(way, text, time_ns)

    def _write(self, way: Way, text: bytes) -> None:
        if not way.write(text):
            self._broken(way.name)

    def _hear(self, way: Way, text: bytes, time_ns: int) -> None:
        text, way.unheard = way.unheard + text, b""
        if text:
            with contextlib.suppress(Exception):  # what is not understood is passed on all the same
                self._heard(way.name, text, time_ns)

    def _stop_at(self, way: Way, number: int) -> None:
        """Hear nothing of what is behind a mark before its message has been taken."""
        with self._moved:
            way.reached = max(way.reached, number)
            self._moved.notify_all()
            self._moved.wait_for(lambda: self._taken >= number, _HOLD_S)
