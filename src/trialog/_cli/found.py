"""Runs as the commands find them, and their facts as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from trialog._catalog import Catalog, members, queries, tallies
from trialog._catalog.selections import RunRow
from trialog._filters import RunFilter
from trialog._filters.expressions import (
    All,
    Comparison,
    Expression,
    Fact,
    Literal,
    Not,
    Truth,
)
from trialog._format.times import time_ns_of
from trialog._reading import RunRecord
from trialog._reading.pages import find_page


class ExperimentName(NamedTuple):
    """An experiment that a run belongs to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run, and its row in the catalog, which has its times to the nanosecond.

    Attributes:
        experiment: the one that it was recorded in, or None.
    """

    record: RunRecord
    row: RunRow
    experiment: ExperimentName | None = None


@dataclass(frozen=True, slots=True)
class FoundRuns:
    """Runs in order, and how many there are in all.

    Attributes:
        shown: as many as were asked for.
        total: with those beyond the limit.
    """

    shown: list[FoundRun]
    total: int


def find_runs(
    catalog: Catalog,
    wanted: RunFilter,
    limit: int | None,
    *,
    only_deleted: bool = False,
    experiment: str | None = None,
) -> FoundRuns:
    """The runs that a filter finds.

    Args:
        catalog: of the store; it is brought up to date.
        wanted: what they must be like; its own limit is left alone.
        limit: read only so many in full; the others are counted.
        only_deleted: leave out runs that are not deleted.
        experiment: only the runs of this one, by id; of a fork, those of its parents too.
    """
    asked = replace(wanted, limit=None)
    if only_deleted:
        asked = _and(asked, Truth(Fact("deleted")))
    if experiment is not None:
        asked = _of_experiment(catalog, asked, experiment)
    page = find_page(catalog, asked, limit=limit)
    return FoundRuns(_joined(catalog, page.records.rows, page.records), page.total)


def _of_experiment(catalog: Catalog, wanted: RunFilter, experiment: str) -> RunFilter:
    """Only the runs of an experiment, and of those that it was forked from, up to there."""
    conditions: list[Expression] = []
    lineage = catalog.ask(members.lineage_of, experiment)
    for each in lineage:
        if each.until is not None:
            later = Comparison(">=", Fact("number"), Literal(each.until))
            conditions.append(
                Not(All((Comparison("==", Fact("experiment"), Literal(each.experiment)), later)))
            )
    ids = tuple(each.experiment for each in lineage)
    return _and(replace(wanted, experiments=ids), *conditions)


def _and(wanted: RunFilter, *conditions: Expression) -> RunFilter:
    """A filter, and more that must be true."""
    known = () if wanted.where is None else (wanted.where,)
    together = (*known, *conditions)
    if not conditions:
        return wanted
    return replace(wanted, where=together[0] if len(together) == 1 else All(together))


def runs_of_records(catalog: Catalog, records: Sequence[RunRecord]) -> list[FoundRun]:
    """Records with their rows."""
    rows = catalog.ask(queries.runs_by_key, [record.key for record in records])
    return _joined(catalog, rows, records)


def _joined(
    catalog: Catalog, rows: Sequence[RunRow], records: Sequence[RunRecord]
) -> list[FoundRun]:
    by_key = {row.key: row for row in rows}
    ids = {record.experiment for record in records if record.experiment is not None}
    names = catalog.ask(tallies.names_of, sorted(ids)) if ids else {}
    experiments = {id_: ExperimentName(id_, names.get(id_, id_)) for id_ in ids}
    return [
        FoundRun(record, by_key[record.key], experiments.get(record.experiment or ""))
        for record in records
        if record.key in by_key
    ]


def facts_as_json(run: FoundRun) -> dict[str, Any]:
    """What every answer in JSON says of a run: times in nanoseconds, and as ISO text beside."""
    record, facts = run.record, run.row.facts
    ended_ns = facts.ended_ns if facts.status is not None else nanoseconds(record.date_ended)
    return {
        "id": record.id,
        "name": record.name,
        "namespace": record.organization.slug,
        "project": record.project.slug,
        "status": record.status.value,
        "reason": record.reason,
        "description": record.description,
        "tags": list(record.tags),
        "created_ns": facts.created_ns,
        "date_created": iso(record.date_created),
        "updated_ns": facts.updated_ns,
        "date_updated": iso(record.date_updated),
        "ended_ns": ended_ns,
        "date_ended": iso(record.date_ended),
        "duration": record.duration,
        "points": record.points,
        "attempt": record.attempt,
        "parent": record.parent,
        "experiment": None if run.experiment is None else run.experiment.id,
        "experiment_name": None if run.experiment is None else run.experiment.name,
        "run_id": None if run.experiment is None else record.number,
        "user": record.user.username,
        "host": record.host,
        "missing": record.missing,
        "damages": record.damages,
        "deleted_ns": facts.deleted_ns,
        "date_deleted": iso(record.date_deleted),
        "deleted_by": record.deleted_by,
    }


def iso(moment: datetime | None) -> str | None:
    """ISO 8601, UTC."""
    return None if moment is None else moment.isoformat()


def nanoseconds(moment: datetime | None) -> int | None:
    """Nanoseconds since 1970."""
    return None if moment is None else time_ns_of(moment)
