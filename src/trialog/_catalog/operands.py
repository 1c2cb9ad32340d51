"""What runs say where a filter asks: the values of a parameter, a metric or a fact, by run key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Text, case, cast, select

from trialog._catalog import schema
from trialog._catalog.queries import parameters_of
from trialog._catalog.rows import among
from trialog._catalog.runsets import Keys, bare_rows, fetch_keys, joined
from trialog._catalog.scopes import Scope, is_any
from trialog._catalog.valuerows import Form, value_of
from trialog._filters.expressions import Fact, Metric, Operand, Parameter
from trialog._filters.fields import FIELDS, FactType
from trialog._format.values import load_json
from trialog._journals.liveness import Derived
from trialog._journals.summaries import Summary

Values = dict[int, Any]
"""By run key, without those that lack it."""

STEPS = ("step_of_min", "step_of_max")
UNTIL_ENDED = ("status", "reason", "ended", "duration")
"""Facts that are asked of the writers of runs that nobody has ended."""

_OWN = ("id", "name")  # as a rule each run has another


class Circumstances(NamedTuple):
    """What a question is answered with beside the catalog's rows.

    Attributes:
        scope: where it looks.
        now_ns: when.
        derived: of the runs that nobody has ended, by key: what is true of each.
        summaries: what metrics come to where the rows cannot say it, by run key and metric.
    """

    scope: Scope
    now_ns: int
    derived: Mapping[int, Derived]
    summaries: Mapping[int, Mapping[str, Summary]]


def values_of(
    connection: Connection, told: Circumstances, operand: Operand, within: Keys | None = None
) -> Values:
    """What the runs of a scope say where an operand asks; None and missing are left out.

    Args:
        connection: to the catalog.
        told: the circumstances.
        operand: what is asked.
        within: only of these; None for all of the scope.
    """
    match operand:
        case Parameter(name):
            return _parameters(connection, told.scope, name, within)
        case Metric(name, measure):
            return _measures(connection, told, name, measure, within)
        case Fact(name):
            return _facts(connection, told, name, within)


def texts_of(
    connection: Connection, told: Circumstances, operand: Operand, within: Keys | None = None
) -> list[tuple[str, str]]:
    """The texts that runs say where an operand asks, and for each the runs, as ``keys_in`` reads.

    Very many runs share few texts, as a rule: the database puts those together that do. What is
    no text is left out, and a text may come more than once.

    Args:
        connection: to the catalog.
        told: the circumstances.
        operand: what is asked.
        within: only of these; None for all of the scope.
    """
    match operand:
        case Parameter(name):
            return _texts_of_parameter(connection, told.scope, name, within)
        case Fact(name) if FIELDS[name].type is FactType.TEXT and name not in UNTIL_ENDED:
            column, table = fact_column(name, told.now_ns), schema.RUNS
            if column is not None:
                is_meant = (
                    told.scope.beside(within),
                    column.is_not(None),
                    *limited(connection, table.c.key, within),
                )
                if name in _OWN:
                    rows = select(column, cast(table.c.key, Text)).where(*is_meant)
                else:
                    rows = select(column, joined(table.c.key)).where(*is_meant).group_by(column)
                return list(bare_rows(connection, rows))
    values = values_of(connection, told, operand, within)
    return [(value, str(run)) for run, value in values.items() if isinstance(value, str)]


def _texts_of_parameter(
    connection: Connection, scope: Scope, name: str, within: Keys | None
) -> list[tuple[str, str]]:
    columns, table = scope.parameter_columns(name), schema.PARAMETER_VALUES
    is_meant = (is_any(table.c.column, columns), *limited(connection, table.c.run, within))
    is_text = (table.c.form == int(Form.TEXT)) & table.c.number.is_(None) & (table.c.rest == 0)
    statement = select(table.c.text, joined(table.c.run)).where(*is_meant, is_text)
    found = list(bare_rows(connection, statement.group_by(table.c.text)))
    longer = select(table.c.run).where(*is_meant, table.c.form == int(Form.OTHER))
    others = fetch_keys(connection, longer).tolist()
    given = parameters_of(connection, others) if others else {}
    found += [(each[name], str(run)) for run, each in given.items() if isinstance(each[name], str)]
    return found


def limited(connection: Connection, column: Any, within: Keys | None) -> list[Any]:
    """The condition that a row is of some runs, if any are named."""
    return [] if within is None else [among(connection, column, within.tolist())]


def _parameters(connection: Connection, scope: Scope, name: str, within: Keys | None) -> Values:
    columns, table = scope.parameter_columns(name), schema.PARAMETER_VALUES
    if not columns:
        return {}
    statement = select(table.c.run, table.c.form, table.c.number, table.c.rest, table.c.text).where(
        is_any(table.c.column, columns), *limited(connection, table.c.run, within)
    )
    found, others = {}, []
    for run, form, *cell in bare_rows(connection, statement):
        if form == Form.OTHER:
            others.append(run)
        else:
            found[run] = value_of(form, *cell)
    if others:
        given = parameters_of(connection, others)
        found.update((run, each[name]) for run, each in given.items() if each[name] is not None)
    return found


def _measures(
    connection: Connection, told: Circumstances, name: str, measure: str, within: Keys | None
) -> Values:
    columns, table = told.scope.metric_columns(name), schema.MEASURES
    if not columns:
        return {}
    statement = select(table.c.run, table.c[measure], table.c.is_exact).where(
        is_any(table.c.column, columns), *limited(connection, table.c.run, within)
    )
    missing = None if measure in STEPS else float("nan")
    found = {}
    for run, kept, is_exact in bare_rows(connection, statement):
        value = missing if kept is None else kept
        if not is_exact:
            summary = told.summaries.get(run, {}).get(name)
            value = None if summary is None else getattr(summary, measure)
        if value is not None:
            found[run] = value
    return found


# -- facts -----------------------------------------------------------------------------------------


def fact_column(name: str, now_ns: int) -> ColumnElement[Any] | None:
    """A fact as SQL has it of a run that was ended; None where it has to be made of more."""
    table = schema.RUNS
    age_ns = now_ns - table.c.created_ns
    lasted_ns = table.c.ended_ns - table.c.created_ns
    made: dict[str, ColumnElement[Any]] = {
        "created": table.c.created_ns,
        "updated": table.c.updated_ns,
        "ended": table.c.ended_ns,
        "age": case((age_ns < 0, 0), else_=age_ns),
        "duration": case((lasted_ns < 0, 0), else_=lasted_ns),
        "username": case((table.c.username == "", "unknown"), else_=table.c.username),
    }
    plain = (
        *("id", "name", "description", "status", "reason", "exit_code", "host", "attempt"),
        *("points", "parent", "experiment", "number"),
    )
    return table.c[name] if name in plain else made.get(name)


def derived_fact(name: str, derived: Derived, created_ns: int, now_ns: int) -> Any:
    """A fact of :data:`UNTIL_ENDED` of a run that nobody has ended."""
    if name == "status":
        return derived.status.value
    if name == "reason":
        return derived.reason
    if name == "ended":
        return derived.ended_ns
    until_ns = now_ns if derived.ended_ns is None else derived.ended_ns
    return max(until_ns - created_ns, 0)


def _facts(connection: Connection, told: Circumstances, name: str, within: Keys | None) -> Values:
    table = schema.RUNS
    column = fact_column(name, told.now_ns)
    if column is None:
        column = {
            "exception": table.c.exception,
            "tags": table.c.tags,
            "deleted": table.c.deleted_ns,
        }.get(name, table.c.project)
    statement = select(table.c.key, column).where(
        told.scope.beside(within), *limited(connection, table.c.key, within)
    )
    rows = bare_rows(connection, statement)
    match name:
        case "deleted":
            return {run: value is not None for run, value in rows}
        case "tags":
            return {run: tuple(orjson.loads(text)) for run, text in rows if text != "[]"}
        case "exception":
            return {run: _type_of(text) for run, text in rows if text is not None}
        case "namespace" | "project":
            return {run: getattr(told.scope.projects[key], name) for run, key in rows}
    found = {run: value for run, value in rows if value is not None}
    if name in UNTIL_ENDED:
        found.update(unended_facts(connection, told, name, within))
    return {run: value for run, value in found.items() if value is not None}


def unended_facts(
    connection: Connection, told: Circumstances, name: str, within: Keys | None = None
) -> Values:
    """A fact of :data:`UNTIL_ENDED` of the runs that nobody has ended, which their writers tell."""
    table = schema.RUNS
    statement = select(table.c.key, table.c.created_ns).where(
        told.scope.beside(within),
        table.c.status.is_(None),
        *limited(connection, table.c.key, within),
    )
    return {
        run: derived_fact(name, told.derived[run], created_ns, told.now_ns)
        for run, created_ns in connection.execute(statement)
        if run in told.derived
    }


def _type_of(exception: str) -> str:
    return str(load_json(exception.encode()).get("type", ""))
