"""Points of many series on one x axis: nothing is made up but what a fill is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from trialog._journals.stretches import Stretch
from trialog.errors import UsageError

Axis = Literal["step", "time", "relative"]
Fill = Literal["previous", "linear"]
MAX_CELLS = 2**29
"""More do not fit the memory of most machines: 4.5 GiB."""

_Integers = NDArray[np.int64]


def check_axis(align: str | None, fill: str | None) -> None:
    """Refuse an axis or a fill that there is not.

    Raises:
        UsageError: there is none of that name, or a fill without an axis.
    """
    if align is not None and align not in get_args(Axis):
        raise UsageError(f"align is {align!r}; use 'step', 'time' or 'relative'")
    if fill is not None and fill not in get_args(Fill):
        raise UsageError(f"fill is {fill!r}; use 'previous' or 'linear'")
    if fill is not None and align is None:
        raise UsageError(
            f"fill={fill!r} closes the gaps of aligned points: say on what, align='step'"
        )


def axis_of(axis: Axis, stretch: Stretch, began_ns: int) -> _Integers:
    """The x of each point: its step, or nanoseconds.

    Args:
        axis: which.
        stretch: the points.
        began_ns: when their run began.
    """
    if axis == "step":
        return stretch.steps
    return stretch.times_ns - began_ns if axis == "relative" else stretch.times_ns


class Chosen(NamedTuple):
    """What of a series stands in a table.

    Attributes:
        points: the last logged of each x, by x.
        places: the row of each.
    """

    points: _Integers
    places: _Integers


def align(several: Sequence[_Integers]) -> tuple[_Integers, list[Chosen]]:
    """The rows of a table that has one for each x of any series.

    Args:
        several: of each series, the x of its points in the order they were logged.

    Returns:
        The x of the rows, ascending; and of each series the points that stand there.

    Raises:
        UsageError: the table would be too large.
    """
    points = [_last_of_each(xs) for xs in several]
    distinct = {xs.tobytes(): xs for xs in map(_taken, several, points)}  # most runs log alike
    grid = np.unique(np.concatenate([*distinct.values(), np.empty(0, np.int64)]))
    if len(grid) * len(several) > MAX_CELLS:
        raise UsageError(
            f"the table would have {len(grid):,} rows and {len(several):,} columns: ask for fewer "
            "runs or metrics, align='step', or the long form"
        )
    return grid, [
        Chosen(chosen, np.searchsorted(grid, xs[chosen]))
        for xs, chosen in zip(several, points, strict=True)
    ]


def _last_of_each(xs: _Integers) -> _Integers:
    """The points that stand at their x: of several the last; by x."""
    if (np.diff(xs) > 0).all():
        return np.arange(len(xs))
    order = np.argsort(xs, kind="stable")
    ordered = xs[order]
    is_last = np.ones(len(xs), np.bool_)
    is_last[:-1] = ordered[1:] != ordered[:-1]
    chosen: _Integers = order[is_last]
    return chosen


def _taken(xs: _Integers, chosen: _Integers) -> _Integers:
    return xs[chosen]


def filled_in(
    grid: _Integers, xs: _Integers, values: Any, places: _Integers, fill: Fill | None
) -> tuple[Any, _Integers]:
    """The values of a series, its gaps filled, and the rows where they stand.

    Before its first point and after its last one there is never anything.

    Args:
        grid: the x of all rows.
        xs: the x of the series' points, ascending.
        values: of the points.
        places: their rows.
        fill: "previous" repeats a point's value until the next one; "linear" draws a straight line
            between the two; None fills nothing.
    """
    if fill is None or len(places) == 0 or places[-1] - places[0] + 1 == len(places):
        return values, places
    rows = np.arange(places[0], places[-1] + 1)
    if fill == "previous":
        return values[np.searchsorted(places, rows, "right") - 1], rows
    between = grid[rows]
    offset = xs[0]  # of nanoseconds a double holds few: count from the first
    line = np.interp(
        (between - offset).astype(np.float64),
        (xs - offset).astype(np.float64),
        values.astype(np.float64),
    )
    drawn = line.astype(values.dtype)
    drawn[places - places[0]] = values
    return drawn, rows
