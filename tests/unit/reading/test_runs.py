"""Many runs: a sequence, the best of them, and names that are nearly right."""

from __future__ import annotations

import math

import pytest

import trialog
from trialog._reading import Runs
from trialog.errors import InvalidTypeError, NotFoundError, UsageError


@pytest.fixture
def runs():
    for number, values in enumerate(([3.0, 1.0], [1.0, 2.0], [math.nan], [])):
        with trialog.init("acme", "demo", name=f"r{number}") as run:
            for value in values:
                run.log("loss", value)
    return trialog.runs()


def test_runs_are_a_sequence(runs):
    """Newest first; slices are runs too."""
    assert [run.name for run in runs] == ["r3", "r2", "r1", "r0"]
    assert [run.name for run in runs[1:3]] == ["r2", "r1"]
    assert runs[-1].name == "r0"
    assert runs[:2].ids == runs.ids[:2]
    assert repr(runs) == "<Runs: 4 (r3, r2, r1, r0)>"
    assert repr(runs[:0]) == "<Runs: none>"
    assert runs[0] in runs
    with pytest.raises(IndexError):
        runs[4]


def test_the_best_run_reached_the_extreme_at_any_step(runs):
    """NaN is no value; the oldest of equals is the best."""
    assert runs.best("loss").name == "r0"
    assert runs.best("loss", goal="min").name == "r0"
    with pytest.raises(NotFoundError, match="NaN"):
        runs[1:2].best("loss")
    with pytest.raises(UsageError, match="'max' or 'min'"):
        runs.best("loss", goal="least")


def test_an_unknown_metric_is_answered_with_the_nearest(runs):
    """Before anything is read."""
    with pytest.raises(NotFoundError, match="did you mean 'loss'"):
        runs.metrics_df("los")
    with pytest.raises(NotFoundError, match="there are"):
        runs.comparison_df(["zzzzzzz"])
    with pytest.raises(InvalidTypeError, match="int"):
        runs.metrics_df([3])


def test_frames_follow_runs_that_go_on():
    """The list is as it was; points are as they are now."""
    with trialog.init("acme", "demo") as run:
        run.log("loss", 1.0)
        runs = trialog.runs()
        run.log("loss", 2.0)
        assert runs.metrics_df("loss")["value"].tolist() == [1.0, 2.0]
        assert runs[0].status is trialog.RunStatus.RUNNING
    assert runs[0].status is trialog.RunStatus.RUNNING
    assert trialog.runs()[0].status is trialog.RunStatus.COMPLETED


def test_a_project_that_is_not_there_is_named(runs):
    """Wherever nothing is found for that reason, with the nearest that is there."""
    assert repr(trialog.runs("demos")) == "<Runs: none; no project 'demos', did you mean 'demo'?>"
    assert "did you mean 'acme/demo'" in repr(trialog.runs("acme/demos"))
    for ask in (Runs.best, Runs.metrics_df):
        with pytest.raises(NotFoundError, match="no project 'demos', did you mean 'demo'"):
            ask(trialog.runs("demos"), "loss")
    assert repr(trialog.runs("demo", name="nobody")) == "<Runs: none>"


def test_a_metric_of_no_numbers_is_said_to_be_one():
    """It is there, and cannot be compared."""
    with trialog.init("acme", "demo") as run:
        run.log("table", {"rows": [1, 2]})
    for ask in (Runs.best, Runs.metrics_df):
        with pytest.raises(NotFoundError, match=r"'table': its values are no numbers"):
            ask(trialog.runs(), "table")
