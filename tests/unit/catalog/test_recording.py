"""What was read goes into the catalog once, and only where nobody was faster."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from trialog._catalog import schema
from trialog._catalog.database import Database
from trialog._catalog.recording import record
from trialog._format.decoding import Damage
from trialog._format.facts import Start
from trialog._format.records import Kind
from trialog._format.values import load_json
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.ingest import RunUpdate
from trialog._journals.reading import Delta, FactRead, JournalState

PLACE = RunPlace(ProjectPlace("acme", "demo"), "named", "r")
START = Start(
    writer="w", run="r", role="run", namespace="acme", project="demo", name="one", created_ns=10
)


def update_of(base, offset, *facts, damage=(), **state):
    """One journal, read on from a base up to an offset."""
    moved = JournalState("w", START, offset=offset, order_ns=50, news_ns=50, **state)
    return RunUpdate(PLACE, [(moved, Delta(base, facts=list(facts), damage=list(damage)))])


def first(**state):
    content = load_json(START.encode())
    return update_of((0, 0), 100, FactRead(0, 10, 10, Kind.START, content), **state)


def parameters(offset, order_ns=20, **values):
    return FactRead(offset, order_ns, order_ns, Kind.PARAMETERS, values)


@pytest.fixture
def take():
    """Records updates in a catalog of its own; ``take.rows`` reads a table of it."""
    database = Database(None)

    def record_all(*updates):
        with database.write() as connection:
            return record(connection, updates)

    def rows(table):
        with database.read() as connection:
            return connection.execute(select(table)).all()

    record_all.rows = rows
    yield record_all
    database.close()


def test_a_run_that_was_read_is_there(take):
    """Its project, its row, its journal and how far that was read."""
    assert take(first()) == set()
    (run,) = take.rows(schema.RUNS)
    assert (run.key, run.id, run.name) == (PLACE.key, "r", "one")
    (journal,) = take.rows(schema.JOURNALS)
    assert (journal.key, journal.writer, journal.offset) == (PLACE.journal_key("w"), "w", 100)
    (project,) = take.rows(schema.PROJECTS)
    assert (project.namespace, project.project) == ("acme", "demo")


def test_what_two_have_read_is_taken_once(take):
    """The second is told to read again, and nothing of it is kept."""
    take(first())
    assert take(first()) == {PLACE}
    assert take(update_of((100, 0), 200, parameters(150, lr=0.1))) == set()
    assert take(update_of((100, 0), 300, parameters(250, lr=0.9))) == {PLACE}
    assert [load_json(row.value) for row in take.rows(schema.PARAMETERS)] == [0.1]
    assert take(update_of((200, 0), 300, parameters(250, lr=0.9))) == set()
    assert [row.offset for row in take.rows(schema.JOURNALS)] == [300]
    assert len(take.rows(schema.PARAMETERS)) == 2


def test_last_words_count_as_well(take):
    """Who has read fewer of them is behind."""
    take(first())
    assert take(update_of((100, 0), 100, last_words=40)) == set()
    assert take(update_of((100, 0), 200)) == {PLACE}
    assert take(update_of((100, 40), 200, last_words=40)) == set()


def test_a_journal_that_was_final_stays_so(take):
    """A slower reader, for whom its writer still lived, does not take that back."""
    take(first(is_final=True))
    assert take(update_of((100, 0), 100)) == {PLACE}
    assert take(update_of((100, 0), 100, is_final=True)) == set()


def test_facts_go_into_their_tables(take):
    """Parameters, JSON values, attachments, and what the run's row follows from."""
    attachment = {
        "name": "plot",
        "sha256": "ab",
        "size_bytes": 3,
        "media_type": "image/png",
        "filename": "a.png",
    }
    values = {"values": {"note": {"x": float("nan")}}, "step": 7}
    facts = [
        parameters(100, lr=0.1, big=2**100),
        FactRead(110, 21, 21, Kind.VALUE, values, step=7),
        FactRead(120, 22, 22, Kind.VALUE, {"values": {"large": None}, "step": 8}, 8, "cd" * 32),
        FactRead(130, 23, 23, Kind.ATTACHMENT, attachment | {"later": "ignored"}),
        FactRead(140, 24, 24, Kind.EDIT, {"add_tags": ["a"]}),
    ]
    take(first())
    take(update_of((100, 0), 200, *facts, damage=[Damage(160, 8, "a record is damaged")]))
    found = {row.name: load_json(row.value) for row in take.rows(schema.PARAMETERS)}
    assert found == {"lr": 0.1, "big": 2**100}
    note, large = take.rows(schema.JSON_VALUES)
    assert (note.name, note.step, note.blob) == ("note", 7, None)
    assert repr(load_json(note.value)) == "{'x': nan}"
    assert (large.name, large.step, large.value, large.blob) == ("large", 8, None, "cd" * 32)
    (row,) = take.rows(schema.ATTACHMENTS)
    assert (row.name, row.sha256, row.step, row.offset) == ("plot", "ab", None, 130)
    assert [row.kind for row in take.rows(schema.FACTS)] == [Kind.START, Kind.EDIT]
    assert [(row.offset, row.size) for row in take.rows(schema.DAMAGE)] == [(160, 8)]
    (run,) = take.rows(schema.RUNS)
    assert load_json(run.tags) == ["a"]
