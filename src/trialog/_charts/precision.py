"""How fine the values of an answer are: as fine as can be seen, so that few bytes say it.

Nothing that is computed depends on this: it is the last step before values are sent.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialog._charts.ranges import Fit

Floats = NDArray[np.float64]

FINENESS = 65_536
"""No value moves by more than this part of the fitted range; rounded ones, and all on a logarithmic
scale, by no more than this part of themselves either: whoever zooms to small ones sees them.
"""
CURVES = ("y", "raw", "center", "low", "high", "first", "last")

_LEAST, _GREATEST = 1e-300, 1e300  # beyond them, a double has not all bits, or none to spare
_DROPPED_BITS = 37  # of 52: 15 are kept, so half of the last is 1/65,536
_VALUES_AT_ONCE = 1 << 17


def shrink(
    arrays: dict[str, NDArray[Any]],
    fit: Fit | None,
    *,
    is_log: bool,
    rounded: tuple[str, ...],
    inner: slice,
) -> None:
    """Make curves float32, all of them or none, where that is fine enough to be seen.

    Args:
        arrays: of an answer, float64; curves are rounded in place, and replaced.
        fit: the fitted range.
        is_log: whether they are drawn on a logarithmic scale.
        rounded: the curves that may be rounded before; of each line, its least and greatest value
            and what lies beyond the fitted range are not.
        inner: the slots that are not the window's edges.
    """
    allowed = 1 / FINENESS if is_log else _tolerance(fit)
    found, is_fine = {}, True
    for name in CURVES:
        if name not in arrays:
            continue
        values = arrays[name]
        ends = fit if name in rounded else None
        columns = inner if name in CURVES[:5] else slice(None)
        narrow, worst = _shrunk(values, ends, columns, is_log=is_log)
        found[name] = narrow
        is_fine = is_fine and worst <= allowed
    if is_fine:
        arrays.update(found)


def _shrunk(
    values: Floats, fit: Fit | None, inner: slice, *, is_log: bool
) -> tuple[NDArray[np.float32], float]:
    """The values as float32, and how far the worst moves; they themselves are rounded."""
    narrow, worst = np.empty(values.shape, np.float32), 0.0
    rows = max(_VALUES_AT_ONCE // max(values.shape[1], 1), 1)
    for first in range(0, len(values), rows):
        part = slice(first, first + rows)
        given = values[part]
        kept = given if fit is None else _rounded(given, fit, inner, is_log=is_log)
        with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
            narrow[part] = kept
            errors = np.abs(narrow[part] - given)
            if is_log:
                errors /= np.abs(given)  # 0 / 0 of a zero that stays one is no error
        values[part] = kept
        if errors.size:
            worst = float(np.fmax(worst, np.fmax.reduce(errors, axis=None)))
    return narrow, worst


def _rounded(values: Floats, fit: Fit, inner: slice, *, is_log: bool) -> Floats:
    is_within = (values > fit[0]) & (values < fit[1])
    own = values[:, inner]
    if own.shape[1]:
        is_within &= values != np.fmin.reduce(own, axis=1)[:, None]
        is_within &= values != np.fmax.reduce(own, axis=1)[:, None]
    size = np.abs(values)
    has_bits = (size > _LEAST) & (size < _GREATEST)
    bits = values.view(np.int64) + (1 << (_DROPPED_BITS - 1))
    bits &= -(1 << _DROPPED_BITS)
    short = np.where(has_bits, bits.view(np.float64), values)
    if is_log:
        return np.where(is_within, short, values)
    unit = _unit(_tolerance(fit))
    if not unit:
        return values
    with np.errstate(over="ignore", invalid="ignore"):
        coarse = np.rint(values / unit) * unit
        is_near = np.abs(coarse - values) <= size / FINENESS
    return np.where(is_within, np.where(is_near, coarse, short), values)


def _tolerance(fit: Fit | None) -> float:
    width = 0.0 if fit is None else fit[1] - fit[0]
    return width / FINENESS if math.isfinite(width) else 0.0


def _unit(tolerance: float) -> float:
    """The greatest power of two whose half is no more than that."""
    return math.ldexp(0.5, math.frexp(2 * tolerance)[1]) if tolerance > 0 else 0.0
