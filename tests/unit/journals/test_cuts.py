"""Where later attempts take the place of earlier ones."""

from __future__ import annotations

import pytest

from trialog._journals.cuts import cuts_of


@pytest.mark.parametrize(
    "lowest, cuts",
    [
        ({}, {}),
        ({1: 0}, {}),
        ({1: 0, 2: 80}, {1: 80}),
        ({1: 0, 2: 80, 3: 60}, {1: 60, 2: 60}),
        ({1: 0, 2: 60, 3: 80}, {1: 60, 2: 80}),
        ({1: 5, 4: 0}, {1: 0}),
        ({2: -3, 1: -9}, {1: -3}),
    ],
)
def test_a_later_attempt_cuts_all_earlier_ones(lowest, cuts):
    """From its own lowest step on; the latest is cut by none."""
    assert cuts_of(lowest) == cuts
