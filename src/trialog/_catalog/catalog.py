"""The catalog of a store: opened, kept current, made again where it is broken."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import orjson
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from trialog._catalog.agreement import disagreements
from trialog._catalog.database import ReplacedError, is_broken, is_full, is_stuck
from trialog._catalog.examination import JournalExaminer
from trialog._catalog.opening import Opened, open_caches, open_in_memory
from trialog._catalog.places import describe_store
from trialog._catalog.refreshing import Progress
from trialog._catalog.runsummaries import Summaries, read_summaries
from trialog._catalog.verification import Finding, Verification, Verifier
from trialog._catalog.views import LATEST, View
from trialog._format.folders import StoreFolder
from trialog._journals.addresses import RunPlace
from trialog._journals.processes import read_here
from trialog.errors import StoreError, TrialogError

if TYPE_CHECKING:
    from trialog._catalog.pointreading import PointReading

_TURNS = 10

P = ParamSpec("P")
T = TypeVar("T")


class Catalog:
    """What is known of a store's runs: a cache of their journals, never more.

    Safe to use from several threads and in forked children; deleting its files at any time costs
    no more than the time to read the journals again.

    Attributes:
        store: the store's folder.
        clock: nanoseconds since 1970.
    """

    def __init__(
        self, home: Path, caches: Path | None = None, clock: Callable[[], int] = time.time_ns
    ) -> None:
        """Use :meth:`open`."""
        self.store = StoreFolder(home)
        self.clock = clock
        self._caches_wish = caches
        self._threads = threading.RLock()
        self._pid = os.getpid()
        self._opened: Opened | None = None
        self._begun = self._finished = 0  # numbers of refreshes

    @property
    def _lock(self) -> threading.RLock:
        """One thread at a time; in a forked child nobody holds what a thread of the parent held."""
        if self._pid != os.getpid():
            self._threads, self._pid = threading.RLock(), os.getpid()
        return self._threads

    @classmethod
    def open(
        cls, home: Path, *, caches: Path | None = None, clock: Callable[[], int] = time.time_ns
    ) -> Catalog:
        """Open the catalog of the store at a path; a store that is not there yet has no runs.

        Args:
            home: the store's folder.
            caches: where the overlays of stores go that may not be written or lie on a network;
                None for the user's cache folder.
            clock: nanoseconds since 1970.

        Raises:
            StoreError: the path is a file, or cannot be read.
            StoreVersionError: a newer trialog made the store.
        """
        catalog = cls(home.absolute(), caches, clock)
        catalog._open()
        return catalog

    def close(self) -> None:
        """Close the database; the next use opens it again."""
        with self._lock:
            if self._opened is not None:
                self._opened.database.close()
            self._opened = None

    @property
    def caches(self) -> StoreFolder | None:
        """The folder of catalog and segments; None where they are kept nowhere."""
        return self._open().caches

    def refresh(self, progress: Progress | None = None) -> None:
        """Read what changed anywhere in the store.

        Threads that ask while another one is at it wait for one that begins after that, together.

        Args:
            progress: told of runs done, and of how many.

        Raises:
            StoreError: another process has kept the catalog locked for a minute.
        """
        wanted = self._begun + 1

        def read_on(opened: Opened) -> None:
            if opened.refresher is not None:
                opened.fill(progress)
                opened.is_whole = True
                opened.watched.clear()

        with self._lock:
            if self._finished >= wanted:
                return
            self._begun = number = self._begun + 1
            self._healing(read_on)
            self._finished = number

    def state(self) -> Hashable | None:
        """What differs once the catalog has changed since; None where nobody can tell."""
        return self._healing(lambda opened: opened.database.state())

    def refresh_runs(self, places: Iterable[RunPlace]) -> None:
        """Read what changed in some runs, whether the catalog knows them or not."""
        wanted = list(places)

        def read_on(opened: Opened) -> None:
            if opened.refresher is not None:
                self._refill(opened)
                opened.fill_runs(wanted)
                if not opened.is_whole:
                    opened.watched.update(dict.fromkeys(wanted))

        with self._lock:
            self._healing(read_on)

    def ask(
        self, query: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query of :mod:`trialog._catalog.queries` on one state of the catalog.

        Args:
            query: gets a connection, and the arguments.
            args: as the query takes them.
            kwargs: as the query takes them.
        """

        def answer(opened: Opened) -> T:
            generation = opened.database.generation  # before it is known to be filled
            self._refill(opened)
            with opened.database.read() as connection:
                found = query(connection, *args, **kwargs)
            if opened.database.generation != generation:
                raise ReplacedError  # by another thread, between these lines
            return found

        return self._healing(answer)

    def points(
        self,
        runs: Sequence[int],
        names: Iterable[str],
        view: View = LATEST,
        *,
        tells: bool = False,
    ) -> PointReading:
        """The points of some metrics of some runs, by run key.

        Ended runs that are in no segment yet are compacted first where that pays; runs without
        any of the metrics are left out.

        Args:
            runs: run keys.
            names: the metrics.
            view: of which attempts and ranks; the latest attempt wins where not said.
            tells: tell of each point its rank and attempt, where the runs have such or the view
                asks for some: see the reading's own view.
        """
        from trialog._catalog.pointreading import PointReading  # noqa: PLC0415 # loads pyarrow

        return PointReading(self, runs, list(names), view, tells=tells)

    def summaries(self, runs: Sequence[int], names: Sequence[str] | None = None) -> Summaries:
        """What each metric comes to, by run key and name, in the order of first logging.

        Points that a later attempt replaces do not count. Only where there are such are points
        read.

        Args:
            runs: run keys.
            names: the metrics asked for; None for all.
        """
        return read_summaries(self, runs, names)

    def compact(
        self, runs: Sequence[int], progress: Progress | None = None, *, wait: bool = True
    ) -> Any:
        """Put the points of ended runs into segments.

        Returns:
            A :class:`trialog._catalog.compaction.Sealed`.

        Raises:
            StoreError: segments can be written nowhere.
        """
        compactor = self.compactor()

        def seal(opened: Opened) -> Any:
            self._refill(opened)
            try:
                return compactor.compact(runs, progress, wait=wait)
            except OSError as error:
                raise StoreError(f"the segments cannot be written: {error}") from error

        if compactor is None:
            raise StoreError(f"there is no folder to keep segments of {str(self.store.path)!r} in")
        return self._healing(seal)

    def compactor(self) -> Any:
        """What makes and finds segments, or None where there is no folder for them."""
        from trialog._catalog.compaction import Compactor  # noqa: PLC0415 # loads pyarrow

        opened = self._open()
        if opened.caches is None:
            return None
        return Compactor(self.store, opened.caches.segments, opened.database)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Delete the caches and read every journal again.

        Args:
            progress: told of runs done, and of how many.
        """
        from trialog._catalog.rebuilding import remove_segments  # noqa: PLC0415 # loads pyarrow

        with self._lock:
            opened = self._open()
            if opened.caches is not None:
                remove_segments(self.store, opened.caches.segments)
                shutil.rmtree(opened.caches.charts, ignore_errors=True)
            opened.renew(is_broken=True)
            self.refresh(progress)

    def verify(self, progress: Progress | None = None) -> Verification:
        """Read every journal, blob and segment from its bytes, and say what is the matter.

        The catalog is compared with one that is built anew.

        Args:
            progress: told of files done, and of how many.
        """
        opened = self._open()
        caches = opened.caches
        segments = None if caches is None else caches.segments
        examiner = JournalExaminer(self.store, read_here(), self.clock)
        found = Verifier(self.store, segments, examiner, progress).verify()
        path = _shown(opened.database.path, self.store.path)
        damaged = {each.run_id for each in found.findings if each.run_id is not None}
        more = [
            Finding(path, run_id, problem, is_error=True)
            for run_id, problem in disagreements(self.store, opened.database, self.clock, damaged)
        ]
        return replace(found, findings=(*found.findings, *more))

    # -- inside --------------------------------------------------------------------------------

    def _open(self) -> Opened:
        return self._healing(lambda opened: opened)

    def _current(self) -> Opened:
        with self._lock:
            opened = self._opened
            if opened is not None and opened.pid != os.getpid():
                opened.database.forget()
                parent, opened = opened, open_caches(self.store, self._caches_wish, self.clock)
                opened.go_on_from(parent)
            if opened is None or (opened.refresher is None and self._is_there()):
                opened = open_caches(self.store, self._caches_wish, self.clock)
            elif not opened.database.is_current:
                opened.renew(is_broken=False)
            self._opened = opened
            return opened

    def _is_there(self) -> bool:
        return describe_store(self.store.path) is not None

    def _refill(self, opened: Opened) -> None:
        """Where the database was lost since it was brought up to date, do so again.

        A question must never be put to an empty one that has just taken its place.
        """
        if opened.is_filled:
            return
        with self._lock:
            if opened.is_whole:
                opened.fill()
            else:
                opened.fill_runs(list(opened.watched))

    def _healing(self, operation: Callable[[Opened], T]) -> T:
        """Do something with the database; again where that had to be opened or made again."""
        for turn in range(_TURNS):
            opened, generation = self._opened, None
            try:
                opened = self._current()
                generation = opened.database.generation
                return operation(opened)
            except ReplacedError:
                continue
            except (DBAPIError, orjson.JSONDecodeError) as error:
                if is_stuck(error):
                    raise StoreError(
                        f"another process has kept the catalog of {str(self.store.path)!r} locked "
                        "for a minute; end it, or delete the catalog"
                    ) from error
                if is_full(error) and opened is not None and opened.database.path is not None:
                    self._forgo(opened)
                    continue
                if turn == _TURNS - 1 or (isinstance(error, DBAPIError) and not is_broken(error)):
                    raise
                if opened is not None and generation is not None:
                    self._heal(opened, generation)
            except TrialogError:
                raise  # some are OSErrors
            except OSError as error:
                raise self._unreadable(error) from error
        raise StoreError(
            f"the catalog of {str(self.store.path)!r} is deleted again and again while it is read"
        )

    def _forgo(self, opened: Opened) -> None:
        """Where the disk has no room for the database, go on in memory: reading must not wait."""
        with self._lock:
            if self._opened is opened:
                self._opened = open_in_memory(self.store, self.clock)

    def _heal(self, opened: Opened, generation: str) -> None:
        """Make the database again, unless somebody has done so meanwhile."""
        with self._lock:
            if self._opened is opened and opened.database.generation == generation:
                if opened.filled is None:
                    opened.filled, opened.is_whole = "lost", True
                try:
                    opened.renew(is_broken=True)
                except ReplacedError:
                    pass  # deleted again: the next turn sees to it
                except OSError as error:
                    raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> StoreError:
        return StoreError(f"the store {str(self.store.path)!r} cannot be read: {error}")


def _shown(path: Path | None, store: Path) -> str:
    """The path of a file within the store; the whole one where it lies outside."""
    if path is None:
        return ""
    return str(path.relative_to(store)) if path.is_relative_to(store) else str(path)
