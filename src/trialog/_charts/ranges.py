"""The range that fits what is visible, without outliers; and how many points lie beyond it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from trialog._charts.grids import Part
from trialog._charts.pyramids import SPAN
from trialog._charts.rows import Rows

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Fit = tuple[float, float]

SHARE = 0.005
"""Of the visible points, so many may lie below the range, and so many above."""

_AT_ONCE = 4_000_000
_SPANS = 4  # of more spans of one long line, counts are used
_KEY_SHIFT = 48


def fit_of(visible: Sequence[tuple[Rows, Part]]) -> Fit | None:
    """The range from the 0.5th to the 99.5th percentile of all finite values in the window.

    Both ends are values that were logged. Of one long line, they are the next ends of its
    pyramid's intervals outside of these: the range is wider, by a 2,048th of the line's points.

    Args:
        visible: lines, and which of their rows are in the window.
    """
    filled = [(rows, part) for rows, part in visible if len(part)]
    if len(filled) == 1:
        rows, part = filled[0]
        if rows.pyramid is not None and len(part) > _SPANS * rows.pyramid.span:
            return _counted(rows, part)
    if sum(len(part) for _, part in filled) <= _AT_ONCE:
        values = [_finite(rows.read(part.first, part.stop)[1]) for rows, part in filled]
        return _between(np.concatenate(values)) if values else None
    return _in_passes(filled)


def beyond(rows: Rows, part: Part, fit: Fit) -> tuple[int, int]:
    """How many points of a line lie above and below a range."""
    pyramid = rows.pyramid
    if pyramid is None or len(part) <= _SPANS * pyramid.span:
        _, y = rows.read(part.first, part.stop)
        return int((_finite(y) > fit[1]).sum()), int((_finite(y) < fit[0]).sum())
    edges, lower, upper = pyramid.edges, fit[0], math.nextafter(fit[1], math.inf)
    low, high = int(edges.searchsorted(lower)), int(edges.searchsorted(upper))
    if low < len(edges) > high and edges[low] == lower and edges[high] == upper:
        below = pyramid.below(rows, part)
        return int(below[-1] - below[high]), int(below[low])
    begin, end = part.first // pyramid.chunk, min(-(-part.stop // pyramid.chunk), pyramid.chunks)
    outside = (pyramid.floats[2, begin:end] < fit[0]) | (pyramid.floats[3, begin:end] > fit[1])
    above = under = 0
    for first, stop in _stretches(begin + np.flatnonzero(outside), pyramid.span // pyramid.chunk):
        _, y = rows.read(
            max(first * pyramid.chunk, part.first), min(stop * pyramid.chunk, part.stop)
        )
        values = _finite(y)
        above += int((values > fit[1]).sum())
        under += int((values < fit[0]).sum())
    return above, under


def describe_log(visible: Sequence[tuple[Rows, Part]]) -> dict[str, float | int | None]:
    """The least value above 0 of what is visible, and how many finite values are not above it."""
    positive, undrawable = math.inf, 0
    short: list[tuple[Rows, Part]] = []
    for rows, part in visible:
        if rows.pyramid is None:
            short.append((rows, part))
            continue
        chunks, whole = rows.pyramid.within(part)
        if chunks.stop <= chunks.start:
            short.append((rows, part))
            continue
        positive = min(positive, float(rows.pyramid.floats[6, chunks].min()))
        undrawable += int(rows.pyramid.numbers[5, chunks].sum())
        short += [(rows, Part(part.first, whole.first)), (rows, Part(whole.stop, part.stop))]
    for y in _batches(short):
        if not len(y):
            continue
        least = float(y.min())
        if least <= 0:
            is_above = y > 0
            undrawable += int(len(y) - is_above.sum())
            least = float(y[is_above].min()) if is_above.any() else math.inf
        positive = min(positive, least)
    return {"positive": None if math.isinf(positive) else positive, "undrawable": undrawable}


def _stretches(chunks: Integers, size: int) -> list[tuple[int, int]]:
    """Chunks that follow each other, as ranges of a bounded length."""
    found: list[list[int]] = []
    for chunk in chunks.tolist():
        if found and chunk - found[-1][1] <= 1 and chunk - found[-1][0] < size:
            found[-1][1] = chunk
        else:
            found.append([chunk, chunk])
    return [(first, last + 1) for first, last in found]


def _finite(y: Floats) -> Floats:
    is_finite = np.isfinite(y)
    return y if is_finite.all() else y[is_finite]


def _ranks(count: int) -> tuple[int, int]:
    return math.floor(SHARE * (count - 1)), math.ceil((1 - SHARE) * (count - 1))


def _between(values: Floats) -> Fit | None:
    """Of values that nobody else needs: they are put into another order."""
    if not len(values):
        return None
    ranks = _ranks(len(values))
    values.partition(ranks)
    return float(values[ranks[0]]), float(values[ranks[1]])


def _counted(rows: Rows, part: Part) -> Fit | None:
    """From the counts of a pyramid: the next edges outside of the percentiles."""
    pyramid = rows.pyramid
    assert pyramid is not None  # noqa: S101 # the caller looked
    below = pyramid.below(rows, part)
    count = int(below[-1])
    if not count:
        return None
    begin, end = part.first // pyramid.chunk, min(-(-part.stop // pyramid.chunk), pyramid.chunks)
    least = float(pyramid.floats[2, begin:end].min())
    greatest = float(pyramid.floats[3, begin:end].max())
    first, last = _ranks(count)
    low = int(np.searchsorted(below[:-1], first, "right")) - 1
    high = int(np.searchsorted(below[:-1], last + 1, "left"))
    lo = float(pyramid.edges[low]) if low >= 0 else least
    hi = (
        math.nextafter(float(pyramid.edges[high]), -math.inf)
        if high < len(pyramid.edges)
        else greatest
    )
    return lo, hi


def _in_passes(filled: Sequence[tuple[Rows, Part]]) -> Fit | None:
    """Percentiles of more values than are held at once: first between which powers of two."""
    counts = np.zeros(1 << (64 - _KEY_SHIFT), np.int64)
    for y in _batches(filled):
        counts += np.bincount(_keys(y), minlength=len(counts))
    total = int(counts.sum())
    if not total:
        return None
    until = np.cumsum(counts)
    found = []
    for rank in _ranks(total):
        key = int(np.searchsorted(until, rank, "right"))
        values = np.concatenate([y[_keys(y) == key] for y in _batches(filled)])
        place = rank - int(until[key] - counts[key])
        found.append(float(np.partition(values, place)[place]))
    return found[0], found[1]


def _batches(visible: Sequence[tuple[Rows, Part]]) -> Iterator[Floats]:
    """The finite values of what is visible, a bounded number at once."""
    for rows, part in visible:
        for first in range(part.first, part.stop, SPAN):
            yield _finite(rows.read(first, min(first + SPAN, part.stop))[1])


def _keys(y: Floats) -> Integers:
    """The upper bits of numbers of 64 bits that are in the order of the values."""
    bits = (y + 0.0).view(np.int64)
    ordered = np.where(bits < 0, ~bits, bits ^ np.int64(-(2**63))).view(np.uint64)
    return (ordered >> np.uint64(_KEY_SHIFT)).astype(np.int64)
