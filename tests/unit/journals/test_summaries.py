"""Summaries grow piece by piece and merge to what all points at once come to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialog._journals.summaries import append, merge, summarise

VALUES = st.lists(
    st.sampled_from([0.0, -0.0, 1.0, 2.0, math.nan, math.inf, -math.inf, 0.5]),
    min_size=1,
    max_size=120,
)


def summary(values, first=0, exact=None):
    count = len(values)
    steps, times = np.arange(first, first + count), np.arange(first, first + count) + 100
    return summarise(steps, times, np.array(values, float), exact or {})


def same(one, two):
    for name in one.__slots__:
        a, b = getattr(one, name), getattr(two, name)
        assert a == b or (a != a and b != b) or name == "total", name  # noqa: PLR0124 # NaN


@given(VALUES, st.integers(1, 119))
def test_pieces_add_up_to_the_whole(values, split):
    """Few points and many take different ways to the same summary."""
    whole = summary(values)
    if 0 < split < len(values):
        same(append(summary(values[:split]), summary(values[split:], split)), whole)
    else:
        numbers = [value for value in values if not math.isnan(value)]
        assert whole.nan_count == len(values) - len(numbers)
        if numbers:
            assert (whole.min, whole.max) == (min(numbers), max(numbers))
            assert values[whole.step_of_min] == whole.min
            assert values.index(whole.min) == whole.step_of_min
        else:
            assert math.isnan(whole.mean)
            assert whole.step_of_min is None


def test_writers_merge_by_time():
    """First and last are by the clock, equal extremes by who reached them first."""
    early, late = summary([3.0, 1.0, 2.0], 0), summary([1.0, 9.0], 50)
    merged = merge([("b", late), ("a", early)])
    assert (merged.first, merged.last) == (3.0, 9.0)
    assert (merged.min, merged.step_of_min) == (1.0, 1)
    assert (merged.max, merged.step_of_max) == (9.0, 51)
    assert (merged.count, merged.mean) == (5, pytest.approx(16 / 5))


def test_integers_beyond_a_double_stay_exact():
    """2**53 + 1 is greater than 2**53."""
    found = summary([2.0**53, 2.0**53], exact={1: 2**53 + 1})
    assert (found.last, found.max, found.step_of_max) == (2**53 + 1, 2**53 + 1, 1)


def test_a_sum_may_overflow():
    """Too large a sum is infinite, not an error."""
    assert summary([1e308] * 100).mean == math.inf


def test_a_clock_that_is_set_back_changes_nothing():
    """What came first in the journal comes first, read at once or piece by piece."""
    steps, times = np.array([1, 2, 3]), np.array([500, 100, 50])
    values = np.array([0.0, 0.0, 0.0])
    whole = summarise(steps, times, values, {})
    first, second = (
        summarise(steps[part], times[part], values[part], {}) for part in (slice(1), slice(1, 3))
    )
    same(append(first, second), whole)
    assert (whole.step_of_min, whole.step_of_max) == (1, 1)


@pytest.mark.parametrize("count", [3, 300])
def test_the_lowest_step_is_that_of_any_point(count):
    """NaN counts: a later attempt cuts where it logs, whatever it logs."""
    steps = np.arange(count) % 7 - 2
    values = np.full(count, math.nan)
    found = summarise(steps, np.arange(count), values, {})
    assert found.lowest_step == -2
    later = summarise(steps + 5, np.arange(count), values, {})
    assert append(later, found).lowest_step == merge([("a", later), ("b", found)]).lowest_step == -2
