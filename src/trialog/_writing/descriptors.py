"""The numbers of open files: 0, 1 and 2 are never ours.

A daemon closes its standard files, and the next file that is opened gets such a number: a
journal's, or the copy that a memory map keeps of it. Whoever prints then writes into the journal.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

_FIRST_FREE = 3


@contextlib.contextmanager
def above_standard() -> Iterator[None]:
    """What is opened within gets a number that nobody prints to."""
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
