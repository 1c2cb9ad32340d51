"""Sending a blob: small ones in one piece, large ones in chunks that go on where they were cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO, Protocol
from urllib.parse import urlencode, urlsplit

import requests

from trialog._oci.descriptors import Descriptor
from trialog._oci.failures import InterruptedTransferError
from trialog._oci.pieces import Source, SourceFailedError
from trialog._oci.progress import Progress, TransferState
from trialog._oci.refusals import RefusedError, fit
from trialog._oci.tokens import Scope, scope_of
from trialog._oci.transport import ATTEMPTS, Body, Transport
from trialog.errors import IntegrityError, NotFoundError, RegistryError

SMALL_BYTES = 8 << 20  # up to here a blob is sent in one piece, and again if that is cut
CHUNK_BYTES = 32 << 20
_CLOSING_BYTES_S = 10e6  # some registries read a whole blob again before they say that it is there
_RANGE = re.compile(r"(?:bytes=)?0-([0-9]{1,18})")
_BINARY = {"Content-Type": "application/octet-stream"}
_OK, _CREATED, _ACCEPTED, _NO_CONTENT, _NOT_FOUND = 200, 201, 202, 204, 404
_DIGEST_INVALID = "DIGEST_INVALID"


class UploadLedger(Protocol):
    """Keeps the addresses of unfinished uploads, so that another process can go on with them.

    A blob is called ``registry/repository@digest``. The addresses may be as good as a password for
    the one upload; they are worthless once it is finished.
    """

    def load(self, blob: str) -> str | None:
        """The address that was saved last."""

    def save(self, blob: str, address: str) -> None:
        """Keep the address of an upload that goes on."""

    def forget(self, blob: str) -> None:
        """The upload is finished, or cannot go on."""


class Upload:
    """The sending of one blob to one repository."""

    def __init__(
        self,
        transport: Transport,
        repository: str,
        blob: Descriptor,
        open_stream: Callable[[], BinaryIO],
        *,
        ledger: UploadLedger | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Send nothing yet.

        Args:
            transport: to the registry.
            repository: where the blob is to be.
            blob: which one.
            open_stream: opens its bytes, again if they have to be sent again.
            ledger: keeps the addresses of what is unfinished.
            progress: is told how far it is.
        """
        self._transport = transport
        self._repository = repository
        self._blob = blob
        self._name = f"{transport.host}/{repository}@{blob.digest}"
        self._asked = f"sending the blob {blob.digest} to {transport.host}/{repository}"
        self._scope = scope_of(repository, "pull", "push")
        self._source = Source(blob, open_stream)
        self._ledger = ledger if blob.size_bytes > SMALL_BYTES else None
        self._progress = progress
        self._address = ""
        self._offset_bytes = 0
        self._is_resumed = False  # whether what came first was sent before a cut

    def send(self, mount_from: str | None = None) -> TransferState:
        """Send the blob, or have the registry take it over.

        Args:
            mount_from: another repository of the registry that is known to have it.

        Returns:
            ``MOUNTED`` or ``DONE``.

        Raises:
            IntegrityError: the bytes are not those of the digest, or the registry says so.
            RegistryError: the registry refuses, or cannot be reached for a while.
        """
        is_begun = self._go_on()
        if not is_begun and self._begin(mount_from):
            return TransferState.MOUNTED
        try:
            self._persist()
        finally:
            self._source.close()
        self._forget()
        return TransferState.DONE

    def _persist(self) -> None:
        """Send, and go on where it was cut, as long as something arrives in between."""
        failures, furthest_bytes = 0, self._offset_bytes
        while True:
            try:
                return self._finish()
            except InterruptedTransferError as error:
                failures = 1 if self._offset_bytes > furthest_bytes else failures + 1
                furthest_bytes = max(furthest_bytes, self._offset_bytes)
                if failures == ATTEMPTS:
                    raise
                self._transport.wait(failures - 1, error.wait_s)
            if self._is_there():
                return None
            if not self._ask_how_far():
                self._begin()

    def _begin(self, mount_from: str | None = None) -> bool:
        """Open an upload; True if there is nothing to send, as the blob was mounted."""
        query, scope = "", self._scope
        if mount_from is not None:
            query = "?" + urlencode({"mount": self._blob.digest, "from": mount_from})
            scope |= scope_of(mount_from, "pull")
        response = self._ask(
            "POST",
            f"/v2/{self._repository}/blobs/uploads/{query}",
            (_CREATED, _ACCEPTED) if mount_from is not None else (_ACCEPTED,),
            scope=scope,
            may_repeat=True,
        )
        if response.status_code == _CREATED:
            self._check_digest(response)
            return True
        self._is_resumed = False
        self._offset_bytes = 0
        self._take_address(response)
        return False

    def _go_on(self) -> bool:
        """Take up what an earlier process sent."""
        address = self._ledger.load(self._name) if self._ledger is not None else None
        if not address or urlsplit(address).netloc != self._transport.host:
            return False
        self._address = address
        return self._ask_how_far()

    def _ask_how_far(self) -> bool:
        """Ask what arrived of the upload; False if it cannot go on and has to begin again."""
        if self._blob.size_bytes <= SMALL_BYTES:
            return False
        try:
            response = self._ask("GET", self._address, (_OK, _ACCEPTED, _NO_CONTENT))
        except InterruptedTransferError:
            raise
        except (NotFoundError, RegistryError):  # it ended, or was cut where it cannot be mended
            self._forget()
            return False
        self._offset_bytes = _arrived_bytes(response, 0)
        if self._offset_bytes > self._blob.size_bytes:
            self._forget()
            return False
        self._is_resumed = self._offset_bytes > 0
        self._take_address(response)
        return True

    def _finish(self) -> None:
        """Send what is missing, and close the upload."""
        body = b""
        size_bytes = self._blob.size_bytes
        if size_bytes <= SMALL_BYTES:
            body = self._source.whole()
        while size_bytes > SMALL_BYTES and self._offset_bytes < size_bytes:
            self._send_chunk()
        separator = "&" if urlsplit(self._address).query else "?"
        address = f"{self._address}{separator}{urlencode({'digest': self._blob.digest})}"
        try:
            response = self._ask("PUT", address, (_CREATED, _NO_CONTENT), body)
        except RefusedError as error:
            if _DIGEST_INVALID not in error.refusal.codes:
                raise
            if self._is_resumed:  # what came first may be other bytes, or fewer than was said
                self._forget()
                self._begin()
                return self._finish()
            raise IntegrityError(
                f"{self._asked}: its bytes are not those of its digest ({error})"
            ) from None
        self._check_digest(response)
        self._report(size_bytes)
        return None

    def _send_chunk(self) -> None:
        start = self._offset_bytes
        stop = min(start + CHUNK_BYTES, self._blob.size_bytes)
        chunk = self._source.piece(start, stop - start, self._report)
        headers = {"Content-Range": f"{start}-{stop - 1}"}
        try:
            response = self._ask("PATCH", self._address, (_ACCEPTED, _NO_CONTENT), chunk, headers)
        except SourceFailedError as error:
            raise error.error from None
        self._offset_bytes = _arrived_bytes(response, stop)
        if not start < self._offset_bytes <= stop:
            raise InterruptedTransferError(
                f"{self._asked}: the registry says that it has {self._offset_bytes} bytes after "
                f"{stop} were sent"
            )
        self._take_address(response)

    def _ask(
        self,
        method: str,
        address: str,
        expected: tuple[int, ...],
        body: Body = b"",
        headers: dict[str, str] | None = None,
        scope: Scope | None = None,
        may_repeat: bool | None = None,
    ) -> requests.Response:
        response = self._transport.send(
            method,
            address,
            asked=self._asked,
            repository=self._repository,
            scope=scope or self._scope,
            expected=expected,
            headers=(_BINARY if method in ("PUT", "PATCH") else {}) | (headers or {}),
            body=body,
            may_repeat=method == "GET" if may_repeat is None else may_repeat,
            longer_s=self._blob.size_bytes / _CLOSING_BYTES_S if method == "PUT" else 0.0,
        )
        self._transport.finish(response)
        return response

    def _is_there(self) -> bool:
        """Whether the blob arrived all the same, or another process was faster."""
        address = f"/v2/{self._repository}/blobs/{self._blob.digest}"
        return self._ask("HEAD", address, (_OK, _NOT_FOUND), may_repeat=True).status_code == _OK

    def _take_address(self, response: requests.Response) -> None:
        location = response.headers.get("Location", "")
        self._address = self._transport.checked(location, self._transport.base, self._asked)
        if self._ledger is not None:
            self._ledger.save(self._name, self._address)

    def _forget(self) -> None:
        if self._ledger is not None:
            self._ledger.forget(self._name)

    def _check_digest(self, response: requests.Response) -> None:
        said = response.headers.get("Docker-Content-Digest", self._blob.digest)
        if said != self._blob.digest:
            raise IntegrityError(
                f"{self._asked}: the registry says that it keeps it as {fit(said)}"
            )

    def _report(self, done_bytes: int) -> None:
        if self._progress is not None:
            self._progress(self._blob, done_bytes, self._blob.size_bytes, TransferState.SENDING)


def _arrived_bytes(response: requests.Response, otherwise: int) -> int:
    """How many bytes a registry says it has of an upload: ``Range: 0-1023`` are 1024.

    ``0-0`` is what the most common registry says for none at all.
    """
    found = _RANGE.fullmatch(response.headers.get("Range", ""))
    if found is None:
        return otherwise
    last = int(found[1])
    return last + 1 if last else 0
