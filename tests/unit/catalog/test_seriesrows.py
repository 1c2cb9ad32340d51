"""Summaries come back from the catalog with their bits, and grow there."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from trialog._catalog import schema
from trialog._catalog.database import Database
from trialog._catalog.rows import Rows
from trialog._catalog.seriesrows import summary_of, take_series
from trialog._journals.numbering import Numbering
from trialog._journals.reading import Delta, JournalState
from trialog._journals.summaries import Summary, append

WHOLE = st.integers(-(2**63), 2**63 - 1)
EXACT = st.integers(2**53 + 1, 2**64 - 1) | st.integers(-(2**63), -(2**53) - 1)
NUMBERS = st.floats() | EXACT | st.just(-0.0)
SUMMARIES = st.builds(
    Summary,
    st.integers(1, 2**40),
    st.integers(0, 2**40),
    *[NUMBERS] * 4,
    st.floats(),
    *[WHOLE] * 2,
    *[st.integers(0, 2**62)] * 4,
    WHOLE,
)


def take(database, summaries, highest, *, is_new):
    state = JournalState("w", numbering=Numbering(dict(highest)))
    delta = Delta((0, 0), summaries=summaries, names=set(highest))
    rows = Rows()
    with database.write() as connection:
        take_series(connection, rows, 1, 2, state, delta, is_new=is_new)
        rows.write(connection)


def kept(database):
    """The summary and the highest step of each metric."""
    series, names = schema.SERIES, schema.NAMES
    statement = select(series, names.c.name.label("text")).join(names, names.c.key == series.c.name)
    with database.read() as connection:
        rows = connection.execute(statement).all()
    return {row.text: (summary_of(row), row.highest) for row in rows}


@settings(deadline=None, max_examples=20)
@given(st.lists(SUMMARIES, min_size=1, max_size=9))
def test_a_summary_comes_back_with_its_bits(summaries):
    """NaN, -0.0 and integers that a REAL column would round."""
    database = Database(None)
    named = {f"m{number}": summary for number, summary in enumerate(summaries)}
    take(database, named, dict.fromkeys(named, 7), is_new=True)
    found = kept(database)
    assert {name: repr(summary) for name, (summary, _) in found.items()} == {
        name: repr(summary) for name, summary in named.items()
    }
    assert {highest for _, highest in found.values()} == {7}
    database.close()


def test_a_summary_grows_by_what_is_read_next():
    """As if all had been read at once."""
    one = Summary(2, 0, 1.0, 3.0, 1.0, 3.0, 4.0, 0, 1, 10, 11, 10, 11, 0)
    two = Summary(1, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 2, 2, 12, 12, 12, 12, 2)
    database = Database(None)
    take(database, {"loss": one}, {"loss": 1}, is_new=True)
    take(database, {"loss": two}, {"loss": 2}, is_new=False)
    assert kept(database) == {"loss": (append(one, two), 2)}
    database.close()


def test_a_name_of_json_values_has_steps_and_no_summary():
    """Its highest step counts for numbering; points may come later."""
    one = Summary(1, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 9, 9, 12, 12, 12, 12, 9)
    database = Database(None)
    take(database, {}, {"note": 4}, is_new=True)
    assert kept(database) == {"note": (None, 4)}
    take(database, {"note": one}, {"note": 9}, is_new=False)
    assert kept(database) == {"note": (one, 9)}
    database.close()
