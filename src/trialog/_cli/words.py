"""How statuses and printed lines look on a terminal; the words are ``_display``'s. Pure."""

from __future__ import annotations

import re
import shlex
from typing import NamedTuple

from trialog._display.marks import SYMBOLS
from trialog._display.words import (
    ago,
    at,
    count,
    duration,
    metric_value,
    parameter_value,
    printable,
    size,
)
from trialog._entities import RunStatus

__all__ = [
    "StatusMark",
    "ago",
    "at",
    "count",
    "duration",
    "mark_of",
    "metric_value",
    "parameter_value",
    "printable",
    "printable_line",
    "quoted",
    "size",
]

_COLOUR = re.compile(r"(\x1b\[[0-9;:]*m)")


class StatusMark(NamedTuple):
    """How a status looks: the symbol and the word say it too, colour is never alone."""

    symbol: str
    plain_symbol: str
    style: str


_MARKS = {
    RunStatus.PENDING: ("o", "cyan"),
    RunStatus.RUNNING: (">", "bold cyan"),
    RunStatus.COMPLETED: ("+", "green"),
    RunStatus.CRASHED: ("x", "bold red"),
    RunStatus.FAILED: ("!", "bold red"),
    RunStatus.INTERRUPTED: ("=", "magenta"),
    RunStatus.CANCELING: (".", "magenta"),
    RunStatus.CANCELED: ("-", "magenta"),
}


def mark_of(status: RunStatus) -> StatusMark:
    """The symbol and colour of a status."""
    return StatusMark(SYMBOLS[status], *_MARKS[status])


def printable_line(text: str, *, keeps_colours: bool) -> str:
    r"""A line that a program printed: tabs stand, and where they are wanted its colours.

    Example:
        >>> print(printable_line("\x1b[31mred\x1b[0m and\x1b[2J", keeps_colours=False))
        red and\x1b[2J
    """
    if text.isascii() and text.isprintable():
        return text
    parts = _COLOUR.split(text)
    for index, part in enumerate(parts):
        if index % 2 == 0:
            parts[index] = "\t".join(map(printable, part.split("\t")))
        elif not keeps_colours:
            parts[index] = ""
    return "".join(parts)


def quoted(text: str) -> str:
    """A name as it stands in a command that can be copied.

    Example:
        >>> quoted("sweep-1"), quoted("two words")
        ('sweep-1', "'two words'")
    """
    return shlex.quote(printable(text))
