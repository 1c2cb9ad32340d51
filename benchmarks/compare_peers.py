"""Compares trialog with its peers: cost of a log call, bytes, start, survival of kill -9.

    python benchmarks/compare_peers.py [--rounds 1] [--only bare,trialog,trackio]

Each tracker runs in a virtual environment of its own, made here. A cost is that of 100,000 calls,
or of as many as fit in ten seconds. `mean` is the caller's wall time and `cpu` all processor time
of all threads and child processes until the run is finished, both over the number of calls. Bytes
a point are those on disk after `finish`, less those of an empty run. `whole` is a fresh process
that imports, starts a run, logs a point and finishes, in a store that exists, over one that
appends the point to a list. `after kill -9` is what the worst of three killed processes left, each
killed right after its last call. Prints one table, updates `results/peers.json` and draws it.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
from pathlib import Path

import peers
import plots
from bench import Bench
from report import aligned, keep, kept, number


def measure(names: list[str], rounds: int, scratch: Path) -> dict[str, dict]:
    """Measure the trackers turn by turn, so that a slow minute of the machine hits them all."""
    benches = [Bench(name, scratch) for name in names]
    costs = [Bench.measure_cost] * rounds
    for step in (Bench.install, Bench.measure_start, *costs, Bench.measure_survival):
        for bench in benches:
            if "failure" in bench.results:
                continue
            print(f"{bench.name}: {step.__name__}", flush=True)
            try:
                step(bench)
            except (subprocess.SubprocessError, RuntimeError) as error:
                reason = getattr(error, "stderr", None) or str(error)
                bench.results["failure"] = reason.strip().rpartition("\n")[2]
    return {bench.name: medians(bench.results) for bench in benches}


def medians(results: dict) -> dict:
    """Replace the rounds of a cost by the median of each of its numbers."""
    combined = dict(results)
    for task in ("scalar", "twenty"):
        rounds = results.get(task, [])
        keys = [key for key in (rounds[0] if rounds else ()) if key != "version"]
        combined[task] = {key: statistics.median(each[key] for each in rounds) for key in keys}
    return combined


def table(found: dict[str, dict]) -> str:
    """Lay out everything in one table, a line a tracker; times of calls are in microseconds."""
    costs = ("p50_us", "p99_us", "mean_us", "cpu_us", "bytes_a_point")
    shown = ("p50", "p99", "mean", "cpu", "B/point")
    headers = ["tracker", "version", "calls", *shown, *(f"{name}*20" for name in shown)]
    headers += ["import ms", "start+finish ms", "whole ms", "after kill -9", "status"]
    rows = []
    for name, results in found.items():
        if "failure" in results:
            continue
        cells = [number(results[task][key]) for task in ("scalar", "twenty") for key in costs]
        starts = ("import_ms", "start_and_finish_ms", "fresh_ms")
        cells += [number(results[key]) for key in starts]
        kill = results["kill"]
        kept = f"{kill['points']:,} of {kill['logged']:,}"
        calls = f"{results['scalar']['calls']:,}"
        rows.append([name, results["version"], calls, *cells, kept, kill["status"]])
    return aligned(headers, rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=1, help="medians of so many (default 1)")
    parser.add_argument("--only", help="names of trackers with commas between them")
    arguments = parser.parse_args()
    names = arguments.only.split(",") if arguments.only else list(peers.NAMES)
    with tempfile.TemporaryDirectory(prefix="trialog-bench-") as scratch:
        found = measure(names, arguments.rounds, Path(scratch))
    print(table(found))
    for name, results in found.items():
        if "failure" in results:
            print(f"{name} was not measured: {results['failure']}")
    all_found = (kept("peers") or {}) | found
    keep("peers", all_found)
    plots.draw(all_found)


if __name__ == "__main__":
    main()
