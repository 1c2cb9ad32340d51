"""The x grid that all lines of a chart share: places of points, or two slots a column."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialog._charts.rows import Rows

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
SLOTS_A_COLUMN = 2


@dataclass(frozen=True, slots=True)
class Window:
    """What of the x axis is shown, cut into columns of equal width.

    Attributes:
        lo, hi: from where to where; both belong to it.
        columns: how many.
    """

    lo: float
    hi: float
    columns: int

    def columns_of(self, x: Floats) -> Integers:
        """In which column each place of the window is; never falling where x never falls."""
        width = self.hi - self.lo
        if not width > 0:
            return np.zeros(len(x), np.int64)
        scale = self.columns / width
        if math.isinf(width) or math.isinf(scale):  # beyond what a double can hold
            places = (x / 4 - self.lo / 4) / (self.hi / 4 - self.lo / 4) * self.columns
        else:
            places = x - self.lo
            places *= scale
        found = places.astype(np.int64)
        return np.minimum(found, self.columns - 1, out=found)

    def places(self) -> Floats:
        """Where the slots of the columns are: at a quarter and at three quarters."""
        parts = (np.arange(self.columns * SLOTS_A_COLUMN) + 0.5) / (self.columns * SLOTS_A_COLUMN)
        places = np.clip(self.lo * (1 - parts) + self.hi * parts, self.lo, self.hi)
        return np.maximum.accumulate(places)  # roundings may go back


@dataclass(frozen=True, slots=True)
class Part:
    """Which rows of a line are in a window.

    Attributes:
        first, stop: their numbers.
    """

    first: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.first


def extent_of(lines: Sequence[Rows]) -> tuple[float, float] | None:
    """From the least to the greatest x of some lines; None where none has points."""
    ends = [
        (float(rows.read(0, 1)[0][0]), float(rows.read(len(rows) - 1, len(rows))[0][0]))
        for rows in lines
        if len(rows)
    ]
    if not ends:
        return None
    return min(lo for lo, _ in ends), max(hi for _, hi in ends)


def part_of(rows: Rows, window: Window) -> Part:
    """Which rows are in a window."""
    count = len(rows)
    if not count:
        return Part(0, 0)
    if rows.pyramid is None:
        x, _ = rows.read(0, count)
        first = int(x.searchsorted(window.lo, "left"))
        return Part(first, int(x.searchsorted(window.hi, "right")))
    first = rows.pyramid.find(rows, window.lo, "left")
    return Part(first, rows.pyramid.find(rows, window.hi, "right"))


@dataclass(slots=True)
class Exact:
    """A grid of the places where points are.

    Attributes:
        x: the slots.
        slots: of all points in the window, line after line.
    """

    x: Floats
    slots: Integers


def exact_grid(parts: Sequence[Floats], limit: int) -> Exact | None:
    """The places of all points in the window, where these are few enough.

    Where a line has several points at one place, that place has so many slots.

    Args:
        parts: x of each line within the window, ascending.
        limit: at most so many slots.
    """
    if any(len(x) > limit for x in parts):
        return None
    filled = [x for x in parts if len(x)]
    if not filled:
        return Exact(np.empty(0), np.empty(0, np.int64))
    model = filled[0]
    is_same = all(len(x) == len(model) and (x is model or (x == model).all()) for x in filled)
    if is_same:
        return Exact(model.copy(), np.tile(np.arange(len(model)), len(filled)))
    grid = _distinct(filled, limit)
    if grid is None:
        return None
    x = np.concatenate(filled)
    turn = turns(x, np.array([len(each) for each in filled]))
    places = grid.searchsorted(x)
    if not turn.any():
        return Exact(grid, places)
    room = np.zeros(len(grid), np.int64)
    np.maximum.at(room, places, turn + 1)
    if room.sum() > limit:
        return None
    return Exact(np.repeat(grid, room), (np.cumsum(room) - room)[places] + turn)


def turns(x: Floats, lengths: Integers) -> Integers:
    """Of each point, how many before it in its line are at the same x."""
    numbers = np.arange(len(x))
    is_new = np.ones(len(x), np.bool_)
    is_new[1:] = x[1:] != x[:-1]
    starts = np.cumsum(lengths) - lengths
    is_new[starts[lengths > 0]] = True
    return numbers - np.maximum.accumulate(np.where(is_new, numbers, 0))


def _distinct(parts: Sequence[Floats], limit: int) -> Floats | None:
    """All different places, or None where there are too many; few lines are enough to see that."""
    grid, waiting, points = np.empty(0), [], 0
    for number, x in enumerate(parts):
        waiting.append(x)
        points += len(x)
        if points > 8 * limit or number == len(parts) - 1:
            grid = np.unique(np.concatenate([grid, *waiting]))
            waiting, points = [], 0
            if len(grid) > limit:
                return None
    return grid
