"""Measures how soon a reader knows that 1,000 runs it took for running have died.

    python benchmarks/dead_runs.py [--runs 1000]

One process begins the runs and logs to each; a reader learns that all are RUNNING; the process is
killed with SIGKILL; the reader is asked again, in the same process and in a fresh one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from report import Figure, report
from stores import scratch_store

import trialog

BEGIN = """
import sys, time, trialog
runs = [trialog.init("bench", "dead", supersede=False) for _ in range({runs})]
for run in runs:
    run.log("loss", 0.5, 0)
print("begun", flush=True)
time.sleep(600)
"""
FRESH = """
import time, trialog
begin = time.perf_counter()
found = trialog.runs("bench/dead")
statuses = [run.status for run in found]
print(time.perf_counter() - begin)
assert set(statuses) == {"FAILED"} and len(statuses) == %d, statuses[:3]
"""


def statuses_s() -> tuple[float, set[str]]:
    """Return how long an answer takes, and the statuses in it."""
    begin = time.perf_counter()
    statuses = {str(run.status) for run in trialog.runs("bench/dead")}
    return time.perf_counter() - begin, statuses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=1000)
    count = parser.parse_args().runs
    with scratch_store():
        process = subprocess.Popen(
            [sys.executable, "-c", BEGIN.format(runs=count)], stdout=subprocess.PIPE
        )
        process.stdout.readline()
        _, before = statuses_s()
        alive_s, _ = statuses_s()
        process.kill()
        process.wait()
        dead_s, after = statuses_s()
        command = [sys.executable, "-c", FRESH % count]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        again_s, _ = statuses_s()
    if (before, after) != ({"RUNNING"}, {"FAILED"}):
        raise SystemExit(f"wrong statuses: {before}, then {after}")
    report(
        "dead_runs",
        [
            Figure(
                f"the statuses of {count:,} runs that have died", dead_s, "s",
                "while they ran", alive_s, "≤ 1 s", dead_s <= 1,
            ),
            Figure(
                "the same in a fresh process", float(done.stdout), "s",
                "asked again", again_s, "≤ 1 s", float(done.stdout) <= 1,
            ),
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
