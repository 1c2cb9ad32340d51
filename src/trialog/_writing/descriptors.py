"""The numbers of open files: 0, 1 and 2 are never ours.

A daemon closes its standard files, and the next file that is opened gets such a number: a
journal's, or the copy that a memory map keeps of it. Whoever prints then writes into the journal.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

_FIRST_FREE = 3


def open_above_standard(path: Path, flags: int) -> int:
    """Open a file; its number is one that nobody prints to.

    While it is open so are 0, 1 and 2: the next one that is opened gets a higher number too.

    Raises:
        OSError: it cannot be opened.
    """
    fd = os.open(path, flags | os.O_CLOEXEC, 0o666)
    if fd >= _FIRST_FREE:
        return fd
    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE)
    finally:
        os.close(fd)


def _is_open(number: int) -> bool:
    try:
        os.get_inheritable(number)  # the quickest question about one
    except OSError:
        return False
    return True


@contextlib.contextmanager
def above_standard() -> Iterator[None]:
    """What is opened within gets a number that nobody prints to."""
    if all(map(_is_open, range(_FIRST_FREE))):
        yield
        return
    held: list[int] = []
    try:
        with contextlib.suppress(OSError):  # no numbers left, or no such device: as it is, then
            while not held or held[-1] < _FIRST_FREE:
                held.append(os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC))
            os.close(held.pop())
        yield
    finally:
        for number in held:
            os.close(number)
