"""A journal among interruptions: exceptions, signal handlers and threads at its worst moments."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from trialog._format.blocks import LARGEST_BLOCK_BYTES, decode_trailer, extents
from trialog._format.facts import End
from trialog._format.records import POINT, Kind
from trialog._format.values import load_json, to_number
from trialog._writing import journal as journal_module
from trialog._writing.blockfile import MEMORY_LIMIT_BLOCKS, JournalClosedError
from trialog._writing.journal import Journal
from trialog._writing.steward import Rounds, Steward

LARGE = b"{" + b" " * 16_000 + b"}"
MANNERS = pytest.mark.parametrize(
    "manner",
    [{"may_map": True}, {"may_map": False}, {"may_map": True, "is_brief": True}],
    ids=["mapped", "appended", "brief"],
)
CHANGING = {"_roll", "_reserve", "append_point", "reserve", "after", "_all_of", "go_on_from"}


class Interruption(BaseException):
    """What a signal handler raises."""


def fill_block(journal, append, step):
    """Log until the next record will need a new block."""
    block = journal.block
    if len(block.memory()) > 2 * len(LARGE):
        journal.append_fact(Kind.PARAMETERS, LARGE)
        journal.append_fact(Kind.PARAMETERS, LARGE)
    while True:
        room = len(block.memory()) - block.position
        if room < 64:
            return step
        append(journal, step)
        step += 1


class AtOpcode:
    """Does something before the nth opcode that runs in the given functions."""

    def __init__(self, names, number, action):
        self.names, self.left, self.action = names, number, action
        self.was_there = False

    def __enter__(self):
        sys.settrace(self._enter)
        return self

    def __exit__(self, *_):
        sys.settrace(None)

    def _enter(self, frame, event, _arg):
        if frame.f_code.co_name not in self.names or "trialog" not in frame.f_code.co_filename:
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._opcode

    def _opcode(self, _frame, event, _arg):
        if event == "opcode":
            self.left -= 1
            if self.left == 0:
                self.was_there = True
                sys.settrace(None)
                self.action()
        return self._opcode


@MANNERS
def test_an_exception_at_every_opcode_between_two_blocks_loses_nothing(bench, append, manner):
    """A KeyboardInterrupt while the journal goes on to its next block: no block goes astray."""

    def interrupt():
        raise Interruption

    for number in range(1, 400, 2):
        journal = bench.journal(**manner)
        said = fill_block(journal, append, 0)
        first = said
        at = AtOpcode(CHANGING, number, interrupt)
        try:
            with at:
                for _ in range(3):
                    append(journal, said)
                    said += 1
        except Interruption:
            append(journal, said)
            said += 1
        journal.tend(time.time_ns())
        journal.sync(time.time_ns())
        append(journal, said)
        said += 1
        journal.close(Kind.END, End(status="COMPLETED"))
        assert set(bench.steps(journal)) == set(range(said)), number
        data = journal.path.read_bytes()
        assert all(decode_trailer(data[each.start : each.stop]) for each in extents(len(data)))
        journal.path.unlink()
        if not at.was_there:
            assert said > first
            break
    else:
        pytest.fail("the walk did not end")
    assert number > 60


@MANNERS
def test_a_handler_that_logs_at_every_opcode_between_two_blocks(bench, append, manner):
    """A signal handler may log, and even need a block itself, while a block is being changed."""
    inner = 1_000_000
    for number in range(1, 400, 2):
        journal = bench.journal(**manner)
        said = fill_block(journal, append, 0)

        def handle(journal=journal):
            for step in range(inner, inner + 12):
                append(journal, step)
                journal.append_fact(Kind.PARAMETERS, LARGE)  # twelve are more than a block holds

        with AtOpcode(CHANGING, number, handle) as at:
            for _ in range(3):
                append(journal, said)
                said += 1
        journal.close(Kind.END, End(status="COMPLETED"))
        steps = bench.steps(journal)
        assert len(steps) == len(set(steps)), number
        assert {step for step in steps if step < inner} == set(range(said)), number
        assert sum(step >= inner for step in steps) == (12 if at.was_there else 0)
        journal.path.unlink()
        if not at.was_there:
            break
    else:
        pytest.fail("the walk did not end")


def test_waking_the_steward_may_be_interrupted_by_a_handler_that_wakes_it():
    """No lock stands between a handler and the code it interrupted."""
    rounds = Rounds("tend", Journal.tend, time.time_ns)
    for number in range(1, 200):
        done = threading.Event()

        def wake(number=number, done=done):
            with AtOpcode({"wake", "put", "set", "notify", "notify_all"}, number, rounds.wake):
                rounds.wake()
            done.set()

        thread = threading.Thread(target=wake, daemon=True)
        thread.start()
        assert done.wait(5), "a deadlock"
        thread.join()


@MANNERS
def test_threads_that_need_a_block_at_once_agree_on_one(bench, append, manner):
    """Sixteen threads across many blocks: every point once, every block closed by a clean end."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    journal = bench.journal(**manner)
    steward = Steward()
    steward.adopt(journal)

    def work(first):
        for step in range(first, first + 1_500):
            append(journal, step)

    try:
        threads = [threading.Thread(target=work, args=(each * 1_500,)) for each in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        journal.close(Kind.END, End(status="COMPLETED"))
    finally:
        sys.setswitchinterval(before)
    assert sorted(bench.steps(journal)) == list(range(24_000))
    data = journal.path.read_bytes()
    assert all(decode_trailer(data[each.start : each.stop]) for each in extents(len(data)))


@MANNERS
def test_closing_among_threads_that_log_keeps_what_returned(bench, append, manner):
    """A call that returned is in the file; one that comes too late is refused, never lost."""
    journal = bench.journal(**manner)
    said = [[] for _ in range(4)]

    def work(number):
        step = number
        try:
            while True:
                append(journal, step)
                said[number].append(step)
                step += 4
        except JournalClosedError:
            return

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    journal.close(Kind.LEAVE)
    for thread in threads:
        thread.join()
    steps = bench.steps(journal)
    assert len(steps) == len(set(steps))
    kept, returned = set(steps), {step for steps in said for step in steps}
    assert (len(returned - kept), len(kept - returned)) == (0, 0)


@pytest.mark.parametrize(
    "end, said",
    [
        (None, {}),
        (End(status="COMPLETED"), {}),
        (End(status="COMPLETED", reason="pruned"), {"status": "COMPLETED", "reason": "pruned"}),
        (End(status="CRASHED", reason="E"), {"status": "CRASHED", "reason": "E"}),
    ],
    ids=str,
)
def test_a_part_that_has_ended_well_needs_no_word(bench, end, said):
    """LEAVE holds what END would, where that is worth one."""
    journal = bench.journal(may_map=True)
    journal.close(Kind.LEAVE, end)
    last = load_json(bench.read(journal)[-1].payload)
    assert {key: value for key, value in last.items() if value not in (None, 0)} == said


def test_writers_that_outrun_the_steward_lose_nothing(bench):
    """Where nothing is mapped and nobody flushes, a writer does so before memory is used up."""
    journal = bench.journal(may_map=False)
    points = (MEMORY_LIMIT_BLOCKS + 8) * LARGEST_BLOCK_BYTES // POINT.size
    value = to_number(0.5)
    for step in range(points):
        journal.append_point("x", value, step, step)
    journal.close(Kind.LEAVE)
    assert journal.trouble.missing == 0
    assert bench.steps(journal) == list(range(points))


def test_a_clock_that_is_set_back_stops_neither_syncs_nor_heartbeats(bench, append):
    """What is due is due, whatever the clock says."""
    now = 1_000_000_000_000_000
    journal = bench.journal(may_map=True, clock=lambda: now)
    append(journal, 1)
    now -= 10**14
    journal.tend(now)
    journal.sync(now)
    journal.close(Kind.LEAVE)
    kinds = [record.kind for record in bench.read(journal) if hasattr(record, "kind")]
    assert {Kind.SYNCED, Kind.HEARTBEAT} <= set(kinds)


def test_a_heartbeat_comes_every_ten_seconds(bench):
    """By a fake clock: one a period, and none between."""
    now = 10**18
    journal = bench.journal(may_map=True, clock=lambda: now)
    for _ in range(35):
        now += 1_000_000_000
        journal.tend(now)
    journal.close(Kind.LEAVE)
    beats = [
        record for record in bench.read(journal) if getattr(record, "kind", 0) is Kind.HEARTBEAT
    ]
    assert len(beats) == 35 * 1_000_000_000 // journal_module.HEARTBEAT_NS


def test_a_closed_journal_refuses_and_closing_again_changes_nothing(bench, append):
    """The file stays as it was at its end."""
    journal = bench.journal(may_map=True)
    append(journal, 1)
    journal.close(Kind.END, End(status="COMPLETED"))
    before = journal.path.read_bytes()
    with pytest.raises(JournalClosedError):
        append(journal, 2)
    journal.close(Kind.END, End(status="FAILED"))
    journal.tend(time.time_ns())
    assert journal.path.read_bytes() == before


class Refusal(ValueError):  # noqa: N818 # an interruption, as above
    """What a signal handler raises that looks like a full block."""


@MANNERS
def test_a_handler_that_raises_a_value_error_is_heard_and_doubles_nothing(bench, append, manner):
    """At every opcode of appending and of going on to the next block."""

    def refuse():
        raise Refusal

    for number in range(1, 1_500, 3):
        journal = bench.journal(**manner)
        said = fill_block(journal, append, 0)
        at = AtOpcode({"_roll", "append_point", "put", "define", "reserve"}, number, refuse)
        was_heard = False
        try:
            with at:
                for step in range(said, said + 3):
                    append(journal, step)
        except Refusal:
            was_heard = True
        journal.close(Kind.LEAVE)
        steps = bench.steps(journal)
        assert len(steps) == len(set(steps)), number
        assert was_heard is at.was_there
        journal.path.unlink()
        if not at.was_there:
            break
    else:
        pytest.fail("the walk did not end")


def test_a_record_that_was_written_is_not_refused(bench, append):
    """An error that leaves ``write`` after the record was taken is not taken for a full block."""
    journal = bench.journal(may_map=True)
    append(journal, 0)
    write, block = journal.block.write, journal.block

    def write_and_raise(record):
        write(record)
        raise Refusal

    block.write = write_and_raise
    with pytest.raises(Refusal):
        append(journal, 1)
    block.write = write
    journal.close(Kind.LEAVE)
    assert bench.steps(journal) == [0, 1]


def test_whoever_comes_first_completes_a_close(bench, append, monkeypatch):
    """A signal handler that closes in the middle of closing: one end, and nothing is lost."""
    for number in range(1, 1_500, 3):
        journal = bench.journal(may_map=True)
        append(journal, 0)
        end = End(status="COMPLETED")

        def close(journal=journal, end=end):
            journal.close(Kind.END, end)

        with AtOpcode({"close", "_append_last", "_flush"}, number, close) as at:
            close()
        records = bench.read(journal)
        assert records[-1].kind is Kind.END
        assert bench.steps(journal) == [0]
        journal.path.unlink()
        if not at.was_there:
            break
    else:
        pytest.fail("the walk did not end")
    assert number > 30
