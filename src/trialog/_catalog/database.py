"""The catalog's database: opened, made where it is missing, replaced where it is broken.

Everything in it can be made again from the journals, so nothing here is worth an error: a file of
another version, a damaged or deleted one is replaced by an empty catalog, which the next refresh
fills.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
import uuid
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy
from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.pool import StaticPool

from trialog._catalog.places import share
from trialog._catalog.schema import META, METADATA, SCHEMA_VERSION

BUSY_TIMEOUT_S = 60
_OPENINGS = 20
_WRITES = "trialog_writes"
# Of SQLite's primary result codes: ERROR (a missing table), IOERR, CORRUPT, CANTOPEN, NOTADB.
_BROKEN_CODES = frozenset({1, 10, 11, 14, 26})
_LOCKED_CODES = frozenset({5, 6})  # BUSY, LOCKED
_FULL_CODE = 13


class ReplacedError(Exception):
    """The database file is another one than the one that was opened."""


class Database:
    """An open catalog database.

    Attributes:
        generation: changes whenever the database is made anew.
    """

    def __init__(self, path: Path | None) -> None:
        """Open it.

        Args:
            path: of the SQLite file, in a folder that exists; None keeps it in memory.

        Raises:
            OSError: the file cannot be made there.
            sqlalchemy.exc.DatabaseError: nor opened.
        """
        self.path = path
        self.generation = ""
        self._memory_lock = threading.RLock()
        self._watcher: Engine | None = None
        self._watcher_lock = threading.Lock()
        self._files = _NO_FILES
        self._engine = self._open()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in a transaction that sees one state of the database.

        Raises:
            ReplacedError: the file is not the one that was opened.
        """
        with self._in_turn(), self._engine.begin() as connection:
            yield connection
            self.check()

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction that nobody else writes beside.

        Raises:
            ReplacedError: the file is not the one that was opened.
        """
        with self._in_turn(), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection
                self.check()

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was opened, with all that belongs to it."""
        return self._files_now().belong_to(self._files)

    def state(self) -> tuple[str, int] | None:
        """What differs once anybody has changed anything in it; None where nobody can tell.

        A connection that never writes is told of all others' changes by SQLite.
        """
        if self.path is None:
            return None
        with self._watcher_lock:
            if self._watcher is None:
                self._watcher = _engine(f"sqlite:///{self.path}", poolclass=StaticPool)
                closing = weakref.finalize(self, self._watcher.dispose)
                closing.atexit = False
            connection = self._watcher.raw_connection()
            try:
                version: int = connection.cursor().execute("PRAGMA data_version").fetchone()[0]
            finally:
                connection.close()  # gives it back
        return self.generation, version

    def replace(self, *, is_broken: bool) -> None:
        """Take the file that is there now, or make a new one.

        Args:
            is_broken: the file that was opened is of no use: remove it where it is still there.
        """
        is_of_no_use = is_broken or self._files_now().lost_log(self._files)
        self._stop_watching()
        self._engine.dispose()  # which may delete the log
        if self.path is not None and is_of_no_use:
            with self._alone():
                if _identity(self.path) == self._files.database:
                    _remove(self.path)
        self._engine = self._open()

    def close(self) -> None:
        """Close all connections; the next use opens new ones."""
        self._stop_watching()
        self._engine.dispose()

    def forget(self) -> None:
        """Leave the connections of the parent process alone, in a forked child."""
        self._engine.dispose(close=False)
        if self._watcher is not None:
            self._watcher.dispose(close=False)
        self._watcher, self._watcher_lock = None, threading.Lock()

    # -- opening -------------------------------------------------------------------------------

    def _stop_watching(self) -> None:
        with self._watcher_lock:
            if self._watcher is not None:
                self._watcher.dispose()
            self._watcher = None

    def _open(self) -> Engine:
        if self.path is None:
            engine = _engine("sqlite://", poolclass=StaticPool)
            self.generation = _make(engine, is_file=False)
        else:
            with self._alone():
                engine, self._files, self.generation = self._opened_whole()
            event.listen(engine, "connect", _check_of(weakref.ref(self)))
        closing = weakref.finalize(self, engine.dispose)
        closing.atexit = False  # a forked child must never close what its parent opened
        return engine

    def _opened_whole(self) -> tuple[Engine, _Files, str]:
        """The engine, files and generation, made where there is none that can be used."""
        assert self.path is not None  # noqa: S101 # asked by every caller
        for turn in range(_OPENINGS):
            is_new = not self.path.exists()
            if is_new:
                _remove(self.path)  # what a deleted file left behind
            self._files = _NO_FILES
            engine = _engine(f"sqlite:///{self.path}")
            try:
                generation = None if is_new else _generation(engine)
                if generation is None:
                    engine.dispose()
                    _remove(self.path)
                    generation = _make(engine, is_file=True)
                    for suffix in ("", "-wal", "-shm"):
                        with contextlib.suppress(FileNotFoundError):
                            share(self.path.with_name(self.path.name + suffix))
                files = self._files_now()
                if _has_its_files(engine, files):
                    return engine, files, generation
            except sqlalchemy.exc.DatabaseError as error:
                if turn == _OPENINGS - 1 or not is_broken(error):
                    raise
            engine.dispose()  # somebody deletes the files one by one, the new ones too
            _remove(self.path)
        raise ReplacedError

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else makes or removes the file meanwhile."""
        assert self.path is not None  # noqa: S101 # asked by every caller
        lock = self.path.with_name(".catalog.lock")
        fd = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            share(lock)
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)

    @contextlib.contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One thread at a time where all share the one connection of a database in memory."""
        if self.path is None:
            with self._memory_lock:
                yield
        else:
            yield

    def check(self) -> None:
        """Make sure that the file is the one that was opened.

        Raises:
            ReplacedError: it is another.
        """
        if not self.is_current:
            raise ReplacedError

    def _files_now(self) -> _Files:
        if self.path is None:
            return _NO_FILES
        return _Files(*(_identity(f"{self.path}{suffix}") for suffix in ("", "-wal", "-shm")))


