"""Numbers of lines in a window: how many points, of what kind, where the extremes are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trialog._charts.grids import Part
from trialog._charts.rows import Rows

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

FACTS = (
    "total",
    "window",
    "nan",
    "positive_infinities",
    "negative_infinities",
    "unplaced",
    "min_x",
    "min",
    "max_x",
    "max",
    "last_x",
    "last",
    "above",
    "below",
)
Gathered = tuple[Integers, Floats, Floats, Integers]
"""Points of some lines, one line after the other: the lines, x, y, and how many each has."""

MAX_MARKS = 512
MARKS_A_LINE = 32
_PLACE = {name: number for number, name in enumerate(FACTS)}


@dataclass(slots=True)
class Marks:
    """Places of values that are not finite: so many at most, and how many more there are.

    Attributes:
        shown: line, x and kind of each.
        more: how many are not among them.
    """

    shown: list[tuple[int, float, str]] = field(default_factory=list)
    more: int = 0


def kind_of(value: float) -> str:
    """How a value that is not finite is called."""
    return "nan" if value != value else "inf" if value > 0 else "-inf"  # noqa: PLR0124 # NaN


class Facts:
    """The numbers of lines, a row for each, as :data:`FACTS` names them."""

    def __init__(self, lines: int) -> None:
        """Know nothing yet."""
        self.table = np.full((lines, len(FACTS)), np.nan)
        for name in ("total", "window", *FACTS[2:6], "above", "below"):
            self.table[:, _PLACE[name]] = 0
        self.marks = Marks()

    def put(
        self, name: str, value: float | Floats | Integers, line: int | slice | Integers
    ) -> None:
        """Note a number."""
        self.table[line, _PLACE[name]] = value

    def get(self, name: str) -> Floats:
        """A number of all lines."""
        found: Floats = self.table[:, _PLACE[name]]
        return found

    def take(self, numbers: Integers, x: Floats, y: Floats, lengths: Integers) -> None:
        """Take the points in the window of some lines.

        Args:
            numbers: the lines.
            x: of their points, one line after the other.
            y: likewise.
            lengths: how many points each has there; none has none.
        """
        if not len(y):
            return
        starts = np.cumsum(lengths) - lengths
        is_finite = np.isfinite(y)
        if not is_finite.all():
            self._take_bad(numbers, x, y, starts, is_finite)
            kept = np.add.reduceat(is_finite.astype(np.int64), starts)
            x, y = x[is_finite], y[is_finite]
            numbers, lengths = numbers[kept > 0], kept[kept > 0]
            if not len(y):
                return
            starts = np.cumsum(lengths) - lengths
        for name, extremes in (
            ("min", np.minimum.reduceat(y, starts)),
            ("max", np.maximum.reduceat(y, starts)),
        ):
            found = np.flatnonzero(y == np.repeat(extremes, lengths))
            found = found[np.searchsorted(found, starts)]
            self.put(name, extremes, numbers)
            self.put(f"{name}_x", x[found], numbers)
        stops = starts + lengths - 1
        self.put("last", y[stops], numbers)
        self.put("last_x", x[stops], numbers)

    def _take_bad(
        self,
        numbers: Integers,
        x: Floats,
        y: Floats,
        starts: Integers,
        is_finite: NDArray[np.bool_],
    ) -> None:
        kinds = (
            ("nan", np.isnan(y)),
            ("positive_infinities", np.isposinf(y)),
            ("negative_infinities", np.isneginf(y)),
        )
        for name, mask in kinds:
            self.put(name, np.add.reduceat(mask.astype(np.int64), starts), numbers)
        places = np.flatnonzero(~is_finite)
        owners = np.searchsorted(starts, places, "right") - 1
        turn = np.arange(len(places)) - np.searchsorted(owners, owners, "left")
        some = turn < MARKS_A_LINE
        self._mark(numbers[owners[some]].tolist(), x[places[some]], y[places[some]], len(places))

    def take_long(self, line: int, rows: Rows, part: Part) -> None:
        """Take the points in the window of a line with a pyramid."""
        pyramid = rows.pyramid
        assert pyramid is not None  # noqa: S101 # the caller looked
        chunks, whole = pyramid.within(part)
        ranges = [(part.first, part.stop)]
        if chunks.stop > chunks.start:
            floats, numbers = pyramid.floats[:, chunks], pyramid.numbers[:, chunks]
            at = [int(numbers[0, floats[2].argmin()]), int(numbers[1, floats[3].argmax()])]
            bad = np.flatnonzero(numbers[2:5].any(axis=0))[:MARKS_A_LINE].tolist()
            known = np.flatnonzero(~np.isnan(floats[5]))[-1:].tolist()
            ranges = [(part.first, whole.first), (whole.stop, part.stop)]
            ranges += [(row, row + 1) for row in at]
            ranges += [pyramid.rows_of(chunks.start + chunk) for chunk in (*bad, *known)]
        read = [rows.read(first, stop) for first, stop in _merged(ranges)]
        x = np.concatenate([each for each, _ in read])
        y = np.concatenate([each for _, each in read])
        before = self.marks.shown, self.marks.more
        self.marks = Marks()
        lines = np.array([line])
        self.take(lines, x, y, np.array([len(y)]))
        marks = self.marks.shown
        self.marks = Marks(*before)
        counts = pyramid.bad(rows, part)
        for name, count in zip(FACTS[2:5], counts, strict=True):
            self.put(name, count, line)
        kept = marks[: MAX_MARKS - len(self.marks.shown)]
        self.marks.shown += kept
        self.marks.more += sum(counts) - len(kept)

    def _mark(self, lines: list[int], x: Floats, y: Floats, count: int) -> None:
        room = MAX_MARKS - len(self.marks.shown)
        found = [
            (line, place, kind_of(value))
            for line, place, value in zip(lines, x.tolist(), y.tolist(), strict=True)
        ][:room]
        self.marks.shown += found
        self.marks.more += count - len(found)


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same rows, each once, in order."""
    found: list[tuple[int, int]] = []
    for first, stop in sorted(each for each in ranges if each[1] > each[0]):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(stop, found[-1][1]))
        else:
            found.append((first, stop))
    return found


def parts_in_memory(visible: Sequence[tuple[Rows, Part]], numbers: Sequence[int]) -> Gathered:
    """The points in the window of some lines, put together; lines without points are left out.

    Returns:
        The lines, x, y, and how many points each has.
    """
    filled = [
        (number, rows.read(part.first, part.stop), len(part))
        for number, (rows, part) in zip(numbers, visible, strict=True)
        if len(part)
    ]
    if not filled:
        return np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, np.int64)
    return (
        np.array([number for number, _, _ in filled]),
        np.concatenate([x for _, (x, _), _ in filled]),
        np.concatenate([y for _, (_, y), _ in filled]),
        np.array([length for _, _, length in filled]),
    )
