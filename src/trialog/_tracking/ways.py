"""The ways on which what is printed leaves this process: pipes and pseudo-terminals."""

from __future__ import annotations

import contextlib
import fcntl
import os

CLOSED = (-1, -1)
_HIGH = 40  # above the numbers that the witness is given
_PIPE_BYTES = 1 << 18
_SET_PIPE_SIZE = getattr(fcntl, "F_SETPIPE_SZ", None)


def open_pipe() -> tuple[int, int]:
    """A pipe with room, under numbers that are in nobody's way: where it is read, and written."""
    reading, writing = os.pipe()
    if _SET_PIPE_SIZE is not None:
        with contextlib.suppress(OSError):  # more than a user may have: as it is, then
            fcntl.fcntl(writing, _SET_PIPE_SIZE, _PIPE_BYTES)
    return _high(reading), _high(writing)


def open_terminal(fd: int) -> tuple[int, int]:
    """A pseudo-terminal like the terminal there, which leaves every byte as it is."""
    import termios  # noqa: PLC0415 # not on every system

    reading, writing = os.openpty()
    attributes = termios.tcgetattr(fd)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(writing, termios.TCSANOW, attributes)
    with contextlib.suppress(OSError):
        size = fcntl.ioctl(fd, termios.TIOCGWINSZ, bytes(8))
        fcntl.ioctl(writing, termios.TIOCSWINSZ, size)
    return _high(reading), _high(writing)


def copy_of(fd: int) -> int:
    """Another number of the same file, in nobody's way."""
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _HIGH)


def _high(fd: int) -> int:
    """The same file under a number that is in nobody's way."""
    found = copy_of(fd)
    os.close(fd)
    return found


def identity_of(fd: int) -> tuple[int, int]:
    """Which file a number stands for; :data:`CLOSED` for none."""
    try:
        status = os.fstat(fd)
    except OSError:
        return CLOSED
    return status.st_dev, status.st_ino
