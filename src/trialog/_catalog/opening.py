"""Opening a store's catalog: where its caches may lie, and its database anew where it was lost."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from trialog._catalog.addresses import RunPlace
from trialog._catalog.database import Database
from trialog._catalog.places import (
    choose_caches,
    default_caches,
    describe_store,
    make_shared_folder,
    read_mountinfo,
)
from trialog._catalog.refreshing import Refresher
from trialog._format.folders import StoreFolder


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
        if self.refresher is not None:
            self.refresher = Refresher(self.store, self.database, self.clock)

    @property
    def is_filled(self) -> bool:
        """Whether the database is the one that was brought up to date, if any ever was."""
        return self.filled in (None, self.database.generation)


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
        mountinfo=read_mountinfo(),
        is_writable=os.access(store.path, os.W_OK | os.X_OK),
    )
    overlay = (wish or default_caches()) / description.id
    for folder in dict.fromkeys([chosen, overlay]):
        with contextlib.suppress(OSError, DBAPIError):
            make_shared_folder(folder)
            caches = StoreFolder(folder)
            return _opened(store, Database(caches.catalog), caches, clock)
    return _opened(store, Database(None), None, clock)


def _opened(
    store: StoreFolder, database: Database, caches: StoreFolder | None, clock: Callable[[], int]
) -> Opened:
    return Opened(store, database, Refresher(store, database, clock), caches, clock)
