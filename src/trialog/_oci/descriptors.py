"""Content-addressed bytes: descriptors, the manifests made of them, and checking while reading.

The forms are those of the OCI image specification 1.1. Digests are SHA-256; no other is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, BinaryIO, NamedTuple, Protocol, cast

import orjson

from trialog._oci.documents import Fields
from trialog._oci.streams import CheckedStream
from trialog.errors import IntegrityError, UsageError

MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
UNKNOWN_TYPE = "application/octet-stream"  # what bytes of no known type are
MAX_MANIFEST_BYTES = 4 << 20  # what registries take, by the distribution specification
MAX_LAYERS = 20_000
SCHEMA_VERSION = 2
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"  # restricted-name, RFC 6838, section 4.2
_TOKEN = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"  # noqa: S105 # of a parameter, RFC 9110, section 5.6.2
_PARAMETER = rf'[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"[ !#-\[\]-~]*")'
_MEDIA_TYPE = re.compile(rf"{_NAME}/{_NAME}(?:{_PARAMETER})*")
_MAX_MEDIA_TYPE = 1024


def digest_of(data: bytes | bytearray | memoryview) -> str:
    """The digest of bytes: ``sha256:`` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def is_digest(text: str) -> bool:
    """Whether text is a SHA-256 digest as descriptors write it, and so safe in a path."""
    return _DIGEST.fullmatch(text) is not None


def is_media_type(text: str) -> bool:
    """Whether text is a media type of RFC 6838, with parameters or without."""
    return len(text) <= _MAX_MEDIA_TYPE and _MEDIA_TYPE.fullmatch(text) is not None


