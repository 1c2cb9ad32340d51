"""The consoles that a server's pages look at."""

from __future__ import annotations

import threading
from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trialog._catalog import Catalog, RunPlace
from trialog._reading.console import ConsoleWish

if TYPE_CHECKING:
    from trialog._reading.consolelog import ConsoleLog


class ConsoleLogs:
    """The consoles that are looked at: the latest few stay in memory."""

    def __init__(self, kept: int = 4) -> None:
        """Keep so many."""
        self._kept = kept
        self._lock = threading.Lock()
        self._logs: dict[tuple[RunPlace, ConsoleWish], ConsoleLog] = {}

    def log_of(self, catalog: Catalog, place: RunPlace, wish: ConsoleWish) -> ConsoleLog:
        """The console of a run, with all that has been printed until now."""
        catalog.refresh_runs([place])
        with self._lock:
            log = self._logs.pop((place, wish), None)
            if log is None:
                from trialog._reading.consolelog import (  # noqa: PLC0415 # loads pyarrow
                    ConsoleLog,
                )

                log = ConsoleLog(catalog, place, wish)
            self._logs[place, wish] = log
            while len(self._logs) > self._kept:
                self._logs.pop(next(iter(self._logs)))
        log.read_on()
        return log


def nearest_hit(hits: NDArray[np.int64], line: int, *, is_backwards: bool) -> int | None:
    """Which of some ascending numbers is next to a line: its place among them, or None.

    Args:
        hits: the numbers.
        line: where to look from; itself is found forwards.
        is_backwards: look before the line.
    """
    at = bisect_left(hits, line)
    if is_backwards:
        return at - 1 if at > 0 else None
    return at if at < len(hits) else None
