"""From points to columns: least and greatest value, in their order, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(slots=True)
class Bins:
    """Columns of some lines; each array is [lines, columns].

    Attributes:
        low, high: the least and greatest finite value; NaN where there is none.
        low_at, high_at: the numbers of the points where these are first met.
        first, last: finite values.
        count: all points.
        bad: those of them that are no finite number.
    """

    low: Floats
    high: Floats
    low_at: Integers
    high_at: Integers
    first: Floats
    last: Floats
    count: Integers
    bad: Integers

    @classmethod
    def empty(cls, lines: int, columns: int) -> Self:
        """Columns without points."""
        shape = (lines, columns)
        floats = [np.full(shape, np.nan) for _ in range(4)]
        numbers = [np.zeros(shape, np.int64) for _ in range(4)]
        return cls(floats[0], floats[1], numbers[0], numbers[1], floats[2], floats[3], *numbers[2:])

    def pairs(self) -> Floats:
        """What is drawn: [lines, 2 · columns]."""
        lines, columns = self.low.shape
        found = np.empty((lines, columns, 2))
        is_low_first = self.low_at <= self.high_at
        found[:, :, 0] = np.where(is_low_first, self.low, self.high)
        found[:, :, 1] = np.where(is_low_first, self.high, self.low)
        found[:, :, 1][self.count - self.bad == 1] = np.nan
        return found.reshape(lines, -1)

    def breaks(self) -> NDArray[np.bool_]:
        """Where only values stand that are not finite: [lines, 2 · columns]."""
        is_bad = (self.bad > 0) & (self.bad == self.count)
        found = np.zeros((*is_bad.shape, 2), np.bool_)
        found[:, :, 0] = is_bad
        return found.reshape(len(is_bad), -1)


@dataclass(slots=True)
class Items:
    """Points, or chunks of points that lie in one column, in the order of their line.

    Attributes:
        low, high: their least and greatest finite values; inf and -inf where there is none.
        low_at, high_at: the numbers of the points where these are first met.
        first, last: finite values; NaN where there is none.
        count: how many points; None: one.
        bad: how many that are not finite; None: none.
    """

    low: Floats
    high: Floats
    low_at: Integers
    high_at: Integers
    first: Floats
    last: Floats
    count: Integers | None = None
    bad: Integers | None = None


def items_of(y: Floats, numbers: Integers | int = 0) -> Items:
    """Each point as an item.

    Args:
        y: of the points.
        numbers: of each, or of the first where they follow each other.
    """
    is_finite = np.isfinite(y)
    rows = np.arange(numbers, numbers + len(y)) if isinstance(numbers, int) else numbers
    if is_finite.all():
        return Items(y, y, rows, rows, y, y)
    low, high = np.where(is_finite, y, np.inf), np.where(is_finite, y, -np.inf)
    ends = np.where(is_finite, y, np.nan)
    return Items(low, high, rows, rows, ends, ends, None, (~is_finite).astype(np.int64))


def fill(bins: Bins, line: Integers | int, column: Integers, items: Items) -> None:
    """Put items into their columns.

    Args:
        bins: gets them.
        line: of each item, ascending; or one line for all.
        column: of each item, never falling within a line.
        items: at least one.
    """
    starts = _starts(line, column)
    at = (line if isinstance(line, int) else line[starts], column[starts])
    found = joined(items, starts)
    bins.low[at], bins.high[at], bins.low_at[at], bins.high_at[at] = (
        found.low, found.high, found.low_at, found.high_at
    )  # fmt: skip
    bins.first[at], bins.last[at] = found.first, found.last
    bins.count[at] = 1 if found.count is None else found.count
    if found.bad is not None:
        bins.bad[at] = found.bad
        has_none = found.bad == found.count
        places = tuple(each if isinstance(each, int) else each[has_none] for each in at)
        bins.low[places] = bins.high[places] = np.nan


def joined(items: Items, starts: Integers) -> Items:
    """One item for each segment of others.

    Args:
        items: at least one.
        starts: where each segment begins.
    """
    low, low_at = _first_of(items.low, items.low_at, np.minimum.reduceat(items.low, starts), starts)
    high, high_at = _first_of(
        items.high, items.high_at, np.maximum.reduceat(items.high, starts), starts
    )
    if items.count is None:
        count = np.diff(starts, append=len(items.low))
    else:
        count = np.add.reduceat(items.count, starts)
    first, last = _ends(items, starts)
    bad = None
    if items.bad is not None:
        bad = np.add.reduceat(items.bad, starts)
        first, last = (np.where(bad == count, np.nan, each) for each in (first, last))
    return Items(low, high, low_at, high_at, first, last, count, bad)


def _starts(line: Integers | int, column: Integers) -> Integers:
    is_new = np.ones(len(column), np.bool_)
    is_new[1:] = column[1:] != column[:-1]
    if not isinstance(line, int):
        is_new[1:] |= line[1:] != line[:-1]
    return np.flatnonzero(is_new)


def _first_of(
    values: Floats, rows: Integers, extremes: Floats, starts: Integers
) -> tuple[Floats, Integers]:
    """The extremes of segments, and where each is met first."""
    lengths = np.diff(starts, append=len(values))
    found = np.flatnonzero(values == np.repeat(extremes, lengths))
    if len(found) != len(starts):
        found = found[np.searchsorted(found, starts)]
    return extremes, rows[found]


def _ends(items: Items, starts: Integers) -> tuple[Floats, Floats]:
    """The first and last finite values of segments; of those without any, something."""
    stops = np.append(starts[1:], len(items.first))
    if items.bad is None:
        return items.first[starts], items.last[stops - 1]
    known = np.flatnonzero(~np.isnan(items.first))
    if not len(known):
        return items.first[starts], items.last[starts]
    after = np.minimum(np.searchsorted(known, starts), len(known) - 1)
    before = np.maximum(np.searchsorted(known, stops) - 1, 0)
    return items.first[known[after]], items.last[known[before]]
