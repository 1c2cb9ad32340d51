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
import fcntl
import os
import select
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from trialog._tracking.marks import MarkReader, new_key

COPY = "copy of "  # before the name of a stream that is only listened to
_FDS = {"stdout": 1, "stderr": 2}
_CLOSED = (-1, -1)
_HIGH = 40  # above the numbers that the witness is given
_PIPE_BYTES = 1 << 18
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)
_READ_BYTES = 1 << 16
_ROOM_S = 0.005  # so long a mark waits for room
_LINE_S = 0.002  # so long the rest of a line is waited for
_TORN_S = 0.05  # so long the rest of a mark is waited for


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


class Tap:
    """A stream of Python's that is listened to.

    Attributes:
        reading: where a copy of what is written comes out; -1 once the witness alone holds it.
        writing: where the copy goes in.
        has_copied: whether anything was written.
        is_within_line: whether the last of it did not end a line.
    """

    def __init__(self, stream: Any) -> None:
        self.reading, self.writing = map(_high, _pipe())
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
            if stream is not None:
                self.tapped[name] = Tap(stream)
            if leads and (stream is None or _is_on(stream, fd)) and _identity(fd) != _CLOSED:
                open_fds[name] = fd
        if len({_identity(fd) for fd in open_fds.values()}) < len(open_fds):
            self._lead("both", tuple(open_fds.values()))
        else:
            for name, fd in open_fds.items():
                self._lead(name, (fd,))

    def _lead(self, name: str, fds: tuple[int, ...]) -> None:
        original = fcntl.fcntl(fds[0], fcntl.F_DUPFD_CLOEXEC, _HIGH)
        is_terminal = os.isatty(original)
        reading, writing = map(_high, _pseudo_terminal(original) if is_terminal else _pipe())
        self.led[name] = Led(fds, original, reading, _identity(writing))
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
        """Wait a moment until no line is begun that another way would end."""
        until = time.monotonic() + _LINE_S
        while any(tap.is_within_line for tap in self.tapped.values()):
            if time.monotonic() > until:
                return
            time.sleep(0.0001)

    def take_over(self, mark: bytes) -> list[str]:
        """The witness is there: from now on, what is written goes through the ways.

        Unless somebody has led a stream elsewhere meanwhile.

        Args:
            mark: ends the copies, and stands first on the ways: what was copied comes before.

        Returns:
            The names of the ways that have the mark.
        """
        marked = []
        for name, led in self.led.items():
            copies = [each for each in _FDS if name in (each, "both") and each in self.tapped]
            for each in copies:
                self.tapped[each].remove()
            flush()
            writing = self._writing.pop(name)
            os.write(writing, mark)
            for fd in led.fds:
                if _identity(fd) == _identity(led.original):
                    os.dup2(writing, fd)
            os.close(writing)
            marked += [name, *(COPY + each for each in copies if self.tapped[each].mark(mark))]
        return marked

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
                if _identity(fd) == led.identity:
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
            pause_s = _TORN_S if is_holding else timeout_s
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
        self._untap()
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
            writing = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH)
            try:
                if _identity(writing) != led.identity:
                    continue
                room = select.poll()
                room.register(writing, select.POLLOUT)
                return bool(room.poll(1000 * _ROOM_S)) and os.write(writing, mark) == len(mark)
            finally:
                os.close(writing)
    return None


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


def _pipe() -> tuple[int, int]:
    reading, writing = os.pipe()
    if _SET_PIPE_SIZE is not None:
        with contextlib.suppress(OSError):  # more than a user may have: as it is, then
            fcntl.fcntl(writing, _SET_PIPE_SIZE, _PIPE_BYTES)
    return reading, writing


def _pseudo_terminal(fd: int) -> tuple[int, int]:
    """A terminal like the one there, which leaves every byte as it is."""
    import termios  # noqa: PLC0415 # not on every system

    reading, writing = os.openpty()
    attributes = termios.tcgetattr(fd)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(writing, termios.TCSANOW, attributes)
    with contextlib.suppress(OSError):
        size = fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8))
        fcntl.ioctl(writing, termios.TIOCSWINSZ, size)
    return reading, writing


def _high(fd: int) -> int:
    """The same file under a number that is in nobody's way."""
    found = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH)
    os.close(fd)
    return found


def _identity(fd: int) -> tuple[int, int]:
    try:
        status = os.fstat(fd)
    except OSError:
        return _CLOSED
    return status.st_dev, status.st_ino
