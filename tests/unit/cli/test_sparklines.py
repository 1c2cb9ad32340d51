"""Curves on one row."""

from __future__ import annotations

import math

import pytest

from trialog._cli.sparklines import BLOCKS, PLAIN_BLOCKS, fitted, sparkline, squeezed


@pytest.mark.parametrize(
    "values, top, line",
    [
        ([], 1, ""),
        ([0, 0], 0, "▁▁"),
        ([0, 50, 100], 100, "▁▅█"),
        ([5, 5], 5, "██"),
        ([-1, 0, 1], 1, "▁▅█"),
        ([math.nan, 1], 1, " █"),
        ([200], 100, "█"),
    ],
)
def test_a_letter_is_as_high_as_its_value(values, top, line):
    """From zero, so that a small change of a large amount does not look like a leap."""
    assert sparkline(values, top) == line


def test_there_are_letters_for_every_terminal():
    """As many as blocks, and in ASCII."""
    assert len(PLAIN_BLOCKS) == len(BLOCKS)
    assert sparkline([0, 1], 1, blocks=PLAIN_BLOCKS).isascii()


def test_a_narrow_curve_keeps_its_peaks():
    """Each letter is the highest of what it stands for."""
    values = [0.0] * 99 + [7.0]
    assert squeezed(values, 10) == [0.0] * 9 + [7.0]
    assert squeezed([math.nan] * 4, 2)[0] != squeezed([1.0] * 4, 2)[0]
    assert len(squeezed(values, 7)) == 7


@pytest.mark.parametrize(
    "values, line",
    [
        ([], ""),
        ([3], "▁"),
        ([0.9, 0.91, 0.95], "▁▂█"),
        ([-5, -4], "▁█"),
        ([1, math.nan, 0], "█ ▁"),
        ([-1.7e308, 0, 1.7e308], "▁▅█"),
    ],
)
def test_a_fitted_curve_reaches_from_the_least_to_the_greatest(values, line):
    """A metric has no natural zero."""
    assert fitted(values) == line
