"""Noticing that nothing is logged any more, on a clock of the test's own."""

from __future__ import annotations

import pytest

from trialog._format.records import Kind
from trialog._writing.silence import Silence

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS


class Watched:
    """A journal that is a number, and what was told of it."""

    def __init__(self, limit_ns=MINUTE_NS):
        self.reach = (0, 0)
        self.now_ns = 1000 * MINUTE_NS
        self.told = []
        self.silence = Silence(limit_ns, lambda: self.reach, self._tell)
        self.has_points = False

    def _tell(self, since_ns, lasts_ns):
        self.reach = (0, self.reach[1] + 100)  # the note is a record too
        return lambda: self.told.append((self.now_ns - since_ns, lasts_ns))

    def log(self):
        self.reach = (self.reach[0], self.reach[1] + 1)
        self.has_points = True

    def wait(self, seconds, step=0.5):
        for _ in range(round(seconds / step)):
            self.now_ns += round(step * SECOND_NS)
            self.silence.look(self.now_ns, has_points=self.has_points)


@pytest.fixture
def watched():
    return Watched()


def test_a_silence_is_told_once(watched):
    """How long it has lasted, and since when; the note itself breaks no silence."""
    watched.log()
    watched.wait(59)
    assert watched.told == []
    watched.wait(600)
    ((since_ns, lasts_ns),) = watched.told
    assert lasts_ns == MINUTE_NS
    assert since_ns == MINUTE_NS


def test_after_values_it_may_be_told_again(watched):
    """Each time anew."""
    for number in range(1, 4):
        watched.log()
        watched.wait(70)
        assert len(watched.told) == number


def test_one_who_logs_now_and_then_is_not_silent(watched):
    """Just before each time."""
    for _ in range(10):
        watched.log()
        watched.wait(55)
    assert watched.told == []


def test_before_the_first_point_there_is_preparation(watched):
    """Loading data takes its time, and parameters are no values."""
    watched.reach = (0, 7)
    watched.wait(600)
    assert watched.told == []


def test_what_the_journal_appends_itself_breaks_no_silence(watched):
    """Its signs of life and its marks."""
    watched.log()
    for number in range(20):
        watched.wait(5)
        with watched.silence.undisturbed():
            watched.reach = (number, 0)  # another block, even
    assert len(watched.told) == 1


def test_a_value_beside_such_a_mark_is_heard(watched):
    """One that came before it, since the last look."""
    watched.log()
    watched.wait(50)
    watched.log()
    with watched.silence.undisturbed():
        watched.reach = (0, watched.reach[1] + 5)
    watched.wait(50)
    assert watched.told == []


def test_a_process_that_stood_still_has_not_stalled(watched):
    """Nor one whose clock was put forward by an hour, or back."""
    watched.log()
    watched.wait(1)
    for step in (3600, -7200, 3600):
        watched.wait(step, step=step)
    assert watched.told == []
    watched.wait(60)
    assert len(watched.told) == 1


@pytest.mark.parametrize("may_map", [True, False])
def test_a_journal_notices_it(bench, append, may_map):
    """With each visit of the steward's, heartbeats and marks in between."""
    journal, told = bench.journal(may_map=may_map), []
    journal.watch_silence(MINUTE_NS, lambda since_ns, lasts_ns: lambda: told.append(lasts_ns))
    now_ns = journal.now()
    append(journal, 1)
    for _ in range(300):
        now_ns += SECOND_NS
        journal.tend(now_ns)
        journal.sync(now_ns)
    assert len(told) == 1
    append(journal, 2)
    for _ in range(300):
        now_ns += SECOND_NS
        journal.tend(now_ns)
        journal.sync(now_ns)
    assert len(told) == 2
    journal.close(Kind.LEAVE)
