"""A metric's points as a small curve: least and greatest of each column, drawn as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from trialog._display.words import printable

_HEIGHT = 60
_MARK = 9

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A metric over its steps, all points of it.

    Attributes:
        columns: for each column with finite values its place from the left, and the least and the
            greatest of them.
        nans, ups, downs: the columns with a NaN, with +inf, with -inf.
        width: how many columns there are.
    """

    columns: tuple[tuple[int, float, float], ...]
    nans: tuple[int, ...]
    ups: tuple[int, ...]
    downs: tuple[int, ...]
    width: int

    @property
    def least(self) -> float:
        """The least finite value; NaN where there is none."""
        return min((low for _, low, _ in self.columns), default=np.nan)

    @property
    def greatest(self) -> float:
        """The greatest finite value; NaN where there is none."""
        return max((high for _, _, high in self.columns), default=np.nan)


def curve_of(steps: Integers, values: Floats, width: int) -> Curve:
    """The curve of some points: every value counts, none is left out.

    Args:
        steps: n steps, in any order.
        values: n values.
        width: how many columns at most.

    Example:
        >>> curve_of(np.arange(4), np.array([1.0, 5.0, 2.0, 3.0]), 2).columns
        ((0, 1.0, 5.0), (1, 2.0, 3.0))
    """
    if not len(steps):
        return Curve((), (), (), (), width)
    first, last = float(steps.min()), float(steps.max())
    share = (steps.astype(np.float64) - first) / max(last - first, 1.0)
    places = np.minimum((share * width).astype(np.int64), width - 1)
    is_finite = np.isfinite(values)
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    np.minimum.at(low, places[is_finite], values[is_finite])
    np.maximum.at(high, places[is_finite], values[is_finite])
    filled = np.flatnonzero(low <= high)
    return Curve(
        tuple(
            zip(filled.tolist(), low[filled].tolist(), high[filled].tolist(), strict=True),
        ),
        _columns_where(np.isnan(values), places),
        _columns_where(values == np.inf, places),
        _columns_where(values == -np.inf, places),
        width,
    )


def telling_values(curve: Curve) -> list[float]:
    """Of each column the value that tells most; NaN where there is none.

    It is the least or the greatest of it, whichever is farther from the middle of all.

    Example:
        >>> telling_values(curve_of(np.arange(4), np.array([1.0, 9.0, 1.0, 1.0]), 2))
        [9.0, 1.0]
    """
    found = [np.nan] * curve.width
    middle = float(np.median([each for _, low, high in curve.columns for each in (low, high)] or 0))
    for place, low, high in curve.columns:
        found[place] = high if high - middle >= middle - low else low
    return found


def svg_of(
    curve: Curve, label: str, *, least: float | None = None, greatest: float | None = None
) -> str:
    """The curve as an SVG element of the classes that the style sheet knows.

    Args:
        curve: what is drawn.
        label: what a screen reader says of it; escaped here.
        least: what the lower border stands for; the curve's own where not given.
        greatest: the same of the upper border.
    """
    bottom = curve.least if least is None else least
    top = curve.greatest if greatest is None else greatest
    parts = [
        ("tl-line", _line(curve, bottom, top)),
        ("tl-nan", "".join(f"M{x} 0v{_HEIGHT}" for x in curve.nans)),
        (
            "tl-infinite",
            "".join(f"M{x - 1} {_MARK}l1-{_MARK} 1 {_MARK}" for x in curve.ups)
            + "".join(f"M{x - 1} {_HEIGHT - _MARK}l1 {_MARK} 1-{_MARK}" for x in curve.downs),
        ),
    ]
    paths = "".join(f'<path class="{kind}" d="{path}"/>' for kind, path in parts if path)
    return (
        f'<svg class="tl-curve" role="img" aria-label="{escape(printable(label))}" '
        f'viewBox="0 -2 {curve.width} {_HEIGHT + 4}" preserveAspectRatio="none">{paths}</svg>'
    )


def _line(curve: Curve, bottom: float, top: float) -> str:
    """From column to column, in each from its nearer end to the other."""
    points: list[tuple[int, int]] = []
    for place, low, high in curve.columns:
        lower, upper = _height(low, bottom, top), _height(high, bottom, top)
        ends = [upper] if lower == upper else [upper, lower]
        if points and abs(points[-1][1] - ends[-1]) < abs(points[-1][1] - ends[0]):
            ends.reverse()
        points += [(place, end) for end in ends]
    if len(points) == 1:  # a line of no length is not drawn
        points.append((min(points[0][0] + 1, curve.width), points[0][1]))
    return _path(points)


def _path(points: Sequence[tuple[int, int]]) -> str:
    """Relative moves, in as few letters as they need."""
    if not points:
        return ""
    letters = [f"M{points[0][0]} {points[0][1]}"]
    last = points[0]
    for point in points[1:]:
        across, down = point[0] - last[0], point[1] - last[1]
        if across == 0:
            letters.append(f"v{down}")
        else:
            letters.append(f"l{across}{down}" if down < 0 else f"l{across} {down}")
        last = point
    return "".join(letters)


def _height(value: float, bottom: float, top: float) -> int:
    span = top / 2 - bottom / 2  # halves: the span of doubles is no double
    if not span > 0:
        return _HEIGHT // 2
    return round(_HEIGHT - _HEIGHT * ((value / 2 - bottom / 2) / span))


def _columns_where(is_so: NDArray[np.bool_], places: Integers) -> tuple[int, ...]:
    return tuple(np.unique(places[is_so]).tolist())
