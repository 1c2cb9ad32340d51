"""Attachments' bytes: copied in at the call, hashed on the way, kept once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from trialog._format.folders import StoreFolder
from trialog._writing.descriptors import above_standard
from trialog._writing.folders import make_folder, share, sync
from trialog.errors import MissingFileError, UnreadableFileError

CHUNK_BYTES = 1 << 20
PRIVATE_BYTES = 16 << 20  # bytes that may change are copied at once up to here, else in pieces
HEAD_BYTES = 8192  # enough to tell a file's type by its content


class StoredBlob(NamedTuple):
    """Bytes in the store, and their beginning, by which their type is told."""

    sha256: str
    size_bytes: int
    head: bytes


class BlobWriter:
    """Puts bytes into a store's ``blobs/`` folder, by their SHA-256."""

    def __init__(self, store: StoreFolder) -> None:
        self._store = store

    def put(self, data: bytes | bytearray | memoryview) -> StoredBlob:
        """Keep bytes that are in memory.

        Raises:
            OSError: they cannot be written.
        """
        view = memoryview(data).cast("B")
        if not isinstance(view.obj, bytes):  # others may change it while we work
            if len(view) > PRIVATE_BYTES:
                return self._put_chunks(_copy_chunks(view))
            view = memoryview(bytes(view))
        digest = hashlib.sha256(view).hexdigest()
        target = self._store.blob(digest)
        if not (_is_whole(target, len(view), digest) and _is_held(target)):
            with self._temporary() as (file, path):
                _write_all(file, view)
                self._publish(file, path, target)
        return StoredBlob(digest, len(view), bytes(view[:HEAD_BYTES]))

    def put_file(self, source: Path) -> StoredBlob:
        """Keep a file's bytes as they are now, in constant memory.

        Raises:
            MissingFileError: there is no such file.
            UnreadableFileError: it is a directory or a device, or it may not be read.
            OSError: the store cannot be written.
        """
        with _open_source(source) as reader:
            return self._put_chunks(_read_chunks(reader))

    def put_made(self, make: Callable[[Path], None]) -> StoredBlob:
        """Keep what a function writes, without it being in memory as a whole.

        Args:
            make: writes the bytes to the empty file that it is given.

        Raises:
            OSError: they cannot be written.
        """
        with self._temporary() as (file, path):
            make(path)
            with path.open("rb", buffering=0) as made:
                head = made.read(HEAD_BYTES)
                made.seek(0)
                digest = hashlib.file_digest(made, "sha256").hexdigest()
                size = made.tell()
            target = self._store.blob(digest)
            if not (_is_whole(target, size, digest) and _is_held(target)):
                self._publish(file, path, target)
        return StoredBlob(digest, size, head)

    def _put_chunks(self, chunks: Iterable[memoryview]) -> StoredBlob:
        """Keep bytes that come in pieces; what is hashed is what is written."""
        hasher, size, head = hashlib.sha256(), 0, b""
        with self._temporary() as (file, path):
            for chunk in chunks:
                if not size:
                    head = bytes(chunk[:HEAD_BYTES])
                hasher.update(chunk)
                _write_all(file, chunk)
                size += len(chunk)
            digest = hasher.hexdigest()
            target = self._store.blob(digest)
            if not (_is_whole(target, size, digest) and _is_held(target)):
                self._publish(file, path, target)
        return StoredBlob(digest, size, head)

    @contextlib.contextmanager
    def _temporary(self) -> Iterator[tuple[BinaryIO, Path]]:
        folder = self._store.path / "blobs" / "incoming"
        make_folder(folder)
        path = folder / f"{os.getpid()}-{os.urandom(8).hex()}"
        try:
            with above_standard():
                file = path.open("xb", buffering=0)
            with file:
                yield file, path
        finally:
            path.unlink(missing_ok=True)

    @staticmethod
    def _publish(file: BinaryIO, path: Path, target: Path) -> None:
        """Bring a blob to the disk, then under its name: a name never holds half of its bytes."""
        make_folder(target.parent)
        sync(file.fileno())
        share(path)  # who logs the same bytes later reads these
        os.replace(path, target)


def _write_all(file: BinaryIO, data: memoryview) -> None:
    """Write every byte: an unbuffered file takes a part where the disk fills up, and says so."""
    while data:
        data = data[file.write(data) :]


def _copy_chunks(view: memoryview) -> Iterator[memoryview]:
    for at in range(0, len(view), CHUNK_BYTES):
        yield memoryview(bytes(view[at : at + CHUNK_BYTES]))


def _read_chunks(reader: BinaryIO) -> Iterator[memoryview]:
    """A file's bytes; each piece is valid until the next one is asked for.

    As long as it is now: a file that somebody keeps adding to would never end; those of /proc say 0
    and hold more.
    """
    buffer, size = memoryview(bytearray(CHUNK_BYTES)), 0
    limit = os.fstat(reader.fileno()).st_size or sys.maxsize
    while count := reader.readinto(buffer[: limit - size]):  # type: ignore[attr-defined]
        yield buffer[:count]
        size += count


def _is_whole(target: Path, size: int, digest: str) -> bool:
    """Whether a blob is in the store, with every byte as it was: a damaged one is written again."""
    try:
        if target.stat().st_size != size:
            return False
        with target.open("rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except PermissionError:  # another user's, who keeps it: there is no way to do better
        return True
    except OSError:
        return False


def _is_held(target: Path) -> bool:
    """Make a blob new again, as it will be named in a moment: what is new is never cleaned up.

    Returns:
        Whether it is still there.
    """
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    except OSError:  # another user's: nor do we clean that up
        return True
    return True


def check_source(source: Path) -> int:
    """The size of a file that can be logged.

    Raises:
        MissingFileError: there is no such file.
        UnreadableFileError: it is a directory or a device, or it may not be read.
    """
    try:
        status = source.stat()
    except FileNotFoundError:
        raise MissingFileError(
            f"cannot log {str(source)!r}: there is no such file (looked in {Path.cwd()})"
        ) from None
    except OSError as error:
        raise UnreadableFileError(f"cannot log {str(source)!r}: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        is_folder = stat.S_ISDIR(status.st_mode)
        kind = "a directory; use log_directory" if is_folder else "not a regular file"
        raise UnreadableFileError(f"cannot log {str(source)!r}: it is {kind}")
    return status.st_size


def _open_source(source: Path) -> BinaryIO:
    check_source(source)
    try:
        return source.open("rb", buffering=0)
    except OSError as error:
        raise UnreadableFileError(f"cannot log {str(source)!r}: {error.strerror}") from error
