"""Charts as matplotlib figures, made without pyplot: no backend is chosen, no state is kept."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import partial
from typing import Any

from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from trialog._display.panels import (
    MANY_COLOUR,
    MAX_LABELS,
    Panel,
    PlotBand,
    PlotLine,
    colour_of,
    end_label,
    order_by_end,
)
from trialog._display.words import printable
from trialog._entities import RunStatus

_STYLES: Sequence[Any] = ("-", "--", ":", "-.")
_END_MARKERS = {RunStatus.CRASHED: "X", RunStatus.FAILED: "P"}
_MARKERS = {"nan": ("|", 0.02, "NaN"), "inf": ("^", 0.98, "inf"), "-inf": ("v", 0.02, "-inf")}
_LABEL_LETTERS = 40
_GREY = "#555555"


def matplotlib_figure(panels: Sequence[Panel], title: str) -> Figure:
    """The panels below each other, on one x axis.

    Args:
        panels: at least one.
        title: what stands above them.
    """
    figure = Figure(figsize=(8, 1 + 3.4 * len(panels)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    vars(figure)["_repr_png_"] = partial(_png, figure)  # notebooks show it without pyplot
    rows = figure.subplots(len(panels), 1, sharex=True, squeeze=False)
    for (axes,), panel in zip(rows, panels, strict=True):
        _draw(axes, panel)
    rows[-1][0].set_xlabel(_plain(panels[-1].x_label))
    figure.suptitle(_plain(title), fontsize=11, x=0.02, ha="left")
    return figure


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    return buffer.getvalue()


def _draw(axes: Axes, panel: Panel) -> None:
    if panel.is_log:
        axes.set_yscale("log")
    is_crowd = panel.is_crowded or bool(panel.bands)
    colours = [MANY_COLOUR if is_crowd else colour_of(each) for each in range(len(panel.lines))]
    alpha = 0.35 if is_crowd else 1.0
    for number, (line, colour) in enumerate(zip(panel.lines, colours, strict=True)):
        _draw_line(axes, line, colour, _STYLES[number // 8 % 4], alpha)
    for number, band in enumerate(panel.bands):
        _draw_band(axes, band, colour_of(number), _STYLES[number // 8 % 4])
    if panel.is_time:
        untyped: Any = dates
        locator = untyped.AutoDateLocator()
        axes.xaxis.set_major_locator(locator)
        axes.xaxis.set_major_formatter(untyped.ConciseDateFormatter(locator))
    axes.set_ylabel(_plain(panel.y_label))
    axes.grid(visible=True, alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)
    axes.set_title(panel.note, fontsize=8, color=_GREY, loc="right")
    _explain(axes, panel, colours)


def _draw_line(axes: Axes, line: PlotLine, colour: str, style: str, alpha: float) -> None:
    if line.raw is not None:
        axes.plot(line.raw_x, line.raw, color=colour, alpha=0.25 * alpha, linewidth=0.8)
    is_point = len(line.y) == 1
    axes.plot(
        line.x,
        line.y,
        color=colour,
        alpha=alpha,
        linewidth=1.3,
        linestyle=style,
        marker="o" if is_point else None,
    )
    across = axes.get_xaxis_transform()
    for mark in line.marks:
        marker, height, _ = _MARKERS[mark.kind]
        axes.plot(
            [mark.x], [height], marker=marker, color=colour, transform=across, linestyle="none"
        )
    if line.end is not None:
        status, x, y = line.end
        axes.plot(
            [x],
            [y],
            marker=_END_MARKERS[status],
            color=colour,
            markeredgecolor="black",
            markersize=9,
            linestyle="none",
            zorder=5,
        )


def _draw_band(axes: Axes, band: PlotBand, colour: str, style: str) -> None:
    if band.low is not None and band.high is not None:
        axes.fill_between(band.x, band.low, band.high, color=colour, alpha=0.18, linewidth=0)
    marker = "o" if len(band.center) == 1 else None
    axes.plot(band.x, band.center, color=colour, linewidth=1.6, linestyle=style, marker=marker)


def _explain(axes: Axes, panel: Panel, colours: Sequence[str]) -> None:
    """Beside the chart: which line is which, of too many how many there are; what marks mean."""
    drawn: Sequence[PlotLine | PlotBand] = panel.bands or panel.lines
    if panel.bands:
        colours = [colour_of(number) for number in range(len(drawn))]
    order = order_by_end(drawn)
    if panel.is_crowded:
        order, title = [], f"{len(drawn):,} lines: group_by\ntells them apart"
    elif len(order) > MAX_LABELS:
        title, order = f"{MAX_LABELS} of {len(order):,}", order[:MAX_LABELS]
    else:
        title = None
        order = order if panel.bands or len(order) > 1 else []  # a single one is in the title
    entries = [
        (_handle(color=colours[each], linestyle=_STYLES[each // 8 % 4]), _plain(drawn[each].label))
        for each in order
    ]
    entries += [
        (_handle(marker=marker, color=_GREY, linestyle="none"), label)
        for marker, label in _mark_labels(panel)
    ]
    if entries or title:
        axes.legend(
            [handle for handle, _ in entries],
            [label for _, label in entries],
            loc="upper left",
            bbox_to_anchor=(1.0, 1.0),
            frameon=False,
            fontsize=8,
            title=title,
            title_fontsize=8,
        )


def _handle(**looks: Any) -> Line2D:
    return Line2D([], [], **looks)


def _mark_labels(panel: Panel) -> list[tuple[str, str]]:
    """The marks that are there, and what they mean."""
    kinds = sorted({mark.kind for line in panel.lines for mark in line.marks})
    ends = sorted({line.end[0] for line in panel.lines if line.end is not None})
    return [(_MARKERS[kind][0], _MARKERS[kind][2]) for kind in kinds] + [
        (_END_MARKERS[status], end_label(status)) for status in ends
    ]


def _plain(text: str) -> Any:
    """A logged text that means nothing to matplotlib's own markup, and is not too long."""
    shown = printable(text)
    shown = shown if len(shown) <= _LABEL_LETTERS else f"{shown[: _LABEL_LETTERS - 1]}…"
    return shown.replace("$", r"\$")
