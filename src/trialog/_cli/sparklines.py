"""Curves on one row of a terminal. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

BLOCKS = "▁▂▃▄▅▆▇█"
PLAIN_BLOCKS = "_.-=+*%#"
CURVE_WIDTH = 20  # of a metric in a table


def sparkline(values: Sequence[float], top: float, *, blocks: str = BLOCKS) -> str:
    """A letter for each value, the higher the greater; a blank where there is none.

    Args:
        values: from left to right; NaN where there is none.
        top: the value of the highest letter; the lowest is 0, or the least value below it.
        blocks: the letters, from the lowest to the highest.

    Example:
        >>> sparkline([0, 1, math.nan, 4, 8], 8)
        '▁▂ ▅█'
    """
    bottom = min((value for value in values if not math.isnan(value)), default=0.0)
    bottom = min(bottom, 0.0)
    span = top - bottom
    letters = []
    for value in values:
        if math.isnan(value):
            letters.append(" ")
            continue
        height = (value - bottom) / span if span > 0 else 0.0
        letters.append(blocks[min(max(int(height * len(blocks)), 0), len(blocks) - 1)])
    return "".join(letters)


def fitted(values: Sequence[float]) -> str:
    """A letter for each value, from the lowest for the least to the highest for the greatest.

    Example:
        >>> fitted([0.9, 0.91, math.nan, 0.95])
        '▁▂ █'
    """
    known = [value for value in values if not math.isnan(value)]
    least = min(known, default=0.0)
    top = max(known, default=0.0) / 2 - least / 2  # halves: the span of doubles is no double
    return sparkline([value / 2 - least / 2 for value in values], top)


def squeezed(values: Sequence[float], width: int) -> list[float]:
    """At most so many values: the highest of each of some equal parts.

    Example:
        >>> squeezed([1, 5, 2, 3], 2), squeezed([1, 2], 9)
        ([5, 3], [1, 2])
    """
    count = len(values)
    if count <= width:
        return list(values)
    edges = [index * count // width for index in range(width + 1)]
    parts = [values[start:stop] for start, stop in pairwise(edges)]
    return [
        max((value for value in part if not math.isnan(value)), default=math.nan) for part in parts
    ]
