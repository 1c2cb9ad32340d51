"""What each process's part of a run came to, and which of them a run's reason names."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from trialog._entities import RunStatus
from trialog._format.records import Kind
from trialog._journals.parts import death_of, part_of, told, words_of

COMPLETED, CRASHED, FAILED, INTERRUPTED = (
    RunStatus[name] for name in ("COMPLETED", "CRASHED", "FAILED", "INTERRUPTED")
)


class Fact(NamedTuple):
    writer: str
    kind: Kind
    content: dict[str, Any]
    time_ns: int = 7


class Writer(NamedTuple):
    writer: str = "w"
    rank: int | None = None
    role: str = "attach"
    has_left: bool = False
    attempt: int = 1
    world_size: int | None = None
    pid: int = 4711


def leave(status="CRASHED", writer="w", **content):
    return Fact(writer, Kind.LEAVE, {"status": status, **content})


def seen(writer="w", **content):
    return Fact("beside", Kind.WITNESSED, {"writer": writer, **content})


def part(*facts, fate=None, **writer):
    made = Writer(**writer)
    return part_of(made, words_of(facts).get(made.writer), fate)


def crashed(rank, reason="ValueError: boom", **writer):
    return part(leave(reason=reason), rank=rank, has_left=True, writer="w", **writer)


def killed(rank, reason=None, **writer):
    return part(*([seen(reason=reason)] if reason else []), fate="killed", rank=rank, **writer)


# -- parts -------------------------------------------------------------------------------------


def test_a_writer_that_says_how_it_ended_is_believed():
    """Its last word counts; a witness is heard only where it has said none."""
    found = part(
        Fact("w", Kind.END, {"status": "FAILED", "reason": "first"}),
        leave("CRASHED", reason="last", exit_code=3, exception={"type": "KeyError"}),
        seen(reason="out of memory"),
        has_left=True,
    )
    assert (found.status, found.reason, found.is_dead) == (CRASHED, "last", False)
    assert (found.words.exit_code, found.words.exception) == (3, {"type": "KeyError"})


def test_a_writer_that_left_without_a_word_has_ended_well():
    """Whatever is witnessed of its process afterwards."""
    found = part(Fact("w", Kind.LEAVE, {}), seen(reason="exit code 1"), has_left=True)
    assert (found.status, found.reason, found.is_dead) == (COMPLETED, None, False)


@pytest.mark.parametrize(
    "facts, fate, reason",
    [
        ([], "killed", "killed"),
        ([], "host rebooted", "host rebooted"),
        ([seen(reason="out of memory")], "killed", "out of memory"),
        ([seen(reason="out of memory")], None, "out of memory"),  # on another host
        ([seen(signal="SIGKILL")], None, "killed"),
        ([seen(reason=3, exit_code="x")], "killed", "killed"),
    ],
    ids=str,
)
def test_a_writer_that_died_has_failed(facts, fate, reason):
    """The witness knows best why; nobody else need know that it is dead."""
    found = part(*facts, fate=fate)
    assert (found.status, found.reason, found.is_dead) == (FAILED, reason, True)


def test_a_forked_worker_that_is_gone_says_nothing():
    """Workers end without a word as a rule: nobody knows whether that was well."""
    found = part(fate="killed", role="fork")
    assert (found.status, found.is_dead) == (None, True)
    assert told(None, None, COMPLETED, [found]) is None


def test_a_writer_at_work_has_no_status():
    """It may go on."""
    assert part().status is None


@pytest.mark.parametrize("content", [{"status": []}, {"status": "x"}, {"status": 3}, {}])
def test_words_that_mean_nothing_are_none(content):
    """Whatever a journal claims."""
    facts = [Fact("w", Kind.LEAVE, content), Fact("b", Kind.WITNESSED, {"writer": content})]
    assert words_of(facts) == {}


# -- the reason of a run -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "parts, text",
    [
        ([], None),
        ([crashed(3)], "rank 3 CRASHED: ValueError: boom"),
        ([crashed(3, reason=None)], "rank 3 CRASHED"),
        ([crashed(3, world_size=1)], "process 4711 CRASHED: ValueError: boom"),
        ([crashed(None)], "process 4711 CRASHED: ValueError: boom"),
        ([killed(0)], "rank 0 killed"),
        ([killed(0, "out of memory")], "rank 0: out of memory"),
        ([killed(5), crashed(3)], "rank 3 CRASHED: ValueError: boom; rank 5 killed"),
        ([killed(5), killed(2)], "ranks 2 and 5 killed"),
        ([killed(each) for each in range(6)], "ranks 0, 1, 2 and 3 more killed"),
        (
            [crashed(each, reason=f"E{each}") for each in range(5)],
            "rank 0 CRASHED: E0; rank 1 CRASHED: E1; rank 2 CRASHED: E2; and 2 more",
        ),
        ([crashed(1, reason="x" * 300)], f"rank 1 CRASHED: {'x' * 200}…"),
        ([part(leave("INTERRUPTED"), rank=2, has_left=True)], "rank 2 INTERRUPTED"),
        ([part(leave("INTERRUPTED"), has_left=True)], None),  # a pool's worker
    ],
    ids=str,
)
def test_who_is_named_where_a_run_completed(parts, text):
    """Those that crashed come first, then those that are gone; the like together."""
    assert told(None, None, COMPLETED, parts) == text
    assert told("pruned", None, COMPLETED, parts) == (f"pruned ({text})" if text else "pruned")


def test_who_is_named_where_a_run_was_interrupted():
    """What stopped the others is no news; the rank that it began with is."""
    stopped = [part(leave("INTERRUPTED", reason="SIGTERM"), rank=each) for each in (1, 2)]
    assert told("SIGTERM", None, INTERRUPTED, stopped) == "SIGTERM"
    found = told("SIGTERM", None, INTERRUPTED, [*stopped, crashed(3)])
    assert found == "SIGTERM (rank 3 CRASHED: ValueError: boom)"


def test_what_became_of_all_is_said_once():
    """The process that the reason is about is not named again; others ended alike."""
    own, other, third = killed(0), killed(1, writer="x"), crashed(2)
    assert death_of(own) == "rank 0 killed"
    text = told(death_of(own), own, FAILED, [own, other, third])
    assert text == "rank 0 killed (rank 2 CRASHED: ValueError: boom; rank 1 too)"


def test_without_ranks_a_death_is_as_ever():
    """There is no other it could be."""
    assert death_of(killed(None)) == "killed"
    assert death_of(killed(None, "segmentation fault")) == "segmentation fault"
    assert death_of(killed(0, world_size=1)) == "killed"
