"""The status of a run that nobody has ended."""

from __future__ import annotations

import pytest

from trialog._entities import RunStatus
from trialog._journals.liveness import (
    QUIET_NS,
    SILENCE_NS,
    Derived,
    Writer,
    after_request,
    derive,
)
from trialog._journals.processes import Presence

NOW_NS = 10**18


def status(*writers):
    return derive(RunStatus.RUNNING, writers, NOW_NS)


def writer(presence, silent_ns=0, *, has_left=False, is_owner=True):
    return Writer(is_owner, has_left, presence, NOW_NS - silent_ns)


@pytest.mark.parametrize("silent_ns", [0, SILENCE_NS * 100])
def test_a_run_with_a_living_process_runs(silent_ns):
    """However long it has said nothing."""
    found = status(writer(Presence.GONE), writer(Presence.HERE, silent_ns))
    assert found == (RunStatus.RUNNING, None, None)


@pytest.mark.parametrize(
    "presence, reason", [(Presence.GONE, "killed"), (Presence.REBOOTED, "host rebooted")]
)
def test_a_run_whose_processes_are_gone_failed(presence, reason):
    """Since the last sign of life of any of them."""
    found = status(writer(presence, 50), writer(Presence.GONE, 20, is_owner=False))
    assert found == (RunStatus.FAILED, reason, NOW_NS - 20)


def test_the_owner_is_blamed():
    """The reason is that of the process that began the run."""
    found = status(writer(Presence.GONE, is_owner=False), writer(Presence.REBOOTED))
    assert found.reason == "host rebooted"


@pytest.mark.parametrize(
    "silent_ns, expected, reason",
    [
        (0, RunStatus.RUNNING, None),
        (QUIET_NS - 1, RunStatus.RUNNING, None),
        (QUIET_NS, RunStatus.RUNNING, "no news since 2001-09-09 01:46:10 UTC"),
        (SILENCE_NS - 1, RunStatus.RUNNING, "no news since 2001-09-09 01:36:40 UTC"),
        (SILENCE_NS, RunStatus.FAILED, "host lost"),
    ],
)
def test_silence_elsewhere_becomes_host_lost(silent_ns, expected, reason):
    """A note after half a minute, FAILED after ten."""
    found = status(writer(Presence.ELSEWHERE, silent_ns))
    assert found.status is expected
    assert found.reason == reason


def test_writers_that_have_left_say_nothing():
    """A run all of whose writers left without an end goes on; one that came back is asked."""
    left = writer(Presence.GONE, has_left=True)
    assert status(left).status is RunStatus.RUNNING
    assert status(left, writer(Presence.GONE)).status is RunStatus.FAILED


def test_a_pending_run_stays_pending():
    """What it was opened as is what it is."""
    found = derive(RunStatus.PENDING, [writer(Presence.HERE)], NOW_NS)
    assert found.status is RunStatus.PENDING


ASKED = "canceled by ann: too slow"


@pytest.mark.parametrize(
    "derived,status,reason",
    [
        (Derived(RunStatus.RUNNING), RunStatus.CANCELING, ASKED),
        (Derived(RunStatus.PENDING), RunStatus.CANCELING, ASKED),
        (Derived(RunStatus.RUNNING, "no news"), RunStatus.CANCELING, f"{ASKED} (no news)"),
        (Derived(RunStatus.FAILED, "killed", 7), RunStatus.CANCELED, f"{ASKED} (killed)"),
        (Derived(RunStatus.FAILED, "host lost", 7), RunStatus.CANCELED, f"{ASKED} (host lost)"),
        (Derived(RunStatus.FAILED, "out of memory", 7), RunStatus.FAILED, "out of memory"),
    ],
)
def test_a_run_that_was_asked_to_stop(derived, status, reason):
    """CANCELING while it goes on, CANCELED where it is gone without a word; never undated."""
    assert after_request(derived, ASKED) == (status, reason, derived.ended_ns)
    assert after_request(derived, None) == derived
