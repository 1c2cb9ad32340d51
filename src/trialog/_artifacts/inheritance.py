"""What a fork takes over of its parent: the artifact that was sealed, by its digests."""

from __future__ import annotations

from typing import NamedTuple

from trialog._artifacts.config import ExperimentConfig
from trialog._artifacts.config_entries import BlobEntry
from trialog._artifacts.observations import Observed, Observer
from trialog._catalog import Catalog, members
from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._journals.blobs import read_blob
from trialog._oci.descriptors import MANIFEST_TYPE, Descriptor, Manifest
from trialog.errors import IntegrityError


class Inheritance(NamedTuple):
    """A parent, as it was sealed.

    Attributes:
        subject: its manifest, as the fork's refers to it.
        manifest: what that says.
        config: its configuration.
        runs: its runs and those of its own forebears, as their journals say them.
    """

    subject: Descriptor
    manifest: Manifest
    config: ExperimentConfig
    runs: list[Observed]

    @property
    def blobs(self) -> list[BlobEntry]:
        """What its journals speak of, and what was attached to the experiment itself."""
        own = [
            BlobEntry(digest=each.digest, size_bytes=each.size_bytes)
            for each in self.config.attachments
            if each.number is None
        ]
        return [*self.config.blobs, *own]


def read_inheritance(
    store: StoreFolder, catalog: Catalog, observer: Observer, start: Start
) -> Inheritance | None:
    """What an experiment takes over; None where it is no fork.

    Args:
        store: where its parent is.
        catalog: of the store.
        observer: reads runs.
        start: the experiment's first record.

    Raises:
        IntegrityError: what was sealed is not in the store any more.
    """
    if start.subject is None or start.parent is None:
        return None
    try:
        data = read_blob(store, start.subject.removeprefix("sha256:"))
        manifest = Manifest.decode(data)
        config = ExperimentConfig.decode(
            read_blob(store, manifest.config.digest.removeprefix("sha256:"))
        )
    except IntegrityError as error:
        raise IntegrityError(
            f"{start.name!r} was forked from {start.parent}, sealed as {start.subject}, which "
            f"cannot be read: {error}"
        ) from error
    subject = Descriptor(
        MANIFEST_TYPE, start.subject, len(data), artifact_type=manifest.artifact_type
    )
    catalog.refresh()
    places = {row.facts.id: row.place for row in catalog.ask(members.members_of, start.parent)}
    runs = []
    for entry in config.runs:
        run = None if entry.id not in places else observer.observe(places[entry.id], entry.number)
        if run is None:
            raise IntegrityError(
                f"run {entry.number} ({entry.id}) of the experiment that {start.name!r} was forked "
                "from is not in the store any more: load that experiment again"
            )
        runs.append(run)
    return Inheritance(subject, manifest, config, runs)
