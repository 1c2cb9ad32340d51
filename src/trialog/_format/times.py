"""Times: nanoseconds since 1970 in records, UTC dates in Python, one form for people. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def date_of(time_ns: int) -> datetime:
    """A time in nanoseconds since 1970 as a UTC datetime, to the microsecond.

    Example:
        >>> date_of(1_700_000_000_123_456_789).isoformat()
        '2023-11-14T22:13:20.123456+00:00'
    """
    return EPOCH + timedelta(microseconds=time_ns // 1000)  # a float would round


def time_ns_of(date: datetime) -> int:
    """A date with a zone as nanoseconds since 1970.

    Example:
        >>> time_ns_of(datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))
        1700000000000000000
    """
    return (date - EPOCH) // _MICROSECOND * 1000


def utc_text(time_ns: int) -> str:
    """A time for people, to the second.

    Example:
        >>> utc_text(1_700_000_000_123_456_789)
        '2023-11-14 22:13:20 UTC'
    """
    return date_of(time_ns).strftime("%Y-%m-%d %H:%M:%S UTC")
