"""Where a stretch of the console begins and ends: nothing printed may lie on the wrong side.

What is printed waits in three places before the witness notes the time: in Python's buffers, in
C's, which compiled solvers write to, and on the way to the witness.
"""

from __future__ import annotations

import contextlib

from trialog._tracking import active, streams


def settle_console() -> None:
    """Bring everything printed so far to the witness, and wait until it has heard it.

    Where no run keeps its console, nothing is waited for.
    """
    streams.flush()
    _flush_c()
    active.session.witness.settle()


def _flush_c() -> None:
    """``fflush(NULL)``: C's buffers of every stream, where there is such a function."""
    from ctypes import CDLL  # noqa: PLC0415 # only for who solves

    with contextlib.suppress(OSError, AttributeError):
        CDLL(None).fflush(None)
