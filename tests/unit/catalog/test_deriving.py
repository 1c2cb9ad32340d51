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


# -- runs of several processes -----------------------------------------------------------------


def leave(writer, time_ns=25, **said):
    return fact(Kind.LEAVE, said, time_ns, writer, offset=9)


def seen(writer, **said):
    return fact(Kind.WITNESSED, {"writer": writer} | said, 55, "beside")


def ranks(*fates, **facts):
    """Journals of ranks 0, 1, …, with the fate of each."""
    return [
        journal(
            f"w{rank}", "attach" if rank else "run", fate=fate, rank=rank, world_size=8, **facts
        )
        for rank, fate in enumerate(fates)
    ]


def test_the_reason_names_the_rank_that_crashed():
    """The status is that of the process that began the run."""
    facts = [start("w0"), end(writer="w0"), leave("w1", status="CRASHED", reason="E: x")]
    row = derive_run("r", ranks(None, None), facts)
    assert (row["status"], row["reason"]) == ("COMPLETED", "rank 1 CRASHED: E: x")
    assert row["exception"] is None


def test_ranks_that_died_since_are_named_once_they_are_known_to():
    """A run that has ended needs nobody to look at processes."""
    facts = [start("w0"), end(writer="w0")]
    assert derive_run("r", ranks(None, None), facts)["reason"] is None
    row = derive_run("r", ranks(None, "killed"), facts)
    assert (row["status"], row["reason"]) == ("COMPLETED", "rank 1 killed")


def test_parts_of_other_attempts_are_not_named():
    """Nor processes that came when the run had ended; ranks of another host's clock are."""
    began_late = [journal("late", "attach", created_ns=99, fate="killed")]
    earlier = [journal("w9", fate="killed"), journal("w1", attempt=2, created_ns=20)]
    facts = [start("w9"), start("w1", 20, attempt=2), end(writer="w1")]
    assert derive_run("r", [*earlier, *began_late], facts)["reason"] is None
    facts = [start("w0"), end(writer="w0")]
    row = derive_run("r", ranks(None, "killed", created_ns=99), facts)
    assert row["reason"] == "rank 1 killed"


def test_the_death_of_the_rank_that_began_the_run_is_its_end():
    """Once the last of the others has left or died; it is named, and so are they."""
    facts = [start("w0"), leave("w1", status="CRASHED", reason="E")]
    alive = [*ranks("killed", None), journal("w2", "attach", is_final=False, rank=2)]
    assert derive_run("r", alive, facts)["status"] is None
    row = derive_run("r", ranks("killed", None, "killed"), facts)
    assert (row["status"], row["ended_ns"]) == ("FAILED", 50)
    assert row["reason"] == "rank 0 killed (rank 1 CRASHED: E; rank 2 too)"


@pytest.mark.parametrize(
    "said, reason, exit_code",
    [
        ({"reason": "out of memory"}, "out of memory", None),
        ({"reason": "exit code 3", "exit_code": 3}, "exit code 3", 3),
        ({"reason": "ended by SIGTERM", "signal": "SIGTERM"}, "ended by SIGTERM", None),
        ({"signal": "SIGKILL"}, "killed", None),
        ({"reason": 3, "exit_code": 2**70}, "killed", None),
    ],
)
def test_what_was_witnessed_is_the_reason(said, reason, exit_code):
    """It says more than that the process is gone."""
    row = derive_run("r", [journal(fate="killed")], [start(), seen("w1", **said)])
    assert (row["status"], row["reason"], row["exit_code"]) == ("FAILED", reason, exit_code)


def test_what_was_witnessed_elsewhere_is_certain():
    """Here nobody can ask for the process; an end that comes later is believed all the same."""
    away = [journal(is_final=False), journal("beside", "witness", is_final=False)]
    facts = [start(), seen("w1", reason="out of memory")]
    row = derive_run("r", away, facts)
    assert (row["status"], row["reason"]) == ("FAILED", "out of memory")
    row = derive_run("r", away, [*facts, end()])
    assert (row["status"], row["reason"]) == ("COMPLETED", None)


def test_a_request_to_stop_and_a_death():
    """Who dies as one does that is told to was canceled; who ran out of memory was not."""
    cancel = fact(Kind.CANCEL, {"by": "me", "reason": None, "signal": None}, writer="e")
    journals = [*ranks("killed"), journal("e", "edit")]
    for reason in ("killed", "ended by SIGTERM"):
        row = derive_run("r", journals, [start("w0"), cancel, seen("w0", reason=reason)])
        assert row["status"] == "CANCELED"
        assert row["reason"].startswith("canceled by me (rank 0")
    row = derive_run("r", journals, [start("w0"), cancel, seen("w0", reason="out of memory")])
    assert (row["status"], row["reason"]) == ("FAILED", "rank 0: out of memory")


def test_the_points_that_a_part_misses_are_counted():
    """LEAVE counts all of its writer's own, as END does."""
    facts = [
        start("w0"),
        fact(Kind.TROUBLE, {"missing": 5, "since_ns": 7}, writer="w1"),
        leave("w1", status="COMPLETED", missing=6, missing_since_ns=7),
        end(writer="w0", missing=1, missing_since_ns=9),
    ]
    row = derive_run("r", ranks(None, None), facts)
    assert (row["missing"], row["missing_since_ns"], row["reason"]) == (7, 7, None)


def test_a_daemon_is_not_blamed_for_leaving_its_first_process():
    """The run goes on in a child, which writes the end from outside."""
    journals = [journal(fate="killed"), journal("f", "fork"), journal("e", "edit")]
    facts = [start(), end(writer="e", time_ns=60)]
    row = derive_run("r", journals, facts)
    assert (row["status"], row["reason"]) == ("COMPLETED", None)
