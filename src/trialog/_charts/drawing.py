"""Curves on the shared grid: exact where few points are in the window, else in columns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialog._charts.binning import Bins, fill, items_of
from trialog._charts.grids import SLOTS_A_COLUMN, Exact, Part, Window, exact_grid
from trialog._charts.rows import Rows
from trialog._charts.statistics import Gathered, parts_in_memory

Floats = NDArray[np.float64]
Visible = Sequence[tuple[Rows, Part]]

_POINTS_TOGETHER = 125_000
_COLUMNS_TOGETHER = 1 << 17  # of all lines; each takes 64 bytes


@dataclass(slots=True)
class Grid:
    """The slots of a chart.

    Attributes:
        window: what is shown.
        x: the places of the slots, borders too.
        exact: where the points of its curves are; None: columns.
        bounds: where the points of each curve begin in it, and where the last one's end.
        borders: whether the first and the last slot are the window's edges.
        is_log: whether lines are straight on a logarithmic scale.
    """

    window: Window
    x: Floats
    exact: Exact | None
    bounds: NDArray[np.int64]
    borders: tuple[bool, bool]
    is_log: bool = False


@dataclass(slots=True)
class Drawn:
    """Curves on a grid.

    Attributes:
        y: [curves, slots]; NaN where there is no value.
        breaks: [curves, slots]: where only values stand that are not finite.
        bins: their columns; None on an exact grid.
    """

    y: Floats
    breaks: NDArray[np.bool_]
    bins: Bins | None


def grid_of(window: Window, visible: Visible, *, is_log: bool = False) -> Grid:
    """The grid that shows some curves.

    Args:
        window: what is shown.
        visible: all curves, and which of their rows are in the window.
        is_log: whether lines are straight on a logarithmic scale.
    """
    limit = SLOTS_A_COLUMN * window.columns
    exact = None
    if all(len(part) <= limit for _, part in visible):
        exact = exact_grid([rows.read(part.first, part.stop)[0] for rows, part in visible], limit)
    left = any(0 < part.first < len(rows) for rows, part in visible)
    right = any(0 < part.stop < len(rows) for rows, part in visible)
    inner = window.places() if exact is None else exact.x
    x = np.concatenate([[window.lo] * left, inner, [window.hi] * right])
    bounds = np.cumsum([0, *(len(part) for _, part in visible)])
    return Grid(window, x, exact, bounds, (left, right), is_log)


def draw(
    grid: Grid,
    visible: Visible,
    first: int = 0,
    gathered: Gathered | None = None,
    *,
    keeps_bins: bool = True,
) -> Drawn:
    """Some of the grid's curves, or others that have points at the same places.

    Args:
        grid: of all curves.
        visible: those to draw, as many as follow.
        first: the number of the first of them in the grid.
        gathered: their points in the window, where somebody has put them together.
        keeps_bins: columns are asked for too; else those of very many lines are forgotten at once.
    """
    left, right = grid.borders
    shape = (len(visible), len(grid.x))
    y, breaks = np.full(shape, np.nan), np.zeros(shape, np.bool_)
    inner = slice(int(left), len(grid.x) - int(right))
    bins = None
    if grid.exact is None:
        size = max(_COLUMNS_TOGETHER // grid.window.columns, 1)
        if keeps_bins or len(visible) <= size:
            size = max(len(visible), 1)
        else:
            gathered = None
        for begin in range(0, len(visible), size):
            part = slice(begin, begin + size)
            bins = bins_of(grid.window, visible[part], gathered)
            y[part, inner], breaks[part, inner] = bins.pairs(), bins.breaks()
    else:
        _place(grid, visible, first, y[:, inner], breaks[:, inner])
    if left or right:
        edges = edges_of(grid.window, visible, is_log=grid.is_log)
        if left:
            y[:, 0] = edges[0]
        if right:
            y[:, -1] = edges[1]
    return Drawn(y, breaks, bins)


def bins_of(window: Window, visible: Visible, gathered: Gathered | None = None) -> Bins:
    """The columns of some curves."""
    bins = Bins.empty(len(visible), window.columns)
    for owners, x, y, lengths in _portions(visible) if gathered is None else [gathered]:
        if not len(x):
            continue
        lines, columns = np.repeat(owners, lengths), window.columns_of(x)
        fill(bins, lines, columns, items_of(y))
    for number, (rows, part) in enumerate(visible):
        if rows.pyramid is not None and len(part):
            columns, items = rows.pyramid.items(rows, part, window)
            fill(bins, number, columns, items)
    return bins


def edges_of(window: Window, visible: Visible, *, is_log: bool = False) -> Floats:
    """Where curves cross the edges of a window, between the points on both sides: [2, curves]."""
    found = np.full((2, len(visible)), np.nan)
    for number, (rows, part) in enumerate(visible):
        count = len(rows)
        if 0 < part.first < count:
            found[0, number] = _crossing(rows, part.first, window.lo, is_log=is_log)
        if 0 < part.stop < count:
            found[1, number] = _crossing(rows, part.stop, window.hi, is_log=is_log)
    return found


def _crossing(rows: Rows, after: int, place: float, *, is_log: bool) -> float:
    """The value at a place between two points; NaN where one of them is there, or not finite."""
    (x0, x1), (y0, y1) = (each.tolist() for each in rows.read(after - 1, after + 1))
    if not (math.isfinite(y0) and math.isfinite(y1)) or not x0 < place < x1:
        return math.nan
    share = (place - x0) / (x1 - x0)
    if is_log:
        if y0 <= 0 or y1 <= 0:
            return math.nan
        return float(math.exp(math.log(y0) * (1 - share) + math.log(y1) * share))
    return float(y0 * (1 - share) + y1 * share)


def _place(grid: Grid, visible: Visible, first: int, y: Floats, breaks: NDArray[np.bool_]) -> None:
    assert grid.exact is not None  # noqa: S101 # the caller looked
    numbers = list(range(len(visible)))
    owners, _, values, lengths = parts_in_memory(visible, numbers)
    if not len(values):
        return
    slots = grid.exact.slots[grid.bounds[first] : grid.bounds[first + len(visible)]]
    lines = np.repeat(owners, lengths)
    is_finite = np.isfinite(values)
    if is_finite.all():
        y[lines, slots] = values
        return
    y[lines[is_finite], slots[is_finite]] = values[is_finite]
    breaks[lines[~is_finite], slots[~is_finite]] = True


def _portions(visible: Visible) -> Iterator[Gathered]:
    """The points of curves in memory, so many at once."""
    portion: list[int] = []
    points = 0
    for number, (rows, part) in enumerate(visible):
        if rows.pyramid is not None:
            continue
        portion.append(number)
        points += len(part)
        if points >= _POINTS_TOGETHER:
            yield parts_in_memory([visible[each] for each in portion], portion)
            portion, points = [], 0
    if portion:
        yield parts_in_memory([visible[each] for each in portion], portion)
