"""The one background thread of a process: it tends every open journal, and never holds one up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from trialog._writing.journal import FLUSH_NS, SYNC_NS, Journal

_BILLION = 1_000_000_000


class Steward:
    """Tends journals: closes full blocks, reserves the next ones, syncs, shows signs of life."""

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._journals: dict[int, Journal] = {}
        self._begin()

    def _begin(self) -> None:
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def adopt(self, journal: Journal) -> None:
        """Tend a journal from now on."""
        self._journals[id(journal)] = journal
        journal.wake = self._wake.set
        self.start()
        self._wake.set()

    def release(self, journal: Journal) -> None:
        """Tend a journal no longer."""
        self._journals.pop(id(journal), None)

    def start(self) -> None:
        """Start the thread where it is not running."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="trialog", daemon=True)
                self._thread.start()

    def after_fork(self) -> None:
        """In a forked child: the thread is gone, and journals begin anew with their next record."""
        journals = list(self._journals.values())
        self._begin()
        for journal in journals:
            journal.forget_parent()
            journal.wake = self._revive

    def _revive(self) -> None:
        """The first record after a fork: start a thread of the child's own."""
        for journal in list(self._journals.values()):
            journal.wake = self._wake.set
        self.start()
        self._wake.set()

    def _run(self) -> None:
        while True:
            journals = list(self._journals.values())
            buffered = any(journal.is_buffered for journal in journals)
            self._wake.wait((FLUSH_NS if buffered else SYNC_NS) / _BILLION)
            self._wake.clear()
            for journal in list(self._journals.values()):
                try:
                    journal.tend(self._clock())
                except Exception as error:  # noqa: BLE001 # the one place: training must go on
                    journal.trouble.tell_failing(error)
