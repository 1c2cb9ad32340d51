"""What a run is: its facts at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

from trialog._catalog import Catalog, queries
from trialog._catalog.selections import RunRow
from trialog._catalog.statuses import StatusReader, written_status
from trialog._entities import RunOrg, RunProject, RunStatus, RunUser
from trialog._format import owners
from trialog._format.facts import Commit, Start
from trialog._format.folders import StoreFolder
from trialog._format.times import date_of
from trialog._format.values import load_json
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.liveness import Derived
from trialog._journals.processes import read_here
from trialog._reading.manyrows import MANY, ManyRows

_BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class RunException:
    """The exception that ended a run.

    Attributes:
        type: its class, with the module where that is not built in.
        message: its text.
        traceback: as Python prints it, shortened where it was long.
    """

    type: str
    message: str
    traceback: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run's facts as they were when it was read.

    Attributes:
        place: where it lies in the store.
        key: its key in the catalog.
        id: never changes.
        name: unique in its project.
        description: what the user wrote, or None.
        status: as written, or as true of its processes.
        reason: why it ended so, or what is known of one that is silent; None as a rule.
        tags: in the order they were added.
        url: of its folder.
        date_created, date_updated, date_ended: UTC; ``date_ended`` is None while it goes on.
        duration: seconds from start to end, or to now.
        organization, project, user: whose it is.
        exception: what ended it, or None.
        exit_code: the argument of ``sys.exit``, or None.
        missing: points that could not be kept, and since when.
        parent: the id of the run it belongs to, or None.
        kind: ``run``, or ``experiment``: then all the rest is the experiment's.
        experiment: the id of the experiment it was recorded in, or None.
        number: which of the experiment's runs it is, from 0 on, or None; of a fork, the number of
            the first run of its own.
        subject: of a fork, the digest of its parent's manifest.
        commit: what sealed the experiment, or None.
        annotations: texts by key.
        attempt: 1, and one more each time it was resumed.
        host, pid, python, trialog: where its latest attempt began.
        points: how many points it has.
        damages: how many places of its journals cannot be read.
        date_deleted, deleted_by: None where it is not deleted.
    """

    place: RunPlace
    key: int
    id: str
    name: str
    description: str | None
    status: RunStatus
    reason: str | None
    tags: tuple[str, ...]
    url: str
    date_created: datetime
    date_updated: datetime
    date_ended: datetime | None
    duration: float
    organization: RunOrg
    project: RunProject
    user: RunUser
    exception: RunException | None
    exit_code: int | None
    missing: int
    missing_since: datetime | None
    parent: str | None
    kind: str
    experiment: str | None
    number: int | None
    subject: str | None
    commit: Commit | None
    annotations: dict[str, str]
    attempt: int
    host: str
    pid: int
    python: str
    trialog: str
    points: int
    damages: int
    date_deleted: datetime | None
    deleted_by: str | None

    @property
    def is_ended(self) -> bool:
        """Whether it has ended."""
        return self.status.is_end


Statuses = Mapping[int, Derived]
"""Of the runs that nobody has ended, by key."""


class Records(Sequence[RunRecord]):
    """The records of many runs, all as they were when they were asked for.

    Each is made when it is looked at: who wants parameters alone of 10,000 runs needs none.
    """

    def __init__(
        self, catalog: Catalog, rows: Sequence[RunRow], statuses: Statuses, now_ns: int
    ) -> None:
        """Use :func:`read_records`."""
        self._catalog = catalog
        self._rows = rows
        self._statuses = statuses
        self._now_ns = now_ns
        self._made: dict[int, RunRecord] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> RunRecord: ...

    @overload
    def __getitem__(self, index: slice) -> Records: ...

    def __getitem__(self, index: int | slice) -> RunRecord | Records:
        if isinstance(index, slice):
            return Records(self._catalog, self._rows[index], self._statuses, self._now_ns)
        row = self._rows[index]
        record = self._made.get(row.key)
        if record is None:
            status = self._statuses.get(row.key) or written_status(row)
            record = self._made[row.key] = _record(self._catalog, row, status, self._now_ns)
        return record

    def chosen(self, places: Iterable[int]) -> Records:
        """Some of them by their places, in the order that is given."""
        rows = [self._rows[place] for place in places]
        return Records(self._catalog, rows, self._statuses, self._now_ns)

    @property
    def keys(self) -> list[int]:
        """The runs' keys in the catalog."""
        return self._rows.keys if isinstance(self._rows, ManyRows) else self._column("key")

    @property
    def rows(self) -> Sequence[RunRow]:
        """The runs' rows in the catalog."""
        return self._rows

    @property
    def numbers(self) -> list[int | None]:
        """The runs' numbers in their experiments."""
        return self._column("number")

    @property
    def now_ns(self) -> int:
        """When they were asked for."""
        return self._now_ns

    @property
    def facts(self) -> list[tuple[Any, Derived]]:
        """Of each run what the catalog holds, and its true status: no record is made."""
        statuses = self._statuses
        return [(row.facts, statuses.get(row.key) or written_status(row)) for row in self._rows]

    @property
    def created_ns(self) -> list[int]:
        """When the runs began."""
        return self._column("created_ns")

    @property
    def ids(self) -> list[str]:
        """The runs' ids."""
        return self._column("id")

    @property
    def names(self) -> list[str]:
        """The runs' names."""
        return self._column("name")

    def _column(self, name: str) -> list[Any]:
        if isinstance(self._rows, ManyRows):
            return self._rows.column(name)
        return [getattr(row.facts, name) for row in self._rows]


