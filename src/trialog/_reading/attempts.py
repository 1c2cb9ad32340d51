"""A run's attempts: when each began and ended, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialog._catalog import Catalog, RunPlace
from trialog._catalog.attemptrows import AttemptRow, attempts_of
from trialog._catalog.statuses import StatusReader
from trialog._entities import RunStatus
from trialog._format.times import date_of
from trialog._journals.liveness import Derived
from trialog._journals.processes import read_here

LEFT = "left unfinished"


@dataclass(frozen=True, slots=True)
class AttemptInfo:
    """One start-to-end of a run.

    Attributes:
        attempt: 1 for the first.
        status: how it ended, or as true of its processes; the latest one's is the run's.
        reason: why it ended so, or None.
        date_created: when it began, UTC.
        date_ended: when it ended, UTC; None while it goes on.
        points: how many points it has logged, those that a later attempt replaced too.
    """

    attempt: int
    status: RunStatus
    reason: str | None
    date_created: datetime
    date_ended: datetime | None
    points: int


def read_attempts(catalog: Catalog, place: RunPlace) -> list[AttemptInfo]:
    """The attempts of a run that the catalog knows, the first one first."""
    statuses = StatusReader(catalog.store, read_here(), catalog.clock())
    found = []
    for each in catalog.ask(attempts_of, place.key):
        derived = _status_of(each, statuses)
        info = AttemptInfo(
            each.attempt,
            derived.status,
            derived.reason,
            date_of(each.created_ns),
            None if derived.ended_ns is None else date_of(derived.ended_ns),
            each.points,
        )
        found.append(info)
    return found


def _status_of(attempt: AttemptRow, statuses: StatusReader) -> Derived:
    derived = statuses.status_of(attempt.row)
    writers = attempt.row.writers
    if attempt.is_latest or derived.status.is_end or not all(each.has_left for each in writers):
        return derived
    news_ns = max((each.news_ns for each in writers), default=attempt.created_ns)
    return Derived(RunStatus.FAILED, LEFT, news_ns)  # nobody is there who could end it
