"""The bytes of a blob in the pieces that are sent, each as the body of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from trialog._oci.descriptors import Descriptor
from trialog._oci.transport import BLOCK_BYTES, SizedBlocks
from trialog.errors import IntegrityError


class SourceFailedError(Exception):
    """Reading what is to be sent failed; not an OSError, which would be taken for the network's."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Source:
    """The bytes of a blob, to be read from any place, and opened again if that is necessary."""

    def __init__(self, blob: Descriptor, open_stream: Callable[[], BinaryIO]) -> None:
        self._blob = blob
        self._open = open_stream
        self._stream: BinaryIO | None = None
        self._place_bytes = 0

    def whole(self) -> bytes:
        """All of them, which are few."""
        self.close()
        with self._open() as stream:
            pieces = []
            left_bytes = self._blob.size_bytes
            while left_bytes and (data := stream.read(left_bytes)):
                pieces.append(data)
                left_bytes -= len(data)
            if left_bytes or stream.read(1):
                raise self.wrong_size()
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def piece(
        self, start: int, size_bytes: int, report: Callable[[int], None]
    ) -> Callable[[], SizedBlocks]:
        """What opens a part of them as the body of a request."""
        return lambda: _Piece(self, start, size_bytes, report)

    def read(self, place_bytes: int, size_bytes: int) -> bytes:
        """Up to so many bytes from a place.

        Raises:
            SourceFailedError: they cannot be read, or end here.
        """
        try:
            self._move_to(place_bytes)
            assert self._stream is not None  # noqa: S101 # it was just opened
            data = self._stream.read(size_bytes)
            self._place_bytes += len(data)
            if not data:
                raise self.wrong_size()
            if self._place_bytes == self._blob.size_bytes and self._stream.read(1):
                self.close()
                raise self.wrong_size()
        except (OSError, IntegrityError) as error:
            raise SourceFailedError(error) from error
        return data

    def close(self) -> None:
        """Close what is open."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def wrong_size(self) -> IntegrityError:
        """The error that there are more or fewer bytes than the descriptor says."""
        return IntegrityError(
            f"the blob {self._blob.digest} to be sent has not its {self._blob.size_bytes} bytes"
        )

    def _move_to(self, place_bytes: int) -> None:
        if self._stream is not None and self._place_bytes == place_bytes:
            return
        self.close()
        self._stream = self._open()
        self._place_bytes = 0
        if place_bytes and self._stream.seekable():
            self._place_bytes = self._stream.seek(place_bytes)
        while self._place_bytes < place_bytes:
            data = self._stream.read(min(BLOCK_BYTES, place_bytes - self._place_bytes))
            if not data:
                raise self.wrong_size()
            self._place_bytes += len(data)


class _Piece:
    """A part of a source as the body of a request."""

    def __init__(
        self, source: Source, start: int, size_bytes: int, report: Callable[[int], None]
    ) -> None:
        self._source = source
        self._start = start
        self._stop = start + size_bytes
        self._report = report

    def __len__(self) -> int:
        return self._stop - self._start

    def __iter__(self) -> Iterator[bytes]:
        place = self._start
        while place < self._stop:
            data = self._source.read(place, min(BLOCK_BYTES, self._stop - place))
            place += len(data)
            self._report(place)
            yield data