class Descriptor(NamedTuple):
    """Which bytes are meant: their digest, how many there are, and of what type."""

    media_type: str
    digest: str
    size_bytes: int
    annotations: Mapping[str, str] = MappingProxyType({})
    artifact_type: str | None = None

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[Any, ...]:  # a read-only view of a dict is not pickled
        return Descriptor, (*self[:3], dict(self.annotations), self.artifact_type)

    def to_json(self) -> dict[str, Any]:
        """The descriptor as a JSON object, what is empty left out."""
        members: dict[str, Any] = {
            "mediaType": self.media_type,
            "digest": self.digest,
            "size": self.size_bytes,
        }
        if self.annotations:
            members["annotations"] = dict(self.annotations)
        if self.artifact_type is not None:
            members["artifactType"] = self.artifact_type
        return members

    @classmethod
    def from_json(cls, value: object, where: str) -> Descriptor:
        """The descriptor that a JSON object is.

        Args:
            value: what :func:`orjson.loads` gave.
            where: what it is, for messages.

        Raises:
            IntegrityError: it is none; the message names the field and what stands there.
        """
        fields = Fields(value, where)
        digest = fields.text("digest")
        if not is_digest(digest):
            raise fields.wrong("digest", "'sha256:' and 64 hexadecimal digits")
        return cls(
            media_type=_media_type(fields, "mediaType"),
            digest=digest,
            size_bytes=fields.integer("size"),
            annotations=fields.texts("annotations"),
            artifact_type=_artifact_type(fields),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an artifact is made of: a configuration, layers, and the artifact that it refers to."""

    artifact_type: str | None = None
    config: Descriptor
    layers: tuple[Descriptor, ...]
    subject: Descriptor | None = None
    annotations: Mapping[str, str] = field(default_factory=dict, hash=False)

    def encode(self) -> bytes:
        """The manifest's bytes: sorted keys, no spaces, the same for the same manifest.

        Raises:
            UsageError: it is larger than what registries take.
        """
        members: dict[str, Any] = {
            "schemaVersion": SCHEMA_VERSION,
            "mediaType": MANIFEST_TYPE,
            "config": self.config.to_json(),
            "layers": [layer.to_json() for layer in self.layers],
        }
        if self.artifact_type is not None:
            members["artifactType"] = self.artifact_type
        if self.subject is not None:
            members["subject"] = self.subject.to_json()
        if self.annotations:
            members["annotations"] = dict(self.annotations)
        data = orjson.dumps(members, option=orjson.OPT_SORT_KEYS)
        if len(data) > MAX_MANIFEST_BYTES or len(self.layers) > MAX_LAYERS:
            raise UsageError(
                f"a manifest of {len(self.layers)} layers has {len(data)} bytes; registries take "
                f"{MAX_MANIFEST_BYTES}, and at most {MAX_LAYERS} layers are read: log several "
                "files as one"
            )
        return data

    @classmethod
    def decode(cls, data: bytes) -> Manifest:
        """The manifest that bytes are, whoever wrote them.

        Raises:
            IntegrityError: they are none; the message names the field and what stands there.
        """
        fields = Fields.parse(data, "the manifest", MAX_MANIFEST_BYTES)
        check_schema(fields, MANIFEST_TYPE)
        subject = fields.raw("subject")
        return cls(
            artifact_type=_artifact_type(fields),
            config=Descriptor.from_json(fields.raw("config"), "config of the manifest"),
            layers=tuple(fields.each("layers", _layer, MAX_LAYERS)),
            subject=(
                Descriptor.from_json(subject, "subject of the manifest")
                if subject is not None
                else None
            ),
            annotations=fields.texts("annotations"),
        )


class BlobSource(Protocol):
    """Where bytes come from: a store, an archive, a registry."""

    @property
    def name(self) -> str:
        """What messages call it: the path or the reference."""

    def open(self, blob: Descriptor) -> BinaryIO:
        """A stream of a blob's bytes, not checked: read it through :func:`verified`.

        Raises:
            NotFoundError: they are not there.
            OSError: they cannot be read.
        """


def verified(stream: BinaryIO, blob: Descriptor, where: str = "") -> BinaryIO:
    """A stream that gives the same bytes, and checks that they are the ones that are meant.

    The last piece is given out only once all of them were seen to be right; closing it closes the
    stream beneath.

    Args:
        stream: where the bytes come from.
        blob: which ones they should be.
        where: what messages say they come from; else the stream's own name.

    Returns:
        A stream whose reads raise IntegrityError where bytes are changed, missing or too many.
    """
    return cast("BinaryIO", CheckedStream(stream, blob.digest, blob.size_bytes, where))


def read_blob(source: BlobSource, blob: Descriptor, limit_bytes: int) -> bytes:
    """The bytes of a small blob, checked.

    Args:
        source: where they come from.
        blob: which ones.
        limit_bytes: more than these are not read.

    Raises:
        IntegrityError: they are not those that are meant, or too many.
        NotFoundError: they are not there.
        OSError: they cannot be read.
    """
    if blob.size_bytes > limit_bytes:
        raise IntegrityError(
            f"the blob {blob.digest} from {source.name} has {blob.size_bytes} bytes; at most "
            f"{limit_bytes} of a {blob.media_type} are read"
        )
    with verified(source.open(blob), blob, source.name) as stream:
        return stream.read()


def check_schema(fields: Fields, media_type: str) -> None:
    """Refuse a document of another schema version or media type.

    Raises:
        IntegrityError: it is another; the message names the field and what stands there.
    """
    if (
        type(fields.raw("schemaVersion")) is not int
        or fields.raw("schemaVersion") != SCHEMA_VERSION
    ):
        raise fields.wrong("schemaVersion", str(SCHEMA_VERSION))
    if "mediaType" in fields and fields.text("mediaType") != media_type:
        raise fields.wrong("mediaType", repr(media_type))


def _media_type(fields: Fields, name: str) -> str:
    text = fields.text(name)
    if not is_media_type(text):
        raise fields.wrong(name, "a media type such as 'application/json'")
    return text


def _layer(value: object, where: str) -> Descriptor:
    """A layer; other trackers let their users say anything where its media type should stand."""
    text = value.get("mediaType") if isinstance(value, dict) else None
    if isinstance(value, dict) and isinstance(text, str) and not is_media_type(text):
        value = {**value, "mediaType": UNKNOWN_TYPE}
    return Descriptor.from_json(value, where)


def _artifact_type(fields: Fields) -> str | None:
    # some writers say "" where they mean none
    return _media_type(fields, "artifactType") if fields.raw("artifactType") else None
