"""Points as arrays: joined, merged by time, their exact integers kept in place."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trialog._journals.stretches import Stretch, empty_stretch, join, merge_writers, until_step


def stretch(times, first=0, exact=None):
    times = np.array(times, np.int64)
    return Stretch(np.arange(first, first + len(times)), times, times * 1.0, exact or {})


def test_writers_are_merged_by_time_and_keep_their_order():
    """A writer whose clock goes back stays in order; equal times go by writer."""
    one, two = stretch([1, 5, 3, 7], exact={2: 2**60}), stretch([2, 5, 6], 100, {0: 2**61})
    merged = merge_writers([one, empty_stretch(), two])
    assert merged.steps.tolist() == [0, 100, 1, 2, 101, 102, 3]
    assert merged.exact == {3: 2**60, 1: 2**61}


@given(st.lists(st.lists(st.integers(0, 9), max_size=6), max_size=4))
def test_joining_keeps_all_points_in_order(parts):
    """However many stretches there are, empty ones too."""
    stretches = [stretch(part, exact=dict.fromkeys(range(len(part)), 2**60)) for part in parts]
    joined = join(stretches)
    assert joined.times_ns.tolist() == [time for part in parts for time in part]
    assert sorted(joined.exact) == list(range(len(joined)))
    merged = merge_writers(stretches)
    assert sorted(merged.times_ns.tolist()) == sorted(joined.times_ns.tolist())


def test_points_until_a_step_keep_their_exact_integers():
    """Wherever they stand among those that are left out; a stretch that stays whole is itself."""
    whole = stretch([1, 2, 3, 4], exact={1: 2**60, 3: 2**61})
    whole.steps = np.array([9, 1, 9, 0])
    whole.ranks = np.array([0, 1, 0, 1])
    cut = until_step(whole, 5)
    assert (cut.steps.tolist(), cut.times_ns.tolist()) == ([1, 0], [2, 4])
    assert cut.exact == {0: 2**60, 1: 2**61}
    assert (cut.ranks.tolist(), cut.attempts) == ([1, 1], None)
    assert until_step(whole, 10) is whole
    assert len(until_step(whole, -1)) == 0


def test_what_is_told_of_points_goes_with_them():
    """Joined and sorted; only where it is told of all of them."""
    one, two, plain = stretch([1, 5]), stretch([3]), stretch([4])
    one.attempts, two.attempts = np.array([1, 1]), np.array([2])
    assert merge_writers([one, two]).attempts.tolist() == [1, 2, 1]
    assert join([one, plain]).attempts is None
