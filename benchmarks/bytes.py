"""Measures the bytes a point takes in journals and in segments.

    python benchmarks/bytes.py [--points 1000000]

Values are noisy float64, or float32 results widened to float64; times are regular, or jitter by
2 % as the steps of a real training do. The clock that stamps the points is replaced for that, in
a process of its own for each case. The peer is the most compact one of `results/peers.json`.
"""

from __future__ import annotations

import argparse
import random
import struct
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from peer_results import best_peer
from points import losses, twenties
from report import Figure, report
from stores import compact, scratch_store, stored_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

STEP_NS = 50_000_000
SEGMENT_GOALS = {
    ("float64", "regular"): 8.0,
    ("float32", "regular"): 4.2,
    ("float64", "jittering"): 11.0,
    ("float32", "jittering"): 7.0,
}


def clock(times: str, count: int) -> Callable[[], int]:
    """Return a clock that moves on by one training step at every reading, and ends about now."""
    noise, now = random.Random(9), time.time_ns() - count * STEP_NS

    def time_ns() -> int:
        nonlocal now
        now += STEP_NS if times == "regular" else int(noise.gauss(STEP_NS, STEP_NS / 50))
        return now

    return time_ns


def log_points(precision: str, times: str, scalars_a_call: int, count: int) -> None:
    """Log into the current store; in a process of its own, for it replaces the clock."""
    time.time_ns = clock(times, count)
    import trialog

    with trialog.init("bench", "bytes") as run:
        if scalars_a_call == 20:
            values = twenties(1000)
            for step in range(count // 20):
                run.log(values[step % 1000], step)
        else:
            for step, value in enumerate(losses(count)):
                run.log("loss", as_float32(value) if precision == "float32" else value, step)


def as_float32(value: float) -> float:
    """Round to what a float32 can hold."""
    return struct.unpack("f", struct.pack("f", value))[0]


def measure(precision: str, times: str, scalars_a_call: int, count: int) -> tuple[float, float]:
    """Return the bytes a point in the journal, and in the segment."""
    with scratch_store() as store:
        arguments = (precision, times, str(scalars_a_call), str(count))
        subprocess.run([sys.executable, __file__, "child", *arguments], check=True)
        compact()
        journal, segment = stored_bytes(store, "*.journal"), stored_bytes(store, "*.parquet")
    return journal / count, segment / count


def figure(what: str, measured: float, task: str, goal: float) -> Figure:
    """Compare with the most compact peer."""
    beside = best_peer(task, "bytes_a_point")
    return Figure(what, measured, "bytes", *beside, f"≤ {goal:g}", measured <= goal)


def main() -> None:
    if sys.argv[1:2] == ["child"]:
        precision, times, scalars_a_call, count = sys.argv[2:]
        log_points(precision, times, int(scalars_a_call), int(count))
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--points", type=int, default=1_000_000, help="points of a case")
    count = parser.parse_args().points
    figures = []
    for (precision, times), goal in SEGMENT_GOALS.items():
        journal, segment = measure(precision, times, 1, count)
        figures.append(figure(f"segment, {precision}, {times} times", segment, "scalar", goal))
    journal_of_20, _ = measure("float64", "jittering", 20, count)
    figures += [
        figure("journal, single scalars", journal, "scalar", 30),
        figure("journal, 20 scalars at once", journal_of_20, "twenty", 10),
    ]
    report("bytes", figures)


if __name__ == "__main__":
    main()
