"""From whole lines to the answer: window, groups, grid, curves, numbers, in this order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialog._charts.drawing import Grid, Visible, draw, grid_of
from trialog._charts.encoding import encode
from trialog._charts.grids import SLOTS_A_COLUMN, Part, Window, extent_of, part_of
from trialog._charts.groups import GroupLines
from trialog._charts.lines import Line
from trialog._charts.precision import CURVES, shrink
from trialog._charts.ranges import Fit, beyond, describe_log, fit_of
from trialog._charts.rows import ArrayRows
from trialog._charts.statistics import FACTS, Facts, Gathered, parts_in_memory
from trialog._charts.wishes import ChartWish

Floats = NDArray[np.float64]

FORMAT = 1
_POINTS_TOGETHER = 500_000


@dataclass(slots=True)
class Chart:
    """An answer: what is said, and the arrays, see :mod:`trialog._charts.encoding`."""

    header: dict[str, Any]
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """As bytes."""
        return encode(self.header, self.arrays)


def chart_of(
    lines: Sequence[Line],
    wish: ChartWish,
    about: Sequence[Mapping[str, Any]] | None = None,
    groups: Sequence[tuple[Mapping[str, Any], GroupLines]] = (),
) -> Chart:
    """What a chart shows of some lines.

    Args:
        lines: whole lines, on the axis that is asked for, smoothed where that is asked for.
        wish: what is to be shown.
        about: of each line, what the header says of it.
        groups: what the header says of each group, and its lines.
    """
    shows_lines = not wish.is_grouped or wish.with_members
    extent = extent_of([line.rows for line in lines])
    window = _window(extent, wish)
    parts = [part_of(line.rows, window) for line in lines] if window else [Part(0, 0)] * len(lines)
    shown = [(line.shown, part) for line, part in zip(lines, parts, strict=True)]
    curves = list(shown) if shows_lines else []
    bands = _Bands(groups, window)
    gathered = _gather(curves)
    facts = _facts(lines, shown, gathered) if shows_lines else Facts(0)
    chart = Chart(_header(lines, parts, extent, window, wish))
    header = chart.header
    header["lines"] = [dict(each) for each in about or [{} for _ in lines]] if shows_lines else []
    header["groups"] = [dict(told) for told, _ in groups]
    fit = fit_of([*curves, *bands.visible])
    if window is not None:
        is_log = wish.y_scale == "log"
        grid = grid_of(window, [*curves, *bands.visible], is_log=is_log)
        header["is_exact"], header["borders"] = grid.exact is not None, list(grid.borders)
        chart.arrays["x"] = grid.x
        if shows_lines:
            _add_lines(chart, grid, lines, parts, curves, wish, facts, gathered)
        _add_bands(chart, grid, bands, len(curves))
        header["slots"] = len(grid.x)
    if shows_lines:
        _note_beyond(facts, curves, fit, gathered)
        chart.arrays["facts"] = facts.table
    _describe_y(chart, facts, bands, fit)
    if wish.y_scale == "log":
        chart.header["y"] |= describe_log([*curves, *bands.visible])
    _shrink(chart, fit, wish)
    return chart


def same_chart(version: str) -> Chart:
    """The answer where nothing has changed."""
    return Chart({"format": FORMAT, "answer": "same", "version": version})


class _Bands:
    """The curves of groups: centres, then lower and upper ends, then how many members there are."""

    def __init__(
        self, groups: Sequence[tuple[Mapping[str, Any], GroupLines]], window: Window | None
    ) -> None:
        self.names: list[str] = []
        self.visible: list[tuple[ArrayRows, Part]] = []
        self.members: list[tuple[ArrayRows, Part]] = []
        self.count = len(groups)
        if window is None:
            return
        for name in ("center", "low", "high"):
            columns = [getattr(lines, name) for _, lines in groups]
            if not columns or any(column is None for column in columns):
                continue
            self.names.append(name)
            for (_, lines), column in zip(groups, columns, strict=True):
                rows = ArrayRows(lines.x, column)
                self.visible.append((rows, part_of(rows, window)))
        for _, lines in groups:
            rows = ArrayRows(lines.x, lines.members.astype(np.float64))
            self.members.append((rows, part_of(rows, window)))


def _window(extent: tuple[float, float] | None, wish: ChartWish) -> Window | None:
    lo = wish.x0 if wish.x0 is not None else extent[0] if extent else None
    hi = wish.x1 if wish.x1 is not None else extent[1] if extent else None
    if lo is None or hi is None:
        return None
    return Window(float(lo), float(max(lo, hi)), wish.pixels)


def _header(
    lines: Sequence[Line],
    parts: Sequence[Part],
    extent: tuple[float, float] | None,
    window: Window | None,
    wish: ChartWish,
) -> dict[str, Any]:
    in_window = sum(len(part) for part in parts)
    return {
        "format": FORMAT,
        "answer": "whole",
        "version": "",
        "x": {
            "kind": wish.axis,
            "metric": wish.x_metric,
            "extent": list(extent) if extent else None,
            "window": [window.lo, window.hi] if window else None,
        },
        "is_exact": True,
        "columns": wish.pixels,
        "slots": 0,
        "borders": [False, False],
        "points": {
            "total": sum(len(line.rows) + line.unplaced for line in lines),
            "window": in_window,
            "represented": in_window,
        },
        "facts": list(FACTS),
        "marks": {"shown": [], "more": 0},
    }


def _gather(curves: Visible) -> Gathered | None:
    """The points in the window of all curves in memory; None where these are too many at once."""
    numbers = [each for each, (rows, _) in enumerate(curves) if rows.pyramid is None]
    if sum(len(curves[each][1]) for each in numbers) > _POINTS_TOGETHER:
        return None
    return parts_in_memory([curves[each] for each in numbers], numbers)


def _facts(lines: Sequence[Line], shown: Visible, gathered: Gathered | None) -> Facts:
    """What is to be said of each line in the window, apart from what lies beyond the range."""
    facts = Facts(len(lines))
    facts.put("total", np.array([len(line.rows) + line.unplaced for line in lines]), slice(None))
    facts.put("unplaced", np.array([line.unplaced for line in lines]), slice(None))
    facts.put("window", np.array([len(part) for _, part in shown]), slice(None))
    in_memory = [each for each, (rows, _) in enumerate(shown) if rows.pyramid is None]
    if gathered is not None:
        facts.take(*gathered)
        in_memory = []
    for first in range(0, len(in_memory), 256):
        some = in_memory[first : first + 256]
        facts.take(*parts_in_memory([shown[each] for each in some], some))
    for number, (rows, part) in enumerate(shown):
        if rows.pyramid is not None and len(part):
            facts.take_long(number, rows, part)
    return facts


def _add_lines(
    chart: Chart,
    grid: Grid,
    lines: Sequence[Line],
    parts: Sequence[Part],
    curves: Visible,
    wish: ChartWish,
    facts: Facts,
    gathered: Gathered | None,
) -> None:
    drawn = draw(grid, curves, gathered=gathered, keeps_bins=wish.details)
    chart.arrays["y"] = drawn.y
    if wish.raw and any(line.smoothed is not None for line in lines):
        raw = [(line.rows, part) for line, part in zip(lines, parts, strict=True)]
        chart.arrays["raw"] = draw(grid, raw, keeps_bins=False).y
    if drawn.breaks.any():
        chart.arrays["breaks"] = np.packbits(drawn.breaks, axis=1, bitorder="little")
    chart.header["marks"] = _marks(grid, facts)
    if wish.details and drawn.bins is not None:
        chart.arrays["first"], chart.arrays["last"] = drawn.bins.first, drawn.bins.last
        chart.arrays["count"] = drawn.bins.count.astype(np.uint32)
        chart.arrays["nan"] = drawn.bins.bad.astype(np.uint32)


def _add_bands(chart: Chart, grid: Grid, bands: _Bands, first: int) -> None:
    """The curves of groups; the ends of a band are its outermost in each column."""
    for number, name in enumerate(bands.names):
        begin = number * bands.count
        visible = bands.visible[begin : begin + bands.count]
        drawn = draw(grid, visible, first + begin)
        if drawn.bins is not None and name != "center":
            inner = slice(int(grid.borders[0]), len(grid.x) - int(grid.borders[1]))
            ends = drawn.bins.low if name == "low" else drawn.bins.high
            drawn.y[:, inner] = np.repeat(ends, SLOTS_A_COLUMN, axis=1)
        chart.arrays[name] = drawn.y
    if bands.members:
        drawn = draw(grid, bands.members, first)
        if drawn.bins is not None:
            inner = slice(int(grid.borders[0]), len(grid.x) - int(grid.borders[1]))
            pairs = np.stack([drawn.bins.low, drawn.bins.high], axis=2)
            drawn.y[:, inner] = pairs.reshape(len(pairs), -1)
        chart.arrays["members"] = np.floor(np.nan_to_num(drawn.y)).astype(np.uint32)


def _marks(grid: Grid, facts: Facts) -> dict[str, Any]:
    shown = facts.marks.shown
    places = np.array([x for _, x, _ in shown], np.float64)
    left = int(grid.borders[0])
    if grid.exact is not None:
        slots = grid.exact.x.searchsorted(places) + left
    else:
        slots = grid.window.columns_of(places) * SLOTS_A_COLUMN + left
    found = [
        {"line": line, "slot": slot, "x": x, "kind": kind}
        for (line, x, kind), slot in zip(shown, slots.tolist(), strict=True)
    ]
    return {"shown": found, "more": facts.marks.more}


def _note_beyond(facts: Facts, curves: Visible, fit: Fit | None, gathered: Gathered | None) -> None:
    if fit is None:
        return
    if gathered is not None and all(rows.pyramid is None for rows, _ in curves):
        numbers, _, y, lengths = gathered
        starts = np.cumsum(lengths) - lengths
        for name, is_beyond in (
            ("above", (y > fit[1]) & (y < np.inf)),
            ("below", (y < fit[0]) & (y > -np.inf)),
        ):
            facts.put(name, np.add.reduceat(is_beyond, starts, dtype=np.int64), numbers)
        return
    least, greatest = facts.get("min"), facts.get("max")
    for number in np.flatnonzero((least < fit[0]) | (greatest > fit[1])).tolist():
        above, below = beyond(*curves[number], fit)
        facts.put("above", above, number)
        facts.put("below", below, number)


def _describe_y(chart: Chart, facts: Facts, bands: _Bands, fit: Fit | None) -> None:
    """The ranges of what is shown, from every point of it."""
    lows, highs = [facts.get("min")], [facts.get("max")]
    for rows, part in bands.visible:
        y = rows.y[part.first : part.stop]
        y = y[np.isfinite(y)]
        if len(y):
            lows.append(y.min(keepdims=True))
            highs.append(y.max(keepdims=True))
    low, high = np.concatenate(lows), np.concatenate(highs)
    low, high = low[~np.isnan(low)], high[~np.isnan(high)]
    found: dict[str, Any] = {"full": None, "fit": None, "positive": None, "undrawable": 0}
    if len(low):
        found["full"] = [float(low.min()), float(high.max())]
    if fit is not None:
        found["fit"] = list(fit)
    chart.header["y"] = found


def _shrink(chart: Chart, fit: Fit | None, wish: ChartWish) -> None:
    """Values as fine as can be seen; those of points, and smoothed ones, are never rounded."""
    left, right = chart.header["borders"]
    rounded = () if chart.header["is_exact"] else CURVES[wish.smoothing is not None :]
    inner = slice(int(left), chart.header["slots"] - int(right))
    shrink(chart.arrays, fit, is_log=wish.y_scale == "log", rounded=rounded, inner=inner)
