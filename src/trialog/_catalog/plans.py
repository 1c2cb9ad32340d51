"""Where the points of runs are: in which journals, how far, and in which segment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select

from trialog._catalog import schema
from trialog._catalog.rows import chunks
from trialog._format.facts import OUTSIDE
from trialog._journals.addresses import ProjectPlace, RunPlace, key_of
from trialog._journals.cuts import cuts_of
from trialog._journals.liveness import FATES
from trialog._journals.processes import Presence

Spans = dict[str, list[list[Any]]]
"""Metric -> [[writer, first row, rows], …]."""
Cuts = dict[str, dict[int, int]]
"""Metric -> attempt -> the step from which on a later attempt's points replace its own."""
_COLUMNS = (
    "run",
    "writer",
    "role",
    "attempt",
    "rank",
    "offset",
    "has_auto",
    "has_exact",
    "points",
    "fate",
)


class JournalPoints(NamedTuple):
    """A journal with points.

    Attributes:
        writer: its id.
        attempt: of the run, which it belongs to.
        rank: of its process, or None.
        is_outside: its writer is not the run at work: no attempt replaces its points.
        offset: up to where it has been read.
        has_auto: some of its steps are numbered by readers.
        has_exact: it holds integers that a double cannot hold.
        points: how many points it holds.
        seed: the highest steps of earlier attempts, where its numbering goes on from them.
        is_rebooted: its writer went with its machine.
    """

    writer: str
    attempt: int
    rank: int | None
    is_outside: bool
    offset: int
    has_auto: bool
    has_exact: bool
    points: int
    seed: Mapping[str, int]
    is_rebooted: bool


@dataclass(slots=True)
class PointsPlan:
    """Where the points of a run are.

    Attributes:
        place: the run.
        is_final: nothing can be added to them.
        journals: its journals with points, in the writers' order.
        segment: the file name of the segment that holds them all, or None.
        spans: where in it.
        cuts: which of them later attempts replace; none where nobody asked.
        has_ranks: any of its processes has a rank, whether it has logged points or not.
        is_resumed: it has several attempts.
    """

    place: RunPlace
    is_final: bool
    journals: list[JournalPoints] = field(default_factory=list)
    segment: str | None = None
    spans: Spans = field(default_factory=dict)
    cuts: Cuts = field(default_factory=dict)
    has_ranks: bool = False
    is_resumed: bool = False

    @property
    def offsets(self) -> dict[str, int]:
        """How far each journal was read: what a segment must have seen to be valid."""
        return {journal.writer: journal.offset for journal in self.journals}

    @property
    def points(self) -> int:
        """How many points the run has."""
        return sum(journal.points for journal in self.journals)


def plan_points(
    connection: Connection, runs: Sequence[int], cut: Sequence[str] = ()
) -> dict[int, PointsPlan]:
    """Where the points of some runs are, by run key, in the order asked for.

    Args:
        connection: to the catalog.
        runs: run keys.
        cut: the metrics of which it is asked what later attempts replace.
    """
    table, projects = schema.RUNS, schema.PROJECTS
    found: dict[int, PointsPlan] = {}
    for part in chunks(runs):
        statement = (
            select(
                table.c.key,
                table.c.day,
                table.c.id,
                table.c.is_final,
                projects.c.namespace,
                projects.c.project,
            )
            .join(projects, projects.c.key == table.c.project)
            .where(table.c.key.in_(part))
        )
        for row in connection.execute(statement):
            place = RunPlace(ProjectPlace(row.namespace, row.project), row.day, row.id)
            found[row.key] = PointsPlan(place, row.is_final)
        _add_journals(connection, part, found)
        _add_coverage(connection, part, found)
    if cut:
        _add_cuts(connection, found, cut)
    return {run: found[run] for run in runs if run in found}


def _add_journals(
    connection: Connection, runs: Sequence[int], found: dict[int, PointsPlan]
) -> None:
    table = schema.JOURNALS
    statement = (
        select(*(table.c[name] for name in _COLUMNS))
        .where(table.c.run.in_(runs))
        .order_by(table.c.run, table.c.writer)
    )
    for row in connection.execute(statement).all():
        is_outside, plan = row.role in OUTSIDE, found[row.run]
        if not is_outside:
            plan.has_ranks = plan.has_ranks or row.rank is not None
            plan.is_resumed = plan.is_resumed or row.attempt > 1
        if not row.points:
            continue
        seed = {}
        if row.attempt > 1 and row.has_auto and not is_outside:
            seed = _seed(connection, row.run, row.attempt)
        plan.journals.append(
            JournalPoints(
                row.writer,
                row.attempt,
                row.rank,
                is_outside,
                row.offset,
                row.has_auto,
                row.has_exact,
                row.points,
                seed,
                is_rebooted=row.fate == FATES[Presence.REBOOTED],
            )
        )


def _seed(connection: Connection, run: int, attempt: int) -> dict[str, int]:
    journals, series, names = schema.JOURNALS, schema.SERIES, schema.NAMES
    statement = (
        select(names.c.name, func.max(series.c.highest))
        .join(series, series.c.name == names.c.key)
        .join(journals, journals.c.key == series.c.journal)
        .where(
            (journals.c.run == run)
            & journals.c.role.not_in(OUTSIDE)
            & (journals.c.attempt < attempt)
        )
        .group_by(names.c.name)
    )
    return {name: step for name, step in connection.execute(statement)}  # noqa: C416 # rows


def _add_coverage(
    connection: Connection, runs: Sequence[int], found: dict[int, PointsPlan]
) -> None:
    table = schema.COVERAGE
    for row in connection.execute(select(table).where(table.c.run.in_(runs))):
        plan = found[row.run]
        if orjson.loads(row.journals) == plan.offsets:
            plan.segment = row.segment
            plan.spans = orjson.loads(row.spans)


def _add_cuts(
    connection: Connection, plans: Mapping[int, PointsPlan], metrics: Iterable[str]
) -> None:
    """Most runs have one attempt, and cost nothing here."""
    resumed = [
        run
        for run, plan in plans.items()
        if len(plan.journals) > 1
        and len({each.attempt for each in plan.journals if not each.is_outside}) > 1
    ]
    if not resumed:
        return
    journals, series = schema.JOURNALS, schema.SERIES
    names = {key_of("name", metric): metric for metric in metrics}
    lowest: dict[tuple[int, int], dict[int, int]] = {}
    for part in chunks(resumed):
        for some in chunks(list(names)):
            statement = (
                select(
                    series.c.run, series.c.name, journals.c.attempt, func.min(series.c.lowest_step)
                )
                .join(journals, journals.c.key == series.c.journal)
                .where(series.c.run.in_(part) & series.c.name.in_(some) & (series.c.count > 0))
                .where(journals.c.role.not_in(OUTSIDE))
                .group_by(series.c.run, series.c.name, journals.c.attempt)
            )
            for run, name, attempt, step in connection.execute(statement):
                lowest.setdefault((run, name), {})[attempt] = step
    for (run, name), steps in lowest.items():
        if len(steps) > 1:
            plans[run].cuts[names[name]] = cuts_of(steps)
