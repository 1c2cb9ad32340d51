"""The memory of a process that lives for days: what large arrays took goes back at once."""

from __future__ import annotations

import contextlib
import ctypes
import os

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of mallopt(3), in glibc
_LARGE_BYTES = 1 << 20
_SPARE_BYTES = 8 << 20  # or each small piece is taken from the system and given back
_ARENAS = 2


def keep_memory_small() -> None:
    """Have the C library give large pieces back when they are freed, and Arrow ask it for them.

    Left alone, glibc learns to keep pieces of up to 32 MB, in a heap for each thread. Elsewhere
    than on glibc nothing happens.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")  # read when Arrow is loaded
    with contextlib.suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, _SPARE_BYTES)
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
        library.mallopt(_ARENA_MAX, _ARENAS)


def give_memory_back() -> None:
    """Give the system what lies free between pieces that are kept; takes some milliseconds."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
