"""The eight states of a run, and the words that mean them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._entities import ENDED, OPENABLE, RunStatus
from trialog.errors import InvalidTypeError, UsageError

PENDING, RUNNING, CANCELING = RunStatus.PENDING, RunStatus.RUNNING, RunStatus.CANCELING
COMPLETED, CRASHED, FAILED = RunStatus.COMPLETED, RunStatus.CRASHED, RunStatus.FAILED
INTERRUPTED, CANCELED = RunStatus.INTERRUPTED, RunStatus.CANCELED


def test_a_status_begins_a_run_or_ends_it():
    """Only CANCELING does neither: it lies between."""
    assert set(OPENABLE) == {PENDING, RUNNING}
    assert set(ENDED) == {COMPLETED, CRASHED, FAILED, INTERRUPTED, CANCELED}
    assert [status for status in RunStatus if status.is_end] == [
        status for status in RunStatus if status in ENDED
    ]
    assert set(RunStatus) - set(OPENABLE) - set(ENDED) == {CANCELING}


@pytest.mark.parametrize("status", RunStatus)
def test_a_status_is_its_name(status):
    """As text, in comparisons, and in any case when it is read."""
    assert status == status.name == str(status) == f"{status}"
    assert RunStatus.parse(status) is status
    for text in (status.name, status.name.lower(), f" {status.name.title()}\n"):
        assert RunStatus.parse(text) is status
        assert RunStatus.parse_query(text) == (status,)


@pytest.mark.parametrize(
    "given,error,says",
    [
        ("finnished", UsageError, "'finnished' is unknown; use one of: PENDING, RUNNING"),
        ("", UsageError, "status '' is unknown"),
        ("done", UsageError, "status 'done' is unknown"),
        (None, InvalidTypeError, "must be a RunStatus or its name, not NoneType: None"),
        (3, InvalidTypeError, "not int: 3"),
        (b"FAILED", InvalidTypeError, "not bytes"),
    ],
)
def test_what_is_no_status(given, error, says):
    """The message says what was given and what there is."""
    with pytest.raises(error) as caught:
        RunStatus.parse(given)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "word,statuses",
    [
        ("done", {COMPLETED}),
        ("DONE", {COMPLETED}),
        ("error", {CRASHED, FAILED, INTERRUPTED}),
        (" Error ", {CRASHED, FAILED, INTERRUPTED}),
        ("cancelled", {CANCELED}),
        ("failed", {FAILED}),
        ("canceled", {CANCELED}),
        (CRASHED, {CRASHED}),
        ("running", {RUNNING}),
    ],
)
def test_words_of_other_trackers_find_our_statuses(word, statuses):
    """One word may stand for several; our own names mean themselves alone."""
    assert set(RunStatus.parse_query(word)) == statuses


@settings(deadline=None)
@given(st.text(max_size=12))
def test_any_word_is_a_status_or_refused(word):
    """A query never finds runs of a status that nobody meant."""
    try:
        found = RunStatus.parse_query(word)
    except UsageError:
        assert word.strip().upper() not in RunStatus.__members__
    else:
        assert found
        assert set(found) <= set(RunStatus)


@pytest.mark.parametrize(
    "given,status",
    [
        ("done", COMPLETED),
        ("Failed", FAILED),
        ("completed", COMPLETED),
        (INTERRUPTED, INTERRUPTED),
        ("cancelled", CANCELED),
    ],
)
def test_a_word_for_one_end_is_taken(given, status):
    """Of ours in any case, and of other trackers where it means just one."""
    assert RunStatus.parse_end(given) is status


@pytest.mark.parametrize("given", ["RUNNING", PENDING, "canceling", "error", "nonsense", ""])
def test_what_ends_no_run(given):
    """The message says what does."""
    with pytest.raises(UsageError, match="COMPLETED, CRASHED, FAILED, INTERRUPTED, CANCELED"):
        RunStatus.parse_end(given)


@pytest.mark.parametrize("given", [None, 3, object()])
def test_an_end_of_a_wrong_type(given):
    """It is refused as such, not as an unknown word."""
    with pytest.raises(InvalidTypeError):
        RunStatus.parse_end(given)
