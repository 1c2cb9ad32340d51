"""Prints aligned tables, and keeps results as JSON in `benchmarks/results/`."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass(frozen=True)
class Figure:
    """One measured number beside what it is compared with, and the goal it should reach."""

    what: str
    measured: float
    unit: str
    beside: str
    reference: float | None
    goal: str
    is_met: bool | None

    @property
    def ratio(self) -> float | None:
        """How many times the reference."""
        return self.measured / self.reference if self.reference else None


def report(name: str, figures: Sequence[Figure]) -> None:
    """Print the figures of one script as a table and keep them."""
    print(table(figures), flush=True)
    keep(name, [as_kept(figure) for figure in figures])


def as_kept(figure: Figure) -> dict[str, Any]:
    """Return what is kept of a figure."""
    return asdict(figure) | {"ratio": figure.ratio}


def table(figures: Sequence[Figure]) -> str:
    """Lay out figures, each beside what it is compared with and its goal."""
    headers = ("what", "measured", "beside", "", "ratio", "goal", "met")
    rows = [
        (
            figure.what,
            f"{number(figure.measured)} {figure.unit}",
            figure.beside,
            "" if figure.reference is None else f"{number(figure.reference)} {figure.unit}",
            number(figure.ratio),
            figure.goal,
            {True: "yes", False: "NO", None: ""}[figure.is_met],
        )
        for figure in figures
    ]
    return aligned(headers, rows)


def aligned(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out a table; columns of numbers are set to the right."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    to_right = [all(_is_number(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, to_right, strict=True)
        ).rstrip()
        for line in (headers, ["-" * width for width in widths], *rows)
    ]
    return "\n".join(["", *lines, ""])


def number(value: float | None) -> str:
    """Write a number with three digits that matter, nothing for None."""
    if value is None:
        return ""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def keep(name: str, results: Any) -> None:
    """Write results and the machine they come from to `results/NAME.json`."""
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps({"machine": _machine(), "results": results}, indent=2)
    (RESULTS / f"{name}.json").write_text(text + "\n")


def kept(name: str) -> Any:
    """Return the results of an earlier script, None if there are none."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text())["results"] if path.exists() else None


def _is_number(cell: str) -> bool:
    start = cell.partition(" ")[0].removeprefix("-").replace(",", "")
    return not cell or start.replace(".", "", 1).replace("e+", "").replace("e-", "").isdigit()


def _machine() -> dict[str, Any]:
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
    }
