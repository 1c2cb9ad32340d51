"""Times in their three forms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialog._format.times import date_of, time_ns_of, utc_text

SECOND = 1_000_000_000
LAST_NS = 253_402_300_799 * SECOND  # the end of the year 9999


@given(st.integers(-60_000_000_000 * SECOND, LAST_NS))
def test_a_date_is_the_time_to_the_microsecond(time_ns):
    """Rounded down, before 1970 too: a date is never later than what it stands for."""
    assert time_ns_of(date_of(time_ns)) == time_ns // 1000 * 1000


def test_a_zone_counts():
    """The same moment is the same time, wherever it is told."""
    here = datetime(2026, 5, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert time_ns_of(here) == time_ns_of(datetime(2026, 5, 1, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    "time_ns, text",
    [
        (0, "1970-01-01 00:00:00 UTC"),
        (SECOND - 1, "1970-01-01 00:00:00 UTC"),
        (-1, "1969-12-31 23:59:59 UTC"),
        (LAST_NS, "9999-12-31 23:59:59 UTC"),
    ],
)
def test_people_read_it_to_the_second(time_ns, text):
    """Rounded down, and the zone said."""
    assert utc_text(time_ns) == text
