"""The threads that tend journals: whatever a disk or a listener does, they go on."""

from __future__ import annotations

import ctypes
import threading
import time

import pytest

from trialog._format.records import Kind
from trialog._writing import blockfile
from trialog._writing.journal import Journal
from trialog._writing.steward import Rounds, Steward


@pytest.fixture
def steward():
    return Steward()


@pytest.fixture
def slow_disk(monkeypatch):
    """A disk that answers a sync when it is told to."""
    real, answered, is_asked = blockfile.sync, threading.Event(), threading.Event()

    def sync(fd):
        is_asked.set()
        answered.wait(20)
        real(fd)

    monkeypatch.setattr(blockfile, "sync", sync)
    yield is_asked, answered
    answered.set()


def wait_until(claim, seconds=5.0):
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_a_disk_that_is_slow_to_sync_does_not_hold_up_what_is_flushed(
    bench, append, steward, slow_disk
):
    """Without maps: what was logged during a sync stands in the file all the same."""
    is_asked, answered = slow_disk
    slow, other = bench.journal(may_map=False), bench.journal(may_map=False)
    steward.adopt(slow)
    steward.adopt(other)
    append(slow, 0)
    assert is_asked.wait(5)
    append(slow, 1)
    append(other, 2)
    wait_until(lambda: bench.steps(slow) == [0, 1], seconds=1)
    wait_until(lambda: bench.steps(other) == [2], seconds=1)
    answered.set()
    for journal in (slow, other):
        steward.release(journal)
        journal.close(Kind.LEAVE)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_noticed(bench, append, steward):
    """The next record that needs it starts another."""
    journal = bench.journal(may_map=False)
    before = threading.enumerate()
    steward.adopt(journal)
    (thread,) = [
        each for each in threading.enumerate() if each.name == "trialog-tend" and each not in before
    ]
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)
    )
    journal.wake()
    wait_until(lambda: not thread.is_alive())
    append(journal, 7)
    journal.wake()
    wait_until(lambda: bench.steps(journal) == [7])
    steward.release(journal)
    journal.close(Kind.LEAVE)


def test_nobody_to_tell_is_no_reason_to_stop(bench, append):
    """A duty fails, and who is told of it fails too: the rounds go on."""
    journal = bench.journal(may_map=False)
    visits = []

    def fail(text):
        raise OSError("nobody listens")

    def visit(journal, now_ns):
        visits.append(now_ns)
        if len(visits) == 1:
            raise ValueError("the first time")
        Journal.tend(journal, now_ns)

    journal.trouble._tell = fail
    rounds = Rounds("test", visit, time.time_ns)
    rounds.journals[1] = journal
    rounds.start()
    append(journal, 3)
    rounds.wake()
    wait_until(lambda: visits)
    rounds.wake()
    wait_until(lambda: bench.steps(journal) == [3])
    rounds.journals.clear()
    journal.close(Kind.LEAVE)


def test_the_last_record_is_in_the_file_before_anything_is_waited_for(
    bench, append, steward, slow_disk
):
    """Whoever is stopped while the disk is busy has ended its run."""
    is_asked, answered = slow_disk
    journal = bench.journal(may_map=False)
    steward.adopt(journal)
    append(journal, 0)
    assert is_asked.wait(5)
    closing = threading.Thread(target=journal.close, args=(Kind.LEAVE,))
    closing.start()
    wait_until(lambda: getattr(bench.read(journal)[-1], "kind", None) is Kind.LEAVE, seconds=2)
    assert closing.is_alive()
    answered.set()
    closing.join()
    steward.release(journal)
    assert bench.steps(journal) == [0]
