"""Opening a store to write: its version, and the marks of its writers."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from pathlib import Path

import orjson

from trialog._format.folders import STORE_VERSION, Marker, ProjectFolder, StoreFolder
from trialog._writing.folders import make_folder, share
from trialog.errors import StoreError, StoreVersionError


def open_store(home: Path, time_ns: int) -> StoreFolder:
    """Open a store for writing; make it where there is none.

    Raises:
        StoreVersionError: a newer trialog made it.
        StoreError: it is a file, or cannot be written.
    """
    store = StoreFolder(home)
    try:
        return _opened(store, time_ns)
    except NotADirectoryError as error:
        raise StoreError(
            f"the store {str(home)!r} is a file or lies in one; set TRIALOG_HOME to a folder"
        ) from error
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        raise unwritable(home, error) from error


def unwritable(home: Path, error: OSError) -> StoreError:
    """The error for a store that cannot be written."""
    return StoreError(
        error.errno or errno.EIO,
        f"the store {str(home)!r} cannot be written ({error.strerror or error}): set TRIALOG_HOME "
        "to a folder you may write, or TRIALOG_MODE=disabled to go on without keeping anything",
    )


def _opened(store: StoreFolder, time_ns: int) -> StoreFolder:
    try:
        content = store.description.read_bytes()
    except FileNotFoundError:
        if store.path.exists() and not store.path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "not a folder") from None
        content = _describe(store, time_ns)
    try:
        version = orjson.loads(content)["format"]
    except (ValueError, KeyError, TypeError):
        raise StoreError(
            f"{str(store.description)!r} is not a store's description; move it away, or set "
            "TRIALOG_HOME to another folder"
        ) from None
    if not isinstance(version, int) or version > STORE_VERSION:
        raise StoreVersionError(
            f"the store {str(store.path)!r} has format version {version}, this trialog knows "
            f"{STORE_VERSION}: upgrade trialog, or set TRIALOG_HOME to another folder"
        )
    return store


def _describe(store: StoreFolder, time_ns: int) -> bytes:
    """Write ``store.json``, once for all who may be doing the same now."""
    make_folder(store.path)
    content = orjson.dumps(
        {"format": STORE_VERSION, "id": str(uuid.uuid4()), "created_ns": time_ns},
        option=orjson.OPT_INDENT_2,
    )
    temporary = store.path / f".store.json.{os.getpid()}.{os.urandom(4).hex()}"
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # a loss of power must not leave a store with an empty face
        share(temporary)
        _publish_once(temporary, store.description)
    finally:
        temporary.unlink(missing_ok=True)
    return store.description.read_bytes()


def _publish_once(temporary: Path, target: Path) -> None:
    """Give a file its name, unless another process was first."""
    try:
        with contextlib.suppress(FileExistsError):
            os.link(temporary, target)
    except OSError:  # a file system without links
        os.replace(temporary, target)


def mark_open(project: ProjectFolder, marker: Marker) -> None:
    """Say that a writer begins."""
    _touch(project.open / marker.filename)


def mark_left(project: ProjectFolder, marker: Marker) -> None:
    """Say that a writer has left; it is only a hint, and may fail."""
    with contextlib.suppress(OSError):
        os.unlink(project.open / marker.filename)


def announce(project: ProjectFolder, marker: Marker, day: str) -> None:
    """Say that somebody else than a run's first writer writes about it."""
    _touch(project.changes / day / marker.filename)


def _touch(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666))
    except FileNotFoundError:
        make_folder(path.parent)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666))
