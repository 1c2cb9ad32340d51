"""The whole store at a glance: its projects, and the runs that somebody should look at."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from trialog._catalog import Catalog
from trialog._catalog.overview import DAY_NS, TROUBLES, read_overview
from trialog._entities import RunStatus
from trialog._reading.records import RunRecord, read_records

DAYS = 14
_ATTENTION = 30


class ProjectState(NamedTuple):
    """A project and its runs, deleted ones aside.

    Attributes:
        statuses: how many of each true status.
        newest_ns: when its newest run began.
        days: how many began on each of the last 14 days of 24 hours, the latest last.
    """

    namespace: str
    project: str
    namespace_name: str
    project_name: str
    statuses: Counter[RunStatus]
    newest_ns: int | None
    days: list[int]


class StoreState(NamedTuple):
    """The store at a glance.

    Attributes:
        projects: the one with the newest run first.
        attention: runs that go on, then those of the last 14 days that did not end well.
    """

    projects: list[ProjectState]
    attention: list[RunRecord]


def look_at_store(catalog: Catalog) -> StoreState:
    """The store's projects and what needs attention."""
    catalog.refresh()
    since_ns = catalog.clock() - DAYS * DAY_NS
    found = catalog.ask(read_overview, since_ns, _ATTENTION)
    statuses: dict[tuple[str, str], Counter[RunStatus]] = {}
    open_runs, troubled = [], list(read_records(catalog, found.troubled))
    for record in read_records(catalog, found.unended):
        place = record.place.project
        statuses.setdefault((place.namespace, place.project), Counter())[record.status] += 1
        if not record.status.is_end:
            open_runs.append(record)
        elif record.status in TROUBLES:
            troubled.append(record)
    projects = [
        ProjectState(
            each.namespace,
            each.project,
            each.namespace_name,
            each.project_name,
            Counter({RunStatus[name]: amount for name, amount in each.ended.items()})
            + statuses.get((each.namespace, each.project), Counter()),
            each.newest_ns,
            [each.by_day[day] for day in range(DAYS)],
        )
        for each in found.projects.values()
    ]
    projects.sort(key=lambda each: (each.newest_ns or 0, each.project), reverse=True)
    troubled.sort(key=lambda each: each.date_created, reverse=True)
    open_runs.sort(key=lambda each: each.date_created, reverse=True)
    return StoreState(projects, (open_runs + troubled)[: 2 * _ATTENTION])
