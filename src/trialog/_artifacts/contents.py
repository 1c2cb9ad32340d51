"""What the journals of a run speak of: its attachments, and the blobs of large values."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from trialog._artifacts.config_entries import AttachmentEntry
from trialog._artifacts.observations import Observed
from trialog._format.facts import Attachment
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._oci.descriptors import UNKNOWN_TYPE, is_media_type
from trialog.errors import IntegrityError

JSON_TYPE = "application/json"
_OF_SOLVES = ("input", "output", "diagnostics")


class Spoken(NamedTuple):
    """A blob that is no attachment.

    Attributes:
        digest: ``sha256:…``.
        size_bytes: how many bytes.
        media_type: what they are.
        path: within the run, what to call the file; empty where it is of no use as one.
    """

    digest: str
    size_bytes: int
    media_type: str
    path: str = ""


def attachments_of(run: Observed) -> list[AttachmentEntry]:
    """All versions of all attachments of a run, or of the experiment itself, in order."""
    versions: Counter[str] = Counter()
    found = []
    for fact in run.facts:
        if fact.kind is not Kind.ATTACHMENT:
            continue
        attachment = Attachment.from_json(fact.content)
        versions[attachment.name] += 1
        found.append(
            AttachmentEntry(
                number=run.number,
                name=attachment.name,
                version=versions[attachment.name],
                media_type=attachment.media_type,
                digest=f"sha256:{attachment.sha256}",
                size_bytes=attachment.size_bytes,
                filename=_leaf(attachment),
                step=attachment.step,
                codec=attachment.codec,
                time_ns=fact.time_ns,
            )
        )
    return found


def spoken_of(run: Observed, store: StoreFolder) -> Iterator[Spoken]:
    """The blobs of facts that were too large for a journal, and those of calls of solvers.

    Raises:
        IntegrityError: one is missing.
    """
    for sha256 in run.blobs:
        yield Spoken(f"sha256:{sha256}", blob_bytes(store, sha256, _who(run)), JSON_TYPE)
    solves = [fact.content for fact in run.facts if fact.kind is Kind.SOLVE]
    for number, content in enumerate(solves):
        for what in _OF_SOLVES:
            blob: dict[str, Any] | None = content.get(what)
            if blob is not None:
                yield Spoken(
                    f"sha256:{blob['sha256']}",
                    blob["size_bytes"],
                    layer_type(str(blob.get("media_type") or "")),
                    f"solves/{number}/{what}",
                )


def check_blob(store: StoreFolder, digest: str, size_bytes: int, what: str) -> None:
    """Refuse to seal what is not there; the bytes themselves were hashed when they were logged.

    Raises:
        IntegrityError: the blob is missing, or of another size.
    """
    found = blob_bytes(store, digest.removeprefix("sha256:"), what)
    if found != size_bytes:
        raise IntegrityError(
            f"{what} is damaged: the blob {digest} has {found} bytes instead of {size_bytes}"
        )


def blob_bytes(store: StoreFolder, sha256: str, what: str) -> int:
    """The size of a blob.

    Raises:
        IntegrityError: it is missing.
    """
    path = store.blob(sha256)
    try:
        return os.stat(path).st_size  # noqa: PTH116 # thousands of them
    except FileNotFoundError:
        raise IntegrityError(
            f"{what} is missing from the store: there is no {str(path)!r}"
        ) from None


def layer_type(text: str) -> str:
    """A media type as OCI allows it, of whatever a user called one."""
    return text if is_media_type(text) else UNKNOWN_TYPE


def _who(run: Observed) -> str:
    if run.number is None:
        return "a large value of the experiment"
    return f"a large value of run {run.number}"


def _leaf(attachment: Attachment) -> str:
    """A file name without any folder, whatever the journal says."""
    for candidate in (attachment.filename, attachment.name):
        leaf = PurePosixPath(candidate.replace("\\", "/")).name
        if leaf not in ("", ".", "..") and "\0" not in leaf:
            return leaf
    return "attachment"
