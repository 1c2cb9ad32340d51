"""Ranks: where some runs stand by one thing, all of their values at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.operands import STEPS, Circumstances, limited, values_of
from trialog._catalog.runsets import Keys, are_among, bare_rows
from trialog._catalog.scopes import is_any
from trialog._catalog.valuerows import Form
from trialog._filters.evaluating import rank_of
from trialog._filters.expressions import Metric, Operand, Parameter

Ranks = NDArray[np.float64]
"""Where each of some runs stands by one thing; equal ones have equal ranks, NaN is missing."""


def ranks_of(
    connection: Connection,
    told: Circumstances,
    operand: Operand,
    keys: Keys,
    within: Keys | None,
) -> Ranks:
    """Where runs stand by one thing.

    Args:
        connection: to the catalog.
        told: the circumstances.
        operand: the thing.
        keys: the runs, ascending.
        within: the same, where they are few; None to look at all runs of the scope.
    """
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
    is_step = operand.measure in STEPS
    rows = _table(connection, statement, [("run", "i8"), ("value", "i8" if is_step else "f8")])
    values = rows["value"]
    if is_step:  # doubles do not have all of them
        values = np.unique(values, return_inverse=True)[1].astype(np.float64)
    return _scattered(keys, rows["run"], values)


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
