"""Sets of runs and what is left of all."""

from __future__ import annotations

import numpy as np
import pytest

from trialog._catalog.runsets import ALL, NONE, are_among, keys_in, set_of

UNIVERSE = set(range(6))
SETS = [NONE, ALL, set_of([1, 2, 3]), ~set_of([2, 5]), set_of([5]), ~set_of([0, 1])]


def members(found):
    keys = set(found.keys.tolist())
    return UNIVERSE - keys if found.is_rest else keys


@pytest.mark.parametrize("one", SETS)
@pytest.mark.parametrize("other", SETS)
def test_sets_and_rests_join_as_sets_do(one, other):
    """Whichever of both is a rest."""
    assert members(one & other) == members(one) & members(other)
    assert members(one | other) == members(one) | members(other)
    assert members(~one) == UNIVERSE - members(one)
    assert one.has(np.arange(6)).tolist() == [key in members(one) for key in range(6)]


def test_nothing_is_among_nothing():
    """Nor is a key beyond the last."""
    assert are_among(np.array([3, 9]), np.array([], np.int64)).tolist() == [False, False]
    assert are_among(np.array([9, 3, 1]), np.array([1, 3])).tolist() == [False, True, True]


def test_joined_keys_are_read_exactly():
    """All 63 bits of each; texts of no rows say nothing."""
    assert keys_in([f"{2**63 - 1},7", None, "", f"{2**53 + 1}"]).tolist() == [
        7,
        2**53 + 1,
        2**63 - 1,
    ]
    assert keys_in([None]).tolist() == []
