"""Where the blobs of an artifact are: in the store, and else where it was loaded from."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
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
from trialog._oci.layouts import Layout, open_layout
from trialog._oci.references import Reference, parse_reference
from trialog._oci.registry import Registry
from trialog._oci.repositories import Repository
from trialog.errors import IntegrityError, MissingFileError, NotFoundError, UsageError


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

    def __init__(self, store: StoreFolder, elsewhere: Iterable[BlobSource] = ()) -> None:
        """Make it.

        Args:
            store: the store.
            elsewhere: where else the blobs may be, the likeliest place first.
        """
        self._store = store
        self.elsewhere = tuple(elsewhere)

    @property
    def name(self) -> str:
        """What messages call it."""
        return " or ".join((f"the store {self._store.path}", *(one.name for one in self.elsewhere)))

    def has(self, blob: Descriptor) -> bool:
        """Whether the store itself has a blob."""
        return self._store.blob(hex_of(blob)).exists()

    @property
    def alone(self) -> StoreSource:
        """The store, and nothing else."""
        return StoreSource(self._store)

    def open(self, blob: Descriptor) -> BinaryIO:
        """A stream of a blob's bytes, not checked: read it through ``verified``.

        Raises:
            NotFoundError: it is missing; the message says from where.
            OSError: it cannot be read.
        """
        with contextlib.suppress(FileNotFoundError):
            return self._store.blob(hex_of(blob)).open("rb")
        reasons = []
        for source in self.elsewhere:
            try:
                return source.open(blob)
            except (NotFoundError, MissingFileError) as error:
                reasons.append(str(error))
        raise NotFoundError(
            "; ".join(
                (f"the blob {blob.digest} is missing from the store {self._store.path}", *reasons)
            )
        )


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


def repositories_in(source: BlobSource) -> Iterator[Repository]:
    """The repositories of registries that a source reads from."""
    if isinstance(source, StoreSource):
        for each in source.elsewhere:
            yield from repositories_in(each)
    elif isinstance(source, Elsewhere):
        if not Path(source.name).is_absolute():
            yield from repositories_in(source.opened)
    elif isinstance(source, Repository):
        yield source


def open_source(place: str) -> BlobSource:
    """The source that a COMMIT fact names; a registry is asked nothing yet.

    Raises:
        MissingFileError: it is an archive that is not there.
        UsageError, IntegrityError, OSError: it is one no more.
    """
    if Path(place).is_absolute():
        return _layout(Path(place))
    reference = parse_reference(place)
    return repository_of(reference)


def repository_of(reference: Reference) -> Repository:
    """The repository of a reference; connections are kept, each process having its own."""
    return _repository(os.getpid(), reference.registry, reference.repository)


@lru_cache(maxsize=16)
def _layout(path: Path) -> Layout:
    """A layout whose headers were read once; it looks again where the file is another one."""
    return open_layout(path)


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


def find_in_store(store: StoreFolder, digest: str, places: Sequence[str] = ()) -> Artifact:
    """The artifact of an experiment that is committed in the store.

    Args:
        store: the store.
        digest: of its manifest.
        places: where blobs may be that the store lacks.

    Raises:
        IntegrityError: the manifest is missing from the store, or damaged.
    """
    source = StoreSource(store, map(Elsewhere, places))
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
    return Artifact(data, Manifest.decode(data), source, places[0] if places else None)
