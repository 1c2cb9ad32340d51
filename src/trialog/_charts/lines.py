"""A line: the points of a run's metric on an x axis, in ascending order of x."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trialog._charts.rows import Rows

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

BILLION = 1_000_000_000


@dataclass(slots=True)
class Line:
    """A line on its axis, whole.

    Attributes:
        rows: its points, ascending by x; equal ones in the order they were logged.
        unplaced: how many points have no place on the axis.
        smoothed: the same points smoothed, where that was asked for.
    """

    rows: Rows
    unplaced: int = 0
    smoothed: Rows | None = None

    @property
    def shown(self) -> Rows:
        """What is drawn: smoothed where that was asked for."""
        return self.rows if self.smoothed is None else self.smoothed


def by_step(steps: Integers, values: Floats) -> tuple[Floats, Floats]:
    """Points by step; steps beyond 2**53 are as near as a double is."""
    return ascending(steps.astype(np.float64), values)


def by_time(times_ns: Integers, values: Floats, origin_ns: int = 0) -> tuple[Floats, Floats]:
    """Points by time: seconds since a moment.

    Args:
        times_ns: nanoseconds since 1970.
        values: of the points.
        origin_ns: what the seconds are counted from.
    """
    return ascending((times_ns - origin_ns) / BILLION, values)


def by_metric(
    steps: Integers, values: Floats, x_steps: Integers, x_values: Floats
) -> tuple[Floats, Floats, int]:
    """Points by the value of another metric.

    Points are joined by step: at a step, the first with the other's first, the second with its
    second, and so on; where the other has fewer there, with its last. A point has no place where
    the other has no point at its step, or none that is finite.

    Args:
        steps: of the points.
        values: of the points.
        x_steps: of the other metric.
        x_values: of the other metric.

    Returns:
        x, y, and how many points have no place.
    """
    if not len(steps) or not len(x_steps):
        return np.empty(0), np.empty(0), len(steps)
    order, x_order = np.argsort(steps, kind="stable"), np.argsort(x_steps, kind="stable")
    own, other = steps[order], x_steps[x_order]
    first, stop = np.searchsorted(other, own, "left"), np.searchsorted(other, own, "right")
    turn = np.arange(len(own)) - np.searchsorted(own, own, "left")
    places = np.minimum(first + turn, stop - 1)
    x = x_values[x_order][np.maximum(places, 0)]
    has_place = (stop > first) & np.isfinite(x)
    x, y = ascending(x[has_place], values[order][has_place])
    return x, y, int(len(own) - len(x))


def ascending(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Points in the order of x; those of one x stay in theirs."""
    if (x[1:] >= x[:-1]).all():
        return x, y
    order = np.argsort(x, kind="stable")
    return x[order], y[order]
