"""Manifests that refer to another: the referrers API, and the tag where a registry has none.

The tag is that of the distribution specification: ``sha256-<hex>`` names an index of them, which
the clients keep. No registry can change a tag on a condition, so a writer looks afterwards
whether its own entry stayed, and adds it again if another writer was faster.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import orjson

from trialog._oci.descriptors import (
    INDEX_TYPE,
    MAX_MANIFEST_BYTES,
    SCHEMA_VERSION,
    Descriptor,
    digest_of,
)
from trialog._oci.documents import Fields
from trialog.errors import IntegrityError, RegistryError

MAX_REFERRERS = 20_000
_ATTEMPTS = 5
_EMPTY_TYPE = "application/vnd.oci.empty.v1+json"


class Subject(NamedTuple):
    """What a manifest says of another.

    Attributes:
        digest: of the manifest that it refers to.
        referrer: the manifest itself, as the list of referrers has it.
    """

    digest: str
    referrer: Descriptor


def fallback_tag(digest: str) -> str:
    """The tag of the referrers of a digest."""
    return digest.replace(":", "-", 1)


def read_subject(data: bytes, media_type: str) -> Subject | None:
    """What a manifest refers to; None if nothing.

    Raises:
        IntegrityError: it is no manifest.
    """
    fields = Fields.parse(data, "the manifest", MAX_MANIFEST_BYTES)
    if "subject" not in fields:
        return None
    subject = Descriptor.from_json(fields.raw("subject"), "subject of the manifest")
    artifact_type = fields.text_or_none("artifactType")
    if not artifact_type and "config" in fields:
        config = Descriptor.from_json(fields.raw("config"), "config of the manifest")
        artifact_type = config.media_type if config.media_type != _EMPTY_TYPE else None
    referrer = Descriptor(
        media_type, digest_of(data), len(data), fields.texts("annotations"), artifact_type or None
    )
    return Subject(subject.digest, referrer)


def read_referrers(data: bytes, where: str) -> tuple[Descriptor, ...]:
    """The manifests that an index lists.

    Raises:
        IntegrityError: it is no index; the message names the field and what stands there.
    """
    fields = Fields.parse(data, where, MAX_MANIFEST_BYTES)
    return tuple(fields.each("manifests", Descriptor.from_json, MAX_REFERRERS))


def write_index(manifests: tuple[Descriptor, ...]) -> bytes:
    """The index that lists manifests."""
    members = {
        "schemaVersion": SCHEMA_VERSION,
        "mediaType": INDEX_TYPE,
        "manifests": [each.to_json() for each in manifests],
    }
    return orjson.dumps(members, option=orjson.OPT_SORT_KEYS)


def change_fallback(
    tag: str,
    read: Callable[[str], tuple[Descriptor, ...]],
    write: Callable[[str, bytes], object],
    change: Callable[[tuple[Descriptor, ...]], tuple[Descriptor, ...]],
) -> None:
    """Change the index behind a tag, again where another writer undid it.

    Args:
        tag: the tag of the referrers.
        read: what the tag lists now; nothing where it is not there.
        write: puts an index behind the tag.
        change: what the list should be; given its own result, it changes nothing.

    Raises:
        RegistryError: other writers were faster every time.
    """
    for _ in range(_ATTEMPTS):
        listed = read(tag)
        wanted = change(listed)
        if wanted == listed:
            return
        data = write_index(wanted)
        if len(data) > MAX_MANIFEST_BYTES or len(wanted) > MAX_REFERRERS:
            raise IntegrityError(
                f"the index {tag} of referrers is full: it has {len(listed)} entries"
            )
        write(tag, data)
    listed = read(tag)
    if change(listed) != listed:
        raise RegistryError(f"other writers changed the tag {tag} again and again; try later")
