"""From what somebody types for a time to the time: dates, hours, so long ago. Pure."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from itertools import product

from trialog._format.times import EPOCH, time_ns_of
from trialog.errors import UsageError

_NS = 1_000_000_000
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNITS = {
    "s": ("s", "sec", "secs", "second", "seconds"),
    "m": ("m", "min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days"),
    "w": ("w", "week", "weeks"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)\s*")
_MOMENT = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[t ]\s*(\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(z|utc|[+-]\d\d:?\d\d)?"
)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?")
_UNIX = re.compile(r"(\d{9,10})(?:\.(\d{1,9}))?")
_DAYS = ("%b %d", "%d %b", "%B %d", "%d %B", "%a %b %d")
_CLOCKS = ("", " %H:%M", " %H:%M:%S")
_DAY_LETTERS = re.compile(r"(?<=\d)(st|nd|rd|th)\b|,")


def parse_moment(text: str, now: datetime) -> int:
    """The time that a text means, in nanoseconds since 1970.

    ``10m``, ``1h30m`` and ``2 days ago`` count back from now; ``14:30`` was last so; ``today`` and
    ``yesterday`` began at midnight; else it is a date, with or without a time: as in ISO 8601 and
    RFC 3339, or ``21 Nov 2026 14:30``; or seconds since 1970. Times without a zone are local.

    Args:
        text: what was typed.
        now: the time, in the zone of whoever typed.

    Raises:
        UsageError: it means no time.

    Example:
        >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
        >>> (time_ns_of(noon) - parse_moment("1h30m", noon)) // 10**9
        5400
    """
    word = " ".join(text.lower().split())
    for understand in (_named, _ago, _written, _of_clock, _since_1970, _spoken):
        with contextlib.suppress(ValueError, OverflowError, OSError):  # the 30th of February
            found = understand(word, now)
            if found is not None:
                return found
    raise UsageError(
        f"failed to parse time {text!r}: give a date ('2026-11-21 14:30'), a time of the day "
        "('14:30'), or how long ago ('10m', '2 hours')"
    )


def rfc3339(time_ns: int) -> str:
    """A time as RFC 3339 has it, UTC, to the nanosecond.

    Example:
        >>> rfc3339(1_700_000_000_123_456_789)
        '2023-11-14T22:13:20.123456789Z'
    """
    seconds, rest = divmod(time_ns, _NS)
    return f"{EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{rest:09}Z"


def _named(word: str, now: datetime) -> int | None:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"now": now, "today": midnight, "yesterday": _back(midnight, 1)}
    return time_ns_of(days[word]) if word in days else None


def _back(moment: datetime, days: int) -> datetime:
    """The same hour so many days ago, in the zone as it was then."""
    naive = moment.replace(tzinfo=None) - timedelta(days=days)
    return _zoned(naive, moment)


def _zoned(naive: datetime, now: datetime) -> datetime:
    """A time of somebody's clock: on the system's zone it knows of summer time."""
    local = naive.astimezone()
    at_now = now.replace(tzinfo=None).astimezone()
    return local if at_now.utcoffset() == now.utcoffset() else naive.replace(tzinfo=now.tzinfo)


def _ago(word: str, now: datetime) -> int | None:
    word = word.removesuffix(" ago").removeprefix("-")
    at, seconds = 0, 0.0
    while at < len(word):
        part = _PART.match(word, at)
        if part is None or part[2] not in _UNIT_OF:
            return None
        seconds += float(part[1]) * _SECONDS[_UNIT_OF[part[2]]]
        at = part.end()
    return time_ns_of(now) - int(seconds * _NS) if at else None


def _written(word: str, now: datetime) -> int | None:
    found = _MOMENT.fullmatch(word)
    if found is None:
        return None
    *numbers, fraction, zone = found.groups()
    year, month, day, hour, minute, second = (int(each or 0) for each in numbers)
    naive = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 # its zone comes next
    if zone is None:
        moment = _zoned(naive, now)
    elif zone in ("z", "utc"):
        moment = naive.replace(tzinfo=UTC)
    else:
        moment = datetime.strptime(f"{naive.isoformat()}{zone}", "%Y-%m-%dT%H:%M:%S%z")
    return time_ns_of(moment) + _fraction(fraction)


def _of_clock(word: str, now: datetime) -> int | None:
    found = _CLOCK.fullmatch(word)
    if found is None:
        return None
    hour, minute, second = (int(each or 0) for each in found.groups()[:3])
    moment = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
    if moment > now:
        moment = _back(moment, 1)
    return time_ns_of(moment) + _fraction(found[4])


def _since_1970(word: str, _now: datetime) -> int | None:
    found = _UNIX.fullmatch(word)
    return int(found[1]) * _NS + _fraction(found[2]) if found else None


def _spoken(word: str, now: datetime) -> int | None:
    """``21 Nov 2026``, ``November 21st, 2026 14:30``; without a year, of this one."""
    words = " ".join(_DAY_LETTERS.sub("", word).split())
    for day, clock in product(_DAYS, _CLOCKS):
        for given, pattern in (
            (words, f"{day} %Y{clock}"),
            (f"{now.year} {words}", f"%Y {day}{clock}"),
        ):
            with contextlib.suppress(ValueError):
                naive = datetime.strptime(given, pattern)  # noqa: DTZ007 # its zone comes next
                return time_ns_of(_zoned(naive, now))
    return None


def _fraction(digits: str | None) -> int:
    return int((digits or "0").ljust(9, "0"))
