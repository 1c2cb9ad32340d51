"""Draws the pictures of the pages from real runs: `python docs/images/make_pictures.py`.

Runs examples/digits_sweep.py in a store of its own, then draws what it left: the learning curves of
all runs, and the comparison (sweep.png). Then leaky_training.py, and what `trialog run why` says of
its crash (why.png). Each twice, for light pages and for dark ones (…-dark.png).
"""

# ruff: noqa: INP001, S603, T201 # a script: it runs another one, and prints
from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import FixedLocator, NullLocator
from rich.console import Console
from rich.style import Style
from rich.text import Text

import trialog

FOLDER = Path(__file__).parent
SWEEP = FOLDER.parents[1] / "examples" / "digits_sweep.py"
TOP_ROWS, LAST_ROWS = 10, 4
LEAST_ERROR, MOST_ERROR = 0.017, 1.0
# Where the columns of the table end, of its width; the name begins at its left.
COLUMNS = {
    "lr": 0.50, "model/width": 0.615, "model/depth": 0.725, "last(val/acc)": 0.86,
    "max(val/acc)": 0.995,
}  # fmt: skip
HEADINGS = ("\nlr", "model/\nwidth", "model/\ndepth", "last\n(val/acc)", "max\n(val/acc)")


class Theme(NamedTuple):
    """Colours that everyone tells apart, on a page of some colour."""

    page: str
    ink: str
    faint: str
    mark: str
    net: str
    boost: str


THEMES = {
    "": Theme("#ffffff", "#1f2328", "#6e7781", "#e7f1f8", "#0072b2", "#d55e00"),
    "-dark": Theme("#0d1117", "#e6edf3", "#8b949e", "#132b3c", "#56b4e9", "#e69f00"),
}
TERMINAL_COLUMNS = 92
RED_AND_YELLOW = (1, 3, 9, 11)


