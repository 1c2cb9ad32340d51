"""Where a program was when it ended: the line of its user's code, found in a traceback. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_FRAME = re.compile(  # in a group of exceptions, each line begins with bars
    r'^(?P<indent>[ |]+)File "(?P<path>.*)", line (?P<number>\d+)(?:, in (?P<function>.*))?$'
)
_FAULT_FRAME = re.compile(
    r'^(?P<indent>  )File "(?P<path>.*)", line (?P<number>\d+) in (?P<function>.*)$'
)
_SOURCE = re.compile(r"([ |]+)(.*)")
_MARKS = frozenset("~^ ")
# Code that users run, but did not write: installed, or Python's own.
_NOT_OURS = re.compile(
    r"/(?:site|dist)-packages/|/lib/python\d|/python\d+\.zip/|^<frozen |^[^/].*\.pyx$"
)
_BEGIN = "Traceback (most recent call last):"
_FAULT_THREAD = "Current thread"


class CodePlace(NamedTuple):
    """A line of code.

    Attributes:
        path: of the file, as Python names it.
        line: its number, from 1.
        function: the function's name; empty where it is none's.
        text: what the line says; empty where that is not known.
    """

    path: str
    line: int
    function: str
    text: str


def place_in(traceback: str) -> CodePlace | None:
    """The last frame in the user's own code; the last of all where none is.

    Args:
        traceback: as Python prints it; of exceptions that led to others, the last one counts.

    Example:
        >>> text = '''Traceback (most recent call last):
        ...   File "/home/me/train.py", line 3, in step
        ...     loss = compute(batch)
        ...            ^^^^^^^^^^^^^^
        ...   File "/venv/lib/python3.11/site-packages/torch/x.py", line 9, in compute
        ...     raise ValueError("NaN")
        ... ValueError: NaN
        ... '''
        >>> place_in(text)
        CodePlace(path='/home/me/train.py', line=3, function='step', text='loss = compute(batch)')
    """
    _, _, last = traceback.rpartition(_BEGIN)
    return _chosen([*_frames(last.splitlines(), _FRAME)])


def place_of_fault(traceback: str) -> CodePlace | None:
    """The innermost frame in the user's own code where a fatal signal found the process.

    Args:
        traceback: as Python's faulthandler writes it: the innermost frame of a thread first.
    """
    _, found, current = traceback.partition(_FAULT_THREAD)
    lines = (current if found else traceback).partition("\n\n")[0].splitlines()
    return _chosen([*_frames(lines, _FAULT_FRAME)][::-1])


def without_traceback(lines: list[str]) -> list[str]:
    """What was printed before the traceback that ends a program's stderr; all where none does."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].lstrip("| +-").startswith(_BEGIN):
            return lines[:at]
    return lines


def _frames(lines: list[str], pattern: re.Pattern[str]) -> Iterator[CodePlace]:
    for index, line in enumerate(lines):
        frame = pattern.match(line)
        if frame is None:
            continue
        source = _SOURCE.match(lines[index + 1]) if index + 1 < len(lines) else None
        text = source[2].strip() if source and len(source[1]) > len(frame["indent"]) else ""
        if {*text} <= _MARKS:
            text = ""
        yield CodePlace(frame["path"], int(frame["number"]), frame["function"] or "", text)


def _chosen(frames: list[CodePlace]) -> CodePlace | None:
    own = [frame for frame in frames if _NOT_OURS.search(frame.path) is None]
    return next(reversed(own or frames), None)
