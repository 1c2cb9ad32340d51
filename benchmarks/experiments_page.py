"""Writes the tables of experiments in `docs/explanation/performance.md` from what was measured.

    python benchmarks/experiments_page.py

The tests check that the page holds what is in `results/experiments.json`.
"""

from __future__ import annotations

import json
from pathlib import Path

from experiment_figures import counted, left
from report import number

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "explanation" / "performance.md"
BEGIN, END = "<!-- experiments -->\n", "<!-- end of experiments -->"
TITLES = {"trialog": "trialog", "ommx": "OMMX"}


def tables(results: dict) -> str:
    """Lay out the figures, what recording costs by when it is kept, and what harms leave."""
    sections = (_figures(results), _record(results["record"]), _harms(results["harms"]))
    return "\n\n".join(sections) + "\n"


def _figures(results: dict) -> str:
    rows = [
        (
            each["what"],
            f"{number(each['measured'])} {each['unit']}",
            f"{each['beside']} {number(each['reference'])} {each['unit']}"
            if each["reference"] is not None
            else "",
            number(each["ratio"]),
            _goal(each),
        )
        for each in results["figures"]
    ]
    return _table(("", "measured", "beside", "ratio", "goal"), rows)


def _goal(figure: dict) -> str:
    missed = "" if figure["is_met"] in (True, None) else ", missed"
    return f"{figure['goal']}{missed}"


def _record(record: dict) -> str:
    headers = (f"{record['runs']:,} runs × 5 parameters", "wall", "cpu", "on the disk", "kept")
    rows = [
        (
            _title(name),
            f"{number(each['wall_s'])} s",
            f"{number(each['cpu_s'])} s",
            f"{number(each['bytes'] / 1e6)} MB",
            each["durability"],
        )
        for name, each in record["of"].items()
    ]
    return _table(headers, rows)


def _harms(harms: dict) -> str:
    names = list(next(iter(harms.values()))["of"])
    rows = [
        (
            harm["what"],
            counted(harm),
            *(left(harm, harm["of"][name]) for name in names),
        )
        for harm in harms.values()
    ]
    return _table(("", "logged by then", *map(_title, names)), rows)


def _title(name: str) -> str:
    tracker, _, manner = name.partition(", ")
    return f"{TITLES[tracker]}, {manner}"


def _table(headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [headers, ("---",) * len(headers), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def main() -> None:
    path = HERE / "results" / "experiments.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    text = f"{before}{BEGIN}{tables(results)}{END}{rest.partition(END)[2]}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
