"""Kills a process with SIGKILL right after 100,000 log calls, and counts what can be read.

    python benchmarks/kill.py

The peers' counts are those of `results/peers.json`, where `compare_peers.py` ran.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from peer_results import measured_peers
from points import losses
from report import Figure, report
from stores import scratch_store

import trialog

CALLS = 100_000


def log_and_die() -> None:
    run = trialog.init("bench", "kill")
    for step, value in enumerate(losses(CALLS)):
        run.log("loss", value, step)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    if sys.argv[1:] == ["child"]:
        log_and_die()
    with scratch_store():
        child = subprocess.run([sys.executable, __file__, "child"], check=False)
        (run,) = trialog.runs("bench/kill")
        frame = run.metric("loss")
        status = f"{run.status} {run.reason!r}"
    is_whole = child.returncode == -signal.SIGKILL and frame["value"].tolist() == losses(CALLS)
    goal = f"{CALLS:,}, FAILED 'killed'"
    is_met = is_whole and status == "FAILED 'killed'"
    what = f"points after kill -9, status {status}"
    figures = [Figure(what, len(frame), "points", "calls made", CALLS, goal, is_met)]
    for name, results in measured_peers().items():
        share = results["kill"]["points"] / results["kill"]["logged"]
        beside = f"{name}, of {CALLS:,} in proportion"
        figures.append(Figure("", len(frame), "points", beside, share * CALLS, "", None))
    report("kill", figures)


if __name__ == "__main__":
    main()
