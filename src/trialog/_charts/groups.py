"""Groups of lines: a centre and a band over all members, aligned on x.

At each place where any member has a point, each other member has the value of the straight line
between its own neighbours, within its own range and never beyond. Values that are not finite are
left out; several points of a member at one place count as their mean, in the band from least to
greatest as their least and greatest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MAX_CELLS = 1 << 26
"""Places times members up to which every place stands for itself."""
PLACES = 16_384
"""Places of a group beyond that: so many cells of equal width, each member's points averaged."""

_CELLS_AT_ONCE = 1 << 20
_NORMAL = 1.959963984540054  # the 97.5 % point


@dataclass(slots=True)
class GroupLines:
    """A group's lines on the places of all its members, whole.

    Attributes:
        x: the places.
        center: mean or median.
        low, high: the band; None where none was asked for.
        members: how many have a value at each place.
    """

    x: Floats
    center: Floats
    low: Floats | None
    high: Floats | None
    members: Integers


@dataclass(slots=True)
class _Member:
    """Points with one value a place."""

    x: Floats
    y: Floats
    low: Floats
    high: Floats


def group_lines(members: Sequence[tuple[Floats, Floats]], center: str, band: str) -> GroupLines:
    """The lines of a group.

    Args:
        members: x (ascending) and y of each.
        center: ``mean`` or ``median``.
        band: ``none``; ``std``: the centre ± the standard deviation (n - 1); ``confidence``: the
            centre ± the half width of the 95 % interval of the mean, by Student's t;
            ``minmax``: from the least to the greatest.
    """
    gathered = [_gather(x, y) for x, y in members]
    places = _places(gathered)
    if len(places) * len(members) > MAX_CELLS and len(places) > PLACES:
        lo, hi = float(places[0]), float(places[-1])
        gathered = [_gather(*_in_cells(x, y, lo, hi)) for x, y in members]
        places = _places(gathered)
    count = len(places)
    found = GroupLines(
        places, np.empty(count), np.empty(count), np.empty(count), np.empty(count, np.int64)
    )
    size = max(_CELLS_AT_ONCE // max(len(gathered), 1), 1)
    for first in range(0, count, size):
        _fill(found, slice(first, first + size), gathered, center, band)
    if band == "none":
        found.low = found.high = None
    return found


def half_width(band: str, members: Integers, deviation: Floats) -> Floats:
    """How far a band reaches from the centre; NaN of fewer than two members."""
    if band == "std":
        return deviation
    return t_quantiles(members - 1) * deviation / np.sqrt(np.maximum(members, 1))


def t_quantiles(freedom: Integers) -> Floats:
    """The 97.5 % points of Student's t; NaN without a degree of freedom."""
    known: Floats = np.array([math.nan, *(_t_quantile(each) for each in range(1, 31))])
    z, v = _NORMAL, np.maximum(freedom, 1).astype(np.float64)
    # Abramowitz and Stegun 26.7.5
    far = (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    )
    near: Floats = known[np.clip(freedom, 0, len(known) - 1)]
    found: Floats = np.where(freedom < len(known), near, far)
    return found


@lru_cache(maxsize=64)
def _t_quantile(freedom: int) -> float:
    """By bisection of the distribution's closed form (Abramowitz and Stegun 26.7.3 and 26.7.4)."""
    low, high = 1.0, 13.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < 0.95 else (low, middle)  # noqa: PLR2004 # 95 %
    return (low + high) / 2


def _within(t: float, freedom: int) -> float:
    """The share of Student's t between -t and t."""
    angle = math.atan(t / math.sqrt(freedom))
    sine, square = math.sin(angle), math.cos(angle) ** 2
    if freedom == 1:
        return 2 * angle / math.pi
    is_odd = freedom % 2
    term = total = math.cos(angle) if is_odd else 1.0
    for step in range(2 + is_odd, freedom, 2):
        term *= square * (step - 1) / step
        total += term
    return 2 / math.pi * (angle + sine * total) if is_odd else sine * total


def _fill(
    found: GroupLines, part: slice, members: Sequence[_Member], center: str, band: str
) -> None:
    places = found.x[part]
    values = _aligned(members, places, "y")
    known = ~np.isnan(values)
    count = known.sum(axis=0)
    found.members[part] = count
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=0) / count
        found.center[part] = mean if center == "mean" else _median(values, count)
        if band in ("std", "confidence"):
            squares = np.where(known, values - mean, 0.0) ** 2
            deviation = np.sqrt(squares.sum(axis=0) / (count - 1))
            deviation[count < 2] = np.nan  # noqa: PLR2004 # one has no deviation
            reach = half_width(band, count, deviation)
            assert found.low is not None and found.high is not None  # noqa: S101, PT018 # just made
            found.low[part], found.high[part] = (
                found.center[part] - reach,
                found.center[part] + reach,
            )
    if band == "minmax":
        assert found.low is not None and found.high is not None  # noqa: S101, PT018 # just made
        found.low[part] = np.fmin.reduce(_aligned(members, places, "low"), axis=0)
        found.high[part] = np.fmax.reduce(_aligned(members, places, "high"), axis=0)


def _median(values: Floats, count: Integers) -> Floats:
    ordered = np.sort(values, axis=0)  # NaN come last
    columns = np.arange(values.shape[1])
    lower: Floats = ordered[np.maximum(count - 1, 0) // 2, columns]
    upper: Floats = ordered[np.minimum(count // 2, len(values) - 1), columns]
    return lower / 2 + upper / 2


def _aligned(members: Sequence[_Member], places: Floats, what: str) -> Floats:
    """Values of all members at some places, NaN outside of their ranges."""
    found = np.empty((len(members), len(places)))
    for row, member in enumerate(members):
        y = getattr(member, what)
        first = int(member.x.searchsorted(places[0]))
        own = member.x[first : first + len(places)]
        if len(own) == len(places) and (own == places).all():
            found[row] = y[first : first + len(places)]
        elif not len(member.x):
            found[row] = np.nan
        else:
            found[row] = np.interp(places, member.x, y, np.nan, np.nan)
    return found


def _gather(x: Floats, y: Floats) -> _Member:
    """One value a place: the mean, the least and the greatest of the finite ones."""
    is_finite = np.isfinite(y)
    if not is_finite.all():
        x, y = x[is_finite], y[is_finite]
    if not len(x) or (x[1:] > x[:-1]).all():
        return _Member(x, y, y, y)
    starts = np.flatnonzero(np.concatenate([[True], x[1:] != x[:-1]]))
    lengths = np.diff(starts, append=len(x))
    mean = np.add.reduceat(y, starts) / lengths
    return _Member(x[starts], mean, np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts))


def _in_cells(x: Floats, y: Floats, lo: float, hi: float) -> tuple[Floats, Floats]:
    """The same points at the middles of cells."""
    cells = np.minimum(np.floor((x - lo) / (hi - lo) * PLACES), PLACES - 1)
    return lo + (cells + 0.5) * ((hi - lo) / PLACES), y


def _places(members: Sequence[_Member]) -> Floats:
    """All different places, ascending."""
    filled = [each.x for each in members if len(each.x)]
    if not filled:
        return np.empty(0)
    model = filled[0]
    if all(len(x) == len(model) and (x == model).all() for x in filled):
        return model
    grid = np.empty(0)
    waiting, points = [], 0
    for x in filled:
        waiting.append(x)
        points += len(x)
        if points > _CELLS_AT_ONCE:
            grid, waiting, points = np.unique(np.concatenate([grid, *waiting])), [], 0
    return np.unique(np.concatenate([grid, *waiting]))
