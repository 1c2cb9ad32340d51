"""Words for how a run ends, and what a run says of itself then."""

from __future__ import annotations

import pytest

import trialog
from trialog import RunStatus, errors


@pytest.mark.parametrize(
    "word, status",
    [
        ("done", RunStatus.COMPLETED),
        ("Finished", RunStatus.COMPLETED),
        ("success", RunStatus.COMPLETED),
        ("failed", RunStatus.FAILED),
        ("crashed", RunStatus.CRASHED),
        ("killed", RunStatus.INTERRUPTED),
        ("cancelled", RunStatus.CANCELED),
        (RunStatus.CANCELED, RunStatus.CANCELED),
    ],
)
def test_words_of_other_trackers_end_a_run(word, status):
    """Where they mean one status."""
    run = trialog.init("p")
    run.finish(word)
    assert trialog.get_run(run.id).status is status


@pytest.mark.parametrize("word", ["error", "pending", "bananas", "canceling", ""])
def test_what_no_run_can_end_with(word):
    """The message lists what one can end with, and nothing else."""
    with trialog.init("p") as run, pytest.raises(errors.UsageError) as caught:
        run.finish(word)
    assert "; use one of: COMPLETED, CRASHED, FAILED, INTERRUPTED, CANCELED" in str(caught.value)
    assert str(caught.value).endswith("CANCELED")


def test_several_statuses_with_commas():
    """As on the command line."""
    for status in ("COMPLETED", "FAILED", "CRASHED"):
        trialog.init("p", name=status).finish(status)
    names = {run.name for run in trialog.runs("p", status="crashed, failed")}
    assert names == {"CRASHED", "FAILED"}
    with pytest.raises(errors.UsageError, match="bananas"):
        trialog.runs("p", status="failed,bananas")
    with pytest.raises(errors.UsageError, match="unknown"):
        trialog.runs("p", status=",")


def test_when_a_run_ended_and_how_long_it_took():
    """None and until now while it goes on; afterwards as its readers see it."""
    run = trialog.init("p")
    assert run.date_ended is None
    assert 0 < run.duration < 60
    run.finish()
    kept = trialog.get_run(run.id)
    assert abs((run.date_ended - kept.date_ended).total_seconds()) < 0.1
    assert run.duration == pytest.approx(kept.duration, abs=0.1)
    assert run.duration == run.duration


def test_tags_are_removed():
    """One that is not there is no error; readers see the same."""
    with trialog.init("p", tags=["a", "b", "c"]) as run:
        run.remove_tags("b", ["c", "x"])
        assert run.tags == ("a",)
    assert trialog.get_run(run.id).tags == ("a",)
    with pytest.raises(errors.RunFinishedError):
        run.remove_tags("a")
