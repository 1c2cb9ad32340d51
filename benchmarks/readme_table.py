"""Writes the table of the README from `results/peers.json`.

    python benchmarks/readme_table.py

The tests check that the README holds what is measured.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
README = HERE.parent / "README.md"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->"
TITLES = {
    "trialog": "trialog",
    "trackio": "Trackio",
    "tensorboardX": "tensorboardX",
    "wandb": "wandb, offline",
    "aim": "Aim",
    "mlflow": "MLflow, SQLite",
}
ROWS: dict[str, Callable[[dict], str]] = {
    "one scalar a call, µs of CPU, all counted": lambda each: short(each["scalar"]["cpu_us"]),
    "20 scalars a call, µs": lambda each: short(each["twenty"]["cpu_us"]),
    "99th percentile of a call, µs": lambda each: short(each["scalar"]["p99_us"]),
    "lost by `kill -9` right after the last call": lambda each: lost(**each["kill"]),
    "what the run says then": lambda each: each["kill"]["status"],
    "bytes a point on disk": lambda each: short(each["scalar"]["bytes_a_point"]),
    "import, start, log, finish, ms": lambda each: short(each["fresh_ms"]),
}


def short(figure: float) -> str:
    """Return three digits of a figure, or all before the point."""
    return f"{figure:,.0f}" if figure >= 100 else f"{figure:.2g}"


def lost(points: int, logged: int, **_: str) -> str:
    return "nothing" if points == logged else f"{logged - points:,} of {logged:,}"


def table(results: dict[str, dict]) -> str:
    lines = ["| | " + " | ".join(TITLES.values()) + " |", "|---" * (len(TITLES) + 1) + "|"]
    for title, figure in ROWS.items():
        cells = [figure(results[name]) for name in TITLES]
        lines.append(f"| {title} | **{cells[0]}** | " + " | ".join(cells[1:]) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    results = json.loads((HERE / "results" / "peers.json").read_text(encoding="utf-8"))["results"]
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}{table(results)}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
