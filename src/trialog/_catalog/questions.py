"""Questions of many runs by the filter language: which there are, in which order, how many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, func, select

from trialog._catalog import schema
from trialog._catalog.conditions import Asker
from trialog._catalog.operands import UNTIL_ENDED, Circumstances, Values, values_of
from trialog._catalog.ordering import in_order
from trialog._catalog.runsets import ALL, FEW, NONE, Keys, RunSet, fetch_keys, set_of
from trialog._catalog.scopes import (
    Scope,
    chosen,
    count_universe,
    hidden,
    is_any,
    scope_of,
)
from trialog._catalog.selections import all_runs, with_writers
from trialog._catalog.statuses import StatusReader
from trialog._filters import RunFilter
from trialog._filters.expressions import Fact, Metric, Operand, operands_of
from trialog._journals.liveness import Derived
from trialog._journals.summaries import Summary

Exact = Mapping[int, Mapping[str, Summary]]
"""What metrics come to, of runs whose rows cannot say it: by run key and name."""


class Answer(NamedTuple):
    """Runs in order.

    Attributes:
        keys: those asked for.
        total: how many there are of all.
    """

    keys: Keys
    total: int


def inexact_runs(
    connection: Connection, wanted: RunFilter, more: Sequence[Operand] = ()
) -> dict[str, list[int]]:
    """The runs of which a metric that is asked for must be read from points, by metric."""
    asked = [*operands_asked(wanted), *more]
    scope, table = scope_of(connection, wanted), schema.MEASURES
    found = {}
    for name in dict.fromkeys(each.name for each in asked if isinstance(each, Metric)):
        columns = scope.metric_columns(name)
        if not columns:
            continue
        is_asked = is_any(table.c.column + 0, columns)  # few rows are inexact: by these
        statement = select(table.c.run).where(~table.c.is_exact, is_asked)
        runs = fetch_keys(connection, statement).tolist()
        if runs:
            found[name] = runs
    return found


def find_runs(
    connection: Connection,
    wanted: RunFilter,
    statuses: StatusReader,
    now_ns: int,
    exact: Exact,
    offset: int = 0,
    limit: int | None = None,
) -> Answer:
    """The runs that a filter finds, in order, some of them.

    Args:
        connection: to the catalog.
        wanted: the filter; its own limit and offset are not looked at.
        statuses: derives those of runs that nobody has ended.
        now_ns: when.
        exact: of what :func:`inexact_runs` named.
        offset: leave out so many.
        limit: at most so many; None for all.
    """
    scope = scope_of(connection, wanted)
    if not scope.projects:
        return Answer(NONE.keys, 0)
    told = circumstances(connection, scope, wanted, statuses, now_ns, exact)
    runs = _matching(connection, told, wanted)
    total = len(runs.keys)
    if runs.is_rest:
        total = count_universe(connection, scope) - total
    until = None if limit is None else offset + limit
    return Answer(in_order(connection, told, runs, wanted.sort, offset, until), total)


def order_runs(
    connection: Connection,
    runs: Iterable[int],
    wanted: RunFilter,
    statuses: StatusReader,
    now_ns: int,
    exact: Exact,
) -> Keys:
    """Some runs in the order that a filter asks for."""
    scope = scope_of(connection, wanted)
    told = circumstances(connection, scope, wanted, statuses, now_ns, exact)
    return in_order(connection, told, set_of(runs), wanted.sort)


def count_by_status(
    connection: Connection, wanted: RunFilter, statuses: StatusReader, now_ns: int, exact: Exact
) -> dict[str, int]:
    """How many of the runs that a filter finds have each status; none are left out."""
    scope = scope_of(connection, wanted)
    if not scope.projects:
        return {}
    told = circumstances(connection, scope, wanted, statuses, now_ns, exact, asks_status=True)
    runs, asker, table = _matching(connection, told, wanted), Asker(connection, told), schema.RUNS
    written = (
        select(table.c.status, func.count())
        .where(scope.condition, table.c.status.is_not(None))
        .group_by(table.c.status)
    )
    counted: dict[str, int] = {}
    for status, count in connection.execute(written).all():
        if runs.is_rest:
            left_out = asker.with_status({status}, runs.keys) & RunSet(runs.keys)
            counted[status] = count - len(left_out.keys)
        else:
            counted[status] = len((asker.with_status({status}) & runs).keys)
    derived: dict[str, list[int]] = {}
    for run, each in told.derived.items():
        derived.setdefault(each.status.value, []).append(run)
    for status, some in derived.items():
        if status not in counted or runs.is_rest:
            found = set_of(some) & runs
            counted[status] = counted.get(status, 0) + len(found.keys)
    return {status: count for status, count in counted.items() if count}


def values_by_run(
    connection: Connection,
    wanted: RunFilter,
    operands: Sequence[Operand],
    statuses: StatusReader,
    now_ns: int,
    exact: Exact,
) -> tuple[list[int], list[Values]]:
    """The runs that a filter finds, newest first, and what they say where operands ask."""
    scope = scope_of(connection, wanted)
    if not scope.projects:
        return [], [{} for _ in operands]
    told = circumstances(
        connection, scope, wanted, statuses, now_ns, exact, asks_status=_asks(operands)
    )
    keys = in_order(connection, told, _matching(connection, told, wanted), ())
    within = np.sort(keys) if len(keys) <= FEW else None
    return keys.tolist(), [values_of(connection, told, each, within) for each in operands]


def circumstances(
    connection: Connection,
    scope: Scope,
    wanted: RunFilter,
    statuses: StatusReader,
    now_ns: int,
    exact: Exact,
    *,
    asks_status: bool = False,
) -> Circumstances:
    """What a question is answered with; writers are asked where the answer depends on them."""
    derived: dict[int, Derived] = {}
    if asks_status or wanted.statuses is not None or _asks(operands_asked(wanted)):
        table = schema.RUNS
        is_inside = scope.unindexed & is_any(table.c.kind, scope.kinds)
        unended = all_runs().where(table.c.status.is_(None), is_inside).order_by(None)
        for row in with_writers(connection, connection.execute(unended).all()):
            derived[row.key] = statuses.status_of(row)
    return Circumstances(scope, now_ns, derived, exact)


def operands_asked(wanted: RunFilter) -> list[Operand]:
    """Everything that a filter asks of a run."""
    asked: list[Operand] = [each.operand for each in wanted.sort]
    if wanted.where is not None:
        asked += operands_of(wanted.where)
    return asked


def _asks(operands: Sequence[Operand]) -> bool:
    """Whether any of them depends on the status of runs that nobody has ended."""
    return any(isinstance(each, Fact) and each.name in UNTIL_ENDED for each in operands)


def _matching(connection: Connection, told: Circumstances, wanted: RunFilter) -> RunSet:
    """The runs that a filter finds: of the scope alone, unless they are a rest of it."""
    asker, found = Asker(connection, told), ALL
    others = chosen(connection, wanted)
    if others is not None:
        found &= others
    if wanted.statuses is not None:
        found &= asker.with_status({status.value for status in wanted.statuses})
    if wanted.where is not None:
        within = None if found.is_rest or len(found.keys) > FEW else found.keys
        found &= asker.runs_with(wanted.where, within)
    if not wanted.with_deleted:
        found &= ~hidden(connection, told.scope)
    return found