def main() -> None:
    """Sweep, then draw."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["TRIALOG_HOME"] = home
        subprocess.run([sys.executable, str(SWEEP)], check=True)
        said = explained_crash(Path(home))
        for suffix, theme in THEMES.items():
            style = {"text.color": theme.ink, "axes.labelcolor": theme.ink, "font.size": 10}
            with rc_context(style):
                for name, figure in (("sweep", draw(theme)), ("why", draw_terminal(theme, said))):
                    path = FOLDER / f"{name}{suffix}.png"
                    figure.savefig(path, facecolor=theme.page, dpi=150)
                    print(path)


def explained_crash(home: Path) -> list[Text]:
    """What the command line says of a run that crashed, row by row."""
    environ = os.environ | {
        "TRIALOG_HOME": str(home / "crash"), "TRIALOG_NAMESPACE": "acme",
        "TRIALOG_SYSTEM_INTERVAL": "0.1",  # runs of seconds
        "FORCE_COLOR": "1", "COLUMNS": str(TERMINAL_COLUMNS), "TERM": "xterm-256color",
    }  # fmt: skip
    subprocess.run([sys.executable, "leaky_training.py"], check=False, env=environ, cwd=FOLDER)
    command = ["trialog", "run", "why", "leaky"]
    answer = subprocess.run(
        [sys.executable, "-m", *command, "--table"],
        check=True, capture_output=True, text=True, env=environ, cwd=FOLDER,
    )  # fmt: skip
    rows = [Text(f"$ {' '.join(command)}", style="bold"), Text()]
    return rows + [Text.from_ansi(row) for row in answer.stdout.splitlines()]


def draw_terminal(theme: Theme, rows: list[Text]) -> Figure:
    """Rows of a terminal, in their colours."""
    figure = Figure(figsize=(TERMINAL_COLUMNS * 0.0865 + 0.5, len(rows) * 0.185 + 0.4))
    axes = figure.add_axes((0.02, 0.02, 0.96, 0.96))
    axes.set(xlim=(0, TERMINAL_COLUMNS), ylim=(len(rows), 0))
    axes.axis("off")
    for y, row in enumerate(rows):
        x = 0
        for segment in row.render(Console(width=TERMINAL_COLUMNS)):
            style = segment.style or Style()
            colour = theme.faint if style.dim else theme.ink
            if style.color is not None:
                colour = theme.boost if style.color.number in RED_AND_YELLOW else theme.net
            axes.text(
                x, y + 0.5, segment.text, color=colour, family="monospace", fontsize=10,
                va="center", weight="bold" if style.bold else "normal",
                style="italic" if style.italic else "normal",
            )  # fmt: skip
            x += segment.cell_length
    return figure


def draw(theme: Theme) -> Figure:
    """The whole picture."""
    figure = Figure(figsize=(13, 5.6))
    curves = figure.add_axes((0.052, 0.1, 0.405, 0.76), facecolor=theme.page)
    table = figure.add_axes((0.49, 0.02, 0.495, 0.84))
    draw_curves(curves, theme)
    draw_table(table, theme)
    code = {"family": "monospace", "fontsize": 11.5, "weight": "bold", "va": "center"}
    figure.text(0.052, 0.935, 'runs = trialog.runs("digits"); runs.metrics_df("val/acc")', **code)
    figure.text(0.495, 0.935, "runs.comparison_df()", **code)
    return figure


def draw_curves(axes: Axes, theme: Theme) -> None:
    """Accuracy over epochs, spread towards 100 %; the best run and the crash by name."""
    runs = trialog.runs("digits")
    best = runs.best("val/acc")
    for run in runs:
        points = run.metric("val/acc")
        steps, errors = points["step"], 1 - points["value"]
        colour = getattr(theme, run.tags[0])
        if run.status is trialog.RunStatus.CRASHED:
            axes.plot(steps, errors, color=theme.ink, linewidth=1.5)
            axes.plot(steps.iloc[-1], errors.iloc[-1], "x", color=theme.ink, ms=9, mew=2.5)
            text = f"{run.name} CRASHED ({run.exception.type})"
            at = (steps.iloc[-1], errors.iloc[-1])
            note(axes, text, at, (12, 9), color=theme.ink, weight="bold")
        elif run == best:
            axes.plot(steps, errors, color=colour, linewidth=3, zorder=5)
            step = run.summary["val/acc"]["step_of_max"]
            at = (step, errors.iloc[step])
            axes.plot(*at, "*", color=colour, ms=17, mec=theme.page, mew=1.2, zorder=6)
            text = f"{run.name}: {1 - at[1]:.2%}"
            note(axes, text, at, (-8, 11), color=colour, weight="bold", ha="right")
        else:
            axes.plot(steps, errors, color=colour, linewidth=1.2, alpha=0.65)
    ticks = [0.9, 0.5, 0.2, 0.1, 0.05, 0.02]
    axes.set(yscale="log", ylim=(MOST_ERROR, LEAST_ERROR), xlim=(-0.5, 29.5), xlabel="epoch")
    axes.yaxis.set_major_locator(FixedLocator(ticks))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_yticks(ticks, [f"{1 - tick:.0%}" for tick in ticks])
    axes.set_title("accuracy on digits never seen", loc="left", fontsize=10, color=theme.faint)
    axes.tick_params(colors=theme.faint, length=0)
    axes.grid(axis="y", color=theme.faint, alpha=0.22)
    axes.spines[:].set_visible(False)
    for place, (family, name) in enumerate(
        {"net": "networks ■", "boost": "boosted trees ■"}.items()
    ):
        colour = getattr(theme, family)
        axes.text(
            0.995, 0.36 - 0.055 * place, name, color=colour, ha="right", transform=axes.transAxes
        )


def note(axes: Axes, text: str, at: tuple[Any, Any], offset: tuple[int, int], **style: Any) -> None:
    """A word beside a point."""
    axes.annotate(text, at, offset, textcoords="offset points", va="center", zorder=7, **style)


def draw_table(axes: Axes, theme: Theme) -> None:
    """The best rows of the DataFrame, and the last ones."""
    runs = trialog.runs("digits")
    frame = runs.comparison_df().sort_values("max(val/acc)", ascending=False)
    left_out = len(frame) - TOP_ROWS - LAST_ROWS
    rows = [*frame.index[:TOP_ROWS], None, *frame.index[-LAST_ROWS:]]
    axes.set(xlim=(0, 1), ylim=(len(rows) + 0.2, -1.6))
    axes.axis("off")
    style = {"family": "monospace", "fontsize": 10, "va": "center"}
    for heading, end in zip(HEADINGS, COLUMNS.values(), strict=True):
        axes.text(end, -0.9, heading, ha="right", color=theme.faint, **style | {"fontsize": 9})
    for heading, begin in {"name": 0.035, "status": 0.24}.items():
        axes.text(begin, -0.67, heading, color=theme.faint, **style | {"fontsize": 9})
    axes.axhline(-0.15, color=theme.faint, alpha=0.5, linewidth=0.8)
    for place, run in enumerate(rows):
        y = place + 0.5
        if run is None:
            axes.text(0.035, y, f"… {left_out} more runs", color=theme.faint, **style)
            continue
        row = frame.loc[run]
        is_crashed = row["status"] == "CRASHED"
        if place == 0:
            box = FancyBboxPatch(
                (0.004, 0.06), 0.992, 0.88, "round,pad=0,rounding_size=0.012",
                mutation_aspect=16, color=theme.mark, zorder=0,
            )  # fmt: skip
            axes.add_patch(box)
        weight = {"weight": "bold"} if place == 0 or is_crashed else {}
        axes.plot(0.018, y, "s", color=getattr(theme, row["tags"][0]), ms=6)
        axes.text(0.035, y, row["name"], **style | weight)
        axes.text(0.24, y, f"{'✗' if is_crashed else '✓'} {row['status']}", **style | weight)
        for column, end in COLUMNS.items():
            value = row[column]
            is_missing = pd.isna(value)
            text = "NA" if is_missing else f"{value:.4f}" if "(" in column else f"{value:g}"
            colour = theme.faint if is_missing else theme.ink
            axes.text(end, y, text, ha="right", color=colour, **style | weight)


if __name__ == "__main__":
    main()
