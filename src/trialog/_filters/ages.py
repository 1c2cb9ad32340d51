"""Lengths of time as people write them: ``"2d"``, ``"1d12h"``, ``"90s"``."""

from __future__ import annotations

import re
from fractions import Fraction

MOST_NS = 2**63 - 1
"""The greatest number of nanoseconds that is kept: 292 years."""

_UNITS_NS = {
    "w": 604_800_000_000_000,
    "d": 86_400_000_000_000,
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
}
_WORDS = {
    "w": ("week", "weeks"),
    "d": ("day", "days"),
    "h": ("hr", "hrs", "hour", "hours"),
    "m": ("min", "mins", "minute", "minutes"),
    "s": ("sec", "secs", "second", "seconds"),
}
_NS_OF = _UNITS_NS | {word: _UNITS_NS[unit] for unit, words in _WORDS.items() for word in words}
_PART = re.compile(r"\s*([0-9]{1,20}(?:\.[0-9]{1,20})?)\s*([a-z]+)\s*")


def parse_length(text: str) -> int:
    """Nanoseconds of a length of time: parts of a number and a unit, which are added.

    Units are w, d, h, m, s and ms, and the English words of all but the last.

    Raises:
        ValueError: it is no length of time, or longer than 292 years.

    Example:
        >>> parse_length("1d12h") // 10**9, parse_length("2 hours") // 10**9
        (129600, 7200)
    """
    word, at, total = text.casefold(), 0, Fraction()
    while at < len(word) or not at:
        part = _PART.match(word, at)
        if part is None or part[2] not in _NS_OF:
            raise ValueError(f"no length of time: {text!r}")
        total += Fraction(part[1]) * _NS_OF[part[2]]
        at = part.end()
    return _checked(total)


def length_of_seconds(seconds: float) -> int:
    """Nanoseconds of a number of seconds.

    Raises:
        ValueError: none is so long, or less than none.
    """
    if not 0 <= seconds <= MOST_NS:
        raise ValueError(f"no length of time: {seconds} s")
    return _checked(Fraction(seconds) * _UNITS_NS["s"])


def print_length(length_ns: int) -> str:
    """A length of time, in a form that :func:`parse_length` takes.

    Example:
        >>> print_length(129_600_500_000_000), print_length(0)
        ('1d12h0.5s', '0s')
    """
    parts, rest = [], length_ns
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, _UNITS_NS[unit])
        if count:
            parts.append(f"{count}{unit}")
    seconds, rest = divmod(rest, _UNITS_NS["s"])
    fraction = f".{rest:09}".rstrip("0") if rest else ""
    if seconds or rest or not parts:
        parts.append(f"{seconds}{fraction}s")
    return "".join(parts)


def _checked(length_ns: Fraction) -> int:
    rounded = round(length_ns)
    if rounded > MOST_NS:
        raise ValueError("no length of time: too long")
    return rounded
