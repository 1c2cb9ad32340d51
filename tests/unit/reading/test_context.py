"""What a run knows about itself, read from the facts of its processes."""

from __future__ import annotations

import pytest

import trialog
from trialog._catalog.queries import JournalOf, WriterFact
from trialog._format.records import Kind
from trialog._reading.context import contexts_of, read_contexts
from trialog._reading.finding import resolve
from trialog.errors import UsageError


def said(writer, **sections):
    return WriterFact(writer, 1, Kind.CONTEXT, sections)


def journal(writer, role="witness", attempt=1, rank=None, created_ns=0):
    return JournalOf(writer, role, attempt, rank, created_ns)


def test_the_witness_speaks_for_the_process_beside_it():
    """A section again replaces the keys it has, and leaves the others."""
    journals = [journal("w", "run"), journal("x")]
    facts = [
        said("x", code={"commit": "a", "branch": "main"}),
        said("w", mine={"a": 1}),
        said("x", code={"commit": "b"}, packages={"numpy": "2"}),
    ]
    (found,) = contexts_of(journals, facts)
    assert found.context == {
        "mine": {"a": 1},
        "code": {"commit": "b", "branch": "main"},
        "packages": {"numpy": "2"},
    }


def test_the_creator_comes_first_and_ranks_follow():
    """Each has a context of its own; without ranks, the first witness is the creator's."""
    ranks = [journal(f"r{rank}", "run" if not rank else "attach", rank=rank) for rank in (0, 2, 1)]
    witnesses = [journal(f"w{rank}", rank=rank) for rank in (2, 1, 0)]
    facts = [said(f"w{rank}", environment={"host": f"h{rank}"}) for rank in (2, 1, 0)]
    found = contexts_of([*ranks, *witnesses], facts)
    assert [(each.rank, each.context["environment"]["host"]) for each in found] == [
        (0, "h0"),
        (1, "h1"),
        (2, "h2"),
    ]
    alone = [journal("a", "run"), journal("b", "attach"), journal("wa"), journal("wb")]
    facts = [said("wb", code={"script": "b"}), said("wa", code={"script": "a"})]
    assert [each.context["code"]["script"] for each in contexts_of(alone, facts)] == ["a", "b"]


def test_the_latest_attempt_counts():
    """What was true of an earlier one need not be true any more."""
    journals = [
        journal("a", "run"),
        journal("wa"),
        journal("b", "run", attempt=2),
        journal("wb", attempt=2),
    ]
    facts = [said("wa", code={"commit": "a"}), said("wb", code={"commit": "b"})]
    assert contexts_of(journals, facts)[0].context == {"code": {"commit": "b"}}
    assert contexts_of(journals, facts[:1])[0].context == {}


def test_what_somebody_else_wrote_is_no_section():
    """A section is an object; a run without journals has no processes."""
    (found,) = contexts_of([journal("a", "run")], [said("a", code=1, good={"a": 1}, bad=[2])])
    assert found.context == {"good": {"a": 1}}
    assert contexts_of([], []) == []


@pytest.fixture
def told(handmade):
    """A store with a run, and the witness beside it: the packages that it told."""
    packages = {f"package-{number}": "1.0" for number in range(50)}
    handmade.write(handmade.start() + handmade.end(), writer="w1")
    context = handmade.fact(Kind.CONTEXT, {"code": {"commit": "a"}, "packages": packages})
    handmade.write(
        handmade.start(writer="x1", role="witness") + context + handmade.fact(Kind.LEAVE, {}),
        writer="x1",
    )
    return packages


def test_it_is_read_from_journals(handmade, told):
    """The witness's journal is one of the run's."""
    catalog = handmade.open()
    catalog.refresh()
    record = resolve(catalog, "run-1")
    (found,) = read_contexts(catalog, record.place)
    assert found.context == {"code": {"commit": "a"}, "packages": told}


def test_users_read_it_and_cannot_write_to_it():
    """Of a run that keeps nothing about itself it is empty."""
    with trialog.init("acme", "demo", capture=False) as run:
        pass
    context = trialog.get_run(run.id).context
    assert context == run.context == {}
    with pytest.raises(UsageError, match="log_parameters"):
        context["code"] = {}
