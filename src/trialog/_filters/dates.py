"""Moments as people write them: ``"2026-11-01"``, ``"2026-11-01 14:00"``, ``"…T14:00:00Z"``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NS = 1_000_000_000
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_MOMENT = re.compile(
    _DATE.pattern + r"[ tT]\s*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"\s*([zZ]|UTC|utc|[+-][0-9]{2}:?[0-9]{2})?"
)


def parse_date(text: str) -> int:
    """Nanoseconds since 1970 of a date, with or without a time; without a zone it is local.

    Raises:
        ValueError: it is no such thing, or not within what 64 bits hold (1678 to 2261).

    Example:
        >>> parse_date("1970-01-02T00:00:00.000000001Z")
        86400000000001
    """
    found = _MOMENT.fullmatch(text.strip()) or _DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no date: {text!r}")
    year, month, day, *clock = found.groups()
    hour, minute, second, fraction, zone = clock or (None,) * 5
    date = int(year), int(month), int(day)
    naive = datetime(*date, int(hour or 0), int(minute or 0), int(second or 0))  # noqa: DTZ001 # its zone comes next
    if not 1678 <= naive.year <= 2261:  # noqa: PLR2004 # whole years of 64 bits
        raise ValueError(f"no date within 64 bits: {text!r}")
    if zone is None:
        moment = naive.astimezone()
    elif zone.upper() in ("Z", "UTC"):
        moment = naive.replace(tzinfo=UTC)
    else:
        moment = datetime.strptime(f"{naive.isoformat()}{zone}", "%Y-%m-%dT%H:%M:%S%z")
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * _NS + int((fraction or "0").ljust(9, "0"))


def day_after(text: str) -> str | None:
    """The next day of a date without a time; None of anything else.

    Example:
        >>> day_after("2026-11-30"), day_after("2026-11-30 14:00")
        ('2026-12-01', None)
    """
    found = _DATE.fullmatch(text.strip())
    if found is None:
        return None
    date = datetime.strptime("-".join(found.groups()), "%Y-%m-%d")  # noqa: DTZ007 # a day of any zone
    return f"{date + timedelta(days=1):%Y-%m-%d}"


def print_date(time_ns: int) -> str:
    """A time as RFC 3339 has it, UTC, to the nanosecond.

    Example:
        >>> print_date(1_700_000_000_500_000_000)
        '2023-11-14T22:13:20.5Z'
    """
    seconds, rest = divmod(time_ns, _NS)
    fraction = f".{rest:09}".rstrip("0") if rest else ""
    return f"{(_EPOCH + timedelta(seconds=seconds)).strftime('%Y-%m-%dT%H:%M:%S')}{fraction}Z"
