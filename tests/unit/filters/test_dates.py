"""Dates, from text and back."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialog._filters.dates import day_after, parse_date, print_date

NOON = 1_793_534_400 * 10**9  # 2026-11-01T12:00Z


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-01T12:00Z",
        "2026-11-01 12:00:00 UTC",
        "2026-11-01t12:00:00.000z",
        "2026-11-01 14:00+02:00",
        "2026-11-01T06:30:00-0530",
        " 2026-11-1 12:00Z ",
    ],
)
def test_a_zone_is_understood(text):
    """As ISO 8601 and RFC 3339 write it."""
    assert parse_date(text) == NOON


def test_without_a_zone_it_is_local():
    """Of the machine that reads it, as its clocks went on that day."""
    assert parse_date("2026-11-01 14:30") == datetime(2026, 11, 1, 14, 30).timestamp() * 10**9  # noqa: DTZ001
    assert parse_date("2026-06-01") == datetime(2026, 6, 1).timestamp() * 10**9  # noqa: DTZ001


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026", "2026-13-01", "2026-02-30", "1600-01-01", "2026-11-01 25:00Z"],
)
def test_what_is_no_date_is_refused(text):
    """Also what 64 bits of nanoseconds do not hold."""
    with pytest.raises(ValueError, match="no date|must be in|out of range"):
        parse_date(text)


@given(st.integers(-9 * 10**18, 9 * 10**18))
def test_what_is_printed_is_the_same_moment(time_ns):
    """To the nanosecond, before 1970 too."""
    assert parse_date(print_date(time_ns)) == time_ns


def test_the_day_after_may_be_next_year():
    """Only a day has one."""
    assert day_after("2026-12-31") == "2027-01-01"
    assert day_after("2026-12-31 12:00") is None
