"""Charts of lines known beforehand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from trialog._charts.charts import chart_of
from trialog._charts.groups import group_lines, t_quantiles
from trialog._charts.lines import Line
from trialog._charts.rows import ArrayRows
from trialog._charts.statistics import FACTS, MARKS_A_LINE
from trialog._charts.wishes import ChartWish
from trialog.errors import UsageError


def _line(y, x=None):
    y = np.array(y, float)
    return Line(ArrayRows(np.arange(float(len(y))) if x is None else np.array(x, float), y))


def _fact(chart, name, line=0):
    return chart.arrays["facts"][line, FACTS.index(name)]


def test_one_spike_of_a_million_points_is_shown():
    """At any size, in its column, with its place."""
    y = np.random.default_rng(0).normal(size=1_000_000)
    y[654_321] = 25.0
    for pixels in (1, 100, 461, 2000):
        chart = chart_of([_line(y)], ChartWish(pixels=pixels))
        slot = int(np.nanargmax(chart.arrays["y"][0]))
        assert chart.arrays["y"][0, slot] == 25.0
        assert abs(chart.arrays["x"][slot] - 654_321) <= 1_000_000 / pixels
        assert (_fact(chart, "max_x"), _fact(chart, "max")) == (654_321, 25.0)
        assert _fact(chart, "above") > 0


def test_small_values_beside_large_ones_stay_what_they_are():
    """A loss that falls from 10,000 to 0.01 is 0.01 at its end: who zooms to it sees it."""
    x = np.arange(3000.0)
    y = 1e4 * np.exp(-x / 50) + 0.01 + 0.001 * np.sin(x)
    chart = chart_of([_line(y)], ChartWish(pixels=600))
    assert not chart.header["is_exact"]
    tail = chart.arrays["y"][0, chart.arrays["x"] > 2000].astype(float)
    assert np.abs(tail[:, None] - y).min(axis=1).max() < 0.01 / 50_000


def test_a_chart_without_points():
    """No lines, empty lines, an empty window: an answer all the same."""
    for lines in ([], [_line([])]):
        chart = chart_of(lines, ChartWish())
        assert chart.header["x"] == {
            "kind": "step", "metric": None, "extent": None, "window": None
        }  # fmt: skip
        assert chart.header["points"]["total"] == 0
    chart = chart_of([_line([1, 2, 3])], ChartWish(x0=10, x1=20))
    assert chart.header["points"] == {"total": 3, "window": 0, "represented": 0}
    assert chart.header["y"]["fit"] is None


def test_a_window_between_two_points_shows_the_line_that_crosses_it():
    """Both borders have the values of the straight line."""
    chart = chart_of([_line([0, 10], [0, 10])], ChartWish(x0=2, x1=3))
    assert chart.header["borders"] == [True, True]
    assert chart.arrays["x"].tolist() == [2, 3]
    assert chart.arrays["y"].tolist() == [[2, 3]]


def test_borders_on_a_logarithmic_scale():
    """Lines are straight in the logarithm there."""
    chart = chart_of([_line([1, 100], [0, 2])], ChartWish(x0=1, x1=2, y_scale="log"))
    assert math.isclose(chart.arrays["y"][0, 0], 10, rel_tol=1e-6)


def test_a_line_breaks_where_it_has_no_number():
    """NaN is told with its slot, and the bit of that slot is set."""
    chart = chart_of([_line([1, math.nan, 3, -math.inf])], ChartWish())
    assert chart.header["marks"]["shown"] == [
        {"line": 0, "slot": 1, "x": 1.0, "kind": "nan"},
        {"line": 0, "slot": 3, "x": 3.0, "kind": "-inf"},
    ]
    assert np.unpackbits(chart.arrays["breaks"][0], bitorder="little")[:4].tolist() == [0, 1, 0, 1]


def test_marks_are_bounded_and_the_rest_is_counted():
    """A line that has become NaN for good does not fill the answer."""
    chart = chart_of([_line([math.nan] * 1000), _line([math.inf])], ChartWish())
    assert len(chart.header["marks"]["shown"]) == MARKS_A_LINE + 1
    assert chart.header["marks"]["more"] == 1000 - MARKS_A_LINE
    assert _fact(chart, "nan") == 1000


def test_what_a_logarithmic_scale_cannot_show_is_counted():
    """Values of 0 and below; and the least that it can show."""
    chart = chart_of([_line([0, -1, 0.5, 2])], ChartWish(y_scale="log"))
    assert (chart.header["y"]["undrawable"], chart.header["y"]["positive"]) == (2, 0.5)


@pytest.mark.parametrize(
    "y,dtype",
    [
        ([0.5, 0.25], np.float32),
        ([1e9 + 0.1, 1e9 + 0.2], np.float64),
        ([1e300, 0], np.float64),
        ([0.1, 0.1], np.float64),
    ],
)
def test_values_are_as_fine_as_what_is_shown_needs(y, dtype):
    """float32 unless that would be seen: far from 0 close together, or out of its range."""
    assert chart_of([_line(y)], ChartWish()).arrays["y"].dtype == dtype


def test_several_points_at_one_place_have_a_slot_each():
    """In the order they were logged."""
    chart = chart_of([_line([1, 3, 2], [5, 5, 5]), _line([7], [5])], ChartWish())
    assert chart.arrays["x"].tolist() == [5, 5, 5]
    assert chart.arrays["y"][0].tolist() == [1, 3, 2]
    assert chart.arrays["y"][1].tolist()[:1] == [7]


def test_windows_wider_than_a_double_are_drawn():
    """From the least to the greatest number that there is."""
    big = 1.7e308
    chart = chart_of([_line(range(9), np.linspace(-1, 1, 9) * big)], ChartWish(pixels=2))
    assert np.isfinite(chart.arrays["x"]).all()
    assert np.nanmax(chart.arrays["y"]) == 8


def test_a_group_counts_its_members_at_each_place():
    """Members take part within their own range alone."""
    found = group_lines(
        [(np.array([0.0, 2.0]), np.array([0.0, 2.0])), (np.array([1.0]), np.array([5.0]))],
        "mean",
        "std",
    )
    assert found.x.tolist() == [0, 1, 2]
    assert found.members.tolist() == [1, 2, 1]
    assert found.center.tolist() == [0, 3, 2]
    assert np.isnan(found.low[[0, 2]]).all()
    assert math.isclose(found.high[1] - found.center[1], math.sqrt(8))


def test_confidence_is_student_s():
    """The tables' values, to three digits; nothing of one member."""
    found = t_quantiles(np.array([0, 1, 2, 4, 9, 30, 31, 120]))
    assert math.isnan(found[0])
    expected = [12.706, 4.303, 2.776, 2.262, 2.042, 2.040, 1.980]
    assert np.allclose(found[1:], expected, atol=6e-4)


def test_groups_of_very_many_places_keep_their_extremes(monkeypatch):
    """Where places are put together, the band from least to greatest still has every spike."""
    monkeypatch.setattr("trialog._charts.groups.MAX_CELLS", 100)
    monkeypatch.setattr("trialog._charts.groups.PLACES", 8)
    rng = np.random.default_rng(0)
    members = [(np.sort(rng.random(200)), rng.normal(size=200)) for _ in range(5)]
    found = group_lines(members, "mean", "minmax")
    assert len(found.x) <= 8
    assert found.high.max() == max(y.max() for _, y in members)
    assert found.low.min() == min(y.min() for _, y in members)
    assert np.abs(found.center).max() < 1


@pytest.mark.parametrize(
    "wish,named",
    [
        ({"x": "steps"}, "x is 'steps'"),
        ({"pixels": 0}, "pixels is 0"),
        ({"x0": math.nan}, "x0 is nan"),
        ({"x0": 2.0, "x1": 1.0}, "begins at 2.0"),
        ({"band": "iqr"}, "band is 'iqr'"),
    ],
)
def test_wishes_that_mean_nothing_are_refused(wish, named):
    """The message names what was given."""
    with pytest.raises(UsageError, match=named):
        ChartWish(**wish)
