"""Rows for the catalog's tables, written together: new ones, and ones that replace others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Dialect, Table, bindparam, func, select
from sqlalchemy.dialects import sqlite

from trialog._catalog import schema


class Rows:
    """Rows for several tables, written together."""

    def __init__(self) -> None:
        self._new: dict[Table, list[dict[str, Any]]] = {}
        self._changed: dict[Table, list[dict[str, Any]]] = {}

    def add(self, table: Table, row: dict[str, Any]) -> None:
        """A row that stays as it is where it is there already."""
        self._new.setdefault(table, []).append(row)

    def put(self, table: Table, row: dict[str, Any]) -> None:
        """A row that replaces the one of its key."""
        self._changed.setdefault(table, []).append(row)

    def write(self, connection: Connection) -> None:
        """Write all rows; projects before runs, and rows of a column side by side."""
        for table in (schema.PARAMETER_VALUES, schema.MEASURES):
            self._changed.get(table, []).sort(key=itemgetter("column", "run"))
        tables = sorted({*self._new, *self._changed}, key=lambda table: table is schema.RUNS)
        for table in tables:
            if table in self._new:
                _write(connection, table, self._new[table], replaces=False)
            if table in self._changed:
                upsert(connection, table, self._changed[table])


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows; one whose key is there is replaced."""
    _write(connection, table, rows, replaces=True)


def _write(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, replaces: bool
) -> None:
    """Write rows of the same columns, by one statement that is made once."""
    names = tuple(rows[0])
    text, order = _statement(connection.dialect, table, names, replaces=replaces)
    given: list[Any] = list(rows)
    if order is not None:
        given = list(map(itemgetter(*order), rows))
    connection.exec_driver_sql(text, given)


@lru_cache(maxsize=128)
def _statement(
    dialect: Dialect, table: Table, names: tuple[str, ...], *, replaces: bool
) -> tuple[str, tuple[str, ...] | None]:
    """The statement in the database's own words, and the order of its values where they have one.

    Given to the driver as it is: to bind each of 100,000 values by its type costs more than to
    write it.
    """
    statement = _insert(dialect, table).values({name: bindparam(name) for name in names})
    if replaces:
        keys = [column.name for column in table.primary_key]
        others = {name: statement.excluded[name] for name in names if name not in keys}
        statement = statement.on_conflict_do_update(index_elements=keys, set_=others)
    else:
        statement = statement.on_conflict_do_nothing()
    compiled = statement.compile(dialect=dialect)
    order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
    return str(compiled), order


def _insert(dialect: Dialect, table: Table) -> Any:
    if dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 # loads asyncio, 30 ms

        return postgresql.insert(table)
    return sqlite.insert(table)


def among(connection: Connection, column: Column[Any], keys: Sequence[int] | Sequence[str]) -> Any:
    """The condition that a key is one of many: one parameter, where the database allows that."""
    if connection.dialect.name != "sqlite":
        return column.in_(keys)
    listed = func.json_each(orjson.dumps(list(keys)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))


def chunks(keys: Sequence[Any], size: int = 5000) -> Iterable[Sequence[Any]]:
    """Parts of a sequence that one statement can name."""
    for first in range(0, len(keys), size):
        yield keys[first : first + size]
