"""Rows for the catalog's tables, written together: new ones, and ones that replace others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Table, func, select
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
        """Write all rows; projects before runs."""
        tables = sorted({*self._new, *self._changed}, key=lambda table: table is schema.RUNS)
        for table in tables:
            if table in self._new:
                statement = _insert(connection, table).on_conflict_do_nothing()
                connection.execute(statement, self._new[table])
            if table in self._changed:
                upsert(connection, table, self._changed[table])


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows; one whose key is there is replaced."""
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=others), list(rows)
    )


def _insert(connection: Connection, table: Table) -> Any:
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 # loads asyncio, 30 ms

        return postgresql.insert(table)
    return sqlite.insert(table)


def among(connection: Connection, column: Column[int], keys: Sequence[int]) -> Any:
    """The condition that a key is one of many: one parameter, where the database allows that."""
    if connection.dialect.name != "sqlite":
        return column.in_(keys)
    listed = func.json_each(orjson.dumps(list(keys)).decode()).table_valued("value")
    return column.in_(select(listed.c.value))


def chunks(keys: Sequence[Any], size: int = 5000) -> Iterable[Sequence[Any]]:
    """Parts of a sequence that one statement can name."""
    for first in range(0, len(keys), size):
        yield keys[first : first + size]
