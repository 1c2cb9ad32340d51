"""The points of runs: from segments where they hold them, else from journals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select

from trialog._catalog import schema
from trialog._catalog.rows import chunks
from trialog._format import columns
from trialog._format.decoding import BlockIndex
from trialog._format.folders import StoreFolder
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.journals import JournalFile, with_next
from trialog._journals.jsonvalues import continuing_calls, json_calls
from trialog._journals.liveness import FATES
from trialog._journals.numbering import Numbering
from trialog._journals.processes import Presence
from trialog._journals.stretches import Stretch, by_metric, join, merge_writers

Spans = dict[str, list[list[Any]]]
"""Metric -> [[writer, first row, rows], …]."""


class JournalPoints(NamedTuple):
    """A journal with points.

    Attributes:
        writer: its id.
        offset: up to where it has been read.
        has_auto: some of its steps are numbered by readers.
        has_exact: it holds integers that a double cannot hold.
        points: how many points it holds.
        seed: the highest steps of earlier attempts, where its numbering goes on from them.
        is_rebooted: its writer went with its machine.
    """

    writer: str
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
    """

    place: RunPlace
    is_final: bool
    journals: list[JournalPoints] = field(default_factory=list)
    segment: str | None = None
    spans: Spans = field(default_factory=dict)

    @property
    def offsets(self) -> dict[str, int]:
        """How far each journal was read: what a segment must have seen to be valid."""
        return {journal.writer: journal.offset for journal in self.journals}

    @property
    def points(self) -> int:
        """How many points the run has."""
        return sum(journal.points for journal in self.journals)


def plan_points(connection: Connection, runs: Sequence[int]) -> dict[int, PointsPlan]:
    """Where the points of some runs are, by run key, in the order asked for."""
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
    return {run: found[run] for run in runs if run in found}


def _add_journals(
    connection: Connection, runs: Sequence[int], found: dict[int, PointsPlan]
) -> None:
    table = schema.JOURNALS
    names = (
        "run",
        "writer",
        "role",
        "attempt",
        "offset",
        "has_auto",
        "has_exact",
        "points",
        "fate",
    )
    statement = (
        select(*(table.c[name] for name in names))
        .where(table.c.run.in_(runs) & (table.c.points > 0))
        .order_by(table.c.run, table.c.writer)
    )
    for row in connection.execute(statement).all():
        seed = {}
        if row.role == "run" and row.attempt > 1 and row.has_auto:
            seed = _seed(connection, row.run, row.attempt)
        found[row.run].journals.append(
            JournalPoints(
                row.writer,
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
            (journals.c.run == run) & (journals.c.role == "run") & (journals.c.attempt < attempt)
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


def journal_points(
    store: StoreFolder, plan: PointsPlan, journal: JournalPoints, names: set[str] | None = None
) -> Iterator[dict[str, Stretch]]:
    """The points of a journal, block by block.

    Args:
        store: the store.
        plan: the run.
        journal: one of its journals.
        names: the metrics asked for; None for all.

    Raises:
        OSError: the journal cannot be read.
    """
    numbering = Numbering(dict(journal.seed))
    with JournalFile(plan.place.journal(store, journal.writer)) as file:
        blocks = file.blocks_read(journal.offset, is_rebooted=journal.is_rebooted)
        for index, after in with_next(blocks):
            wanted = index if names is None or journal.has_auto else _only(index, names)
            groups = columns.calls(wanted)
            if journal.has_auto:
                following = continuing_calls(after, store)
                numbering.assign([*groups, *json_calls(index, store)], following)
                if names is not None:
                    groups = [group for group in groups if not names.isdisjoint(group.names)]
            found = by_metric(groups)
            yield (
                found
                if names is None
                else {name: stretch for name, stretch in found.items() if name in names}
            )


def read_from_journals(
    store: StoreFolder, plan: PointsPlan, names: Iterable[str]
) -> dict[str, Stretch]:
    """A run's points of some metrics, its writers merged by time.

    Raises:
        OSError: a journal cannot be read.
    """
    wanted = set(names)
    by_writer: dict[str, list[Stretch]] = {}
    for journal in plan.journals:
        parts: dict[str, list[Stretch]] = {}
        for found in journal_points(store, plan, journal, wanted):
            for name, stretch in found.items():
                parts.setdefault(name, []).append(stretch)
        for name, stretches in parts.items():
            by_writer.setdefault(name, []).append(join(stretches))
    return {name: merge_writers(stretches) for name, stretches in by_writer.items()}


def _only(index: BlockIndex, names: set[str]) -> BlockIndex:
    """The same block without the calls that none of the metrics is in."""
    points = {
        word: positions
        for word, positions in index.points.items()
        if not names.isdisjoint(index.names_of(word))
    }
    return replace(index, points=points)
