"""Compares dashboards: from a cold page to visible curves, bytes, memory, spikes, and more.

    python benchmarks/dashboards.py [--loads 3] [--only trialog,aim] [--data A,B] [--folder FOLDER]

All show the same runs (`dashboard/data.py`), each from an environment and a server of its own. Each
load is one of a browser with a fresh profile; figures are medians. Curves are visible from the
first frame on in which nine of ten of the coloured pixels of the last one are right. `--folder`
keeps the data, which take minutes to write, for another time. Needs Chromium and
`pip install -e '.[test-dashboard]' pillow`; a peer that cannot be installed is left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

import environments
from dashboard import data, measuring, ours, peers
from dashboard.goals import figures_of
from dashboard.serving import Server, serving
from playwright.sync_api import Playwright, sync_playwright
from report import aligned, as_kept, keep, kept, number, table

HERE = Path(__file__).resolve().parent
AXE = HERE.parent / ".node" / "node_modules" / "axe-core" / "axe.min.js"
WRITER = HERE / "dashboard" / "write.py"
LETTERS = ("A", "B", "C", "D")


def write(peer: peers.Peer, name: str, letter: str, python: str, folder: Path, home: Path) -> None:
    """Write a set of data with a tracker, unless that was done before."""
    if (folder / "written").exists():
        return
    print(f"{peer.title}: writing {data.SIZES[letter].in_words}", flush=True)
    variables = environments.private_variables(home, peer.environment())
    command = [python, WRITER, name, letter, folder]
    subprocess.run(command, env=variables, cwd=home, check=True, capture_output=True, text=True)
    (folder / "written").touch()


def measure(
    playwright: Playwright, peer: peers.Peer, server: Server, letter: str, loads: int
) -> dict:
    """Measure one dashboard with one set of data; what fails is said and left out."""
    is_ours = peer.requirement is None
    given = (playwright, peer, server, letter)
    steps = [(measuring.measure_loads, (*given, loads))]
    if letter == "A":
        steps += [(measuring.measure_more, (*given, loads)), (measuring.measure_idle, given)]
        if AXE.exists():
            axe = AXE.read_text(encoding="utf-8")
            steps.append((measuring.count_violations, (*given, axe)))
    if letter in "AB" and not is_ours:
        steps.append((measuring.count_spikes, given))
    if letter in "AB" and is_ours:
        metric = data.SPIKY if letter == "A" else data.LONE
        steps.append((ours.count_drawn, (*given, metric)))
    if letter == "B" and is_ours:
        steps.append((ours.measure_zoom, (playwright, peer, server, loads)))
    if letter == "A" and is_ours:
        steps.append((ours.measure_live, (playwright, peer, server, Path(tempfile.gettempdir()))))
    found: dict = {"load_average": os.getloadavg()[0]}
    for step, arguments in steps:
        try:
            found |= step(*arguments)
        except Exception as error:  # noqa: BLE001  (a peer's page may be another in its next release)
            print(f"{peer.title}, {letter}: {step.__name__} failed: {error!r:.300}", flush=True)
        print(f"{peer.title}, {letter}: {step.__name__}", flush=True)
    return found


def measure_all(names: list[str], letters: list[str], loads: int, scratch: Path) -> dict:
    """Measure the dashboards one after the other."""
    home = scratch / "home"
    home.mkdir(exist_ok=True, parents=True)
    results: dict = {}
    for name in names:
        requirement = peers.load(name, scratch).requirement
        try:
            python = environments.interpreter(name, requirement)
        except subprocess.CalledProcessError as error:
            print(f"{name} is left out: {(error.stderr or '').strip().rpartition(chr(10))[2]}")
            continue
        for letter in letters:
            folder = scratch / f"{name}-{letter}"
            folder.mkdir(exist_ok=True)
            peer = peers.load(name, folder)
            if letter not in peer.letters:
                continue
            try:
                write(peer, name, letter, python, folder, home)
                with serving(peer, python, home) as server, sync_playwright() as playwright:
                    found = {"start_s": server.start_s} | measure(
                        playwright, peer, server, letter, loads
                    )
            except (subprocess.CalledProcessError, RuntimeError):
                print(f"{peer.title}, {letter}: not measured", file=sys.stderr)
                traceback.print_exc()
                continue
            results.setdefault(name, {})[letter] = found
            keep_more({name: {letter: found}})
    return results


def keep_more(found: dict) -> None:
    """Put figures beside those that are kept already."""
    of = (kept("dashboard") or {"of": {}})["of"]
    for name, letters in found.items():
        of[name] = of.get(name, {}) | letters
    figures = [as_kept(each) for each in figures_of(of)]
    keep("dashboard", {"of": of, "figures": figures})


def overview(of: dict) -> str:
    """Lay out what was measured, a line a dashboard and set of data."""
    headers = ("dashboard", "data", "curves s", "10→50 s", "MB", "JS MB", "requests", "heap MB")
    headers += ("longest task s", "spikes", "idle kB", "axe", "server MB")
    rows = [
        [
            name,
            letter,
            number(found.get("curves_s")),
            number(found.get("more_s")),
            number(scaled(found.get("bytes"), 1e6)),
            number(scaled(found.get("script_bytes"), 1e6)),
            number(found.get("requests")),
            number(scaled(found.get("heap_bytes"), 1e6)),
            number(found.get("longest_task_s")),
            f"{found['spikes']} of {found['spikes_of']}" if "spikes" in found else "",
            number(scaled(found.get("idle_bytes"), 1e3)),
            number(found.get("violations")),
            number(scaled(found.get("server_bytes"), 1e6)),
        ]
        for name, letters in of.items()
        for letter, found in letters.items()
    ]
    return aligned(headers, rows)


def scaled(value: float | None, by: float) -> float | None:
    return None if value is None else value / by


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--loads", type=int, default=3, help="medians of so many (default 3)")
    parser.add_argument("--only", help="names of dashboards with commas between them")
    parser.add_argument("--data", help="sets of data with commas between them: A, B, C, D")
    parser.add_argument("--folder", type=Path, help="where the data are kept for another time")
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else list(peers.NAMES)
    letters = arguments.data.split(",") if arguments.data else list(LETTERS)
    with tempfile.TemporaryDirectory(prefix="trialog-bench-") as scratch:
        measure_all(names, letters, arguments.loads, arguments.folder or Path(scratch))
    results = kept("dashboard")
    if results is not None:
        print(overview(results["of"]))
        print(table(figures_of(results["of"])))


if __name__ == "__main__":
    main()
