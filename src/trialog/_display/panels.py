"""What is drawn of a chart, for whichever library draws it: lines, bands, marks and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialog._charts.charts import Chart
from trialog._display.marks import SYMBOLS
from trialog._display.words import count
from trialog._entities import RunStatus

Floats = NDArray[np.float64]

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8a7a00", "#000000")
"""Okabe and Ito's, told apart by the colour-blind too; yellow is darkened, to be seen on white."""
MANY_COLOUR = "#0072B2"
MAX_LABELS = 12
_WENT_WRONG = frozenset({RunStatus.CRASHED, RunStatus.FAILED})
_UNITS = ((172_800, 86_400, "days"), (7200, 3600, "hours"), (180, 60, "minutes"), (0, 1, "seconds"))


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that is no finite number: ``nan``, ``inf`` or ``-inf``, at x."""

    kind: str
    x: Any


@dataclass(frozen=True, slots=True)
class PlotLine:
    """A line.

    Attributes:
        label: whose it is.
        x, y: its points; NaN where it is broken.
        raw: as logged, where ``y`` is smoothed; on ``raw_x``.
        raw_x: see ``raw``.
        marks: its values that are not finite.
        end: how its run went wrong, and where: status, x and y; None where it did not.
    """

    label: str
    x: Any
    y: Floats
    raw_x: Any
    raw: Floats | None
    marks: Sequence[Mark]
    end: tuple[RunStatus, Any, float] | None


@dataclass(frozen=True, slots=True)
class PlotBand:
    """A group: its centre, and its lower and upper ends where it has a band."""

    label: str
    x: Any
    center: Floats
    low: Floats | None
    high: Floats | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart.

    Attributes:
        y_label, x_label: of its axes.
        is_log: whether y is logarithmic.
        is_time: whether x is a time.
        lines: of runs, at the back where there are bands.
        bands: of groups.
        note: what the chart says of itself.
        full: least and greatest value that can be drawn; None where there is none.
    """

    y_label: str
    x_label: str
    is_log: bool
    is_time: bool
    lines: Sequence[PlotLine]
    bands: Sequence[PlotBand]
    note: str
    full: tuple[float, float] | None

    @property
    def is_crowded(self) -> bool:
        """Whether its lines are too many to be labelled each."""
        return not self.bands and len(self.lines) > MAX_LABELS


def colour_of(number: int) -> str:
    """The colour of the line of a number; they come again after eight."""
    return COLOURS[number % len(COLOURS)]


def order_by_end(drawn: Sequence[PlotLine | PlotBand]) -> list[int]:
    """The places of lines or bands in the order of their ends, from above, as legends name them."""
    return sorted(range(len(drawn)), key=lambda each: -_last(drawn[each]))


def _last(drawn: PlotLine | PlotBand) -> float:
    heights = drawn.center if isinstance(drawn, PlotBand) else drawn.y
    known = [value for value in heights[-3:].tolist() if value == value]  # noqa: PLR0124 # not NaN
    return float(known[-1]) if known else float("-inf")


def end_label(status: RunStatus) -> str:
    """How the mark of an end is called."""
    return f"{SYMBOLS[status]} {status.value}"


def panel_of(
    chart: Chart,
    metric: str,
    statuses: Mapping[str, RunStatus],
    *,
    is_log: bool,
    smoothing: str | None,
    group_by: str | None,
) -> Panel:
    """What is drawn of a chart.

    Args:
        chart: as it was made, in this process.
        metric: its name.
        statuses: of its runs, by id.
        is_log: whether y is logarithmic.
        smoothing: what was asked for.
        group_by: likewise.
    """
    header, arrays = chart.header, chart.arrays
    axis = _Axis(header["x"])
    x = arrays.get("x", np.empty(0))
    lines = [_line(number, header, arrays, axis, statuses) for number in range(_rows(arrays, "y"))]
    bands = [
        _band(number, header, arrays, axis.placed(x), group_by)
        for number in range(_rows(arrays, "center"))
    ]
    return Panel(
        metric,
        axis.label,
        is_log,
        axis.is_time,
        lines,
        bands,
        _note(header, smoothing, is_log=is_log),
        _full(header["y"], is_log=is_log),
    )


