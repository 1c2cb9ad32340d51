"""Curves: every extreme kept, drawn in few letters."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._display.curves import curve_of, svg_of, telling_values


def curve(values, width=10, steps=None):
    array = np.array(values, np.float64)
    places = np.arange(len(array)) if steps is None else np.array(steps, np.int64)
    return curve_of(places, array, width)


@settings(deadline=None)
@given(st.lists(st.floats(), min_size=1), st.integers(1, 30))
def test_nothing_is_lost(values, width):
    """The least and the greatest finite value, and that there are NaN and infinities."""
    made = curve(values, width)
    finite = [value for value in values if math.isfinite(value)]
    assert made.least == pytest.approx(min(finite, default=math.nan), rel=0, nan_ok=True)
    assert made.greatest == pytest.approx(max(finite, default=math.nan), rel=0, nan_ok=True)
    assert bool(made.nans) == any(map(math.isnan, values))
    assert bool(made.ups) == (math.inf in values)
    assert bool(made.downs) == (-math.inf in values)
    numbers = [float(each) for each in re.findall(r"-?\d+", svg_of(made, "x"))]
    assert all(map(math.isfinite, numbers))


def test_one_spike_of_a_million_is_seen():
    """It reaches the upper border, where the others stay at the lower one."""
    values = np.zeros(1_000_000)
    values[654_321] = 25.0
    made = curve_of(np.arange(len(values)), values, 100)
    assert made.columns[65] == (65, 0.0, 25.0)
    assert "v-60" in svg_of(made, "x")


def test_steps_in_any_order_stand_where_they_belong():
    """A run that was resumed goes back; a gap in the steps is a gap."""
    made = curve([1, 2, 3], width=10, steps=[9, 0, 1])
    assert made.columns == ((0, 2.0, 2.0), (1, 3.0, 3.0), (9, 1.0, 1.0))
    huge = curve([1, 2], width=4, steps=[-(2**62), 2**62])
    assert [place for place, _, _ in huge.columns] == [0, 3]


def test_no_points_are_no_line():
    """And a single one is seen."""
    assert "<path" not in svg_of(curve([]), "x")
    assert 'd="M0 30l1 0"' in svg_of(curve([5.0]), "x")


def test_a_label_is_escaped():
    """It is a logged name."""
    assert "&quot;&gt;&lt;script&gt;" in svg_of(curve([1, 2]), '"><script>')


def test_of_each_column_the_farthest_value_is_told():
    """Spikes upwards and downwards; NaN where there is none."""
    assert telling_values(curve([0, 0, 0, 9, 0, -9, 0, 0], 4)) == [0.0, 9.0, -9.0, 0.0]
    assert math.isnan(telling_values(curve([math.nan, 1.0], 2))[0])
