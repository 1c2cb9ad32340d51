"""Streams that are checked while they are read: length and SHA-256 must be what is expected."""

from __future__ import annotations

import hashlib
import io
from typing import Any, BinaryIO

from trialog.errors import IntegrityError

_CHUNK_BYTES = 1 << 20


class CheckedStream(io.RawIOBase):
    """Another stream's bytes; a read raises IntegrityError where they are not those expected."""

    def __init__(self, stream: BinaryIO, digest: str, size_bytes: int, where: str) -> None:
        self._stream = stream
        self._digest = digest
        self._size_bytes = size_bytes
        self._where = where or str(getattr(stream, "name", "")) or "its source"
        self._left_bytes = size_bytes
        self._hasher = hashlib.sha256()
        self._is_checked = False
        self._error: IntegrityError | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return self.readall()
        if self._error is not None:
            raise self._error
        if not size or self._is_checked:
            return b""
        data = self._stream.read(max(0, min(size, self._left_bytes, _CHUNK_BYTES))) or b""
        if not data and self._left_bytes:
            raise self._wrong(f"ends {self._left_bytes} bytes before its {self._size_bytes}")
        self._left_bytes -= len(data)
        self._hasher.update(data)
        if self._left_bytes <= 0:
            self._check()
        return data

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self.read(_CHUNK_BYTES), b""))

    def readinto(self, buffer: Any, /) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()

    def _check(self) -> None:
        if self._left_bytes < 0 or self._stream.read(1):
            raise self._wrong(f"goes on after its {self._size_bytes} bytes")
        found = f"sha256:{self._hasher.hexdigest()}"
        if found != self._digest:
            raise self._wrong(f"holds other bytes, of digest {found}")
        self._is_checked = True

    def _wrong(self, trouble: str) -> IntegrityError:
        words = f"the blob {self._digest} from {self._where} {trouble}"
        self._error = IntegrityError(words)
        return self._error
