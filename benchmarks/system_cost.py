"""Measures what measuring costs: the processor time of the witness beside a training that waits.

    python benchmarks/system_cost.py [--seconds 60]

With the usual interval of ten seconds, for a training of one process, of ten and of 64. The time is
that of all the witness's threads (Linux: /proc), from five seconds after the run began: what is
read once at the start is not in it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from report import Figure, report
from stores import scratch_store

PROCESSES = (1, 10, 64)
SETTLE_SECONDS = 5
GOAL_PERCENT = 0.2
TRAINING = """
import subprocess, sys, trialog
sleeper = [sys.executable, "-S", "-c", "input()"]
children = [subprocess.Popen(sleeper, stdin=subprocess.PIPE) for _ in range(int(sys.argv[1]) - 1)]
with trialog.init("bench", "system", capture="system") as run:
    print(flush=True)
    input()
for child in children:
    child.kill()
"""


def start(processes: int, store: Path) -> subprocess.Popen:
    """Start a training of so many processes, in a store of its own."""
    environment = os.environ | {"TRIALOG_HOME": str(store / str(processes))}
    training = subprocess.Popen(
        [sys.executable, "-c", TRAINING, str(processes)],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    training.stdout.readline()
    return training


def witness_of(store: Path) -> Path:
    """Find the witness of a store's only run: its folder in /proc."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, variables = (
                (folder / "cmdline").read_bytes(),
                (folder / "environ").read_bytes(),
            )
        except OSError:  # it ended while we looked, or is somebody else's
            continue
        if b"trialog._witness" in command and f"TRIALOG_HOME={store}\0".encode() in variables:
            return folder
    raise RuntimeError("there is no witness")


def processor_seconds(folder: Path) -> float:
    """Sum what all threads of a process have spent."""
    spent = [(each / "schedstat").read_text().split()[0] for each in (folder / "task").iterdir()]
    return sum(map(int, spent)) / 1e9


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60, help="how long to measure")
    seconds = parser.parse_args().seconds
    with scratch_store() as store:
        trainings = [start(processes, store) for processes in PROCESSES]
        witnesses = [witness_of(store / str(processes)) for processes in PROCESSES]
        time.sleep(SETTLE_SECONDS)
        before = [processor_seconds(witness) for witness in witnesses]
        time.sleep(seconds)
        after = [processor_seconds(witness) for witness in witnesses]
        for training in trainings:
            training.communicate(b"\n")
    figures = []
    for processes, first, last in zip(PROCESSES, before, after, strict=True):
        percent = 100 * (last - first) / seconds
        what = f"witness of {processes} process{'es' if processes > 1 else ''}, interval 10 s"
        goal, is_met = f"≤ {GOAL_PERCENT} %", percent <= GOAL_PERCENT
        figures.append(Figure(what, percent, "% of a core", "", None, goal, is_met))
    report("system_cost", figures)


if __name__ == "__main__":
    main()
