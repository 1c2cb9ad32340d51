"""How letters look on a terminal: what its colour sequences (SGR) add up to. Pure.

A style is the parameters that make it from nothing, as ``"1;31"`` (bold, red); ``""`` is plain. So
any stretch of a line can be written alone, whatever came before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

PLAIN = ""
_ATTRIBUTES = {
    "1": "bold",
    "2": "faint",
    "3": "italic",
    **dict.fromkeys(("4", "21"), "underline"),
    **dict.fromkeys(("5", "6"), "blink"),
    "7": "reverse",
    "8": "hidden",
    "9": "strike",
    "53": "overline",
    **dict.fromkeys((*map(str, range(30, 38)), *map(str, range(90, 98)), "38"), "ink"),
    **dict.fromkeys((*map(str, range(40, 48)), *map(str, range(100, 108)), "48"), "paper"),
    "58": "line",
}
_ENDS = {
    "22": ("bold", "faint"), "23": ("italic",), "24": ("underline",), "25": ("blink",),
    "27": ("reverse",), "28": ("hidden",), "29": ("strike",), "55": ("overline",),
    "39": ("ink",), "49": ("paper",), "59": ("line",),
}  # fmt: skip
_EXTENDED = {"5": 3, "2": 5}  # 38;5;n and 38;2;r;g;b: how many parameters make one colour


@lru_cache(maxsize=1024)
def restyled(style: str, parameters: str) -> str:
    """The style after ``ESC [ parameters m``.

    Args:
        style: the one before.
        parameters: digits, with ``;`` between them or, within one, ``:``.

    Example:
        >>> restyled("31", "1"), restyled("1;31", "39"), restyled("1;31", "")
        ('31;1', '1', '')
    """
    found = {_attribute(code): code for code in _codes(style)} if style else {}
    for code in _codes(parameters or "0"):
        first = _first(code)
        if first in ("0", ""):
            found.clear()
        elif first in _ENDS or code == "4:0":
            for attribute in _ENDS.get(first, ("underline",)):
                found.pop(attribute, None)
        elif first in _ATTRIBUTES:
            found[_attribute(code)] = code
    return ";".join(found.values())


def _attribute(code: str) -> str:
    """What of the letters a code is about."""
    return _ATTRIBUTES[_first(code)]


def _first(code: str) -> str:
    return code.partition(":")[0].partition(";")[0]


def _codes(parameters: str) -> Iterator[str]:
    """The single codes; those of a colour, which are several numbers, together."""
    parts = parameters.split(";")
    at = 0
    while at < len(parts):
        part = parts[at].lstrip("0") or "0"
        length = 1
        if part in ("38", "48", "58") and at + 1 < len(parts):
            length = _EXTENDED.get(parts[at + 1], 1)
        yield ";".join([part, *parts[at + 1 : at + length]])
        at += length


def change(before: str, after: str) -> str:
    r"""The sequence that leads from one style to another; empty where they are one.

    Example:
        >>> change("31", ""), change("", "1;31"), change("31", "32")
        ('\x1b[0m', '\x1b[1;31m', '\x1b[0;32m')
    """
    if before == after:
        return ""
    if not after:
        return "\x1b[0m"
    return f"\x1b[0;{after}m" if before else f"\x1b[{after}m"
