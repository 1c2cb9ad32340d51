"""Writes the tables of `docs/explanation/chaos.md` from `results/chaos.json`.

    python benchmarks/chaos_page.py

The tests check that the page holds what was measured.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parent / "docs" / "explanation" / "chaos.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end of measured -->"
TITLES = {
    "trialog": "trialog",
    "wandb": "wandb, offline",
    "mlflow": "MLflow, SQLite",
    "aim": "Aim",
    "trackio": "Trackio",
    "tensorboardX": "tensorboardX",
    "swanlab": "swanlab, offline",
    "dvclive": "DVCLive",
    "neptune-scale": "neptune-scale, offline",
}


# Here every script has as many points to log as all others.
COUNTED = ("fork", "multiprocessing", "pool", "threads", "processes", "ranks")


def lost(outcome: dict | None, most: int | None = None) -> str:
    """Say what a harm has cost a tracker.

    Args:
        outcome: what was measured, if it was.
        most: how many points there were to log; None: as many as the script came to.
    """
    if outcome is None:
        return ""
    if outcome["cannot"]:
        return "cannot"
    gone = outcome["acknowledged"] - outcome["kept"]
    words = [f"{gone:,} of {outcome['acknowledged']:,}" if gone else "nothing"]
    if gone and outcome["missing"] == gone:
        words.append("and the run says so")
    if most is not None and outcome["acknowledged"] < most:
        words.append(f"but only {outcome['acknowledged']:,} of {most:,} calls came back")
    if outcome["invented"]:
        words.append(f"{outcome['invented']:,} that nobody logged")
    if None in outcome["codes"]:
        words.append("training hung")
    elif outcome["bare_codes"] not in (None, outcome["codes"]):
        words.append("training ended otherwise")
    return ", ".join(words)


def said(outcome: dict) -> str:
    """Say what a tracker makes of the runs."""
    return ", ".join(f"{state} ({count})" for state, count in sorted(outcome["runs"].items()))


def tables(results: dict[str, dict], titles: dict[str, str]) -> str:
    """Lay out what was lost, then what trialog said and how long it took."""
    rows = {name: results[name] for name in titles if name in results}
    columns = [each for each in TITLES if any(each in row for row in rows.values())]
    lines = ["| | " + " | ".join(TITLES[each] for each in columns) + " |"]
    lines += ["|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        most = max(each["acknowledged"] for each in row.values())
        counted = most if name.startswith(COUNTED) else None
        cells = [lost(row.get(each), counted) for each in columns]
        lines.append(f"| {titles[name]} | " + " | ".join(cells) + " |")
    lines += ["", "What trialog says of the runs, and what it found to remark:", ""]
    lines += [
        "| | runs | longest call of `log` | a step, beside one without tracker | notes | amiss |"
    ]
    lines += ["|---|---|---|---|---|---|"]
    for name, row in rows.items():
        ours = row.get("trialog")
        if ours and not ours["cannot"]:
            longest = "" if ours["longest_ms"] is None else f"{ours['longest_ms']:.1f} ms"
            if longest and ours["bare_longest_ms"] is not None:
                longest += f" (a list's append: {ours['bare_longest_ms']:.1f})"
            ratio = "" if ours["ratio"] is None else f"{ours['ratio']:.2f} times"
            notes = ", ".join(f"{what}: {value}" for what, value in ours["notes"].items())
            amiss = "; ".join(ours["faults"]).replace("|", "/")
            cells = (titles[name], said(ours), longest, ratio, notes, amiss)
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> None:
    sys.path.append(str(HERE))
    from chaos.harms import HARMS

    results = json.loads((HERE / "results" / "chaos.json").read_text(encoding="utf-8"))["results"]
    titles = {harm.name: harm.title for harm in HARMS}
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    text = f"{before}{BEGIN}{tables(results, titles)}{END}{rest.partition(END)[2]}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
