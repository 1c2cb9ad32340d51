"""Charts as matplotlib figures, made without pyplot: no backend is chosen, no state is kept."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

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
)
from trialog._display.words import printable
from trialog._entities import RunStatus

_STYLES = ("-", "--", ":", "-.")
_END_MARKERS = {RunStatus.CRASHED: "X", RunStatus.FAILED: "P"}
_MARKERS = {"nan": ("|", 0.02, "NaN"), "inf": ("^", 0.98, "inf"), "-inf": ("v", 0.02, "-inf")}
_LABEL_LETTERS = 40
_GREY = "#555555"


class RunFigure(Figure):
    """A matplotlib figure that shows itself in notebooks."""

    def _repr_png_(self) -> bytes:
        buffer = io.BytesIO()
        self.savefig(buffer, format="png", bbox_inches="tight")
        return buffer.getvalue()


def matplotlib_figure(panels: Sequence[Panel], title: str) -> Figure:
    """The panels below each other, on one x axis.

    Args:
        panels: at least one.
        title: what stands above them.
    """
    figure = RunFigure(figsize=(8, 1 + 3.4 * len(panels)), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.subplots(len(panels), 1, sharex=True, squeeze=False)
    for (axes,), panel in zip(rows, panels, strict=True):
        _draw(axes, panel)
    rows[-1][0].set_xlabel(_plain(panels[-1].x_label))
    figure.suptitle(_plain(title), fontsize=11, x=0.02, ha="left")
    return figure


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
    axes.set_ylabel(_plain(panel.y_label))
    axes.grid(visible=True, alpha=0.25, linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.01)
    axes.set_title(panel.note, fontsize=8, color=_GREY, loc="right")
    _name(axes, panel, colours)
    _explain_marks(axes, panel)


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


def _name(axes: Axes, panel: Panel, colours: Sequence[str]) -> None:
    """Beside its end what each line is; of too many, how many there are."""
    drawn: Sequence[PlotLine | PlotBand] = panel.bands or panel.lines
    if panel.is_crowded:
        _say(axes, f"{len(panel.lines):,} lines;\ngroup_by=…\ntells them apart")
        return
    if len(drawn) < 2 and not panel.bands:  # noqa: PLR2004 # the title names a single one
        return
    handles = [
        Line2D(
            [],
            [],
            color=colour_of(number) if panel.bands else colours[number],
            linestyle=_STYLES[number // 8 % 4],
        )
        for number in range(len(drawn))
    ]
    order = sorted(range(len(drawn)), key=lambda each: -_last(drawn[each]))
    kept = order[:MAX_LABELS] if len(order) > MAX_LABELS else order
    axes.legend(
        [handles[each] for each in kept],
        [_plain(drawn[each].label) for each in kept],
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        frameon=False,
        fontsize=8,
        title=f"{len(kept)} of {len(order)}" if len(kept) < len(order) else None,
    )


def _last(drawn: PlotLine | PlotBand) -> float:
    """The height of its end, so that the names stand in the order of the lines' ends."""
    heights = drawn.center if isinstance(drawn, PlotBand) else drawn.y
    known = [value for value in heights[-3:].tolist() if value == value]  # noqa: PLR0124 # not NaN
    return float(known[-1]) if known else float("-inf")


def _explain_marks(axes: Axes, panel: Panel) -> None:
    """What the marks mean, those that are there."""
    kinds = sorted({mark.kind for line in panel.lines for mark in line.marks})
    ends = sorted({line.end[0] for line in panel.lines if line.end is not None})
    markers: list[tuple[str, str]] = [(_MARKERS[kind][0], _MARKERS[kind][2]) for kind in kinds]
    markers += [(_END_MARKERS[status], end_label(status)) for status in ends]
    if not markers:
        return
    earlier = axes.get_legend()
    style = {"color": _GREY, "linestyle": "none"}
    axes.legend(
        [Line2D([], [], marker=marker, **style) for marker, _ in markers],
        [label for _, label in markers],
        loc="lower left",
        bbox_to_anchor=(1.0, 0.0),
        frameon=False,
        fontsize=8,
    )
    if earlier is not None:
        axes.add_artist(earlier)


def _say(axes: Axes, text: str) -> None:
    axes.annotate(text, (1.01, 1.0), xycoords="axes fraction", va="top", fontsize=8, color=_GREY)


def _plain(text: str) -> Any:
    """A logged text that means nothing to matplotlib's own markup, and is not too long."""
    shown = printable(text)
    shown = shown if len(shown) <= _LABEL_LETTERS else f"{shown[: _LABEL_LETTERS - 1]}…"
    return shown.replace("$", r"\$")
