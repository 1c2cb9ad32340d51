"""Runs as the commands find them, and their facts as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trialog._catalog import Catalog, queries
from trialog._catalog.selections import RunRow
from trialog._filters import RunFilter
from trialog._format.times import time_ns_of
from trialog._reading import RunRecord
from trialog._reading.records import read_records


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run, and its row in the catalog, which has its times to the nanosecond."""

    record: RunRecord
    row: RunRow


@dataclass(frozen=True, slots=True)
class FoundRuns:
    """Runs, newest first, and how many there are in all.

    Attributes:
        shown: as many as were asked for.
        total: with those beyond the limit.
    """

    shown: list[FoundRun]
    total: int


def find_runs(
    catalog: Catalog, wanted: RunFilter, limit: int | None, *, only_deleted: bool = False
) -> FoundRuns:
    """The runs that a filter finds, in a catalog that is up to date.

    Args:
        catalog: of the store.
        wanted: what they must be like; its own limit is left alone.
        limit: read only so many in full; the others are counted.
        only_deleted: leave out runs that are not deleted.
    """
    rows = catalog.ask(queries.find_runs, wanted)
    if only_deleted:
        rows = [row for row in rows if row.facts.deleted_ns is not None]
    if wanted.statuses is None or limit is None:
        first = rows[:limit] if wanted.statuses is None else rows
        shown = _read(catalog, first, wanted)
        return FoundRuns(shown, len(rows) if wanted.statuses is None else len(shown))
    shown = _read(catalog, _enough(rows, limit), wanted)
    # The status of a run that nobody has ended is known only once its processes were asked.
    ended = sum(row.facts.status is not None for row in rows)
    unended = _read(catalog, [row for row in rows if row.facts.status is None], wanted)
    return FoundRuns(shown[:limit], ended + len(unended))


def _enough(rows: Sequence[RunRow], limit: int) -> list[RunRow]:
    """The first rows: those without a written status, and as many as are asked for with one."""
    found: list[RunRow] = []
    ended = 0
    for row in rows:
        if ended >= limit:
            break
        ended += row.facts.status is not None
        found.append(row)
    return found


def runs_of_records(catalog: Catalog, records: Sequence[RunRecord]) -> list[FoundRun]:
    """Records with their rows."""
    rows = catalog.ask(queries.runs_by_key, [record.key for record in records])
    by_key = {row.key: row for row in rows}
    return [FoundRun(record, by_key[record.key]) for record in records if record.key in by_key]


def _read(catalog: Catalog, rows: Sequence[RunRow], wanted: RunFilter) -> list[FoundRun]:
    by_key = {row.key: row for row in rows}
    records = read_records(catalog, rows, wanted)
    return [FoundRun(record, by_key[record.key]) for record in records]


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
