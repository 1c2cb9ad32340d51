"""Blobs that are kept elsewhere: brought into the store when they are first read."""

from __future__ import annotations

from functools import partial

from trialog._catalog import Catalog, RunPlace, provenance
from trialog._reading import RunRecord
from trialog._reading.content import Fetch
from trialog._writing import claims


def fetch_for(catalog: Catalog, record: RunRecord) -> Fetch | None:
    """What brings a run's blobs into the store; None where no experiment may keep them elsewhere.

    Args:
        catalog: of the store.
        record: the run.
    """
    if record.experiment is None:
        return None
    return partial(fetch_blob, catalog, record.place, record.experiment)


def fetch_blob(
    catalog: Catalog, place: RunPlace, experiment: str | None, sha256: str, size_bytes: int
) -> None:
    """Bring a blob into the store that is not there, if its experiment says where it is.

    Args:
        catalog: of the store.
        place: the run or experiment that the blob belongs to.
        experiment: the id of the run's experiment; None for an experiment itself.
        sha256: the blob's digest.
        size_bytes: its size.

    Raises:
        RegistryError, IntegrityError, NotFoundError: it cannot be fetched, or is not what it was.
    """
    if catalog.store.blob(sha256).exists():
        return
    owner = experiment or place.id
    kept = catalog.ask(provenance.commit_of, place.project.key, owner)
    source = kept and kept.source
    if source is None:  # one of OMMX's, perhaps, be it committed since
        source = claims.origin_of(place.project.folder(catalog.store), owner)
    if source is None:
        return  # it is missing: who reads it says so
    from trialog._artifacts.loading import fetch  # noqa: PLC0415 # loads requests, where needed

    fetch(catalog.store, source, sha256, size_bytes)
