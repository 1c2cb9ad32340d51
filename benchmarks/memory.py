"""Measures whether memory stays flat over thirty million points, with everything captured.

    python benchmarks/memory.py [--points 30000000]

The resident set is read from /proc (Linux) every 100,000 points of one run, mapped files counted.
The floor is a bare method that appends to a list: the growth of its first million points.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from peers.bare import Bare
from points import losses
from report import Figure, report
from stores import scratch_store

import trialog

SAMPLE_CALLS = 100_000
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def resident_mb() -> float:
    """Return the memory this process holds, in megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / 1e6


def samples_mb(log, count: int) -> list[float]:
    """Log points; return the resident set after each hundred thousand of them."""
    values, samples = losses(SAMPLE_CALLS), []
    for first in range(0, count, SAMPLE_CALLS):
        for step, value in enumerate(values, first):
            log("loss", value, step)
        samples.append(resident_mb())
    return samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--points", type=int, default=30_000_000, help="points of the run")
    count = parser.parse_args().points
    with scratch_store(), trialog.init("bench", "memory", capture=True) as run:
        samples = samples_mb(run.log, count)
    start, *others = samples_mb(Bare().log, 1_000_000)
    spread = max(samples) - min(samples)
    what = f"memory over {count:,} points, highest less lowest"
    floor = ("bare append, a million points", others[-1] - start)
    report("memory", [Figure(what, spread, "MB", *floor, "± 5 MB", spread <= 10)])


if __name__ == "__main__":
    main()
