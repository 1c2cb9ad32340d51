"""Points of many runs on one x: a row for each that any has, and nothing made up but fills."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import trialog
from trialog._reading import aligning
from trialog._reading.aligning import align, filled_in
from trialog.errors import UsageError

NA = pd.NA


@pytest.fixture
def runs():
    """The newest first: b logs every third step, a every second."""
    for name, stride in (("a", 2), ("b", 3)):
        with trialog.init("acme", "demo", name=name) as run:
            for step in range(0, 10, stride):
                run.log("loss", math.nan if step == 6 else step / 10, step=step)
    trialog.init("acme", "demo", name="empty").finish()
    return trialog.runs("acme/demo")


def columns(runs, **wish):
    frame = runs.metrics_df("loss", **wish)
    ids = {run.id: run.name for run in runs}
    assert frame.columns.names == ["metric", "id"]
    return frame.index.tolist(), {
        ids[run]: frame[metric, run].tolist() for metric, run in frame.columns
    }


def same(found, expected):
    assert len(found) == len(expected)
    for each, other in zip(found, expected, strict=True):
        if other is NA or each is NA:
            assert each is other
        else:
            assert each == pytest.approx(other, nan_ok=True)


def test_aligned_as_logged_makes_nothing_up(runs):
    """A row for each step of any run, NA where a run has no point, NaN where it logged NaN."""
    steps, found = columns(runs, align="step")
    assert steps == [0, 2, 3, 4, 6, 8, 9]
    assert list(found) == ["b", "a"]
    same(found["a"], [0, 0.2, NA, 0.4, math.nan, 0.8, NA])
    same(found["b"], [0, NA, 0.3, NA, math.nan, NA, 0.9])


def test_previous_repeats_and_linear_draws_a_line(runs):
    """Only between a run's first and last point; a line to NaN is NaN."""
    _, found = columns(runs, align="step", fill="previous")
    same(found["a"], [0, 0.2, 0.2, 0.4, math.nan, 0.8, NA])
    same(found["b"], [0, 0, 0.3, 0.3, math.nan, math.nan, 0.9])
    _, found = columns(runs, align="step", fill="linear")
    same(found["a"], [0, 0.2, 0.3, 0.4, math.nan, 0.8, NA])
    same(found["b"], [0, 0.2, 0.3, math.nan, math.nan, math.nan, 0.9])


def test_times_are_exact_and_relative_ones_begin_with_the_run(runs):
    """To the nanosecond; the relative axis has lengths of time since each run began."""
    long = runs.metrics_df("loss")
    by_time = runs.metrics_df("loss", align="time")
    assert by_time.index.name == "time"
    assert by_time.index.tolist() == sorted(long["time"])
    assert by_time.count().sum() == len(long)
    relative = runs.metrics_df("loss", align="relative")
    assert relative.index.dtype == "timedelta64[ns]"
    begins = {record.id: record.date_created for record in runs}
    ages = long["time"] - long["id"].map(begins).astype("datetime64[ns, UTC]")
    assert abs(relative.index.max() - ages.max()) < pd.Timedelta("1us")


def test_of_several_points_at_a_step_the_last_counts():
    """As in the wide form; integers beyond 2**53 stay exact."""
    with trialog.init("acme", "demo") as run:
        for value in (1, 2**60 + 1):
            run.log("n", value, step=5)
        run.log("n", 3, step=0)
        run.log("n", 4, step=9)
    with trialog.init("acme", "demo") as other:
        other.log("n", 1, step=7)
    frame = trialog.runs("acme/demo").metrics_df("n", align="step", fill="previous")
    assert frame["n", run.id].tolist() == [3, 2**60 + 1, 2**60 + 1, 4]


def test_no_points_make_an_empty_frame(runs):
    """Not an error: the runs have the metric, of another rank."""
    frame = runs[2:].metrics_df([], align="step")
    assert frame.shape == (0, 0)


@pytest.mark.parametrize(
    "wish, said",
    [
        ({"align": "epoch"}, "use 'step', 'time' or 'relative'"),
        ({"align": "step", "fill": "cubic"}, "use 'previous' or 'linear'"),
        ({"fill": "linear"}, "align='step'"),
    ],
)
def test_what_cannot_be_meant_is_refused(runs, wish, said):
    """The message says what can."""
    with pytest.raises(UsageError, match=said):
        runs.metrics_df("loss", **wish)


def test_a_table_beyond_memory_is_refused(monkeypatch):
    """Before it is made, with its size."""
    monkeypatch.setattr(aligning, "MAX_CELLS", 10)
    with pytest.raises(UsageError, match="6 rows and 2 columns"):
        align([np.arange(3), np.arange(3, 6)])


series = st.lists(st.tuples(st.integers(-(2**62), 2**62), st.floats()), max_size=20)


@given(st.lists(series, max_size=4), st.sampled_from([None, "previous", "linear"]))
def test_every_point_that_counts_stands_at_its_x(several, fill):
    """Whatever is filled in: bit by bit, in the row of its x, and no row is without a point."""
    given_xs = [np.array([x for x, _ in each], np.int64) for each in several]
    grid, chosen = align(given_xs)
    assert grid.tolist() == sorted({x for each in several for x, _ in each})
    for points, xs, (rows, places) in zip(several, given_xs, chosen, strict=True):
        values = np.array([value for _, value in points])[rows]
        found, where = filled_in(grid, xs[rows], values, places, fill)
        at = dict(zip(where.tolist(), found.tolist(), strict=True))
        for x, value in dict(points).items():
            standing = at[int(np.searchsorted(grid, x))]
            assert standing == value or (math.isnan(standing) and math.isnan(value))
        if fill is None:
            assert len(where) == len(dict(points))
