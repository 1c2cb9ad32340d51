"""An experiment of OMMX's in an archive or a registry, read as far as it is used."""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from trialog._artifacts.keeping import BlobKeeper
from trialog._artifacts.loading import ArtifactFacts
from trialog._artifacts.ommx import read_ommx
from trialog._artifacts.ommx_bringing import (
    SOURCE_KEY,
    bring_in_ommx,
    id_of,
    note_origin,
    status_of,
)
from trialog._artifacts.ommx_experiments import OmmxExperiment
from trialog._artifacts.sources import Artifact, find_archived, find_in_registry
from trialog._catalog import provenance
from trialog._format import owners
from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._format.times import date_of
from trialog._oci.progress import Progress
from trialog._oci.references import parse_reference
from trialog._reading import catalog_of
from trialog._settings import Settings
from trialog._tracking.experiments import Address, edit_experiment
from trialog._tracking.places import belonging
from trialog._writing import claims
from trialog._writing.identity import user_name
from trialog.errors import MissingFileError, NotFoundError


class LoadedOmmx:
    """An experiment of OMMX's; brought into a store it is one that is not committed there yet.

    Attributes:
        artifact: where it is, and its manifest.
        store: the store that it is brought into once more of it is asked for.
        digest: None: it gets one of its own by a commit.
    """

    digest = None

    def __init__(self, artifact: Artifact, store: Path) -> None:
        """Read its configuration.

        Raises:
            IntegrityError: it is damaged.
            ModuleNotFoundError: it has parameters, and msgpack is not installed.
        """
        self.artifact = artifact
        self.store = store
        self._experiment: OmmxExperiment = read_ommx(artifact.manifest, artifact.source)

    @cached_property
    def start(self) -> Start:
        """The first record that it is to have."""
        owner = belonging(None, None, Settings.from_environ())
        return Start(
            writer="",
            run=id_of(self.artifact.digest),
            role="run",
            kind="experiment",
            name=_name_of(self.artifact),
            user=user_name(),
            created_ns=time.time_ns(),
            **owner._asdict(),
        )

    @cached_property
    def facts(self) -> ArtifactFacts:
        """What the artifact says."""
        start = self.start
        return ArtifactFacts(
            id=start.run,
            name=start.name,
            status=status_of(self._experiment.status),
            reason=self._experiment.reason,
            description=None,
            tags=(),
            annotations={**self._experiment.annotations, SOURCE_KEY: self.artifact.digest},
            date_created=date_of(start.created_ns),
            date_ended=None,
            organization=owners.organization(start),
            project=owners.project(start),
            user=owners.user(start),
            commit=None,
            parent=None,
        )

    def bring_in(self, _: Progress | None = None) -> Address:
        """Put it into the store; a second time changes nothing.

        Raises:
            IntegrityError: it is damaged.
            NotFoundError, RegistryError: a packed attachment cannot be fetched.
            StoreError: the store cannot be written.
        """
        catalog = catalog_of(self.store)
        catalog.refresh()
        start = self.start
        entries = catalog.ask(provenance.entries_of, [start.run], [start.run])
        here = [entry for entry in entries if entry.kind == "experiment"]
        if here:
            address = Address(self.store, here[0].namespace, here[0].project, start.run)
            note_origin(address, self.artifact)
            if here[0].is_deleted:  # who loads it wants to see it
                edit_experiment(address, deleted=False)
            return address
        if entries:  # it was interrupted, and goes on where it began
            start = replace(start, namespace=entries[0].namespace, project=entries[0].project)
        bring_in_ommx(self.artifact, self._experiment, start, self.store)
        return Address(self.store, start.namespace, start.project, start.run)

    def fetch_all(self, progress: Progress | None = None) -> None:
        """Put all of its attachments into the store.

        Raises:
            IntegrityError, NotFoundError, RegistryError, StoreError: as :meth:`bring_in`.
        """
        blobs = [each.descriptor for each in self._experiment.blobs() if each.compression is None]
        BlobKeeper(StoreFolder(self.store)).keep_all(blobs, self.artifact.source, progress)


def complete(address: Address) -> None:
    """Fetch what an experiment of OMMX's still has elsewhere: a commit seals all of it.

    Where it is gone nothing happens: the commit says what is missing.

    Raises:
        IntegrityError, RegistryError, StoreError: as :meth:`LoadedOmmx.bring_in`.
    """
    place = claims.origin_of(address.folder, address.experiment)
    if place is None:
        return
    with contextlib.suppress(MissingFileError, NotFoundError):
        if Path(place).is_absolute():
            artifact = find_archived(Path(place))
        else:
            artifact = find_in_registry(parse_reference(place))
        LoadedOmmx(artifact, address.home).fetch_all()


def _name_of(artifact: Artifact) -> str:
    """What it is called: as its file is, or its repository."""
    place = artifact.place or ""
    if Path(place).is_absolute():
        return Path(place).stem or "ommx"
    return parse_reference(place).repository.rpartition("/")[2]
