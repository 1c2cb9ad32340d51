"""How times, sizes, numbers and logged texts are said to people. Pure."""

from __future__ import annotations

import math
import unicodedata
from datetime import datetime
from typing import Any

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_WEEK_DAYS = 7
_KIBI = 1024
_EXACT_DIGITS = 12
# They would turn the text around them.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_HIDDEN = frozenset({"Cc", "Zl", "Zp", "Cs"})


def duration(seconds: float) -> str:
    """A duration in its two largest units.

    Example:
        >>> [duration(each) for each in (0.0123, 3.21, 75, 7500, 200_000)]
        ['12 ms', '3.2 s', '1 min 15 s', '2 h 05 min', '2 d 7 h']
    """
    if seconds < 0.9995:  # noqa: PLR2004 # what rounds to 1000 ms is a second
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:  # noqa: PLR2004 # what rounds to 10.0 s needs no tenths
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def ago(moment: datetime, now: datetime) -> str:
    """How long ago something was; its day where that is a week or more.

    Args:
        moment: with its time zone.
        now: likewise; days are named as its zone has them.

    Example:
        >>> from datetime import UTC
        >>> ago(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 1, 0, 3, tzinfo=UTC))
        '3 min ago'
    """
    seconds = (now - moment).total_seconds()
    if seconds < -1:  # another clock
        return at(moment.astimezone(now.tzinfo))
    if seconds < 1:
        return "now"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s ago" if seconds < 59.5 else "1 min ago"  # noqa: PLR2004 # rounds
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    days = int(seconds // _DAY)
    if days < _WEEK_DAYS:
        return f"{days} day{'s' if days > 1 else ''} ago"
    return f"{moment.astimezone(now.tzinfo):%Y-%m-%d}"


def at(moment: datetime) -> str:
    """A time, to the second, with the offset of its zone."""
    offset = f"{moment:%z}"
    return f"{moment:%Y-%m-%d %H:%M:%S} {offset[:3]}:{offset[3:]}"


def size(size_bytes: int) -> str:
    """A size in bytes, KiB, MiB, ….

    Example:
        >>> size(512), size(1_300_000)
        ('512 B', '1.24 MiB')
    """
    if size_bytes < _KIBI:
        return f"{size_bytes} B"
    amount = float(size_bytes)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        amount /= _KIBI
        if amount < 999.5 or unit == "TiB":  # noqa: PLR2004 # three digits
            return f"{amount:.3g} {unit}" if amount < 99.5 else f"{amount:.0f} {unit}"  # noqa: PLR2004
    raise AssertionError  # not reached: the last unit returns


def count(amount: int, singular: str, plural: str | None = None) -> str:
    """So many of something.

    Example:
        >>> count(1, "run"), count(1234, "run")
        ('1 run', '1,234 runs')
    """
    return f"{amount:,} {singular if amount == 1 else plural or singular + 's'}"


def metric_value(value: Any) -> str:
    """A metric's value, short enough for a table: five digits, integers whole."""
    if value is None:
        return ""
    if isinstance(value, float) and math.isfinite(value) and not _is_whole(value):
        return f"{value:.5g}"
    return parameter_value(value)


def parameter_value(value: Any) -> str:
    """A parameter's value as its user would write it, on one line."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return "NaN" if math.isnan(value) else ("inf" if value > 0 else "-inf")
        if _is_whole(value):
            return f"{value:.0f}" if value or math.copysign(1, value) > 0 else "-0"
        text = repr(value).removesuffix(".0")
        return text if len(text) <= _EXACT_DIGITS else f"{value:.7g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if value.bit_length() < 1000 else f"{hex(value)[:20]}…"  # noqa: PLR2004
    if value is None:
        return "None"
    return printable(str(value)) or '""'


def _is_whole(value: float) -> bool:
    return value.is_integer() and abs(value) < 1e9  # noqa: PLR2004 # beyond, an exponent reads better


def printable(text: str, *, keeps_lines: bool = False) -> str:
    r"""A text that cannot move the cursor, colour the terminal or turn the line around.

    Args:
        text: whatever was logged.
        keeps_lines: let line ends and tabs stand; else it becomes one line.

    Example:
        >>> print(printable("a\x1b[31mb\nc"))
        a\x1b[31mb↵c
    """
    if text.isascii() and text.isprintable():
        return text
    if keeps_lines:
        return "\n".join(
            "".join(map(_visible, line.replace("\t", "    "))) for line in text.splitlines()
        )
    return "".join(map(_visible, text.replace("\r\n", "\n").replace("\n", "↵").replace("\t", " ")))


def _visible(letter: str) -> str:
    if letter in _TURNING or unicodedata.category(letter) in _HIDDEN:
        return letter.encode("unicode_escape").decode()
    return letter
