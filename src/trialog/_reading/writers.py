"""A run's writers: the processes that write to it, and what the part of each came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialog._catalog import Catalog, RunPlace, queries
from trialog._catalog.selections import RunRow, WriterRow, writers_of
from trialog._catalog.statuses import StatusReader
from trialog._entities import RunStatus
from trialog._format.times import date_of
from trialog._journals.parts import Part
from trialog._journals.processes import read_here
from trialog._reading.records import RunException, exception_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterInfo:
    """One process that writes to a run, and what its part of it came to.

    Attributes:
        id: the writer's own.
        role: ``run`` began the run or an attempt of it, ``attach`` joined it, ``fork`` is a forked
            child.
        rank, local_rank, world_size: which of how many processes of one launch it is; None where
            it is none.
        attempt: the attempt of the run that it belongs to.
        host, pid: where it runs, and its number there.
        status: how its part ended: COMPLETED where it left without a word of trouble, FAILED where
            it died; RUNNING while it may go on; None of a forked child that ended without a word,
            as workers do.
        reason: in words, or None.
        exception: what ended its part, or None.
        exit_code: what it gave to the system, or None where nobody knows.
        date_created: when it began, UTC.
        points: how many it has logged.
    """

    id: str
    role: str
    rank: int | None
    local_rank: int | None
    world_size: int | None
    attempt: int
    host: str
    pid: int
    status: RunStatus | None
    reason: str | None
    exception: RunException | None
    exit_code: int | None
    date_created: datetime
    points: int


def read_writers(catalog: Catalog, place: RunPlace) -> list[WriterInfo]:
    """The writers of a run that the catalog knows: ranks in order, then others as they began."""
    rows = catalog.ask(queries.runs_by_key, [place.key])
    if not rows:
        return []
    (row,) = rows
    writers = row.writers or catalog.ask(writers_of, [place.key]).get(place.key, [])
    parts = StatusReader(catalog.store, read_here(), catalog.clock()).parts_of(row, writers)
    found = [_info(row, writer, part) for writer, part in zip(writers, parts, strict=True)]
    return sorted(found, key=lambda each: (each.attempt, each.rank is None, each.rank or 0))


def _info(row: RunRow, writer: WriterRow, part: Part) -> WriterInfo:
    words = part.words
    status = part.status
    if status is None and not part.is_dead:
        status = RunStatus[row.facts.opened_as] if writer.role == "run" else RunStatus.RUNNING
    return WriterInfo(
        id=writer.writer,
        role=writer.role,
        rank=writer.rank,
        local_rank=writer.local_rank,
        world_size=writer.world_size,
        attempt=writer.attempt,
        host=writer.identity.host,
        pid=writer.pid,
        status=status,
        reason=part.reason if status is not None else None,
        exception=exception_of(words.exception if words else None),
        exit_code=words.exit_code if words else None,
        date_created=date_of(writer.created_ns),
        points=writer.points,
    )
