"""Reading a blob from a registry: a stream that goes on by itself where the connection was cut."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import requests

from trialog._oci.descriptors import Descriptor
from trialog._oci.failures import InterruptedTransferError, reason
from trialog._oci.refusals import fit
from trialog._oci.tokens import scope_of
from trialog._oci.transport import ATTEMPTS, BLOCK_BYTES, Transport
from trialog.errors import IntegrityError, RegistryError

_OK, _PARTIAL = 200, 206
_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/(?:[0-9]{1,18}|\*)")


class BlobStream(io.RawIOBase):
    """The bytes of a blob as a registry sends them: as many as there are, but not yet checked."""

    def __init__(
        self, transport: Transport, repository: str, blob: Descriptor, offset_bytes: int = 0
    ) -> None:
        """Ask for the blob.

        Args:
            transport: to the registry.
            repository: where it is.
            blob: which one.
            offset_bytes: where to begin.

        Raises:
            NotFoundError: the repository has no such blob.
            IntegrityError: the registry says another size.
            RegistryError: the registry refuses, or cannot be reached.
        """
        self.name = f"{transport.host}/{repository}"
        self._transport = transport
        self._repository = repository
        self._blob = blob
        self._asked = f"fetching the blob {blob.digest} from {self.name}"
        self._place_bytes = offset_bytes
        self._left = memoryview(b"")
        self._failures = 0
        self._response: requests.Response | None = None
        self._pieces: Iterator[bytes] = iter(())
        if offset_bytes < blob.size_bytes or not offset_bytes:
            self._begin()

    def readable(self) -> bool:
        """True."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes: at most so many, and none at the end only.

        Raises:
            IntegrityError: the registry sends more than there are.
            RegistryError: the connection broke again and again.
        """
        if size < 0:
            return self.readall()
        if size == 0:
            return b""
        if not self._left:
            piece = self._next_piece()
            if len(piece) <= size:
                return piece
            self._left = memoryview(piece)
        data, self._left = self._left[:size], self._left[size:]
        return bytes(data)

    def readall(self) -> bytes:
        """All that is left."""
        return b"".join(iter(lambda: self.read(self._blob.size_bytes + 1), b""))

    def readinto(self, buffer: Any, /) -> int:
        """Put the next bytes into a buffer; 0 at the end only."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Let the connection go."""
        if self._response is not None:
            self._response.close()
            self._response = None
        super().close()

    def _begin(self) -> None:
        """Ask for what is left."""
        start = self._place_bytes
        response = self._transport.send(
            "GET",
            f"/v2/{self._repository}/blobs/{self._blob.digest}",
            asked=self._asked,
            repository=self._repository,
            scope=scope_of(self._repository, "pull"),
            expected=(_OK, _PARTIAL) if start else (_OK,),
            headers={"Range": f"bytes={start}-"} if start else {},
        )
        self._response = response
        is_part = response.status_code == _PARTIAL
        if is_part:
            found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
            if found is None or int(found[1]) != start:
                said = fit(response.headers.get("Content-Range", ""))
                self.close()
                raise RegistryError(f"{self._asked}: asked from byte {start}, it sends {said!r}")
        length = response.headers.get("Content-Length", "")
        wanted = self._blob.size_bytes - (start if is_part else 0)
        if length.isdecimal() and int(length[:19]) != wanted:
            self.close()
            raise IntegrityError(
                f"{self._asked}: it has {self._blob.size_bytes} bytes, but the registry says that "
                f"it sends {length[:19]} instead of {wanted}"
            )
        piece_bytes = BLOCK_BYTES >> (4 * self._failures)  # a line that is bad loses less
        self._pieces = self._transport.pieces(response, self._asked, max(1024, piece_bytes))
        if not is_part and start:  # it sends all of it again
            self._pieces = _without_first(self._pieces, start)

    def _next_piece(self) -> bytes:
        """What comes next; nothing at the end."""
        while True:
            try:
                piece = next(self._pieces, b"")
            except requests.RequestException as error:
                self._resume(reason(error, self._transport.host))
                continue
            if piece:
                self._failures = 0
                self._place_bytes += len(piece)
                if self._place_bytes > self._blob.size_bytes:
                    self.close()
                    raise IntegrityError(
                        f"{self._asked}: the registry sends more than its "
                        f"{self._blob.size_bytes} bytes"
                    )
                return piece
            if self._place_bytes == self._blob.size_bytes:
                return b""
            self._resume(f"it ended after {self._place_bytes} of {self._blob.size_bytes} bytes")

    def _resume(self, why: str) -> None:
        """Ask again, from where the connection was cut."""
        if self._response is not None:
            self._response.close()
        if self._place_bytes == self._blob.size_bytes:
            self._pieces = iter(())  # nothing is missing
            return
        self._failures += 1
        if self._failures == ATTEMPTS:
            raise InterruptedTransferError(f"{self._asked}: {why}")
        self._transport.wait(self._failures - 1, None)
        self._begin()


def _without_first(pieces: Iterator[bytes], count_bytes: int) -> Iterator[bytes]:
    for piece in pieces:
        if count_bytes < len(piece):
            yield piece[count_bytes:]
        count_bytes = max(0, count_bytes - len(piece))
