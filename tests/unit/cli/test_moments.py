"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from trialog._cli.moments import parse_moment, rfc3339
from trialog._format.times import time_ns_of
from trialog.errors import UsageError

ZONE = timezone(timedelta(hours=5, minutes=30))
NOW = datetime(2026, 5, 20, 12, 30, 15, tzinfo=ZONE)


@pytest.mark.parametrize(
    "typed, meant",
    [
        ("10s", NOW - timedelta(seconds=10)),
        ("10m", NOW - timedelta(minutes=10)),
        ("1h30m", NOW - timedelta(minutes=90)),
        ("1.5h", NOW - timedelta(minutes=90)),
        ("2 hours ago", NOW - timedelta(hours=2)),
        ("1 day 2 min", NOW - timedelta(days=1, minutes=2)),
        ("1w", NOW - timedelta(days=7)),
        ("-5m", NOW - timedelta(minutes=5)),
        ("now", NOW),
        ("Today", NOW.replace(hour=0, minute=0, second=0)),
        ("yesterday", NOW.replace(day=19, hour=0, minute=0, second=0)),
        ("12:30", NOW.replace(second=0)),
        ("12:30:15", NOW),
        ("12:31", NOW.replace(day=19, minute=31, second=0)),
        ("2026-05-01", datetime(2026, 5, 1, tzinfo=ZONE)),
        ("2026-05-01 14:30", datetime(2026, 5, 1, 14, 30, tzinfo=ZONE)),
        ("2026-05-01T14:30:05", datetime(2026, 5, 1, 14, 30, 5, tzinfo=ZONE)),
        ("2026-05-01T14:30:05Z", datetime(2026, 5, 1, 14, 30, 5, tzinfo=UTC)),
        ("2026-05-01 14:30:05 UTC", datetime(2026, 5, 1, 14, 30, 5, tzinfo=UTC)),
        ("2026-05-01T14:30:05.25-02:00", datetime(2026, 5, 1, 16, 30, 5, 250_000, tzinfo=UTC)),
        ("20260501T143005+0000", datetime(2026, 5, 1, 14, 30, 5, tzinfo=UTC)),
        ("1 May 2026", datetime(2026, 5, 1, tzinfo=ZONE)),
        ("May 1st, 2026 14:30", datetime(2026, 5, 1, 14, 30, tzinfo=ZONE)),
        ("may 1", datetime(2026, 5, 1, tzinfo=ZONE)),
        ("Feb 3 07:08:09", datetime(2026, 2, 3, 7, 8, 9, tzinfo=ZONE)),
        ("1777642205", datetime(2026, 5, 1, 13, 30, 5, tzinfo=UTC)),
    ],
)
def test_a_time_is_understood(typed, meant):
    """A date, an hour, so long ago; in the zone of whoever typed it."""
    assert parse_moment(typed, NOW) == time_ns_of(meant)


@pytest.mark.parametrize(
    "typed", ["", "soon", "10x", "25:00", "2026-13-01", "2026-02-30", "5", "ago"]
)
def test_what_means_no_time_is_told(typed):
    """With the text, and what could be given."""
    with pytest.raises(UsageError, match="failed to parse time"):
        parse_moment(typed, NOW)


@pytest.mark.parametrize("time_ns", [0, 1, 1_700_000_000_123_456_789, 1_777_642_205_000_000_000])
def test_what_is_printed_can_be_typed(time_ns):
    """A line's time, copied, is that time to the nanosecond."""
    assert parse_moment(rfc3339(time_ns), NOW) == time_ns


def test_the_hour_of_summer_time_is_that_of_the_day(monkeypatch):
    """On the system's own zone, a day of winter has the offset of winter."""
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        now = datetime(2026, 7, 1, 12).astimezone()
        assert parse_moment("2026-01-10 12:00", now) == time_ns_of(
            datetime(2026, 1, 10, 11, tzinfo=UTC)
        )
        assert parse_moment("2026-06-10 12:00", now) == time_ns_of(
            datetime(2026, 6, 10, 10, tzinfo=UTC)
        )
    finally:
        monkeypatch.undo()
        time.tzset()
