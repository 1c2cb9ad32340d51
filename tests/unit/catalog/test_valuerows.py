"""Values by column: exact, kept right at each reading, and the same when all is read anew."""

from __future__ import annotations

import math

import pytest
from sqlalchemy import select

import trialog
from trialog._catalog import schema
from trialog._catalog.valuerows import Form, cell_of, value_of
from trialog._reading.catalogs import catalog_of


@pytest.mark.parametrize(
    "value", [True, False, 0, -1, 2**53 + 1, 2**63 - 1, -(2**63), 0.1, math.inf, "", "1", "x" * 500]
)
def test_a_row_gives_the_value_back(value):
    """Also integers that no double holds."""
    assert value_of(*cell_of(value)) == value
    assert isinstance(value_of(*cell_of(value)), bool) == isinstance(value, bool)


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**400, "x" * 501])
def test_what_a_row_cannot_hold_says_so(value):
    """And has nothing that could be taken for it."""
    assert cell_of(value) == (Form.OTHER, None, 0, None)


def rows(home, table):
    def all_of(connection):
        return sorted(map(repr, connection.execute(select(table))))

    catalog = catalog_of(home)
    catalog.refresh()
    return catalog.ask(all_of)


def test_rows_grow_with_their_run_and_are_the_same_read_at_once(store):
    """A running run, one that goes on, one of several attempts that overlap."""
    with trialog.init("acme", "demo", parameters={"lr": 1, "name": "a"}) as run:
        run.log("loss", 1.0, 0)
        rows(store, schema.MEASURES)
        run.log_parameter("lr", "high")
        run.log("loss", 3.0, 1)
        run.log("acc", math.nan, 1)
        assert len(rows(store, schema.PARAMETER_VALUES)) == 2
    with trialog.init("acme", "demo", resume=run.id) as run:
        run.log("loss", 2.0, 1)
        run.log("acc", 2**53 + 1, 5)
    tables = (schema.PARAMETER_VALUES, schema.MEASURES)
    grown = [rows(store, table) for table in tables]
    assert [len(each) for each in grown] == [2, 2]
    catalog_of(store).rebuild()
    assert [rows(store, table) for table in tables] == grown


def test_a_metric_that_a_row_cannot_say_is_asked_of_its_points(store):
    """Only that one: the row says whether it can."""
    with trialog.init("acme", "demo") as run:
        run.log("loss", 2**53 + 1)
        run.log("acc", 0.5)

    def exact(connection):
        return sorted(connection.execute(select(schema.MEASURES.c.is_exact)).scalars())

    catalog = catalog_of(store)
    catalog.refresh()
    assert catalog.ask(exact) == [False, True]
    assert len(trialog.runs(where=f"last(loss) == {2**53 + 1}")) == 1
    assert len(trialog.runs(where=f"last(loss) == {2**53}")) == 0
