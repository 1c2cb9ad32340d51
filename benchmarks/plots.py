"""Draws the comparison with the peers: PNG and SVG, one chart a question, and all in one.

    python benchmarks/plots.py

Reads `results/peers.json` and writes beside it. The ground is transparent and the ink is of
middle grey, so that the charts can be read on light and on dark pages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
from matplotlib.ticker import FuncFormatter, NullLocator
from report import RESULTS, kept, number

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK = "#7d8590"
OURS = "#e8590c"
FLOOR = "#adb5bd"
THEIRS = "#5c7cfa"


def lost_of_100_000(results: dict) -> float:
    """Return how many points a kill -9 right after the last call costs."""
    kill = results["kill"]
    return 100_000 * (1 - kill["points"] / kill["logged"])


@dataclass(frozen=True)
class Chart:
    """What one chart shows of a tracker's results; small is good in all of them."""

    name: str
    title: str
    value: Callable[[dict], float]
    has_floor: bool = True


CHARTS = (
    Chart("log-one", "One scalar a call: µs of CPU, all counted", lambda r: r["scalar"]["cpu_us"]),
    Chart("log-one-p99", "One scalar a call: µs, 99th percentile", lambda r: r["scalar"]["p99_us"]),
    Chart(
        "log-twenty", "20 scalars a call: µs of CPU, all counted", lambda r: r["twenty"]["cpu_us"]
    ),
    Chart(
        "bytes", "Bytes a point on disk", lambda r: r["scalar"]["bytes_a_point"], has_floor=False
    ),
    Chart(
        "whole",
        "Import, start, log, finish: ms over bare Python",
        lambda r: r["fresh_ms"],
        has_floor=False,
    ),
    Chart("kill", "Points lost of 100,000 by kill -9 after the last call", lost_of_100_000),
)


def draw(found: dict[str, dict]) -> None:
    """Draw every chart by itself, and all of them as `overview`."""
    measured = {name: results for name, results in found.items() if "failure" not in results}
    for chart in CHARTS:
        figure, axes = plt.subplots(figsize=(7, 0.42 * len(measured) + 0.8))
        _draw_chart(axes, chart, measured)
        _save(figure, chart.name)
    figure, grid = plt.subplots(3, 2, figsize=(13, 1.3 * len(measured) + 1.5))
    for axes, chart in zip(grid.flat, CHARTS, strict=True):
        _draw_chart(axes, chart, measured)
    _save(figure, "overview")


def _draw_chart(axes: Axes, chart: Chart, measured: dict[str, dict]) -> None:
    values = {
        name: chart.value(results)
        for name, results in measured.items()
        if chart.has_floor or name != "bare"
    }
    names = sorted(values, key=values.__getitem__, reverse=True)
    bars = axes.barh(
        ["bare append" if name == "bare" else name for name in names],
        [values[name] for name in names],
        color=[{"trialog": OURS, "bare": FLOOR}.get(name, THEIRS) for name in names],
        height=0.68,
    )
    axes.bar_label(bars, [number(values[name]) for name in names], padding=5, color=INK)
    axes.set_title(chart.title, loc="left", color=INK, fontsize=11, fontweight="bold")
    smallest = min(values.values())
    axes.set_xscale("log" if smallest > 0 else "symlog")
    axes.set_xlim(10 ** math.floor(math.log10(smallest / 2)) if smallest > 0 else 0)
    axes.margins(x=0.15)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.tick_params(axis="x", colors=INK)
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    for label in axes.get_yticklabels():
        if label.get_text() == "trialog":
            label.set(color=OURS, fontweight="bold")
    axes.grid(axis="x", color=INK, alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[:].set_visible(False)


def _save(figure: Figure, name: str) -> None:
    figure.tight_layout()
    for kind in ("png", "svg"):
        figure.savefig(RESULTS / f"{name}.{kind}", dpi=160, transparent=True)
    plt.close(figure)


if __name__ == "__main__":
    draw(kept("peers"))
