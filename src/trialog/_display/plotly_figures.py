"""Charts as plotly figures, which can be zoomed and read by pointing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from trialog._display.panels import (
    MANY_COLOUR,
    Panel,
    PlotBand,
    PlotLine,
    colour_of,
    end_label,
    order_by_end,
)
from trialog._entities import RunStatus

_DASHES = ("solid", "dash", "dot", "dashdot")
_END_SYMBOLS = {RunStatus.CRASHED: "x", RunStatus.FAILED: "cross"}
_SYMBOLS = {"nan": ("line-ns-open", 0), "inf": ("triangle-up", 1), "-inf": ("triangle-down", 0)}


def plotly_figure(panels: Sequence[Panel], title: str) -> Figure:
    """The panels below each other, on one x axis.

    Args:
        panels: at least one.
        title: what stands above them.
    """
    figure = make_subplots(
        rows=len(panels),
        cols=1,
        shared_xaxes=True,
        subplot_titles=[panel.note for panel in panels],
        vertical_spacing=0.25 / len(panels),
    )
    named: set[str] = set()
    for row, panel in enumerate(panels, 1):
        for trace in _traces(panel):
            if trace.showlegend is not False and trace.name in named:
                trace.showlegend = False  # the panel above has named it
            elif trace.showlegend is not False:
                named.add(trace.name)
            figure.add_trace(trace, row=row, col=1)
        scale = {"type": "log", "exponentformat": "power"} if panel.is_log else {}
        figure.update_yaxes(title_text=escape(panel.y_label), row=row, col=1, **scale)
    figure.update_xaxes(title_text=escape(panels[-1].x_label), row=len(panels), col=1)
    figure.update_annotations(font_size=11)
    figure.update_layout(
        title_text=escape(title),
        template="plotly_white",
        hovermode="closest",
        height=120 + 320 * len(panels),
    )
    return figure


def _traces(panel: Panel) -> list[Any]:
    is_crowd = panel.is_crowded or bool(panel.bands)
    traces: list[Any] = []
    for number, line in enumerate(panel.lines):
        colour = MANY_COLOUR if is_crowd else colour_of(number)
        traces += _line_traces(line, colour, _DASHES[number // 8 % 4], panel, is_crowd=is_crowd)
    for number, band in enumerate(panel.bands):
        traces += _band_traces(band, colour_of(number), _DASHES[number // 8 % 4])
    drawn: Sequence[PlotLine | PlotBand] = panel.bands or panel.lines
    names = dict.fromkeys(escape(drawn[each].label) for each in order_by_end(drawn))
    ranks = {name: 1 + rank for rank, name in enumerate(names)}
    for trace in traces:
        trace.legendrank = ranks.get(trace.name, len(ranks) + 1)
    return traces


def _line_traces(
    line: PlotLine, colour: str, dash: str, panel: Panel, *, is_crowd: bool
) -> list[Any]:
    name = escape(line.label)
    shared = {"name": name, "legendgroup": name, "showlegend": False}
    opacity = 0.4 if is_crowd else 1.0
    traces = []
    if line.raw is not None:
        faint = {"color": colour, "width": 1}
        traces.append(
            Scatter(x=line.raw_x, y=line.raw, line=faint, opacity=0.25, hoverinfo="skip", **shared)
        )
    traces.append(
        Scatter(
            x=line.x,
            y=line.y,
            mode="markers" if len(line.y) == 1 else "lines",
            line={"color": colour, "width": 1.5, "dash": dash},
            opacity=opacity,
            connectgaps=False,
            **shared | {"showlegend": not is_crowd and len(panel.lines) > 1},
        )
    )
    traces += [_mark_trace(mark.kind, mark.x, colour, panel, shared) for mark in line.marks]
    if line.end is not None:
        status, x, y = line.end
        looks = {"symbol": _END_SYMBOLS[status], "size": 10, "color": colour}
        said = f"{name}: {end_label(status)}"
        traces.append(Scatter(x=[x], y=[y], mode="markers", marker=looks, hovertext=said, **shared))
    return traces


def _mark_trace(kind: str, x: Any, colour: str, panel: Panel, shared: dict[str, Any]) -> Any:
    """A value that is not finite, at the border of what is finite."""
    symbol, end = _SYMBOLS[kind]
    height = (panel.full or (1.0, 1.0))[end]
    looks = {"symbol": symbol, "size": 10, "color": colour}
    return Scatter(x=[x], y=[height], mode="markers", marker=looks, hovertext=kind, **shared)


def _band_traces(band: PlotBand, colour: str, dash: str) -> list[Any]:
    name = escape(band.label)
    traces = []
    if band.low is not None and band.high is not None:
        traces.append(
            Scatter(
                x=np.concatenate([band.x, band.x[::-1]]),
                y=np.concatenate([band.low, band.high[::-1]]),
                fill="toself",
                fillcolor=colour,
                opacity=0.2,
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                legendgroup=name,
                showlegend=False,
            )
        )
    looks = {"color": colour, "width": 2, "dash": dash}
    mode = "markers" if len(band.center) == 1 else "lines"
    traces.append(
        Scatter(
            x=band.x,
            y=band.center,
            mode=mode,
            line=looks,
            name=name,
            legendgroup=name,
            showlegend=True,
        )
    )
    return traces