def read_many(catalog: Catalog, keys: Sequence[int]) -> Records:
    """The records of runs by key, in order; very many are read when they are looked at."""
    if len(keys) <= MANY:
        return read_records(catalog, catalog.ask(queries.runs_by_key, keys))
    now_ns = catalog.clock()
    statuses = StatusReader(catalog.store, read_here(), now_ns)
    unended = catalog.ask(queries.unended_of, keys)
    derived = {row.key: statuses.status_of(row) for row in unended}
    return Records(catalog, ManyRows(catalog, keys), derived, now_ns)


def read_records(catalog: Catalog, rows: Iterable[RunRow]) -> Records:
    """The records of the catalog's rows; writers are asked of runs that nobody has ended."""
    now_ns, found = catalog.clock(), list(rows)
    statuses = StatusReader(catalog.store, read_here(), now_ns)
    derived = {row.key: statuses.status_of(row) for row in found if row.facts.status is None}
    return Records(catalog, found, derived, now_ns)


def _record(catalog: Catalog, row: RunRow, status: Derived, now_ns: int) -> RunRecord:
    facts = row.facts
    organization, project, user = _owners(
        facts.namespace, facts.namespace_name, facts.project, facts.project_name, facts.username
    )
    until_ns = now_ns if status.ended_ns is None else status.ended_ns
    return RunRecord(
        place=row.place,
        key=facts.key,
        id=facts.id,
        name=facts.name,
        description=facts.description,
        status=status.status,
        reason=status.reason,
        tags=() if facts.tags == "[]" else tuple(load_json(facts.tags.encode())),
        url=f"{_folder_uri(catalog.store.path, row.place.project, row.place.day)}/{facts.id}",
        date_created=date_of(facts.created_ns),
        date_updated=date_of(facts.updated_ns),
        date_ended=_date_or_none(status.ended_ns),
        duration=max(until_ns - facts.created_ns, 0) / _BILLION,
        organization=organization,
        project=project,
        user=user,
        exception=exception_of(facts.exception and load_json(facts.exception.encode())),
        exit_code=facts.exit_code,
        missing=facts.missing,
        missing_since=_date_or_none(facts.missing_since_ns),
        parent=facts.parent,
        kind=facts.kind,
        experiment=facts.experiment,
        number=facts.number,
        subject=facts.subject,
        commit=None if facts.commit is None else Commit.from_json(load_json(facts.commit.encode())),
        annotations={} if facts.annotations == "{}" else load_json(facts.annotations.encode()),
        attempt=facts.attempt,
        host=facts.host,
        pid=facts.pid,
        python=facts.python,
        trialog=facts.trialog,
        points=facts.points,
        damages=facts.damages,
        date_deleted=_date_or_none(facts.deleted_ns),
        deleted_by=facts.deleted_by,
    )


@lru_cache(maxsize=1024)
def _owners(
    namespace: str, namespace_name: str, project: str, project_name: str, user: str
) -> tuple[RunOrg, RunProject, RunUser]:
    start = Start(
        writer="",
        run="",
        role="run",
        namespace=namespace,
        namespace_name=namespace_name,
        project=project,
        project_name=project_name,
        user=user or "unknown",
    )
    return owners.organization(start), owners.project(start), owners.user(start)


@lru_cache(maxsize=1024)
def _folder_uri(home: Path, project: ProjectPlace, day: str) -> str:
    """The URI of a day's folder; a run's id needs no quoting."""
    return (project.folder(StoreFolder(home)).runs / day).as_uri()


def _date_or_none(time_ns: int | None) -> datetime | None:
    return None if time_ns is None else date_of(time_ns)


def exception_of(content: Mapping[str, Any] | None) -> RunException | None:
    """What ended a run, or a process's part of it, as a journal says it."""
    if content is None:
        return None
    return RunException(*(str(content.get(key, "")) for key in ("type", "message", "traceback")))
