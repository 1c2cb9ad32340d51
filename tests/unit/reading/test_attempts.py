"""A run's attempts: each with its own start, end, status and reason."""

from __future__ import annotations

import contextlib
import dataclasses

import pytest

import trialog
from trialog import RunStatus

SECOND_NS = 1_000_000_000
DEAD = {"pid": 2**22 + 9}  # no process has such a number


def test_each_attempt_has_its_own_start_and_end():
    """Status, reason and points too; the latest one's are the run's."""
    first = trialog.init("p", name="r")
    first.log("x", 1.0)
    first.log("x", 1.0)
    first.finish("FAILED", reason="infeasible")
    with contextlib.suppress(KeyError), trialog.init("p", resume="r") as second:
        second.log("x", 1.0)
        raise KeyError("k")
    with trialog.init("p", resume="r") as third:
        one, two, three = third.attempts
        assert (three.status, three.date_ended, three.points) == (RunStatus.RUNNING, None, 0)
    run = trialog.get_run("r")
    assert run.attempts[:2] == [one, two]
    assert [each.attempt for each in run.attempts] == [1, 2, 3]
    assert (one.status, one.reason, one.points) == (RunStatus.FAILED, "infeasible", 2)
    assert (two.status, two.reason, two.points) == (RunStatus.CRASHED, "KeyError: 'k'", 1)
    assert (run.attempts[2].status, run.attempts[2].reason) == (run.status, run.reason)
    dates = [date for each in run.attempts for date in (each.date_created, each.date_ended)]
    assert dates == sorted(dates)
    assert (dates[0], dates[-1]) == (run.date_created, run.date_ended)
    assert run.duration == pytest.approx((dates[-1] - dates[0]).total_seconds(), abs=1e-5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.points = 3


def test_a_run_that_was_never_resumed_has_one():
    """Its own facts."""
    with trialog.init("p", name="r") as run:
        run.log("x", 1.0)
    (only,) = run.attempts
    stored = trialog.get_run("r")
    assert only == (*stored.attempts,)[0]
    assert (only.date_created, only.date_ended) == (stored.date_created, stored.date_ended)


@pytest.fixture
def read(handmade, monkeypatch):
    """Reads the attempts of the handmade run."""
    monkeypatch.setenv("TRIALOG_HOME", str(handmade.store.path))
    return lambda: trialog.get_run("run-1").attempts


def test_an_attempt_that_was_killed_says_so(handmade, read):
    """It wrote no end: what is known of its own writers tells, not what later ones do."""
    handmade.write(handmade.start(**DEAD) + handmade.points([1.0]), is_open=False)
    handmade.now_ns += SECOND_NS
    handmade.write(handmade.start(writer="w2", attempt=2), writer="w2")
    one, two = read()
    assert (one.status, one.reason) == (RunStatus.FAILED, "killed")
    assert one.date_ended <= two.date_created
    assert (two.status, two.date_ended) == (RunStatus.RUNNING, None)


def test_an_attempt_may_be_ended_from_outside(handmade, read):
    """By a writer of role edit, of that attempt alone."""
    handmade.write(handmade.start(**DEAD), is_open=False)
    edit = handmade.start(writer="w2", role="edit", created_ns=handmade.now_ns + 5)
    end = handmade.end("CANCELED", handmade.now_ns + 5, reason="by hand")
    handmade.write(edit + end, writer="w2", is_open=False)
    third = handmade.start(writer="w3", attempt=2, created_ns=handmade.now_ns + 9)
    handmade.write(third, writer="w3")
    one, two = read()
    assert (one.status, one.reason) == (RunStatus.CANCELED, "by hand")
    assert two.status is RunStatus.RUNNING


def test_an_attempt_that_all_have_left_is_not_running(handmade, read):
    """Nobody is there who could end it; the next one began all the same."""
    left = handmade.fact(handmade.kinds.LEAVE, {}, handmade.now_ns + SECOND_NS)
    handmade.write(handmade.start(**DEAD) + left, is_open=False)
    handmade.write(handmade.start(writer="w2", attempt=2), writer="w2")
    one, _ = read()
    assert one.status is RunStatus.FAILED
    assert (one.date_ended - one.date_created).total_seconds() == 1


def test_damage_is_of_the_attempt_it_is_in(handmade, read):
    """An attempt whose own journals are whole has a certain end."""
    data = bytearray(handmade.start(**DEAD) + handmade.points([1.0, 2.0]))
    data[-4] ^= 1
    handmade.write(bytes(data) + handmade.points([3.0]), is_open=False)
    for number in (2, 3):
        handmade.write(handmade.start(writer=f"w{number}", attempt=number, **DEAD),
                       writer=f"w{number}", is_open=False)  # fmt: skip
    reasons = [each.reason for each in read()]
    assert reasons[0].startswith("killed, or the record of its end is damaged")
    assert reasons[1] == "killed"


def test_without_a_store_there_are_none(monkeypatch):
    """TRIALOG_MODE=disabled keeps nothing."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.init("p") as run:
        assert run.attempts == []
        frame = run.metric("x", attempt=1, rank=0)
    assert list(frame.columns) == ["step", "time", "value", "rank", "attempt"]
