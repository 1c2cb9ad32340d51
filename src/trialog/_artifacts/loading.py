"""Loading an artifact: its manifest and configuration now, everything else when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from trialog._artifacts.bringing import bring_in
from trialog._artifacts.config import (
    ARTIFACT_TYPE,
    CONFIG_TYPE,
    MAX_CONFIG_BYTES,
    ExperimentConfig,
)
from trialog._artifacts.keeping import BlobKeeper
from trialog._artifacts.sources import Artifact, open_source
from trialog._entities import RunOrg, RunProject, RunStatus, RunUser
from trialog._format import owners
from trialog._format.facts import Commit, Start
from trialog._format.folders import StoreFolder
from trialog._format.times import date_of
from trialog._oci.descriptors import UNKNOWN_TYPE, Descriptor, read_blob
from trialog._oci.documents import shown
from trialog._oci.progress import Progress
from trialog._tracking.experiments import Address
from trialog.errors import MissingFileError, NotFoundError, RegistryError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactFacts:
    """What an artifact says of its experiment by itself; the names are those of a record."""

    id: str
    name: str
    status: RunStatus
    reason: str | None
    description: str | None
    tags: tuple[str, ...]
    annotations: dict[str, str]
    date_created: datetime
    date_ended: datetime | None
    organization: RunOrg
    project: RunProject
    user: RunUser
    commit: Commit | None
    parent: str | None
    url: str = ""


class Loaded:
    """An experiment of trialog's in an archive or a registry.

    Attributes:
        artifact: where it is, and its manifest.
        config: its configuration.
        store: the store that it is brought into once more of it is asked for.
    """

    def __init__(self, artifact: Artifact, config: ExperimentConfig, store: Path) -> None:
        """Use :func:`trialog._artifacts.opening.load`."""
        self.artifact = artifact
        self.config = config
        self.store = store

    @property
    def digest(self) -> str | None:
        """The digest of the artifact; None where it becomes one of ours by a commit only."""
        return self.artifact.digest

    @cached_property
    def facts(self) -> ArtifactFacts:
        """What the configuration says."""
        config = self.config
        start = Start(
            writer="",
            run=config.id,
            role="run",
            namespace=config.namespace,
            project=config.project,
            namespace_name=config.namespace_name,
            project_name=config.project_name,
            user=config.user or "unknown",
        )
        return ArtifactFacts(
            id=config.id,
            name=config.name,
            status=RunStatus[config.status],
            reason=config.reason,
            description=config.description,
            tags=config.tags,
            annotations=dict(config.annotations),
            date_created=date_of(config.created_ns),
            date_ended=None if config.ended_ns is None else date_of(config.ended_ns),
            organization=owners.organization(start),
            project=owners.project(start),
            user=owners.user(start),
            commit=Commit(
                digest=self.artifact.digest,
                size_bytes=len(self.artifact.data),
                artifact_bytes=sum(blob.size_bytes for blob in self.artifact.blobs),
                source=self.artifact.place,
            ),
            parent=None if config.parent is None else config.parent.id,
        )

    def bring_in(self, progress: Progress | None = None) -> Address:
        """Put its journals into the store; a second time changes nothing.

        Raises:
            IntegrityError: the artifact is damaged, or would touch what is not its own.
            UsageError: the experiment is open in this store.
            NotFoundError, RegistryError: its journals cannot be fetched.
            StoreError: the store cannot be written.
        """
        return bring_in(self.artifact, self.config, self.store, progress)

    def fetch_all(self, progress: Progress | None = None) -> None:
        """Put every blob that it names into the store, several at once.

        Raises:
            IntegrityError, NotFoundError, RegistryError, StoreError: as :meth:`bring_in`.
        """
        keeper = BlobKeeper(StoreFolder(self.store))
        keeper.keep_all(self.artifact.blobs, self.artifact.source, progress)


def read_artifact(artifact: Artifact, store: Path) -> Loaded:
    """The experiment that an artifact is.

    Raises:
        UsageError: it is none.
        IntegrityError: it is damaged.
    """
    manifest = artifact.manifest
    where = artifact.place or artifact.source.name
    if manifest.artifact_type != ARTIFACT_TYPE or manifest.config.media_type != CONFIG_TYPE:
        raise UsageError(
            f"{where} holds no experiment: its type is "
            f"{shown(manifest.artifact_type or manifest.config.media_type)}"
        )
    data = read_blob(artifact.source, manifest.config, MAX_CONFIG_BYTES)
    return Loaded(artifact, ExperimentConfig.decode(data), store)


def fetch(store: StoreFolder, place: str, sha256: str, size_bytes: int) -> None:
    """Bring a blob into the store from where its experiment was loaded.

    Readers at the same time fetch it once. It is there whole, and checked, or not at all.

    Args:
        store: the store.
        place: what the COMMIT fact says: a reference, or an absolute path.
        sha256: the blob's digest, hexadecimal.
        size_bytes: its size.

    Raises:
        NotFoundError: it cannot be had there any more; the message says what to do.
        IntegrityError: there are other bytes.
        RegistryError: the registry refuses, or cannot be reached.
        StoreError: the store cannot be written.
    """
    blob = Descriptor(UNKNOWN_TYPE, f"sha256:{sha256}", size_bytes)
    what = (
        f"{blob.digest} ({size_bytes} bytes) is not in the store {str(store.path)!r}, and was to "
        f"be fetched from {place!r}, where its experiment was loaded"
    )
    way = "load the experiment from where it is now: trialog.Experiment.load(…)"
    try:
        BlobKeeper(store).keep(blob, open_source(place))
    except MissingFileError:
        raise NotFoundError(f"{what}; that file is gone: put it back, or {way}") from None
    except NotFoundError as error:
        raise NotFoundError(f"{what}: {error}; {way}") from error
    except RegistryError as error:
        raise RegistryError(f"{what}: {error}; try again later, or {way}") from error
