"""A repository of a registry: what of the OCI distribution specification 1.1 is used.

It is also a source of blobs (:class:`trialog._oci.descriptors.BlobSource`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple, cast
from urllib.parse import urlencode

import requests

from trialog._oci.descriptors import (
    INDEX_TYPE,
    MANIFEST_TYPE,
    MAX_MANIFEST_BYTES,
    Descriptor,
    digest_of,
    is_digest,
    is_media_type,
    verified,
)
from trialog._oci.documents import Fields
from trialog._oci.downloads import BlobStream
from trialog._oci.progress import Progress, TransferState
from trialog._oci.referrers import change_fallback, fallback_tag, read_referrers, read_subject
from trialog._oci.refusals import RefusedError, fit
from trialog._oci.tokens import scope_of
from trialog._oci.transport import BLOCK_BYTES, Body, Transport
from trialog._oci.uploads import Upload, UploadLedger
from trialog.errors import IntegrityError, NotFoundError, RegistryError, UsageError

_ACCEPTED_TYPES = (
    MANIFEST_TYPE,
    INDEX_TYPE,
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_MAX_PAGES = 1_000
_PAGE = 1_000
_OK, _CREATED, _ACCEPTED, _NO_CONTENT, _NOT_FOUND, _NOT_ALLOWED = 200, 201, 202, 204, 404, 405
_NO_SUCH_API = (404, 405, 501)  # what registries of before 1.1 say to the referrers API


class FetchedManifest(NamedTuple):
    """A manifest as a registry gave it: its bytes are those of the digest."""

    data: bytes
    digest: str
    media_type: str


class Repository:
    """A repository: blobs by their digests, manifests by tag or digest."""

    def __init__(self, transport: Transport, host: str, path: str) -> None:
        self.host = host
        self.path = path
        self._transport = transport

    @property
    def name(self) -> str:
        """What messages call it: ``ghcr.io/team/name``."""
        return f"{self.host}/{self.path}"

    def open(self, blob: Descriptor) -> BinaryIO:
        """A stream of a blob's bytes, not checked, as every source of blobs has it."""
        return self.open_blob(blob)

    def has_blob(self, blob: Descriptor, *, is_for_push: bool = False) -> bool:
        """Whether the repository has a blob.

        Args:
            blob: which one.
            is_for_push: whether it will be pushed if not, so that one token does for both.
        """
        response = self._ask(
            "HEAD",
            f"blobs/{blob.digest}",
            f"asking {self.name} for the blob {blob.digest}",
            (_OK, _NOT_FOUND),
            actions=("pull", "push") if is_for_push else ("pull",),
        )
        self._transport.finish(response)
        return response.status_code == _OK

    def push_blob(
        self,
        blob: Descriptor,
        open_stream: Callable[[], BinaryIO],
        *,
        mount_from: str | None = None,
        ledger: UploadLedger | None = None,
        progress: Progress | None = None,
    ) -> TransferState:
        """Send a blob, unless it is there.

        Args:
            blob: which one.
            open_stream: opens its bytes.
            mount_from: another repository of this registry that has it: nothing is sent then.
            ledger: keeps addresses of unfinished uploads, for another process to go on with.
            progress: is told how far it is.

        Returns:
            ``PRESENT``, ``MOUNTED`` or ``DONE``.

        Raises:
            IntegrityError: the bytes are not those of the digest, or the registry says so.
            RegistryError: the registry refuses, or cannot be reached for a while.
        """
        if self.has_blob(blob, is_for_push=True):
            state = TransferState.PRESENT
        else:
            upload = Upload(
                self._transport, self.path, blob, open_stream, ledger=ledger, progress=progress
            )
            state = upload.send(mount_from if mount_from != self.path else None)
        if progress is not None:
            progress(blob, blob.size_bytes, blob.size_bytes, state)
        return state

    def open_blob(self, blob: Descriptor, offset_bytes: int = 0) -> BinaryIO:
        """A stream of a blob's bytes, not checked; it goes on where the connection is cut.

        Raises:
            NotFoundError: the repository has no such blob.
            RegistryError: the registry refuses, or cannot be reached.
        """
        return cast("BinaryIO", BlobStream(self._transport, self.path, blob, offset_bytes))

    def pull_blob(
        self, blob: Descriptor, target: BinaryIO, *, progress: Progress | None = None
    ) -> None:
        """Write a blob's bytes to a stream, and check them.

        Raises:
            IntegrityError: they are not those of the digest; what was written is worthless.
            NotFoundError: the repository has no such blob.
            RegistryError: the registry refuses, or cannot be reached for a while.
        """
        done_bytes = 0
        with verified(self.open_blob(blob), blob, self.name) as stream:
            while data := stream.read(BLOCK_BYTES):
                target.write(data)
                done_bytes += len(data)
                if progress is not None and done_bytes < blob.size_bytes:
                    progress(blob, done_bytes, blob.size_bytes, TransferState.RECEIVING)
        if progress is not None:
            progress(blob, blob.size_bytes, blob.size_bytes, TransferState.DONE)

    def find_manifest(self, target: str, *, is_for_push: bool = False) -> str | None:
        """The digest of the manifest behind a tag or digest; None if there is none."""
        asked = f"asking for the manifest {self._called(target)}"
        response = self._ask(
            "HEAD",
            f"manifests/{target}",
            asked,
            (_OK, _NOT_FOUND),
            headers={"Accept": ", ".join(_ACCEPTED_TYPES)},
            actions=("pull", "push") if is_for_push else ("pull",),
        )
        self._transport.finish(response)
        if response.status_code == _NOT_FOUND:
            return None
        said = response.headers.get("Docker-Content-Digest", target)
        if not is_digest(said):
            return self.get_manifest(target).digest
        if is_digest(target) and said != target:
            raise IntegrityError(f"{asked}: the registry says that it is {said}")
        return said

    def get_manifest(self, target: str) -> FetchedManifest:
        """The manifest behind a tag or digest, its bytes checked.

        Raises:
            NotFoundError: there is none.
            IntegrityError: the bytes are not those of the digest, or far too many.
            RegistryError: the registry refuses, or cannot be reached.
        """
        asked = f"fetching the manifest {self._called(target)}"
        headers = {"Accept": ", ".join(_ACCEPTED_TYPES)}
        response = self._ask("GET", f"manifests/{target}", asked, (_OK,), headers=headers)
        data = self._transport.take(response, MAX_MANIFEST_BYTES, asked)
        digest = digest_of(data)
        said = response.headers.get("Docker-Content-Digest", digest)
        if is_digest(target) and digest != target:
            raise IntegrityError(f"{asked}: the registry gave other bytes, of digest {digest}")
        if said != digest:
            raise IntegrityError(
                f"{asked}: the registry says that its digest is {fit(said)}, but its bytes have "
                f"{digest}"
            )
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if not is_media_type(media_type):
            fields = Fields.parse(data, "the manifest", MAX_MANIFEST_BYTES)
            media_type = fields.text_or_none("mediaType") or MANIFEST_TYPE
        return FetchedManifest(data, digest, media_type)

    def put_manifest(self, target: str, data: bytes, media_type: str = MANIFEST_TYPE) -> str:
        """Put a manifest behind a tag, or in its place by digest, and list it as a referrer.

        Returns:
            Its digest.

        Raises:
            UsageError: it is larger than registries take, or the digest is another's.
            IntegrityError: the registry says another digest.
            RegistryError: the registry refuses, or cannot be reached.
        """
        digest = digest_of(data)
        asked = f"putting the manifest {self._called(target)} of {len(data)} bytes"
        if len(data) > MAX_MANIFEST_BYTES:
            raise UsageError(f"{asked}: registries take at most {MAX_MANIFEST_BYTES} bytes")
        if is_digest(target) and target != digest:
            raise UsageError(f"{asked}: its digest is {digest}")
        response = self._put(target, data, media_type, asked)
        said = response.headers.get("Docker-Content-Digest", digest)
        if said != digest:
            raise IntegrityError(f"{asked}: the registry says that it keeps it as {fit(said)}")
        if "OCI-Subject" not in response.headers:
            subject = read_subject(data, media_type)
            if subject is not None:
                self._change_fallback(subject.digest, subject.referrer, is_listed=True)
        return digest

    def delete_manifest(self, digest: str) -> None:
        """Delete a manifest and every tag of it; its blobs go when the registry cleans up.

        Raises:
            NotFoundError: there is none.
            RegistryError: the registry refuses; many do not let anything be deleted.
        """
        asked = f"deleting the manifest {self._called(digest)}"
        if not is_digest(digest):
            raise UsageError(f"{asked}: say its digest, not a tag")
        fetched = self.get_manifest(digest)
        actions = ("delete", "pull")
        address = f"manifests/{digest}"
        expected = (_OK, _ACCEPTED, _NO_CONTENT, _NOT_ALLOWED)
        response = self._ask("DELETE", address, asked, expected, actions=actions)
        refusal = self._transport.refusal(response)
        if refusal.status == _NOT_ALLOWED:
            raise RefusedError(f"{asked}: the registry lets nothing be deleted", refusal)
        subject = read_subject(fetched.data, fetched.media_type)
        if subject is not None and self._read_fallback(fallback_tag(subject.digest)):
            self._change_fallback(subject.digest, subject.referrer, is_listed=False)

    def list_tags(self) -> list[str]:
        """Every tag, in the registry's order.

        Raises:
            NotFoundError: there is no such repository.
            RegistryError: the registry refuses, or cannot be reached.
        """
        asked = f"listing the tags of {self.name}"
        tags: list[str] = []
        for _, data in self._pages(f"tags/list?n={_PAGE}", asked, (_OK,)):
            fields = Fields.parse(data, f"the list of tags of {self.name}", MAX_MANIFEST_BYTES)
            names = fields.items("tags") if "tags" in fields else []
            if not all(isinstance(each, str) for each in names):
                raise fields.wrong("tags", "a list of texts")
            tags += names
        return tags

    def list_referrers(
        self, digest: str, artifact_type: str | None = None
    ) -> tuple[Descriptor, ...]:
        """The manifests that refer to another one.

        Args:
            digest: of the other one.
            artifact_type: only those of this type.

        Raises:
            RegistryError: the registry refuses, or cannot be reached.
        """
        asked = f"listing what refers to {self._called(digest)}"
        query = "?" + urlencode({"artifactType": artifact_type}) if artifact_type else ""
        found: list[Descriptor] = []
        expected = (_OK, *_NO_SUCH_API)
        for response, data in self._pages(f"referrers/{digest}{query}", asked, expected):
            kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
            if response.status_code != _OK or kind != INDEX_TYPE:
                found = list(self._read_fallback(fallback_tag(digest)))
                break
            found += read_referrers(data, f"the list of referrers of {self._called(digest)}")
        wanted = [each for each in found if artifact_type in (None, each.artifact_type)]
        return tuple(dict.fromkeys(wanted))

    def _called(self, target: str) -> str:
        return f"{self.name}{'@' if is_digest(target) else ':'}{target}"

    def _ask(
        self,
        method: str,
        address: str,
        asked: str,
        expected: tuple[int, ...],
        *,
        headers: dict[str, str] | None = None,
        body: Body = b"",
        actions: tuple[str, ...] = ("pull",),
    ) -> requests.Response:
        return self._transport.send(
            method,
            address if "://" in address else f"/v2/{self.path}/{address}",
            asked=asked,
            repository=self.path,
            scope=scope_of(self.path, *actions),
            expected=expected,
            headers=headers,
            body=body,
        )

    def _put(self, target: str, data: bytes, media_type: str, asked: str) -> requests.Response:
        response = self._ask(
            "PUT",
            f"manifests/{target}",
            asked,
            (_OK, _CREATED, _ACCEPTED),
            headers={"Content-Type": media_type},
            body=data,
            actions=("pull", "push"),
        )
        self._transport.finish(response)
        return response

    def _pages(
        self, address: str, asked: str, expected: tuple[int, ...]
    ) -> Iterator[tuple[requests.Response, bytes]]:
        """Answers and their bodies, as long as each names a next one."""
        base = self._transport.base
        for _ in range(_MAX_PAGES):
            response = self._ask("GET", address, asked, expected)
            yield response, self._transport.take(response, MAX_MANIFEST_BYTES, asked)
            following = response.links.get("next", {}).get("url")
            if not following:
                return
            address = self._transport.checked(following, base, asked)
            if not self._transport.is_own(address):
                raise RegistryError(f"{asked}: its next page is on another host, {fit(address)!r}")
        raise RegistryError(f"{asked}: there are more than {_MAX_PAGES} pages")

    def _read_fallback(self, tag: str) -> tuple[Descriptor, ...]:
        try:
            fetched = self.get_manifest(tag)
        except NotFoundError:
            return ()
        return read_referrers(fetched.data, f"the index {self.name}:{tag}")

    def _change_fallback(self, digest: str, referrer: Descriptor, *, is_listed: bool) -> None:
        tag = fallback_tag(digest)
        asked = f"listing what refers to {self._called(digest)} behind the tag {tag}"

        def change(listed: tuple[Descriptor, ...]) -> tuple[Descriptor, ...]:
            if is_listed and any(each.digest == referrer.digest for each in listed):
                return listed
            others = tuple(each for each in listed if each.digest != referrer.digest)
            return (*others, referrer) if is_listed else others

        change_fallback(
            tag,
            self._read_fallback,
            lambda name, data: self._put(name, data, INDEX_TYPE, asked),
            change,
        )
