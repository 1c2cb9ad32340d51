"""Pieces of charts: the points of a run on an axis, whole or by attempt or rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from trialog._catalog import Stretch
from trialog._catalog.selections import RunRow
from trialog._catalog.seriesversions import SeriesVersion
from trialog._charts.lines import Line, by_metric, by_step, by_time
from trialog._charts.rows import ArrayRows, Rows
from trialog._charts.wishes import ChartWish
from trialog._journals.stretches import NO_RANK
from trialog._reading.chartquestions import Asked, Split, Versions


@dataclass(slots=True)
class Piece:
    """A line, and which attempt or rank of its run it is; None for the whole run."""

    number: int | None
    line: Line


def pieces_of(
    run: RunRow, stretches: Mapping[str, Stretch], versions: Versions, asked: Asked
) -> list[Piece]:
    """The lines of a run, told apart as is asked."""
    points = stretches.get(asked.metric)
    if points is None:
        return []
    x_points = stretches.get(asked.wish.x_metric or "")
    numbers = points.attempts if asked.split == "attempt" else points.ranks
    if asked.split is None or numbers is None:
        line = _line_of(points, x_points, asked.wish, run.facts.created_ns)
        return [Piece(None, line)]
    found = []
    for number in np.unique(numbers).tolist():
        origin_ns = run.facts.created_ns
        if asked.split == "attempt":
            began = [
                each.created_ns
                for each in versions[asked.metric][run.key]
                if each.attempt == number
            ]
            origin_ns = min(began, default=origin_ns)
        line = _line_of(
            _only(points, numbers == number),
            _part_of(x_points, asked.split, number),
            asked.wish,
            origin_ns,
        )
        found.append(Piece(None if number == NO_RANK else number, line))
    return found


def _part_of(points: Stretch | None, split: Split, number: int) -> Stretch | None:
    """The points of one attempt or rank."""
    if points is None:
        return None
    numbers = points.attempts if split == "attempt" else points.ranks
    return points if numbers is None else _only(points, numbers == number)


def _only(points: Stretch, is_wanted: Any) -> Stretch:
    if is_wanted.all():
        return points
    return Stretch(points.steps[is_wanted], points.times_ns[is_wanted], points.values[is_wanted])


def _line_of(points: Stretch, x_points: Stretch | None, wish: ChartWish, origin_ns: int) -> Line:
    """Points on the axis that is asked for."""
    unplaced = 0
    if wish.axis == "step":
        x, y = by_step(points.steps, points.values)
    elif wish.axis == "time":
        x, y = by_time(points.times_ns, points.values)
    elif wish.axis == "relative":
        x, y = by_time(points.times_ns, points.values, origin_ns)
    elif x_points is None:
        x, y, unplaced = np.empty(0), np.empty(0), len(points)
    else:
        x, y, unplaced = by_metric(points.steps, points.values, x_points.steps, x_points.values)
    return Line(ArrayRows(x, np.asarray(y, np.float64)), unplaced)


def bare(line: Line) -> Line:
    """The same line, not smoothed."""
    return Line(line.rows, line.unplaced)


def bytes_of(line: Line) -> int:
    """How much memory a line takes."""
    return sum(_bytes_of_rows(rows) for rows in (line.rows, line.smoothed) if rows is not None)


def _bytes_of_rows(rows: Rows) -> int:
    size = 0
    if isinstance(rows, ArrayRows):
        size = rows.y.nbytes + (0 if rows.is_shared else rows.x.nbytes)
    if rows.pyramid is not None:
        kept = rows.pyramid
        size += sum(each.nbytes for each in (kept.floats, kept.numbers, kept.edges, kept.counts))
    return size


def stamp_of(run: int, versions: Versions) -> tuple[tuple[SeriesVersion, ...], ...]:
    """How far a run has got in each metric: what was read of it holds as long as that does."""
    return tuple(each.get(run, ()) for each in versions.values())
