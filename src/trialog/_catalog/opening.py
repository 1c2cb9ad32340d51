"""Opening a store's catalog: where its caches may lie, and its database anew where it was lost."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from trialog import _machine
from trialog._catalog.database import Database, ReplacedError
from trialog._catalog.places import (
    choose_caches,
    default_caches,
    describe_store,
    make_shared_folder,
)
from trialog._catalog.refreshing import Progress, Refresher
from trialog._format.folders import StoreFolder
from trialog._journals.addresses import RunPlace


@dataclass(slots=True)
class Opened:
    """What belongs to one opening of the database.

    Attributes:
        store: the store's folder.
        database: its catalog.
        refresher: brings it up to date; None while there is no store.
        caches: the folder of catalog and segments; None where there is none and the catalog is
            kept in memory.
        clock: nanoseconds since 1970.
        pid: the process that opened it.
        filled: the generation of the database when it was brought up to date the last time.
        is_whole: all runs were asked for since, not only the watched ones.
        watched: the runs that were.
    """

    store: StoreFolder
    database: Database
    refresher: Refresher | None
    caches: StoreFolder | None
    clock: Callable[[], int]
    pid: int = field(default_factory=os.getpid)
    filled: str | None = None
    is_whole: bool = False
    watched: dict[RunPlace, None] = field(default_factory=dict)

    def renew(self, *, is_broken: bool) -> None:
        """Open the database anew, an empty one where it was broken."""
        self.database.replace(is_broken=is_broken)

    def go_on_from(self, parent: Opened) -> None:
        """Know, in a forked child, what the parent process had brought up to date."""
        self.filled, self.is_whole = parent.filled, parent.is_whole
        self.watched = dict(parent.watched)

    @property
    def is_filled(self) -> bool:
        """Whether the database is the one that was brought up to date, if any ever was."""
        return self.filled in (None, self.database.generation)

    def fill(self, progress: Progress | None = None) -> None:
        """Bring the database up to date with the whole store."""
        if self.refresher is not None:
            with self._filling():
                self.refresher.refresh(progress)
                self._adopt(self.refresher)

    def fill_runs(self, places: Iterable[RunPlace]) -> None:
        """Bring the database up to date with some runs."""
        if self.refresher is not None:
            with self._filling():
                self.refresher.refresh_runs(places)

    @contextlib.contextmanager
    def _filling(self) -> Iterator[None]:
        """Whatever is read goes into one database: only that one is filled then.

        Raises:
            ReplacedError: another one has taken its place meanwhile.
        """
        generation = self.database.generation
        yield
        if self.database.generation != generation:
            raise ReplacedError
        self.filled = generation

    def _adopt(self, refresher: Refresher) -> None:
        """Know the segments that others have made since."""
        if self.caches is None:
            return
        mtime_ns = modified_ns(self.caches.segments)
        if mtime_ns == refresher.segments_seen_ns:
            return
        from trialog._catalog.compaction import Compactor  # noqa: PLC0415 # loads pyarrow

        is_all = Compactor(self.store, self.caches.segments, self.database).adopt()
        refresher.remember_segments(mtime_ns, is_all=is_all)


def modified_ns(folder: Path) -> int:
    """When the entries of a folder changed last; 0 where it is not there."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def open_caches(store: StoreFolder, wish: Path | None, clock: Callable[[], int]) -> Opened:
    """Open the catalog of a store; one of a store that is not there yet is empty.

    Args:
        store: the store.
        wish: where overlays go; None for the user's cache folder.
        clock: nanoseconds since 1970.

    Raises:
        StoreError: the path is a file, or cannot be read.
        StoreVersionError: a newer trialog made the store.
    """
    description = describe_store(store.path)
    if description is None:
        return Opened(store, Database(None), None, None, clock)
    chosen = choose_caches(
        store.path,
        description.id,
        caches=wish,
        mountinfo=_machine.mountinfo(),
        is_writable=os.access(store.path, os.W_OK | os.X_OK),
    )
    overlay = (wish or default_caches()) / description.id
    for folder in dict.fromkeys([chosen, overlay]):
        with contextlib.suppress(OSError, DBAPIError):
            make_shared_folder(folder)
            caches = StoreFolder(folder)
            return _opened(store, Database(caches.catalog), caches, clock)
    return _opened(store, Database(None), None, clock)


def open_in_memory(store: StoreFolder, clock: Callable[[], int]) -> Opened:
    """A catalog that is kept nowhere, to be filled before anything is asked of it."""
    opened = _opened(store, Database(None), None, clock)
    opened.filled, opened.is_whole = "lost", True
    return opened


def _opened(
    store: StoreFolder, database: Database, caches: StoreFolder | None, clock: Callable[[], int]
) -> Opened:
    return Opened(store, database, Refresher(store, database, clock), caches, clock)
