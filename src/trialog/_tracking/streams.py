"""The standard streams of this process, led through the witness, which passes on what they say.

Until the witness is there, and where nothing can be led, Python's own streams are listened to:
what is printed goes where it always went, and a copy to the witness. Once it is there, file
descriptors 1 and 2 are made ends of a pipe, or of a pseudo-terminal where they were a terminal, so
that nobody writes otherwise than before. The witness holds the other ends and what 1 and 2 were.
Where both went to one place, they share one way, or what was printed first might come second.
Marks on all these ways say what was printed before what (``marks.py``).
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import time
from collections.abc import Callable
from itertools import chain
from typing import Any, NamedTuple

from trialog._tracking.marks import TORN_S, MarkReader, new_key
from trialog._tracking.taps import Tap
from trialog._tracking.ways import CLOSED, copy_of, identity_of, open_pipe, open_terminal

COPY = "copy of "  # before the name of a stream that is only listened to
_FDS = {"stdout": 1, "stderr": 2}
_READ_BYTES = 1 << 16
_ROOM_S = 0.005  # so long a mark waits for room
_LINE_S = 0.02  # so long the rest of a line is waited for
_PRINT_S = 0.05  # so long a print that has begun is waited for


class Led(NamedTuple):
    """A stream that is led through the witness.

    Attributes:
        fds: 1, or 2, or both.
        original: a copy of what it was.
        reading: where what is written to it comes out.
        identity: which file it is now.
    """

    fds: tuple[int, ...]
    original: int
    reading: int
    identity: tuple[int, int]


class Streams:
    """Leads and taps the streams, and gives them back.

    Attributes:
        led: the streams that are led, or will be once the witness is there.
        tapped: those that are listened to.
        key: of the marks on all these ways.
    """

    def __init__(self) -> None:
        self.key = new_key()
        self.led: dict[str, Led] = {}
        self.tapped: dict[str, Tap] = {}
        self._writing: dict[str, int] = {}
        self._marks: dict[str, MarkReader] = {}

    def open(self, *, leads: bool) -> None:
        """Make the ways, and listen; nothing is led through them yet.

        Args:
            leads: whether streams that are files are to be led, not only listened to.

        Raises:
            OSError: there are no more file numbers, or no pseudo-terminals.
        """
        open_fds = {}
        for name, fd in _FDS.items():
            stream = getattr(sys, name)
            is_other = name == "stdout" or stream is not sys.stdout  # one is listened to once
            if stream is not None and is_other:
                self.tapped[name] = Tap(stream)
            if leads and (stream is None or _is_on(stream, fd)) and identity_of(fd) != CLOSED:
                open_fds[name] = fd
        if len({identity_of(fd) for fd in open_fds.values()}) < len(open_fds):
            self._lead("both", tuple(open_fds.values()))
        else:
            for name, fd in open_fds.items():
                self._lead(name, (fd,))

    def _lead(self, name: str, fds: tuple[int, ...]) -> None:
        original = copy_of(fds[0])
        is_terminal = os.isatty(original)
        reading, writing = open_terminal(original) if is_terminal else open_pipe()
        self.led[name] = Led(fds, original, reading, identity_of(writing))
        self._writing[name] = writing

    def listen(self) -> None:
        """Listen where Python writes; IPython puts a ``write`` of its own there for each cell."""
        for tap in self.tapped.values():
            tap.install()

    @property
    def has_copied(self) -> bool:
        """Whether Python has printed anything that was listened to."""
        return any(tap.has_copied for tap in self.tapped.values())

    def await_line(self) -> None:
        """Write what is held back, and wait a moment for the end of a line that has begun."""
        flush()
        until = time.monotonic() + _LINE_S
        while any(tap.is_within_line for tap in self.tapped.values()):
            if time.monotonic() > until:
                return
            time.sleep(0.0001)

    def take_over(self, mark: Callable[[], bytes], *, is_patient: bool) -> list[str] | None:
        """The witness is there: from now on, what is written goes through the ways.

        Unless somebody has led a stream elsewhere meanwhile.

        Args:
            mark: makes what ends the copies, and stands first on the ways: what was copied comes
                before.
            is_patient: leave all as it is where a print lasts.

        Returns:
            The names of the ways that have the mark; None where all is as it was.
        """
        if not self.led:
            return []
        until = time.monotonic() + _PRINT_S
        with contextlib.ExitStack() as held:
            are_quiet = [held.enter_context(tap.held_up(until)) for tap in self.tapped.values()]
            if is_patient and not all(are_quiet):
                return None
            made = mark()
            led = [self._lead_over(name, led, made) for name, led in self.led.items()]
            return list(chain.from_iterable(led))

    def _lead_over(self, name: str, led: Led, mark: bytes) -> list[str]:
        """What is written there goes its way; gives the ways that have the mark."""
        flush()
        writing = self._writing.pop(name)
        os.write(writing, mark)
        for fd in led.fds:
            if identity_of(fd) == identity_of(led.original):
                os.dup2(writing, fd)
        os.close(writing)
        copies = [each for each in _FDS if name in (each, "both") and each in self.tapped]
        for each in copies:
            self.tapped[each].remove()  # not before: what is printed waits for the way
        return [name, *(COPY + each for each in copies if self.tapped[each].mark(mark))]

    def mark(self, mark: bytes) -> tuple[list[str], bool]:
        """Put a mark behind all that this process has written.

        Where there is no room for it, somebody who reads is slow; it is not waited for long.

        Returns:
            The names of the ways that have it, and whether one lacks it for want of room.
        """
        taken: dict[str, bool | None] = {}
        for name, tap in self.tapped.items():
            if tap.is_installed:
                taken[COPY + name] = tap.mark(mark)
        for name, led in self.led.items():
            if name not in self._writing:
                taken[name] = _mark_once(led, mark)
        return [name for name, is_in in taken.items() if is_in], False in taken.values()

    def give_back(self, name: str | None = None) -> None:
        """What was there before is there again, unless somebody else has changed it since."""
        flush()
        for each, led in self.led.items():
            for fd in led.fds if name in (None, each) else ():
                if identity_of(fd) == led.identity:
                    os.dup2(led.original, fd)
        self._untap()

    def pass_on(self, timeout_s: float | None = None) -> None:
        """Pass on what still comes: there is no witness to do it.

        Args:
            timeout_s: how long to wait for more; None until nobody can write any more.
        """
        ways = {
            led.reading: (led.original, self._marks.setdefault(name, MarkReader(self.key)))
            for name, led in self.led.items()
        }
        waits = select.poll()  # select() knows no number above 1023
        for reading in ways:
            waits.register(reading, select.POLLIN)
        while ways:
            is_holding = any(marks.is_holding for _, marks in ways.values())
            pause_s = TORN_S if is_holding else timeout_s
            ready = waits.poll(None if pause_s is None else 1000 * pause_s)
            if not ready and not is_holding:
                return
            for reading, _ in ready:
                if not _pass_once(reading, *ways[reading]):
                    waits.unregister(reading)
                    del ways[reading]
            for original, marks in ways.values() if not ready else ():
                with contextlib.suppress(OSError):
                    _write_all(original, marks.release())

    def forget(self) -> None:
        """In a forked child: its streams lead to the parent's witness; the rest is the parent's."""
        self.close()

    def _untap(self) -> None:
        for tap in self.tapped.values():
            tap.remove()

    def close(self) -> None:
        """Close what this process holds of them."""
        for led in self.led.values():
            os.close(led.original)
            os.close(led.reading)
        for tap in self.tapped.values():
            tap.close()
        for writing in self._writing.values():
            os.close(writing)
        self.led, self.tapped, self._writing = {}, {}, {}


def _mark_once(led: Led, mark: bytes) -> bool | None:
    """Put a mark on the way of a stream.

    Returns:
        Whether there was room; None where no number of the stream leads there any more.
    """
    for fd in led.fds:
        with contextlib.suppress(OSError):
            # a number of our own: another thread may lead the stream elsewhere in the middle
            writing = copy_of(fd)
            try:
                if identity_of(writing) != led.identity:
                    continue
                return _write_in_time(writing, mark)
            finally:
                os.close(writing)
    return None


def _write_in_time(fd: int, data: bytes) -> bool:
    """Write to where room comes soon; whether all of it was. A terminal may take a part at once."""
    room = select.poll()
    room.register(fd, select.POLLOUT)
    for _ in range(len(data)):
        if not room.poll(1000 * _ROOM_S):
            return False
        with contextlib.suppress(BlockingIOError):  # room for less than a pipe takes at once
            data = data[os.write(fd, data) :]
        if not data:
            return True
    return False


def _pass_once(reading: int, original: int, marks: MarkReader) -> bool:
    """Pass on what has come; whether more may come, and somebody reads it."""
    try:
        data = os.read(reading, _READ_BYTES)
        if not data:
            _write_all(original, marks.release())
            return False
        _write_all(original, b"".join(piece.text for piece in marks.feed(data)))
    except OSError:
        return False
    return True


def _write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def flush() -> None:
    """What Python holds back of the streams is written."""
    for name in _FDS:
        with contextlib.suppress(Exception):  # closed, broken, or anything that stands there
            getattr(sys, name).flush()


def _is_on(stream: Any, fd: int) -> bool:
    """Whether a stream of Python's writes to a file number."""
    try:
        return bool(stream.fileno() == fd)
    except Exception:  # noqa: BLE001 # whatever stands there: it is none of ours
        return False
