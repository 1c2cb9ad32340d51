"""Lengths of time, from text and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialog._filters.ages import MOST_NS, length_of_seconds, parse_length, print_length

SECOND = 10**9


@pytest.mark.parametrize(
    "text,seconds",
    [
        ("90s", 90),
        ("2d", 172_800),
        ("1d12h", 129_600),
        ("1w 1d", 691_200),
        ("1.5h", 5400),
        ("2 Hours 1 min", 7260),
        ("250ms", 0.25),
        ("0s", 0),
    ],
)
def test_parts_are_added(text, seconds):
    """Units from weeks to milliseconds, or their names, with or without spaces."""
    assert parse_length(text) == seconds * SECOND


@pytest.mark.parametrize("text", ["", " ", "2", "d", "2q", "-1d", "1d-2h", "1y", "2d!", "9999999w"])
def test_what_is_no_length_is_refused(text):
    """Also what is longer than 64 bits of nanoseconds."""
    with pytest.raises(ValueError, match="no length of time"):
        parse_length(text)


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 10**10, 10**400])
def test_seconds_have_a_limit(seconds):
    """None is negative, none longer than what 64 bits hold."""
    with pytest.raises(ValueError, match="no length of time"):
        length_of_seconds(seconds)
    assert length_of_seconds(1.5) == 1_500_000_000


@given(st.integers(0, MOST_NS))
def test_what_is_printed_is_as_long(length_ns):
    """To the nanosecond."""
    assert parse_length(print_length(length_ns)) == length_ns
