"""The background threads of a process: they tend every open journal, and never hold one up.

Each disk has two: one flushes and reserves, which must not wait; one waits for the disk. So a disk
that is slow to sync delays neither what is copied to its files nor the journals of other disks.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue

from trialog._writing.folders import sync
from trialog._writing.journal import FLUSH_NS, SYNC_NS, Journal

_BILLION = 1_000_000_000
_WAKING = 16  # so many journals to complete are worth a turn
_LEAVING_LIMIT = 64  # each has two open files
Duty = Callable[[Journal, int], None]


class Steward:
    """Tends journals: closes full blocks, reserves the next ones, syncs, shows signs of life."""

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._journals: dict[int, Journal] = {}
        self._rounds: dict[tuple[int, str], Rounds] = {}

    def adopt(self, journal: Journal) -> None:
        """Tend a journal from now on."""
        self._journals[id(journal)] = journal
        self._revive(journal, is_urgent=journal.is_buffered)

    def complete_later(self, journal: Journal, then: Callable[[], None]) -> None:
        """Complete a journal that is closed, soon and in the background.

        Args:
            journal: closed but for what waits for the disk.
            then: what is to be done afterwards.
        """
        rounds = self._rounds_of(journal, "sync")
        rounds.leaving.append((journal, then))
        rounds.start()
        if len(rounds.leaving) >= _WAKING:
            rounds.wake()
        if len(rounds.leaving) >= _LEAVING_LIMIT:
            rounds.complete()

    def sync_later(self, journal: Journal) -> None:
        """Bring a journal that is complete to the disk, soon and in the background."""
        rounds = self._rounds_of(journal, "sync")
        rounds.unsynced.append(journal.path)
        rounds.start()

    def drain(self) -> None:
        """Complete now what was to be completed later, and wait for the disk."""
        for rounds in list(self._rounds.values()):
            while rounds.complete():
                pass
            rounds.sync()

    def release(self, journal: Journal) -> None:
        """Tend a journal no longer."""
        self._journals.pop(id(journal), None)
        for rounds in list(self._rounds.values()):
            rounds.journals.pop(id(journal), None)

    def after_fork(self) -> None:
        """In a forked child: the threads are gone, and journals begin anew with their next record.

        That record starts threads of the child's own.
        """
        leaving = [each for rounds in self._rounds.values() for each, _ in rounds.leaving]
        self._rounds = {}
        for journal in leaving:
            journal.forget_parent()
        for journal in list(self._journals.values()):
            journal.forget_parent()
            journal.wake = self._revive_all

    def _revive_all(self) -> None:
        for journal in list(self._journals.values()):
            with contextlib.suppress(RuntimeError):  # the interpreter goes down: no more threads
                self._revive(journal)

    def _revive(self, journal: Journal, *, is_urgent: bool = True) -> None:
        tending, syncing = self._rounds_of(journal, "tend"), self._rounds_of(journal, "sync")

        def wake() -> None:
            """Ask the threads to look now; may be called from anywhere, signal handlers too."""
            tending.wake()
            syncing.wake()

        journal.wake = wake
        for rounds in (tending, syncing):
            rounds.journals[id(journal)] = journal
            rounds.start()
            if is_urgent:
                rounds.wake()

    def _rounds_of(self, journal: Journal, duty: str) -> Rounds:
        key = journal.device, duty
        found = self._rounds.get(key)
        if found is None:
            new = Rounds(duty, Journal.tend if duty == "tend" else Journal.sync, self._clock)
            found = self._rounds.setdefault(key, new)
        return found


class Rounds:
    """One thread that goes from journal to journal; it lives as long as there are any."""

    def __init__(self, name: str, duty: Duty, clock: Callable[[], int]) -> None:
        self.journals: dict[int, Journal] = {}
        self.leaving: deque[tuple[Journal, Callable[[], None]]] = deque()
        self.unsynced: deque[Path] = deque()
        self._completing = threading.RLock()
        self._name = name
        self._duty = duty
        self._clock = clock
        # Not an Event: a signal handler that logs may interrupt its set(), and would wait for ever.
        self._calls: SimpleQueue[None] = SimpleQueue()
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._synced_s = 0.0

    def complete(self) -> bool:
        """Complete the oldest journal that is to be; False where there is none.

        Who is answered False can be sure that no other thread is in the middle of one.
        """
        with self._completing:
            try:
                journal, then = self.leaving.popleft()
            except IndexError:
                return False
            try:
                journal.complete()
            except OSError as error:
                journal.trouble.tell_failing(error)
            then()
            self.unsynced.append(journal.path)
            return True

    def sync(self) -> None:
        """Bring completed journals to the disk.

        Many at once: each new file that is synced alone is a turn of the file system's own journal,
        for which whoever makes the next file has to wait.
        """
        while self.unsynced:
            with contextlib.suppress(OSError, IndexError):  # deleted meanwhile; another thread
                fd = os.open(self.unsynced.popleft(), os.O_RDONLY | os.O_CLOEXEC)
                try:
                    sync(fd)
                finally:
                    os.close(fd)

    def wake(self) -> None:
        """Ask the thread to look now; where it has died, start another."""
        self._calls.put(None)
        if self._thread is None and (self.journals or self.leaving):
            with contextlib.suppress(RuntimeError):  # the interpreter goes down: no more threads
                self.start()

    def start(self) -> None:
        """Start the thread where it is not running."""
        with self._lock:
            if self._thread is not None:
                return
            thread = threading.Thread(target=self._run, name=f"trialog-{self._name}", daemon=True)
            self._thread = thread
            try:
                thread.start()
            except BaseException:
                if thread.ident is None:
                    self._thread = None
                raise

    def _run(self) -> None:
        try:
            self._go_round()
        finally:
            # Said here, whatever ended it: is_alive() is not to be asked where a signal handler may
            # raise; in Python 3.11 it then takes a thread for dead that lives.
            with self._lock:
                if self._thread is threading.current_thread():
                    self._thread = None

    def _go_round(self) -> None:
        while self._goes_on():
            is_hasty = self._duty is Journal.tend and any(
                journal.is_buffered for journal in list(self.journals.values())
            )
            with contextlib.suppress(Empty):
                self._calls.get(timeout=(FLUSH_NS if is_hasty else SYNC_NS) / _BILLION)
                while True:
                    self._calls.get_nowait()
            for journal in list(self.journals.values()):
                try:
                    self._duty(journal, self._clock())
                except Exception as error:  # noqa: BLE001 # the one place: training must go on
                    with contextlib.suppress(Exception):  # whoever is told may be gone
                        journal.trouble.tell_failing(error)
            while self.complete():
                pass
            if time.monotonic() - self._synced_s >= SYNC_NS / _BILLION:
                self._synced_s = time.monotonic()
                self.sync()

    def _goes_on(self) -> bool:
        with self._lock:
            if self.journals or self.leaving or self.unsynced:
                return True
            self._thread = None
            return False
