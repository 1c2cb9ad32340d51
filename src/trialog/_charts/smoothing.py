"""Smoothing of a whole line, before anything is cut out of it or binned.

A value that is not finite stays what it is, at its place, and takes no part: what follows is
smoothed as if it were not there. Computed in blocks that begin with the line, by the same sequence
of roundings for each point: a smoothed value depends on the points before it alone (of a centred
window: on the points in it), never on the window that is shown, and not on points appended later.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from trialog.errors import UsageError

Floats = NDArray[np.float64]

BLOCK = 64
_FORMS = "ema:0.9 (weight), time-ema:30 (half-life in units of x), window:25 (points)"
_HUGE = 1e290  # sums of millions of such values pass the range of a double
_SCALE = 2.0**-64
_POINTS_TOGETHER = 250_000
_POINTS_AT_ONCE = 1 << 18
_MAX_WINDOW = 1_000_001
_UNITS = {"ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True, slots=True)
class Smoothing:
    """How a line is smoothed.

    Attributes:
        kind: ``ema``, ``time-ema`` or ``window``.
        amount: the weight in [0, 1); the half-life in units of x, above 0; an odd number of points.
    """

    kind: Literal["ema", "time-ema", "window"]
    amount: float

    @classmethod
    def parse(cls, text: str | None) -> Self | None:
        """Take ``ema:0.9``, ``time-ema:30s`` or ``window:25``; None and "none" are no smoothing.

        Raises:
            UsageError: something else.

        Example:
            >>> Smoothing.parse("ema:0.9")
            Smoothing(kind='ema', amount=0.9)
        """
        if text is None or text in ("", "none"):
            return None
        kind, _, rest = text.partition(":")
        amount = _number(rest, has_unit=kind == "time-ema")
        if kind == "ema" and 0 <= amount < 1:
            return cls("ema", amount)
        if kind == "time-ema" and 0 < amount < math.inf:
            return cls("time-ema", amount)
        if kind == "window" and 1 <= amount <= _MAX_WINDOW and amount == int(amount):
            return cls("window", float(int(amount) | 1))
        raise UsageError(f"smoothing is {text!r}; use one of {_FORMS}")

    def __str__(self) -> str:
        return f"{self.kind}:{self.amount:g}"


def _number(text: str, *, has_unit: bool) -> float:
    factor = 1.0
    if has_unit:
        digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = text[len(digits) :]
        if unit and unit not in _UNITS:
            return math.nan
        text, factor = digits, _UNITS.get(unit, 1.0)
    try:
        return float(text) * factor
    except ValueError:
        return math.nan


def smooth(lines: Sequence[tuple[Floats, Floats]], smoothing: Smoothing) -> list[Floats]:
    """The smoothed values of some lines, each of its own alone.

    Args:
        lines: x (ascending) and y of each.
        smoothing: how.
    """
    if smoothing.kind == "window":
        return [_averaged(y, int(smoothing.amount)) for _, y in lines]
    found: list[Floats] = []
    portion: list[tuple[Floats, Floats]] = []
    points = 0
    for line in lines:
        portion.append(line)
        points += len(line[0])
        if points >= _POINTS_TOGETHER:
            found += _exponential(portion, smoothing)
            portion, points = [], 0
    return found + _exponential(portion, smoothing)


class _State(NamedTuple):
    """Sums up to a point: of values (times a scale, where they are huge) and of weights."""

    total: float
    weight: float
    scale: float


_NOTHING = _State(0.0, 0.0, 1.0)


class Decay:
    """An exponential average of a line whose points come in pieces; the same bits as in one."""

    def __init__(self, smoothing: Smoothing) -> None:
        """Begin a line."""
        self._smoothing = smoothing
        self._state = _NOTHING
        self._before = math.nan
        self._x = self._y = np.empty(0)  # of the block that is not full

    def smooth(self, x: Floats, y: Floats) -> Floats:
        """The smoothed values of the next points."""
        is_finite = np.isfinite(y)
        waiting = len(self._x)
        xs = np.concatenate([self._x, x[is_finite]])
        ys = np.concatenate([self._y, y[is_finite]])
        if len(xs) == waiting:
            return y.copy()
        factors = _factors(xs, self._smoothing, self._before)
        whole = len(xs) // BLOCK * BLOCK
        smoothed, _ = _scan(factors, ys, np.array([0, len(ys)]), self._state)
        if whole:
            self._before = float(xs[whole - 1])
            full = factors[:whole], ys[:whole], np.array([0, whole])
            self._state = _scan(*full, self._state)[1]
        self._x, self._y = xs[whole:], ys[whole:]
        return _put_back(y, is_finite, smoothed[waiting:])


def _exponential(lines: Sequence[tuple[Floats, Floats]], smoothing: Smoothing) -> list[Floats]:
    """Debiased exponential averages: sums of weights that decay, over the sum of the weights."""
    if not lines:
        return []
    finite = [np.isfinite(y) for _, y in lines]
    values = [y if mask.all() else y[mask] for (_, y), mask in zip(lines, finite, strict=True)]
    factors = []
    for (x, _), mask in zip(lines, finite, strict=True):
        factors.append(_factors(x if mask.all() else x[mask], smoothing, math.nan))
    bounds = np.concatenate([[0], np.cumsum([len(each) for each in values])])
    smoothed, _ = _scan(np.concatenate(factors), np.concatenate(values), bounds)
    return [
        _put_back(y, mask, smoothed[first:stop])
        for (_, y), mask, first, stop in zip(lines, finite, bounds, bounds[1:], strict=False)
    ]


def _put_back(y: Floats, is_finite: NDArray[np.bool_], smoothed: Floats) -> Floats:
    if len(smoothed) == len(y):
        return smoothed
    found = y.copy()
    found[is_finite] = smoothed
    return found


def _factors(x: Floats, smoothing: Smoothing, before: float) -> Floats:
    """By how much the weights of all earlier points shrink at each point."""
    if smoothing.kind == "ema":
        return np.full(len(x), smoothing.amount)
    gaps = np.diff(x, prepend=x[:1] if math.isnan(before) else np.array([before]))
    return np.exp2(-gaps / smoothing.amount)


def _scan(
    factors: Floats, values: Floats, bounds: NDArray[np.int64], state: _State = _NOTHING
) -> tuple[Floats, _State]:
    """The averages S[i] / W[i] of each line, block by block.

    S[i] = f[i]·S[i-1] + v[i] and W[i] = f[i]·W[i-1] + 1.

    Args:
        factors: f of all lines, one after the other.
        values: v.
        bounds: where each line begins, and the end of the last.
        state: S and W before the first line.

    Returns:
        The averages, and S and W after the last point.
    """
    lengths = np.diff(bounds)
    blocks = -(-lengths // BLOCK)
    first_block = np.concatenate([[0], np.cumsum(blocks)])
    places = np.arange(len(values)) + np.repeat(first_block[:-1] * BLOCK - bounds[:-1], lengths)
    count = int(first_block[-1])
    scale = _SCALE if len(values) and np.abs(values).max() > _HUGE else 1.0
    f, s = _blocked(factors, places, count, 1.0), _blocked(values * scale, places, count, 0.0)
    w = _blocked(np.ones(len(values)), places, count, 0.0)
    for row in range(1, BLOCK):
        s[row] += f[row] * s[row - 1]
        w[row] += f[row] * w[row - 1]
        f[row] *= f[row - 1]
    total, weight = state.total * (scale / state.scale), state.weight
    totals, weights = np.empty(count), np.empty(count)
    f_end, s_end, w_end = f[-1].tolist(), s[-1].tolist(), w[-1].tolist()
    for line, (start, stop) in enumerate(pairwise(first_block)):
        if line:
            total = weight = 0.0
        for block in range(int(start), int(stop)):
            totals[block], weights[block] = total, weight
            total = f_end[block] * total + s_end[block]
            weight = f_end[block] * weight + w_end[block]
    s += f * totals
    w += f * weights
    s /= w
    if scale != 1.0:
        s /= scale
    return s.T.reshape(-1)[places], _State(total, weight, scale)


def _blocked(values: Floats, places: NDArray[np.int64], count: int, filler: float) -> Floats:
    """Values in a matrix whose columns are blocks; the ends of lines are filled up."""
    flat = np.full(count * BLOCK, filler)
    flat[places] = values
    return np.ascontiguousarray(flat.reshape(count, BLOCK).T)


def _averaged(y: Floats, size: int) -> Floats:
    """Means of centred windows of so many finite points, fewer at the ends.

    A window of the size of a block is the end of one block and the beginning of the next, so it is
    the sum of two partial sums (van Herk 1992): nothing is subtracted, and a huge value shows in
    the windows that hold it and in no other.
    """
    is_finite = np.isfinite(y)
    values = y if is_finite.all() else y[is_finite]
    if not len(values):
        return y.copy()
    largest = max(-float(values.min()), float(values.max()))
    pieces = window_means(lambda begin, end: values[begin:end], len(values), size, largest)
    return _put_back(y, is_finite, np.concatenate(list(pieces)))


def window_means(
    read: Callable[[int, int], Floats], count: int, size: int, largest: float
) -> Iterator[Floats]:
    """Means of centred windows, piece by piece.

    Args:
        read: gives the finite values between two numbers.
        count: how many values there are.
        size: of the windows, odd.
        largest: the greatest magnitude of the values.
    """
    half, scale = size // 2, _SCALE if largest > _HUGE else 1.0
    step = max(_POINTS_AT_ONCE // size, 1) * size  # every piece begins with a block
    for first in range(0, count, step):
        stop = min(first + step, count)
        begin, end = max(first - half, 0), min(stop + half, count)
        blocks = -(-(stop - first + 2 * half) // size) + 1
        padded = np.zeros(blocks * size)
        at = begin - (first - half)
        padded[at : at + end - begin] = read(begin, end) * scale
        matrix = padded.reshape(blocks, size)
        heads = np.cumsum(matrix, axis=1).reshape(-1)
        tails = np.cumsum(matrix[:, ::-1], axis=1)[:, ::-1].reshape(-1)
        starts = np.arange(stop - first)
        sums = np.where(starts % size == 0, 0.0, tails[starts]) + heads[starts + size - 1]
        rows = starts + first
        members = np.minimum(rows + half, count - 1) - np.maximum(rows - half, 0) + 1
        yield np.asarray(sums / members / scale)
