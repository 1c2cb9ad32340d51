"""Rows written together: some stay as they are, others are replaced."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from trialog._catalog import schema
from trialog._catalog.database import Database
from trialog._catalog.rows import Rows, among, chunks, upsert


@pytest.fixture
def database():
    made = Database(None)
    yield made
    made.close()


def damage(offset, size, reason="torn"):
    return {"journal": 1, "run": 2, "offset": offset, "size": size, "reason": reason}


def sizes(connection):
    table = schema.DAMAGE
    return {row.offset: row.size for row in connection.execute(select(table))}


def test_an_added_row_stays_and_a_put_row_is_replaced(database):
    """By its key; in one call or in several."""
    with database.write() as connection:
        for size in (1, 2):
            rows = Rows()
            rows.add(schema.DAMAGE, damage(10, size))
            rows.put(schema.NAMES, {"key": 5, "name": f"name {size}"})
            rows.write(connection)
        assert sizes(connection) == {10: 1}
        assert [row.name for row in connection.execute(select(schema.NAMES))] == ["name 2"]
        upsert(connection, schema.DAMAGE, [damage(10, 7), damage(11, 8)])
        assert sizes(connection) == {10: 7, 11: 8}


def test_nothing_is_written_where_nothing_was_given(database):
    """An empty set of rows is no statement."""
    with database.write() as connection:
        Rows().write(connection)
        assert sizes(connection) == {}


@pytest.mark.parametrize("count", [0, 1, 40_000])
def test_among_takes_any_number_of_keys(database, count):
    """More than one statement has room for parameters."""
    with database.write() as connection:
        upsert(connection, schema.DAMAGE, [damage(10, 1), damage(2**62, 2)])
        keys = [2**62, *range(1_000_000, 1_000_000 + count)][:count]
        condition = among(connection, schema.DAMAGE.c.offset, keys)
        found = connection.execute(select(schema.DAMAGE.c.size).where(condition)).scalars().all()
    assert found == ([2] if count else [])


@settings(deadline=None)
@given(st.lists(st.integers(), max_size=20), st.integers(1, 7))
def test_chunks_hold_all_in_order(keys, size):
    """None of them larger than asked for, none empty."""
    parts = list(chunks(keys, size))
    assert [key for part in parts for key in part] == keys
    assert all(0 < len(part) <= size for part in parts)