class _Files(NamedTuple):
    """Device and inode of the database, of its log, and of its index; None where there is none.

    A log that is deleted takes what stands in it alone, which may be all there is; processes that
    share a log, and not its index, write over each other. SQLite itself deletes both only when the
    last connection closes, and one is kept open.
    """

    database: tuple[int, int] | None
    log: tuple[int, int] | None
    log_index: tuple[int, int] | None

    def belong_to(self, opened: _Files) -> bool:
        """Whether these are still the files that were opened."""
        return (
            self.database == opened.database
            and opened.log in (None, self.log)
            and opened.log_index in (None, self.log_index)
        )

    def lost_log(self, opened: _Files) -> bool:
        """Whether the database is still there, and its log or its index is not."""
        return self.database == opened.database and not self.belong_to(opened)


_NO_FILES = _Files(None, None, None)


def _has_its_files(engine: Engine, files: _Files) -> bool:
    with engine.connect() as connection:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    return files.database is not None and (None not in files or mode != "wal")


def _identity(path: Path | str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _check_of(opened: weakref.ref[Database]) -> Callable[..., None]:
    """A listener that does not keep the database alive."""

    def check(*_: object) -> None:
        database = opened()
        if database is not None:
            database.check()

    return check


def is_broken(error: BaseException) -> bool:
    """Whether an error says that the database file is of no use."""
    if isinstance(error, sqlalchemy.exc.DBAPIError):
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is None:
            return isinstance(error.orig, sqlite3.DatabaseError)
        return code & 0xFF in _BROKEN_CODES
    return False


def is_stuck(error: BaseException) -> bool:
    """Whether an error says that another process kept the database locked for too long."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) or 0
    return code & 0xFF in _LOCKED_CODES


def is_full(error: BaseException) -> bool:
    """Whether an error says that the disk has no room for the database."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) or 0
    return code & 0xFF == _FULL_CODE


def _engine(url: str, **options: Any) -> Engine:
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_TIMEOUT_S, "check_same_thread": False},
        **options,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA temp_store=MEMORY")
        cursor.execute("PRAGMA cache_size=-32768")
        cursor.execute("PRAGMA wal_autocheckpoint=4000")  # 16 MB: each one waits for the disk
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _make(engine: Engine, *, is_file: bool) -> str:
    """Make the tables in an empty database."""
    generation = str(uuid.uuid4())
    if is_file:
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode=WAL")
        except sqlite3.DatabaseError as error:
            raise sqlalchemy.exc.DatabaseError("PRAGMA journal_mode", {}, error) from error
        finally:
            raw.close()
    with engine.connect() as plain, plain.execution_options(**{_WRITES: True}).begin():
        METADATA.create_all(plain)
        rows = [("schema", SCHEMA_VERSION), ("generation", generation)]
        plain.execute(insert(META), [{"name": name, "value": value} for name, value in rows])
    return generation


def _generation(engine: Engine) -> str | None:
    """The generation of a database that can be used, or None."""
    try:
        with engine.begin() as connection:
            found = {row.name: row.value for row in connection.execute(select(META))}
    except sqlalchemy.exc.DatabaseError as error:
        if not is_broken(error):
            raise
        return None
    return found.get("generation") if found.get("schema") == SCHEMA_VERSION else None


def _remove(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
