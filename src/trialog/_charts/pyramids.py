"""What is known of a long line, chunk by chunk, so that a chart of it need not read all points.

A chunk lies within one column or it does not: those that do are taken as they are, of the others
the points are read. So the columns are the same as those of all the points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from trialog._charts.binning import Items, items_of, joined
from trialog._charts.grids import Part, Window
from trialog._charts.rows import Rows

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CHUNK = 256
SPAN = 65_536  # rows whose values are counted together, by size
EDGES = 2_048


@dataclass(slots=True)
class Pyramid:
    """A line's chunks of :data:`CHUNK` points, the last one may be shorter.

    Attributes:
        rows: how many points the line has.
        floats: [7, chunks]: x of the first and last point; least and greatest finite value (inf
            and -inf where there is none); first and last finite value (NaN where there is none);
            least finite value above 0 (inf where there is none).
        numbers: [6, chunks]: the numbers of the points of the least and greatest value; how many
            points are NaN, inf, -inf; how many are finite and not above 0.
        edges: values that ascend, between which points are counted.
        counts: [spans + 1, edges + 1]: how many finite values of the first n spans are below each
            edge, and how many there are.
        chunk: how many points a chunk has.
        span: how many points a span has.
    """

    rows: int
    floats: Floats
    numbers: Integers
    edges: Floats
    counts: Integers
    chunk: int = CHUNK
    span: int = SPAN

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return int(self.floats.shape[1])

    def find(self, rows: Rows, x: float, side: Literal["left", "right"]) -> int:
        """How many points are before a place (``right``: or at it)."""
        chunk = int(self.floats[0].searchsorted(x, side)) - 1
        if chunk < 0:
            return 0
        first = chunk * self.chunk
        places, _ = rows.read(first, min(first + self.chunk, self.rows))
        return first + int(places.searchsorted(x, side))

    def items(self, rows: Rows, part: Part, window: Window) -> tuple[Integers, Items]:
        """The columns and items of a part of the line: whole chunks, and points of the others."""
        first, stop = self.within(part)[0].start, self.within(part)[0].stop
        if stop <= first:
            x, y = rows.read(part.first, part.stop)
            return window.columns_of(x), items_of(y, part.first)
        begins = window.columns_of(self.floats[0, first:stop])
        ends = window.columns_of(self.floats[1, first:stop])
        numbers = np.arange(first, stop)
        whole = numbers[begins == ends]
        pieces = [(part.first, first * self.chunk), (min(stop * self.chunk, self.rows), part.stop)]
        pieces += [
            (int(chunk) * self.chunk, min((int(chunk) + 1) * self.chunk, self.rows))
            for chunk in numbers[begins != ends]
        ]
        pieces = [(begin, end) for begin, end in pieces if end > begin]
        own = self._whole(whole)
        if not pieces:
            return begins[begins == ends], own
        read = [rows.read(begin, end) for begin, end in pieces]
        x, y = (np.concatenate(each) for each in zip(*read, strict=True))
        at, columns = _numbers_of(pieces), window.columns_of(x)
        is_new = np.ones(len(at), np.bool_)
        is_new[1:] = (columns[1:] != columns[:-1]) | (at[1:] != at[:-1] + 1)
        starts = np.flatnonzero(is_new)
        points = joined(items_of(y, at), starts)
        order = np.argsort(np.concatenate([at[starts], whole * self.chunk]), kind="stable")
        columns = np.concatenate([columns[starts], begins[begins == ends]])
        both = [
            np.concatenate([_column(points, name), _column(own, name)])[order]
            for name in Items.__slots__
        ]
        return columns[order], Items(*both)

    def within(self, part: Part) -> tuple[slice, Part]:
        """The chunks that lie in a part as a whole, and their rows."""
        first, stop = -(-part.first // self.chunk), part.stop // self.chunk
        if part.stop == self.rows:
            stop = self.chunks
        stop = max(first, stop)
        return slice(first, stop), Part(first * self.chunk, min(stop * self.chunk, self.rows))

    def rows_of(self, chunk: int) -> tuple[int, int]:
        """The first row of a chunk, and the one after its last."""
        return chunk * self.chunk, min((chunk + 1) * self.chunk, self.rows)

    def bad(self, rows: Rows, part: Part) -> tuple[int, int, int]:
        """How many points of a part are NaN, inf, -inf."""
        chunks, whole = self.within(part)
        found = self.numbers[2:5, chunks].sum(axis=1)
        ends = [(part.first, whole.first), (whole.stop, part.stop)]
        if chunks.stop == chunks.start:
            ends = [(part.first, part.stop)]
        for begin, end in ends:
            if end > begin:
                _, y = rows.read(begin, end)
                bad = (np.isnan(y), np.isposinf(y), np.isneginf(y))
                found = found + np.array([each.sum() for each in bad])
        return int(found[0]), int(found[1]), int(found[2])

    def below(self, rows: Rows, part: Part) -> Integers:
        """How many finite values of a part are below each edge, and how many there are."""
        first, stop = -(-part.first // self.span), part.stop // self.span
        if part.stop == self.rows:
            stop = len(self.counts) - 1
        if stop <= first:
            return count_below(rows.read(part.first, part.stop)[1], self.edges)
        found = self.counts[stop] - self.counts[first]
        for begin, end in (
            (part.first, first * self.span),
            (min(stop * self.span, self.rows), part.stop),
        ):
            if end > begin:
                found = found + count_below(rows.read(begin, end)[1], self.edges)
        return np.asarray(found, np.int64)

    def _whole(self, chunks: Integers) -> Items:
        floats, numbers = self.floats[:, chunks], self.numbers[:, chunks]
        sizes = np.minimum((chunks + 1) * self.chunk, self.rows) - chunks * self.chunk
        return Items(
            floats[2],
            floats[3],
            numbers[0],
            numbers[1],
            floats[4],
            floats[5],
            sizes,
            numbers[2:5].sum(axis=0),
        )


def _numbers_of(pieces: Sequence[tuple[int, int]]) -> Integers:
    """The numbers of the points in some ranges."""
    begins, ends = np.array(pieces).T
    lengths = ends - begins
    return np.repeat(begins - (np.cumsum(lengths) - lengths), lengths) + np.arange(lengths.sum())


def _column(items: Items, name: str) -> NDArray[Any]:
    """What items have under a name, written out."""
    found = getattr(items, name)
    if found is None:
        found = np.full(len(items.low), 1 if name == "count" else 0)
    return np.asarray(found)


def count_below(y: Floats, edges: Floats) -> Integers:
    """How many finite values are below each edge, and how many there are."""
    ordered = np.sort(y[np.isfinite(y)])
    return np.append(np.searchsorted(ordered, edges, "left"), len(ordered)).astype(np.int64)


class PyramidBuilder:
    """Makes a pyramid of points that come in pieces."""

    def __init__(self, edges: Floats, chunk: int = CHUNK, span: int = SPAN) -> None:
        """Begin.

        Args:
            edges: values between which points are counted; any do, those between which points
                are evenly spread do best: :func:`edges_of`.
            chunk: how many points a chunk has.
            span: how many points a span has; a multiple of that.
        """
        self._edges = edges
        self._chunk, self._span = chunk, span
        self._floats: list[Floats] = []
        self._numbers: list[Integers] = []
        self._counts: list[Integers] = [np.zeros(len(edges) + 1, np.int64)]
        self._rows = 0

    def add(self, x: Floats, y: Floats) -> None:
        """Take points; all pieces but the last have a multiple of :data:`SPAN`."""
        for first in range(0, len(y), self._span):
            below = count_below(y[first : first + self._span], self._edges)
            self._counts.append(self._counts[-1] + below)
        whole = len(y) // self._chunk * self._chunk
        for begin, end in ((0, whole), (whole, len(y))):
            if end > begin:
                self._add_chunks(x[begin:end], y[begin:end], self._rows + begin)
        self._rows += len(y)

    def finish(self) -> Pyramid:
        """The pyramid."""
        floats = np.concatenate(self._floats, axis=1) if self._floats else np.empty((7, 0))
        numbers = (
            np.concatenate(self._numbers, axis=1) if self._numbers else np.empty((6, 0), np.int64)
        )
        return Pyramid(
            self._rows,
            floats,
            numbers,
            self._edges,
            np.array(self._counts),
            self._chunk,
            self._span,
        )

    def _add_chunks(self, x: Floats, y: Floats, row: int) -> None:
        """Chunks of one size."""
        size = min(len(y), self._chunk)
        xs, ys = x.reshape(-1, size), y.reshape(-1, size)
        starts = row + np.arange(len(ys)) * size
        is_finite = np.isfinite(ys)
        low, high = np.where(is_finite, ys, np.inf), np.where(is_finite, ys, -np.inf)
        low_at, high_at = low.argmin(axis=1), high.argmax(axis=1)
        lines = np.arange(len(ys))
        first_at, last_at = is_finite.argmax(axis=1), size - 1 - is_finite[:, ::-1].argmax(axis=1)
        ends = np.where(is_finite, ys, np.nan)
        is_above = is_finite & (ys > 0)
        self._floats.append(
            np.array(
                [
                    xs[:, 0],
                    xs[:, -1],
                    low[lines, low_at],
                    high[lines, high_at],
                    ends[lines, first_at],
                    ends[lines, last_at],
                    np.where(is_above, ys, np.inf).min(axis=1),
                ]
            )
        )
        self._numbers.append(
            np.array(
                [
                    starts + low_at,
                    starts + high_at,
                    np.isnan(ys).sum(axis=1),
                    np.isposinf(ys).sum(axis=1),
                    np.isneginf(ys).sum(axis=1),
                    (is_finite & ~is_above).sum(axis=1),
                ]
            )
        )


def edges_of(some: Floats) -> Floats:
    """Edges between which the values of some points are evenly spread."""
    finite = np.sort(some[np.isfinite(some)])
    if not len(finite):
        return np.empty(0)
    places = np.linspace(0, len(finite) - 1, EDGES).astype(np.int64)
    return np.unique(finite[places])


def pyramid_of(rows: Rows, chunk: int = CHUNK, span: int = SPAN) -> Pyramid:
    """The pyramid of a line."""
    count = len(rows)
    stride = max(count // (EDGES * 32), 1)
    builder = PyramidBuilder(edges_of(rows.read(0, count)[1][::stride]), chunk, span)
    for x, y in pieces_of(rows, span):
        builder.add(x, y)
    return builder.finish()


def pieces_of(rows: Rows, size: int = SPAN) -> Iterator[tuple[Floats, Floats]]:
    """A line's points in pieces."""
    for first in range(0, len(rows), size):
        yield rows.read(first, min(first + size, len(rows)))
