"""The order of runs: by what is asked for, missing values last, and the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, islice
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.conditions import FEW
from trialog._catalog.operands import Circumstances, limited, values_of
from trialog._catalog.runsets import (
    Keys,
    RunSet,
    are_among,
    bare_rows,
    fetch_ordered,
)
from trialog._catalog.scopes import is_any, universe
from trialog._catalog.valuerows import Form
from trialog._filters.evaluating import rank_of
from trialog._filters.expressions import Metric, Operand, Parameter, SortKey

Ranks = NDArray[np.float64]
"""Where each of some runs stands by one thing; equal ones have equal ranks, NaN is missing."""
_STEP = 2000
_PIECES = 10  # of an index, before all of it is read at once


def in_order(
    connection: Connection,
    told: Circumstances,
    runs: RunSet,
    sort: Sequence[SortKey],
    until: int | None = None,
) -> Keys:
    """Runs in order.

    Args:
        connection: to the catalog.
        told: the circumstances.
        runs: which; of the scope alone, unless they are a rest of it.
        sort: what they are ordered by; none for the newest first.
        until: only so many first ones are wanted; None for all. There may be more.
    """
    if not sort:
        return _newest(connection, told, runs, until)
    keys: Keys | None = runs.keys
    if runs.is_rest or len(runs.keys) > FEW:
        keys = _first_by_index(connection, told, runs, sort[0], until)
    if keys is None:
        keys = runs.keys
        if runs.is_rest:
            keys = universe(connection, told.scope)
            keys = keys[runs.has(keys)]
    if not len(keys):
        return keys
    within = keys if len(keys) <= FEW else None
    ranks = []
    for each in sort:
        of_key = _ranks(connection, told, each.operand, keys, within)
        ranks.append(-of_key if each.descending else of_key)
    return _first(connection, told, keys, ranks, until)


def _first(
    connection: Connection,
    told: Circumstances,
    keys: Keys,
    ranks: Sequence[Ranks],
    until: int | None,
) -> Keys:
    """By ranks; only those among which the newest comes first are asked for their time."""
    order = np.lexsort(ranks[::-1])  # NaN last
    tied = np.zeros(len(order), np.bool_)
    tied[1:] = True
    for each in ranks:
        there = each[order]
        tied[1:] &= (there[1:] == there[:-1]) | (np.isnan(there[1:]) & np.isnan(there[:-1]))
    groups = np.cumsum(~tied)
    if until is not None and until < len(order):
        end = int(np.searchsorted(groups, groups[max(until - 1, 0)], side="right"))
        order, groups = order[:end], groups[:end]
    chosen = keys[order]
    sizes = np.bincount(groups)
    is_shared = sizes[groups] > 1
    if is_shared.any():
        shared = chosen[is_shared]
        newest = _newest(connection, told, RunSet(np.sort(shared)), None)
        by_key = np.argsort(newest)
        places = np.zeros(len(chosen), np.int64)
        places[is_shared] = by_key[np.searchsorted(newest[by_key], shared)]
        chosen = chosen[np.lexsort((places, groups))]
    return chosen


def _first_by_index(
    connection: Connection, told: Circumstances, runs: RunSet, key: SortKey, until: int | None
) -> Keys | None:
    """The runs among which the first ones are: an index has them in order.

    Returns:
        Those that are first by the key and all that equal the last of them; None where no index
        has all of them, or they are too far apart in it.
    """
    if until is None or told.summaries:
        return None
    match key.operand:
        case Parameter(name):
            table, columns = schema.PARAMETER_VALUES, told.scope.parameter_columns(name)
            order = [table.c[each] for each in ("form", "number", "rest", "text")]
            condition = table.c.form != int(Form.NAN)
        case Metric(name, "last" | "min" | "max" as measure):
            table, columns = schema.MEASURES, told.scope.metric_columns(name)
            order = [table.c[measure]]
            condition = order[0].is_not(None)
        case _:
            return None
    if len(columns) != 1:
        return None
    is_there = table.c.column == columns[0]
    if isinstance(key.operand, Parameter):
        others = select(table.c.run).where(is_there, table.c.form == int(Form.OTHER)).limit(1)
        if connection.execute(others).first() is not None:
            return None
    directed = [each.desc() for each in order] if key.descending else order
    statement = select(table.c.run, *order).where(is_there, condition).order_by(*directed)
    return _until_enough(bare_rows(connection, statement), runs, until)


def _until_enough(rows: Iterator[tuple[Any, ...]], runs: RunSet, until: int) -> Keys | None:
    """Of rows in order, the first runs of a set, and those that equal the last of them."""
    found: list[int] = []
    last: tuple[Any, ...] | None = None
    for _ in range(_PIECES):
        piece = list(islice(rows, _STEP))
        kept = runs.has(np.fromiter((row[0] for row in piece), np.int64, len(piece)))
        for row in compress(piece, kept.tolist()):
            if last is not None and row[1:] != last:
                return np.sort(np.array(found, np.int64))
            found.append(row[0])
            if last is None and len(found) >= until:
                last = row[1:]
        if len(piece) < _STEP:
            return np.sort(np.array(found, np.int64)) if last is not None else None
    return None


# -- newest first ----------------------------------------------------------------------------------


def _newest(connection: Connection, told: Circumstances, runs: RunSet, until: int | None) -> Keys:
    table = schema.RUNS
    by_time = (table.c.created_ns.desc(), table.c.id.desc())
    if not runs.is_rest and len(runs.keys) <= FEW:
        few = select(table.c.key).where(*limited(connection, table.c.key, runs.keys))
        return fetch_ordered(connection, few.order_by(*by_time))
    statement = select(table.c.key).where(told.scope.condition).order_by(*by_time)
    found: list[Keys] = []
    count = 0
    for some in _pieces(connection, statement):
        kept = some[runs.has(some)]
        found.append(kept)
        count += len(kept)
        if until is not None and count >= until:
            break
    return np.concatenate(found) if found else np.empty(0, np.int64)


def _pieces(connection: Connection, statement: Any) -> Iterator[Keys]:
    """One column of a statement, so many rows at once, and no more than are asked for."""
    rows, size = bare_rows(connection, statement), _STEP
    while True:
        piece = np.fromiter((row[0] for row in islice(rows, size)), np.int64)
        if len(piece):
            yield piece
        if len(piece) < size:
            return
        size *= 2


# -- ranks -----------------------------------------------------------------------------------------


def _ranks(
    connection: Connection,
    told: Circumstances,
    operand: Operand,
    keys: Keys,
    within: Keys | None,
) -> Ranks:
    """Where runs stand by one thing."""
    if isinstance(operand, Metric) and not told.summaries:
        return _by_measure(connection, told, operand, keys, within)
    if isinstance(operand, Parameter):
        found = _by_value(connection, told, operand, keys, within)
        if found is not None:
            return found
    ranks = np.full(len(keys), np.nan)
    values = values_of(connection, told, operand, within)
    ranked = {run: rank_of(value) for run, value in values.items()}
    places = {
        rank: place
        for place, rank in enumerate(sorted({*ranked.values()} - {None}))  # type: ignore[type-var]
    }
    for place, run in enumerate(keys.tolist()):
        rank = ranked.get(run)
        if rank is not None:
            ranks[place] = places[rank]
    return ranks


def _by_measure(
    connection: Connection, told: Circumstances, operand: Metric, keys: Keys, within: Keys | None
) -> Ranks:
    table, columns = schema.MEASURES, told.scope.metric_columns(operand.name)
    if not columns:
        return np.full(len(keys), np.nan)
    column = table.c[operand.measure]
    statement = select(table.c.run, column).where(
        is_any(table.c.column, columns),
        column.is_not(None),
        *limited(connection, table.c.run, within),
    )
    rows = _table(connection, statement, [("run", "i8"), ("value", "f8")])
    return _scattered(keys, rows["run"], rows["value"])


def _by_value(
    connection: Connection, told: Circumstances, operand: Parameter, keys: Keys, within: Keys | None
) -> Ranks | None:
    """Of flags and numbers, or of texts alone; None where there are others."""
    table, columns = schema.PARAMETER_VALUES, told.scope.parameter_columns(operand.name)
    if not columns:
        return np.full(len(keys), np.nan)
    forms = {
        form
        for form in Form
        if connection.execute(
            select(table.c.run)
            .where(is_any(table.c.column, columns), table.c.form == int(form))
            .limit(1)
        ).first()
    }
    if forms == {Form.TEXT}:
        return _by_text(connection, columns, keys, within)
    if forms & {Form.TEXT, Form.OTHER}:
        return None
    statement = select(table.c.run, table.c.form, table.c.number, table.c.rest).where(
        is_any(table.c.column, columns),
        table.c.number.is_not(None),
        *limited(connection, table.c.run, within),
    )
    types = [("run", "i8"), ("form", "i8"), ("number", "f8"), ("rest", "i8")]
    rows = _table(connection, statement, types)
    if not rows["rest"].any() and len(np.unique(rows["form"])) <= 1:
        return _scattered(keys, rows["run"], rows["number"])
    order = np.lexsort((rows["rest"], rows["number"], rows["form"]))
    is_new = np.ones(len(order), np.bool_)
    before, after = rows[order[:-1]], rows[order[1:]]
    is_new[1:] = False
    for name in ("rest", "number", "form"):
        is_new[1:] |= before[name] != after[name]
    dense = np.empty(len(order))
    dense[order] = np.cumsum(is_new)
    return _scattered(keys, rows["run"], dense)


def _by_text(connection: Connection, columns: list[int], keys: Keys, within: Keys | None) -> Ranks:
    table = schema.PARAMETER_VALUES
    statement = select(table.c.run, table.c.text).where(
        is_any(table.c.column, columns), *limited(connection, table.c.run, within)
    )
    rows = dict(bare_rows(connection, statement))
    places = {text: float(place) for place, text in enumerate(sorted({*rows.values()}))}
    ranks = np.fromiter(map(places.__getitem__, rows.values()), np.float64, len(rows))
    return _scattered(keys, np.fromiter(rows, np.int64, len(rows)), ranks)


def _table(connection: Connection, statement: Any, types: list[tuple[str, str]]) -> Any:
    return np.fromiter(bare_rows(connection, statement), np.dtype(types))


def _scattered(keys: Keys, runs: Keys, values: NDArray[np.float64]) -> Ranks:
    """Values of runs, beside the keys."""
    ranks = np.full(len(keys), np.nan)
    is_wanted = are_among(runs, keys)
    ranks[np.searchsorted(keys, runs[is_wanted])] = values[is_wanted]
    return ranks
