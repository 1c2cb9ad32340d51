"""Points as arrays: joined, merged by time, their exact integers kept in place."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trialog._journals.stretches import Stretch, empty_stretch, join, merge_writers


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
