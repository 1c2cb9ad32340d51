"""Where there is much to read, one process reads while others wait for what it finds."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

_CROWD = 32  # so many runs to read are worth waiting for another reader who may be at them
_CROWD_WAIT_S = 60.0


@contextlib.contextmanager
def in_turn(database: Path | None, runs: int) -> Iterator[bool]:
    """Wait for another process that reads the same.

    Args:
        database: the catalog's file; None where nobody shares it.
        runs: how many there are to read.

    Yields:
        Whether this one waited: then look again.
    """
    if runs < _CROWD or database is None:
        yield False
        return
    path = database.with_name(".refresh.lock")
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        yield _wait_for(fd, _CROWD_WAIT_S)
    finally:
        os.close(fd)


def _wait_for(fd: int, seconds: float) -> bool:
    """Take a lock, waiting at most so long; go on without it then.

    Returns:
        Whether there was anything to wait for.
    """
    has_waited = False
    end = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            has_waited = True
            if time.monotonic() > end:
                return has_waited
            time.sleep(0.02)
        except OSError:
            return has_waited
        else:
            return has_waited
