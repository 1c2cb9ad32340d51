"""Reading blobs: every byte is checked against the digest that names it."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import BinaryIO, cast

from trialog._format.folders import StoreFolder
from trialog.errors import IntegrityError

CHUNK_BYTES = 1 << 20


def read_blob(store: StoreFolder, digest: str) -> bytes:
    """A blob's bytes.

    Raises:
        IntegrityError: it is missing, or not what was written.
    """
    path = store.blob(digest)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise IntegrityError(_missing(digest, path)) from None
    found = hashlib.sha256(data).hexdigest()
    if found != digest:
        raise IntegrityError(_different(digest, found, path))
    return data


def open_blob(store: StoreFolder, digest: str) -> BinaryIO:
    """A blob as a stream that is checked as it is read.

    Raises:
        IntegrityError: it is missing; while reading: it is not what was written.
    """
    path = store.blob(digest)
    try:
        raw = path.open("rb", buffering=0)
    except FileNotFoundError:
        raise IntegrityError(_missing(digest, path)) from None
    stream = _CheckedStream(raw, digest, path)
    return cast("BinaryIO", io.BufferedReader(stream, CHUNK_BYTES))


def hash_blob(path: Path) -> str:
    """The SHA-256 digest of a file, read in constant memory.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _CheckedStream(io.RawIOBase):
    """Raw bytes of a file; the last read fails where the digest is another one."""

    def __init__(self, raw: io.FileIO | BinaryIO, digest: str, path: Path) -> None:
        super().__init__()
        self._raw = raw
        self._digest = digest
        self._path = path
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        view = memoryview(buffer)
        count: int = self._raw.readinto(view) or 0  # type: ignore[union-attr]
        self._hash.update(view[:count])
        if not count and view:
            found = self._hash.hexdigest()
            if found != self._digest:
                raise IntegrityError(_different(self._digest, found, self._path))
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _missing(digest: str, path: Path) -> str:
    return f"the blob {digest} is missing from the store: there is no {str(path)!r}"


def _different(digest: str, found: str, path: Path) -> str:
    return (
        f"the blob {digest} is damaged: the bytes of {str(path)!r} have the SHA-256 digest {found}"
    )
