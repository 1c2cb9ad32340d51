"""What the database itself can put in order: the runs that have a value, by that value."""

from __future__ import annotations

from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Select, Text, and_, case, cast, func, select

from trialog._catalog import schema
from trialog._catalog.operands import UNTIL_ENDED, Circumstances, fact_column, unended_facts
from trialog._catalog.runsets import RunSet, fetch_keys
from trialog._catalog.scopes import is_any
from trialog._catalog.valuerows import Form
from trialog._filters.expressions import Fact, Metric, Operand, Parameter


class Sorting(NamedTuple):
    """Rows of which each says where one run stands by one thing.

    Attributes:
        run: the column with the run's key.
        order: the columns to order by, the first counts most.
        condition: of the rows that are meant: those of runs that have a value.
    """

    run: ColumnElement[int]
    order: tuple[ColumnElement[Any], ...]
    condition: ColumnElement[bool]

    def runs(self, *, descending: bool) -> Select[Any]:
        """The runs in order; equal ones as they come."""
        directed = [each.desc() if descending else each.asc() for each in self.order]
        return select(self.run).where(self.condition).order_by(*directed)

    def equals(self, connection: Connection, run: int) -> RunSet:
        """The runs that stand where a run does, itself among them."""
        asked = select(*self.order).where(self.condition, self.run == run)
        values = connection.execute(asked).one()
        alike = [
            each.is_(None) if value is None else each == value
            for each, value in zip(self.order, values, strict=True)
        ]
        return RunSet(fetch_keys(connection, select(self.run).where(self.condition, and_(*alike))))


def sorting_of(connection: Connection, told: Circumstances, operand: Operand) -> Sorting | None:
    """How the database puts runs in order; None where its rows do not say it all."""
    match operand:
        case Parameter(name):
            return _by_parameter(connection, told.scope.parameter_columns(name))
        case Metric(name, measure) if not told.summaries:
            table = schema.MEASURES
            is_there = is_any(table.c.column, told.scope.metric_columns(name))
            value = table.c[measure]
            return Sorting(table.c.run, (value,), is_there & value.is_not(None))
        case Fact(name):
            return _by_fact(connection, told, name)
    return None


def _by_parameter(connection: Connection, columns: list[int]) -> Sorting | None:
    table = schema.PARAMETER_VALUES
    is_there = is_any(table.c.column, columns)
    others = select(table.c.run).where(is_there, table.c.form == int(Form.OTHER)).limit(1)
    if connection.execute(others).first() is not None:
        return None
    order = (table.c.form, table.c.number, table.c.rest, table.c.text)
    return Sorting(table.c.run, order, is_there & (table.c.form != int(Form.NAN)))


def _by_fact(connection: Connection, told: Circumstances, name: str) -> Sorting | None:
    table, value = schema.RUNS, fact_column(name, told.now_ns)
    if value is None:
        return None
    if name in UNTIL_ENDED and told.derived:
        facts = unended_facts(connection, told, name)
        listed = func.json_each(orjson.dumps({str(run): fact for run, fact in facts.items()}))
        derived = listed.table_valued("key", "value")
        asked = select(derived.c.value).where(derived.c.key == cast(table.c.key, Text))
        value = case((table.c.status.is_(None), asked.scalar_subquery()), else_=value)
    return Sorting(table.c.key, (value,), told.scope.condition & value.is_not(None))
