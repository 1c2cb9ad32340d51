"""Opening a store to write: its version, its projects, its runs' folders and names."""

from __future__ import annotations

import contextlib
import errno
import os
import uuid
from collections.abc import Callable
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


def claim_name(project: ProjectFolder, name: str, run_id: str) -> str:
    """Claim a run's name, or the first free one of ``name_1``, ``name_2``, ….

    Free numbers are found by galloping (1, 2, 4, 8, …, then halving), so that the 100,000th run of
    a name costs 34 looks, and claimed by making a file that must not exist.

    Raises:
        OSError: the folder cannot be written.
    """
    if _claim(project.name(name), run_id):
        return name
    number = first_free(lambda each: not project.name(f"{name}_{each}").exists())
    while not _claim(project.name(f"{name}_{number}"), run_id):
        number += 1
    return f"{name}_{number}"


def claim_attempt(project: ProjectFolder, run_id: str, attempt: int, mark: str = "") -> bool:
    """Claim an attempt of a run; False where another process has.

    Args:
        project: where the run is.
        run_id: its id.
        attempt: which one.
        mark: of the processes that begin it together, where there are several.

    Raises:
        OSError: the folder cannot be written.
    """
    return _claim(_attempt(project, run_id, attempt), mark or run_id)


def attempt_claimed_by(project: ProjectFolder, run_id: str, attempt: int) -> str | None:
    """The mark of the processes that have claimed an attempt together, or None."""
    return _read_claim(_attempt(project, run_id, attempt))


def claim_rank(project: ProjectFolder, run_id: str, rank: int, process: str) -> bool:
    """Claim to be a rank of a run; False where another process is, or has been.

    Args:
        project: where the run is.
        run_id: its id.
        rank: which one.
        process: what tells this process from all others.

    Raises:
        OSError: the folder cannot be written.
    """
    is_ours = _claim(_rank(project, run_id, rank), process)
    return is_ours or rank_claimed_by(project, run_id, rank) == process


def rank_claimed_by(project: ProjectFolder, run_id: str, rank: int) -> str | None:
    """The process that has claimed to be a rank of a run, or None."""
    return _read_claim(_rank(project, run_id, rank))


def _rank(project: ProjectFolder, run_id: str, rank: int) -> Path:
    return project.name(f"{run_id}\0rank {rank}")  # no name holds a zero


def _attempt(project: ProjectFolder, run_id: str, attempt: int) -> Path:
    return project.name(f"{run_id}\0{attempt}")  # as above


def claimed_by(project: ProjectFolder, name: str) -> str | None:
    """The id of the run that has the name, or None."""
    return _read_claim(project.name(name))


def _read_claim(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def _claim(path: Path, content: str) -> bool:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        fd = os.open(path, flags, 0o666)
    except FileExistsError:
        return False
    except FileNotFoundError:
        make_folder(path.parent)
        return _claim(path, content)
    try:
        os.write(fd, content.encode())
    finally:
        os.close(fd)
    share(path)  # whoever goes on with the run looks here for its id
    return True


def first_free(is_free: Callable[[int], bool]) -> int:
    """The lowest free number, supposing that all below a free one are taken."""
    high = 1
    while not is_free(high):
        high *= 2
    low = high // 2  # taken, or 0
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_free(middle) else (middle, high)
    return high


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
