"""Where the blobs of an artifact are: in the store, and else where it was loaded from."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple

from trialog._format.folders import StoreFolder
from trialog._oci.descriptors import (
    MANIFEST_TYPE,
    MAX_MANIFEST_BYTES,
    BlobSource,
    Descriptor,
    Manifest,
    digest_of,
    read_blob,
)
from trialog._oci.layouts import open_layout
from trialog._oci.references import Reference, parse_reference
from trialog._oci.registry import Registry
from trialog._oci.repositories import Repository
from trialog.errors import IntegrityError, NotFoundError, UsageError


class Artifact(NamedTuple):
    """An artifact that was found.

    Attributes:
        data: the bytes of its manifest.
        manifest: what they say.
        source: where its blobs are.
        place: where it was loaded from, as a COMMIT fact says it: the absolute path of an archive,
            or a reference that ends in the digest; None where all of it is in the store.
    """

    data: bytes
    manifest: Manifest
    source: BlobSource
    place: str | None

    @property
    def digest(self) -> str:
        """The digest of the manifest: what the artifact is."""
        return digest_of(self.data)

    @property
    def descriptor(self) -> Descriptor:
        """The manifest, as others refer to it."""
        return Descriptor(
            MANIFEST_TYPE,
            self.digest,
            len(self.data),
            artifact_type=self.manifest.artifact_type,
        )

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """All that the manifest names, each once."""
        named = (self.manifest.config, *self.manifest.layers)
        return tuple({blob.digest: blob for blob in named}.values())


def hex_of(blob: Descriptor) -> str:
    """A blob's digest as the store's paths have it."""
    return blob.digest.removeprefix("sha256:")


class StoreSource:
    """A store's blobs; what is missing there is read from elsewhere, and not kept."""

    def __init__(self, store: StoreFolder, elsewhere: BlobSource | None = None) -> None:
        """Make it.

        Args:
            store: the store.
            elsewhere: where else the blobs are.
        """
        self._store = store
        self.elsewhere = elsewhere

    @property
    def name(self) -> str:
        """What messages call it."""
        also = f" or {self.elsewhere.name}" if self.elsewhere is not None else ""
        return f"the store {self._store.path}{also}"

    def open(self, blob: Descriptor) -> BinaryIO:
        """A stream of a blob's bytes, not checked: read it through ``verified``.

        Raises:
            NotFoundError: it is missing.
            OSError: it cannot be read.
        """
        try:
            return self._store.blob(hex_of(blob)).open("rb")
        except FileNotFoundError:
            if self.elsewhere is None:
                raise NotFoundError(
                    f"the blob {blob.digest} is missing from the store {self._store.path}"
                ) from None
        return self.elsewhere.open(blob)


class Elsewhere:
    """The source that a COMMIT fact names, opened once it is needed."""

    def __init__(self, place: str) -> None:
        """Open nothing yet.

        Args:
            place: an absolute path, or a reference.
        """
        self.name = place
        self._opened: BlobSource | None = None

    def open(self, blob: Descriptor) -> BinaryIO:
        """A stream of a blob's bytes, not checked.

        Raises:
            NotFoundError, OSError: the source is not there, or has no such blob.
        """
        return self.opened.open(blob)

    @property
    def opened(self) -> BlobSource:
        """The source itself."""
        if self._opened is None:
            self._opened = open_source(self.name)
        return self._opened


def open_source(place: str) -> BlobSource:
    """The source that a COMMIT fact names; a registry is asked nothing yet.

    Raises:
        MissingFileError: it is an archive that is not there.
        UsageError, IntegrityError, OSError: it is one no more.
    """
    if os.path.isabs(place):
        return open_layout(Path(place))
    reference = parse_reference(place)
    return repository_of(reference)


def repository_of(reference: Reference) -> Repository:
    """The repository of a reference; connections are kept, each process having its own."""
    return _repository(os.getpid(), reference.registry, reference.repository)


@lru_cache(maxsize=16)
def _repository(_pid: int, registry: str, repository: str) -> Repository:
    return Registry(registry).repository(repository)


def find_archived(path: Path, reference: str | None = None) -> Artifact:
    """The artifact in an archive or in the folder of a layout; its manifest alone is read.

    Args:
        path: where it is.
        reference: the name or digest of the one that is meant, where it holds several.

    Raises:
        MissingFileError: nothing stands there.
        UsageError: it is no layout, or holds several artifacts.
        NotFoundError: it holds none of that name.
        IntegrityError: it is truncated or damaged.
    """
    layout = open_layout(path)
    data = read_blob(layout, layout.find(reference), MAX_MANIFEST_BYTES)
    return Artifact(data, Manifest.decode(data), layout, str(path.absolute()))


def find_in_registry(reference: Reference) -> Artifact:
    """The artifact behind a reference; its manifest alone is fetched.

    Raises:
        NotFoundError: there is none.
        UsageError: an index of several stands there.
        RegistryError: the registry refuses, or cannot be reached.
        IntegrityError: it gave other bytes than it should.
    """
    repository = repository_of(reference)
    fetched = repository.get_manifest(reference.target)
    if fetched.media_type != MANIFEST_TYPE:
        raise UsageError(
            f"{reference} is no artifact but a {fetched.media_type}; say which of its manifests, "
            f"as in '{repository.name}@sha256:…'"
        )
    if reference.digest not in (None, fetched.digest):
        raise IntegrityError(f"{reference}: the registry gave {fetched.digest}")
    place = str(reference._replace(digest=fetched.digest))
    return Artifact(fetched.data, Manifest.decode(fetched.data), repository, place)


def find_in_store(store: StoreFolder, digest: str, place: str | None) -> Artifact:
    """The artifact of an experiment that is committed in the store.

    Args:
        store: the store.
        digest: of its manifest.
        place: where blobs are that the store lacks, or None.

    Raises:
        IntegrityError: the manifest is missing from the store, or damaged.
    """
    elsewhere = None if place is None else Elsewhere(place)
    source = StoreSource(store, elsewhere)
    path = store.blob(digest.removeprefix("sha256:"))
    try:
        size_bytes = path.stat().st_size
    except FileNotFoundError:
        raise IntegrityError(
            f"the manifest {digest} is missing from the store: there is no {str(path)!r}; load "
            "the experiment again from an archive or a registry"
        ) from None
    manifest = Descriptor(MANIFEST_TYPE, digest, size_bytes)
    data = read_blob(source, manifest, MAX_MANIFEST_BYTES)
    return Artifact(data, Manifest.decode(data), source, place)
