"""Writes the tables of dashboards in `docs/explanation/performance.md` from what was measured.

    python benchmarks/dashboards_page.py

The tests check that the page holds what is in `results/dashboard.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

from dashboard import data
from report import number

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- dashboards -->\n", "<!-- end of dashboards -->"
TITLES = {
    "trialog": "trialog",
    "tensorboard": "TensorBoard",
    "aim": "Aim",
    "mlflow": "MLflow",
    "trackio": "Trackio",
}
COLUMNS = (
    ("cold page to curves", "curves_s", 1, "s"),
    ("all runs, from few", "more_s", 1, "s"),
    ("bytes", "bytes", 1e6, "MB"),
    ("JavaScript", "script_bytes", 1e6, "MB"),
    ("requests", "requests", 1, ""),
    ("heap", "heap_bytes", 1e6, "MB"),
    ("longest task", "longest_task_s", 1, "s"),
    ("idle for 20 s", "idle_bytes", 1e3, "kB"),
    ("axe violations", "violations", 1, ""),
    ("server's memory", "server_bytes", 1e6, "MB"),
)


def tables(results: dict) -> str:
    """Lay out a table for each set of data, a line a dashboard, and trialog's goals."""
    of = results["of"]
    sections = [
        f"{letter}, {size.in_words}:\n\n{_letter(letter, of)}"
        for letter, size in data.SIZES.items()
        if any(letter in found for found in of.values())
    ]
    return "\n\n".join([*sections, f"trialog's goals:\n\n{_goals(results['figures'])}"]) + "\n"


def _letter(letter: str, of: dict) -> str:
    found = {name: of[name][letter] for name in TITLES if letter in of.get(name, {})}
    columns = [
        each for each in COLUMNS if any(one.get(each[1]) is not None for one in found.values())
    ]
    has_spikes = any("spikes" in one for one in found.values())
    rows = []
    for name, one in found.items():
        cells = [_cell(one.get(key), scale, unit) for _, key, scale, unit in columns]
        spikes = [f"{one['spikes']} of {one['spikes_of']}" if "spikes" in one else ""]
        rows.append((TITLES[name], *cells, *(spikes if has_spikes else [])))
    titles = [title for title, *_ in columns]
    return _table(("", *titles, *(["spikes"] if has_spikes else [])), rows)


def _goals(figures: list[dict]) -> str:
    rows = [
        (
            each["what"],
            f"{number(each['measured'])} {each['unit']}".strip(),
            f"{each['goal']}{'' if each['is_met'] else ', missed'}",
        )
        for each in figures
    ]
    return _table(("", "measured", "goal"), rows)


def _cell(value: float | None, scale: float, unit: str) -> str:
    return "" if value is None else f"{number(value / scale)} {unit}".strip()


def _table(headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headers, ("---",) * len(headers), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def main() -> None:
    path = HERE / "results" / "dashboard.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    text = f"{before}{BEGIN}{tables(results)}{END}{rest.partition(END)[2]}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
