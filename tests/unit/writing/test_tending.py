"""Tending every open journal in the background, for as long as there are any."""

from __future__ import annotations

import threading
import time

import pytest

from trialog._writing.steward import Steward


def until(condition, seconds=10):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it never came true"
        time.sleep(0.005)


@pytest.fixture
def threads():
    """The threads that began since."""
    before = set(threading.enumerate())
    return lambda: [each for each in threading.enumerate() if each not in before]


def test_records_that_wait_in_memory_reach_the_file(bench, append):
    """Without a call of the writer's, and soon."""
    journal, steward = bench.journal(may_map=False), Steward()
    append(journal, 1)
    assert bench.steps(journal) == []
    steward.adopt(journal)
    until(lambda: bench.steps(journal) == [1])
    append(journal, 2)
    until(lambda: bench.steps(journal) == [1, 2])
    steward.release(journal)


def test_the_threads_tend_all_and_end_with_the_last(bench, threads):
    """Daemons, so that they hold up no exit; a later journal starts others."""
    steward = Steward()
    assert threads() == []
    journals = [bench.journal(may_map=True), bench.journal(may_map=False)]
    for _ in range(2):
        steward.adopt(journals[0])
        begun = threads()
        assert begun
        assert all(each.name.startswith("trialog") and each.daemon for each in begun)
        steward.adopt(journals[1])
        assert threads() == begun
        steward.release(journals[0])
        journals[0].wake()
        assert threads() == begun
        steward.release(journals[1])
        journals[1].wake()
        for thread in begun:
            thread.join(10)
        assert threads() == []


def test_a_block_is_reserved_before_it_is_needed(bench):
    """The writer never waits for the disk."""
    journal, steward = bench.journal(may_map=True), Steward()
    before = journal.path.stat().st_size
    steward.adopt(journal)
    until(lambda: journal.path.stat().st_size > before)
    steward.release(journal)


def test_what_goes_wrong_is_told_and_tending_goes_on(bench, append):
    """Training must go on, whatever the matter is."""
    broken = threading.Event()
    broken.set()
    asked = []

    def clock():
        asked.append(time.monotonic())
        if broken.is_set():
            raise RuntimeError("no time")
        return time.time_ns()

    journal, steward = bench.journal(may_map=False), Steward(clock)
    append(journal, 1)
    steward.adopt(journal)
    until(lambda: len(asked) > 2)
    (told,) = set(bench.told)
    assert "no time" in told
    assert bench.steps(journal) == []
    broken.clear()
    until(lambda: bench.steps(journal) == [1])
    steward.release(journal)
