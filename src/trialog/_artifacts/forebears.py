"""What a fork was forked from: the artifacts its manifest refers to, as far as they are there."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from trialog._artifacts.sources import Artifact, Elsewhere, StoreSource
from trialog._oci.descriptors import (
    MANIFEST_TYPE,
    MAX_MANIFEST_BYTES,
    BlobSource,
    Descriptor,
    Manifest,
    read_blob,
)
from trialog._oci.layouts import Layout
from trialog._oci.repositories import Repository
from trialog.errors import MissingFileError, NotFoundError


def forebears(artifact: Artifact, *, are_whole: bool = False) -> Iterator[Artifact]:
    """The artifacts that one was forked from, as far as its source has their manifests.

    Args:
        artifact: the fork.
        are_whole: only those whose blobs are there too, and what comes before the first other one.

    Raises:
        IntegrityError: there are other bytes.
        RegistryError, OSError: they cannot be read.
    """
    seen = {artifact.digest}
    own = {blob.digest for blob in artifact.blobs}
    at = artifact.manifest.subject
    while at is not None and at.media_type == MANIFEST_TYPE and at.digest not in seen:
        seen.add(at.digest)
        try:
            data = read_manifest(artifact.source, at)
        except (NotFoundError, MissingFileError):
            return
        found = Artifact(data, Manifest.decode(data), artifact.source, artifact.place)
        others = [blob for blob in found.blobs if blob.digest not in own]
        if are_whole and missing_from(artifact.source, others):
            return
        yield found
        at = found.manifest.subject


def read_manifest(source: BlobSource, manifest: Descriptor) -> bytes:
    """The bytes of a manifest, checked; registries keep them apart from blobs.

    Raises:
        NotFoundError: it is not there.
        IntegrityError: there are other bytes.
        RegistryError, OSError: it cannot be read.
    """
    if isinstance(source, Repository):
        return source.get_manifest(manifest.digest).data
    if isinstance(source, Elsewhere):
        return read_manifest(source.opened, manifest)
    if isinstance(source, StoreSource):
        with contextlib.suppress(NotFoundError):
            return read_blob(source.alone, manifest, MAX_MANIFEST_BYTES)
        for each in source.elsewhere:
            with contextlib.suppress(NotFoundError, MissingFileError):
                return read_manifest(each, manifest)
        raise NotFoundError(f"the manifest {manifest.digest} is missing from {source.name}")
    return read_blob(source, manifest, MAX_MANIFEST_BYTES)


def missing_from(source: BlobSource, blobs: Iterable[Descriptor]) -> list[Descriptor]:
    """Those of some blobs that a source does not have; none of them is read.

    Raises:
        RegistryError, OSError: it cannot be asked.
    """
    if isinstance(source, StoreSource):
        left = [blob for blob in blobs if not source.has(blob)]
        for each in source.elsewhere:
            left = missing_from(each, left) if left else left
        return left
    if isinstance(source, Elsewhere):
        try:
            return missing_from(source.opened, blobs)
        except MissingFileError:
            return list(blobs)
    if isinstance(source, Repository):
        return [blob for blob in blobs if not source.has_blob(blob)]
    return source.missing(blobs) if isinstance(source, Layout) else list(blobs)