class _Axis:
    """What stands on the x axis, in its unit."""

    def __init__(self, described: Mapping[str, Any]) -> None:
        self.is_time = described["kind"] == "time"
        self._divisor = 1.0
        lo, hi = described["extent"] or (0.0, 0.0)
        self.label = described["metric"] or "step"
        if self.is_time:
            self.label = "time (UTC)"
        elif described["kind"] == "relative":
            span = max(abs(lo), abs(hi))
            _, self._divisor, unit = next(each for each in _UNITS if span >= each[0])
            self.label = f"time since the start ({unit})"

    def placed(self, x: Floats) -> Any:
        """Places on the axis as a library takes them."""
        if self.is_time:
            return np.rint(x * 1e9).astype("int64").astype("datetime64[ns]")
        return x / self._divisor


def _full(described: Mapping[str, Any], *, is_log: bool) -> tuple[float, float] | None:
    if described["full"] is None:
        return None
    low, high = described["full"]
    if is_log and low <= 0:
        low = described["positive"]
    return None if low is None else (low, max(low, high))


def _rows(arrays: Mapping[str, NDArray[Any]], name: str) -> int:
    return len(arrays[name]) if name in arrays else 0


def _line(
    number: int,
    header: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    axis: _Axis,
    statuses: Mapping[str, RunStatus],
) -> PlotLine:
    about = header["lines"][number]
    x, y = arrays["x"], arrays["y"][number].astype(np.float64)
    is_broken = np.zeros(len(x), np.bool_)
    if "breaks" in arrays:
        bits = np.unpackbits(arrays["breaks"][number], count=len(x), bitorder="little")
        is_broken = bits.astype(np.bool_)
    is_kept = ~np.isnan(y) | is_broken
    raw = arrays["raw"][number].astype(np.float64) if "raw" in arrays else None
    has_raw = None if raw is None else ~np.isnan(raw)
    marks = [
        Mark(mark["kind"], axis.placed(np.array([mark["x"]]))[0])
        for mark in header["marks"]["shown"]
        if mark["line"] == number
    ]
    return PlotLine(
        about.get("label", ""),
        axis.placed(x[is_kept]),
        np.where(is_broken, np.nan, y)[is_kept],
        None if has_raw is None else axis.placed(x[has_raw]),
        None if raw is None or has_raw is None else raw[has_raw],
        marks,
        _end(statuses.get(about.get("run", "")), x, y, axis),
    )


def _end(
    status: RunStatus | None, x: Floats, y: Floats, axis: _Axis
) -> tuple[RunStatus, Any, float] | None:
    known = np.flatnonzero(~np.isnan(y))
    if status not in _WENT_WRONG or not len(known):
        return None
    last = int(known[-1])
    return status, axis.placed(x[last : last + 1])[0], float(y[last])


def _band(
    number: int,
    header: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    x: Any,
    group_by: str | None,
) -> PlotBand:
    about = header["groups"][number]
    center = arrays["center"][number].astype(np.float64)
    is_kept = ~np.isnan(center)
    ends = [
        arrays[name][number].astype(np.float64)[is_kept] if name in arrays else None
        for name in ("low", "high")
    ]
    label = f"{group_by} = {about['label']} ({count(len(about['runs']), 'run')})"
    return PlotBand(label, x[is_kept], center[is_kept], *ends)


def _note(header: Mapping[str, Any], smoothing: str | None, *, is_log: bool) -> str:
    """That nothing is left out, or what is."""
    points = header["points"]
    said = [f"{points['represented']:,} of {count(points['total'], 'point')}"]
    if smoothing:
        said.append(f"smoothed by {smoothing}")
    if is_log and header["y"].get("undrawable"):
        said.append(f"{header['y']['undrawable']:,} not above 0")
    if header["marks"]["more"]:
        said.append(f"{header['marks']['more']:,} more not finite")
    return ", ".join(said)
