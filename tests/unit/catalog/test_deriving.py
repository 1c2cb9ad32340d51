"""A run's row follows from its journals: attempts, edits, ends, the certain death of writers."""

from __future__ import annotations

import orjson
import pytest

from trialog._catalog.deriving import JournalFacts, PlacedFact, derive_run
from trialog._format.facts import Start
from trialog._format.records import Kind


def journal(writer="w1", role="run", attempt=1, created_ns=10, **facts):
    given = {"news_ns": 50, "has_left": False, "is_final": True, "fate": None, "points": 3} | facts
    return JournalFacts(writer, role, attempt, created_ns, **given)


def fact(kind, content, time_ns=20, writer="w1", offset=0):
    return PlacedFact(time_ns, writer, offset, time_ns, kind, content)


def start(writer="w1", time_ns=10, **facts):
    given = {"writer": writer, "run": "r", "role": "run", "namespace": "a", "project": "b"} | facts
    content = {name: getattr(Start(**given), name) for name in Start.__dataclass_fields__}
    return fact(Kind.START, content | {"created_ns": time_ns}, time_ns, writer)


def end(status="COMPLETED", time_ns=30, writer="w1", **facts):
    return fact(Kind.END, {"status": status} | facts, time_ns, writer, offset=9)


def test_the_latest_attempt_decides():
    """A run that was resumed is as its last attempt ended, whatever came before."""
    journals = [journal(), journal("w2", attempt=2, created_ns=40)]
    facts = [start(), end("FAILED"), start("w2", 40, name="other", attempt=2)]
    row = derive_run("r", journals, facts)
    assert (row["status"], row["attempt"]) == (None, 2)
    row = derive_run("r", journals, [*facts, end("COMPLETED", 60, "w2")])
    assert (row["status"], row["ended_ns"]) == ("COMPLETED", 60)


def test_an_end_from_outside_counts_where_the_owner_wrote_none():
    """Somebody may cancel a run; what the run says of itself weighs more."""
    journals = [journal(), journal("e", role="edit", created_ns=25)]
    cancel = end("CANCELED", 40, "e")
    assert derive_run("r", journals, [start(), cancel])["status"] == "CANCELED"
    assert derive_run("r", journals, [start(), cancel, end()])["status"] == "COMPLETED"
    later = [journal(created_ns=45), journals[1]]
    assert derive_run("r", later, [start(time_ns=45), cancel])["status"] is None


def test_edits_apply_in_order_whoever_made_them():
    """Tags are added and removed, texts replaced; deletion is undone by restoring."""
    facts = [
        start(tags=["a", "b"], name="first"),
        fact(Kind.EDIT, {"remove_tags": ["a"], "add_tags": ["c", "b"]}, 21),
        fact(Kind.EDIT, {"name": "second", "description": "text"}, 22, "e"),
        fact(Kind.EDIT, {"deleted": True, "by": "me"}, 23, "e"),
    ]
    journals = [journal(), journal("e", role="edit")]
    row = derive_run("r", journals, facts)
    assert orjson.loads(row["tags"]) == ["b", "c"]
    assert (row["name"], row["description"]) == ("second", "text")
    assert (row["deleted_ns"], row["deleted_by"]) == (23, "me")
    row = derive_run("r", journals, [*facts, fact(Kind.EDIT, {"deleted": False}, 24)])
    assert (row["deleted_ns"], row["deleted_by"]) == (None, None)


def test_a_pending_run_is_begun_by_an_edit():
    """Its status is what it was opened as until then."""
    facts = [start(status="PENDING")]
    assert derive_run("r", [journal()], facts)["opened_as"] == "PENDING"
    facts.append(fact(Kind.EDIT, {"status": "RUNNING"}))
    assert derive_run("r", [journal()], facts)["opened_as"] == "RUNNING"


@pytest.mark.parametrize("fate", ["killed", "host rebooted"])
def test_the_certain_death_of_all_writers_is_a_failure(fate):
    """While one may still write, the row says nothing."""
    dead = journal(fate=fate)
    row = derive_run("r", [dead], [start()])
    assert (row["status"], row["reason"], row["ended_ns"]) == ("FAILED", fate, 50)
    fork = journal("f", role="fork", is_final=False)
    assert derive_run("r", [dead, fork], [start()])["status"] is None


def test_missing_points_are_counted_once():
    """An END counts what its own writer's TROUBLE facts have told already."""
    facts = [
        start(),
        fact(Kind.TROUBLE, {"missing": 5, "since_ns": 7}),
        fact(Kind.TROUBLE, {"missing": 2, "since_ns": 8}, 21, "f"),
        end(missing=6, missing_since_ns=7),
    ]
    row = derive_run("r", [journal(), journal("f", role="fork")], facts)
    assert (row["missing"], row["missing_since_ns"]) == (8, 7)


def test_a_run_without_a_readable_beginning_is_listed():
    """By its id, with what is known of its journal."""
    row = derive_run("r", [journal()], [])
    assert (row["name"], row["created_ns"], row["points"]) == ("r", 10, 3)


@pytest.mark.parametrize(
    "content",
    [
        {"status": []},
        {"status": {}, "missing": 2**70, "exit_code": 2**70, "reason": 3, "exception": 3},
        {"add_tags": [1, None, "x"], "remove_tags": {}, "name": 3, "description": [], "deleted": 1},
        {"missing": True, "missing_since_ns": "x", "since_ns": 2**70},
    ],
)
@pytest.mark.parametrize("kind", [Kind.END, Kind.EDIT, Kind.TROUBLE])
def test_foreign_contents_never_stop_a_row(kind, content):
    """Every column gets a value that it can hold."""
    row = derive_run("r", [journal()], [start(), fact(kind, content)])
    for value in row.values():
        assert value is None or isinstance(value, str | bool) or -(2**63) <= value < 2**63
