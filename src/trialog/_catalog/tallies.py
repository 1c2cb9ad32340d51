"""Experiments and their runs as numbers and names: questions that need no run in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select

from trialog._catalog import schema
from trialog._catalog.members import lineage_of
from trialog._catalog.rows import chunks
from trialog._catalog.selections import RunRow, all_runs, with_writers


class Members(NamedTuple):
    """How many runs an experiment has, those of its forebears too; deleted ones are not counted.

    Attributes:
        ended: how many by the written status.
        unended: the runs that nobody has ended: only their writers can tell the status.
    """

    ended: Counter[str]
    unended: list[RunRow]


def members_by_status(connection: Connection, experiments: Sequence[str]) -> dict[str, Members]:
    """What the runs of some experiments have come to, by the experiments' ids."""
    found = {each: Members(Counter(), []) for each in experiments}
    table = schema.RUNS
    forks: list[str] = []
    for part in chunks(experiments):
        condition: ColumnElement[bool] = table.c.experiment.in_(part)
        _count(connection, _counted().where(condition), found)
        for row in _unended(connection, all_runs().where(condition)):
            found[row.facts.experiment].unended.append(row)
        is_fork = (table.c.kind == "experiment") & table.c.subject.is_not(None)
        forks += connection.scalars(select(table.c.id).where(table.c.id.in_(part) & is_fork))
    for fork in forks:
        for each in lineage_of(connection, fork)[1:]:
            condition = table.c.experiment == each.experiment
            if each.until is not None:
                condition &= table.c.number < each.until
            parents = {each.experiment: found[fork]}
            _count(connection, _counted().where(condition), parents)
            found[fork].unended.extend(_unended(connection, all_runs().where(condition)))
    return found


def names_of(connection: Connection, experiments: Sequence[str]) -> dict[str, str]:
    """The names of experiments, by id; unknown ones are left out."""
    table = schema.RUNS
    found: dict[str, str] = {}
    for part in chunks(experiments):
        condition = (table.c.kind == "experiment") & table.c.id.in_(part)
        rows = connection.execute(select(table.c.id, table.c.name).where(condition))
        found.update((row.id, row.name) for row in rows)
    return found


def _counted() -> Select[Any]:
    table = schema.RUNS
    return (
        select(table.c.experiment, table.c.status, func.count())
        .where((table.c.kind == "run") & table.c.deleted_ns.is_(None) & table.c.status.is_not(None))
        .group_by(table.c.experiment, table.c.status)
    )


def _count(connection: Connection, statement: Select[Any], found: dict[str, Members]) -> None:
    for experiment, status, amount in connection.execute(statement):
        found[experiment].ended[status] += amount


def _unended(connection: Connection, statement: Select[Any]) -> list[RunRow]:
    table = schema.RUNS
    wanted = statement.where(
        (table.c.kind == "run") & table.c.deleted_ns.is_(None) & table.c.status.is_(None)
    )
    return with_writers(connection, connection.execute(wanted).all())
