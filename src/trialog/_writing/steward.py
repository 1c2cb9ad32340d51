"""The one background thread of a process: it tends every open journal, and never holds one up."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from trialog._writing.journal import FLUSH_NS, SYNC_NS, Journal

_BILLION = 1_000_000_000


class Steward:
    """Tends journals: closes full blocks, reserves the next ones, syncs, shows signs of life.

    The thread lives as long as there are journals.
    """

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._journals: dict[int, Journal] = {}
        self._begin()

    def _begin(self) -> None:
        # Not an Event: a signal handler that logs may interrupt its set(), and would wait for ever.
        self._calls: SimpleQueue[None] = SimpleQueue()
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None

    def adopt(self, journal: Journal) -> None:
        """Tend a journal from now on."""
        self._journals[id(journal)] = journal
        journal.wake = self.wake
        self.start()
        self.wake()

    def release(self, journal: Journal) -> None:
        """Tend a journal no longer."""
        self._journals.pop(id(journal), None)

    def wake(self) -> None:
        """Ask the thread to look now; may be called from anywhere, signal handlers included."""
        self._calls.put(None)

    def start(self) -> None:
        """Start the thread where it is not running."""
        with self._lock:
            if self._thread is not None:
                return
            self._thread = threading.Thread(target=self._run, name="trialog", daemon=True)
            try:
                self._thread.start()
            except RuntimeError:
                self._thread = None
                raise

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
            journal.wake = self.wake
        with contextlib.suppress(RuntimeError):  # the interpreter is going down: no more threads
            self.start()
        self.wake()

    def _run(self) -> None:
        while self._goes_on():
            journals = list(self._journals.values())
            buffered = any(journal.is_buffered for journal in journals)
            with contextlib.suppress(Empty):
                self._calls.get(timeout=(FLUSH_NS if buffered else SYNC_NS) / _BILLION)
                while True:
                    self._calls.get_nowait()
            for journal in list(self._journals.values()):
                try:
                    journal.tend(self._clock())
                except Exception as error:  # noqa: BLE001 # the one place: training must go on
                    journal.trouble.tell_failing(error)

    def _goes_on(self) -> bool:
        with self._lock:
            if self._journals:
                return True
            self._thread = None
            return False
