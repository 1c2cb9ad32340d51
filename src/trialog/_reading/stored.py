"""A run that is read from the store: its facts at one moment, its content at each call."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, Never, Self, TypeVar, cast, overload

from trialog._catalog import Catalog
from trialog._entities import RunOrg, RunProject, RunStatus, RunUser
from trialog._reading.content import ContentReader, Fetch
from trialog._reading.records import RunException, RunRecord

T = TypeVar("T")


class Fact(Generic[T]):
    """A fact of a run's record, read as an attribute of the run."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, run: None, owner: type) -> Self: ...

    @overload
    def __get__(self, run: StoredRun, owner: type) -> T: ...

    def __get__(self, run: StoredRun | None, owner: type) -> T | Self:
        return self if run is None else cast("T", getattr(run.record, self._name))

    def __set__(self, run: StoredRun, value: Never) -> None:
        raise AttributeError(f"{self._name!r} of a stored run cannot be set")


class StoredRun:
    """A run of the store, as it was read; the façade adds its content and its edits.

    Attributes:
        record: its facts when it was read.
    """

    def __init__(self, catalog: Catalog, record: RunRecord) -> None:
        """Use :func:`trialog.get_run` or :func:`trialog.runs`."""
        self._catalog = catalog
        self.record = record

    id = Fact[str]()
    name = Fact[str]()
    description = Fact[str | None]()
    status = Fact[RunStatus]()
    reason = Fact[str | None]()
    tags = Fact[tuple[str, ...]]()
    url = Fact[str]()
    date_created = Fact[datetime]()
    date_updated = Fact[datetime]()
    date_ended = Fact[datetime | None]()
    duration = Fact[float]()
    organization = Fact[RunOrg]()
    project = Fact[RunProject]()
    user = Fact[RunUser]()
    exception = Fact[RunException | None]()
    exit_code = Fact[int | None]()
    missing = Fact[int]()
    missing_since = Fact[datetime | None]()
    parent = Fact[str | None]()
    annotations = Fact[dict[str, str]]()
    experiment = Fact[str | None]()
    attempt = Fact[int]()
    host = Fact[str]()
    pid = Fact[int]()
    python = Fact[str]()
    trialog = Fact[str]()
    points = Fact[int]()
    damages = Fact[int]()
    date_deleted = Fact[datetime | None]()
    deleted_by = Fact[str | None]()
    is_ended = Fact[bool]()

    @property
    def run_id(self) -> int | None:
        """Which of its experiment's runs this is, from 0 on; None outside of an experiment."""
        return self.record.number

    def __repr__(self) -> str:
        record = self.record
        place = record.place.project.path
        return f"<{type(self).__name__} {record.name!r} {record.status} {place}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, StoredRun):
            return NotImplemented
        return self.record.place == other.record.place and self._store == other._store

    def __hash__(self) -> int:
        return hash((self._store, self.record.place))

    @property
    def _store(self) -> str:
        return str(self._catalog.store.path)

    def _reader(self) -> ContentReader:
        return ContentReader(self._catalog, self.record.place, self._fetch())

    def _fetch(self) -> Fetch | None:
        """Brings blobs of an experiment into the store; the façade knows how."""
        return None
