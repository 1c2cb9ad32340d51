"""The runs of experiments: which they are, and what their parameters are."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from trialog._catalog import schema
from trialog._catalog.queries import parse_parameters
from trialog._catalog.selections import RunRow, all_runs, with_writers


class Lineage(NamedTuple):
    """An experiment whose runs belong to another one, or that one itself.

    Attributes:
        experiment: its id.
        until: its runs below this number belong; None for all.
    """

    experiment: str
    until: int | None = None


def lineage_of(connection: Connection, experiment: str) -> list[Lineage]:
    """An experiment and, where it was forked, those whose runs it goes on from; itself first."""
    table = schema.RUNS
    chain, until, seen = [], None, set()
    at: str | None = experiment
    while at is not None and at not in seen:
        seen.add(at)
        chain.append(Lineage(at, until))
        statement = select(table.c.parent, table.c.number).where(
            (table.c.id == at) & (table.c.kind == "experiment") & table.c.subject.is_not(None)
        )
        row = connection.execute(statement).first()
        at = None if row is None else row.parent
        if row is not None:
            until = row.number if until is None else min(until, row.number or 0)
    return chain


def members_of(
    connection: Connection, experiment: str, *, with_deleted: bool = False
) -> list[RunRow]:
    """The runs of an experiment in the order of their numbers, those of its forebears too."""
    rows: list[Row[Any]] = []
    for each in lineage_of(connection, experiment):
        statement = _belonging(all_runs(), each, with_deleted=with_deleted)
        rows += connection.execute(statement).all()
    rows.sort(key=lambda row: _in_order((row.number, row.created_ns, row.id)))
    return with_writers(connection, rows)


class MemberParameters(NamedTuple):
    """The parameters of an experiment's runs, in the order of their numbers."""

    numbers: list[int | None]
    parameters: list[dict[str, Any]]


def member_parameters(connection: Connection, experiment: str) -> MemberParameters:
    """What the parameters of an experiment's runs are, and nothing else of them."""
    table = schema.RUNS
    statement = select(table.c.number, table.c.created_ns, table.c.id, table.c.parameters)
    rows: list[Any] = []
    for each in lineage_of(connection, experiment):
        rows += connection.execute(_belonging(statement, each)).all()
    rows.sort(key=_in_order)
    parsed = parse_parameters("[" + ",".join([row[3] for row in rows]) + "]")
    return MemberParameters([row[0] for row in rows], parsed)


class MemberTimes(NamedTuple):
    """The experiment of a run, and when the run went on."""

    experiment: str
    created_ns: int
    ended_ns: int | None


def times_of(connection: Connection, run: int) -> MemberTimes | None:
    """When a run of an experiment went on; None for a run of none."""
    table = schema.RUNS
    statement = select(table.c.experiment, table.c.created_ns, table.c.ended_ns)
    row = connection.execute(statement.where(table.c.key == run)).first()
    return None if row is None or row.experiment is None else MemberTimes(*row)


def _belonging(
    statement: Select[Any], lineage: Lineage, *, with_deleted: bool = False
) -> Select[Any]:
    """Only the runs that an experiment, or a forebear of it, gives."""
    table = schema.RUNS
    statement = statement.where(
        (table.c.kind == "run") & (table.c.experiment == lineage.experiment)
    )
    if lineage.until is not None:
        statement = statement.where(table.c.number < lineage.until)
    return statement if with_deleted else statement.where(table.c.deleted_ns.is_(None))


def _in_order(row: Any) -> tuple[Any, ...]:
    """Numbers first; a run without one, which only damage makes, comes last."""
    number, created_ns, run_id = row[:3]
    return (number is None, number or 0, created_ns, run_id)
