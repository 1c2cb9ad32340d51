"""Measures one tracker, inside that tracker's own virtual environment; started by the driver.

    python benchmarks/worker.py PEER TASK FOLDER RESULT [CALLS]

`TASK` is `scalar` or `twenty` (the cost of CALLS log calls, fewer if they take over ten seconds),
`fresh` (start, one log call, finish), `kill` (CALLS log calls, then SIGKILL to itself) or `read`
(what another process finds afterwards). `RESULT` is the JSON file to write.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import peers
from points import losses, twenties
from processor_time import tree_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

BUDGET_SECONDS = 10.0
WARM_UP_CALLS = 20
CHUNK_CALLS = 100


def measure_cost(peer: peers.Peer, log: Callable, values: list) -> dict:
    """Measure the means in one run of the tracker, and the percentiles in a second one."""
    peer.start()
    warm_up(log, values)
    cpu_start, start, calls = tree_seconds(), time.perf_counter(), 0
    while calls < len(values) and time.perf_counter() - start < BUDGET_SECONDS:
        for step in range(calls, calls + CHUNK_CALLS):
            log(values[step], step)
        calls += CHUNK_CALLS
    wall_seconds = time.perf_counter() - start
    peer.finish()
    cpu_seconds = tree_seconds() - cpu_start

    peer.start()
    warm_up(log, values)
    clock, durations = time.perf_counter_ns, []
    for step in range(calls):
        before = clock()
        log(values[step], step)
        durations.append(clock() - before)
    peer.finish()
    durations.sort()
    return {
        "calls": calls,
        "calls_of_both_runs": 2 * (calls + WARM_UP_CALLS),
        "mean_us": wall_seconds / calls * 1e6,
        "cpu_us": cpu_seconds / calls * 1e6,
        "p50_us": durations[calls // 2] / 1e3,
        "p99_us": durations[calls * 99 // 100] / 1e3,
        "max_us": durations[-1] / 1e3,
    }


def warm_up(log: Callable, values: list) -> None:
    for step in range(-WARM_UP_CALLS, 0):
        log(values[step], step)


def measure_fresh(peer: peers.Peer) -> dict:
    """Start a run, log one value and finish."""
    start = time.perf_counter()
    peer.start()
    started = time.perf_counter()
    peer.log_scalar(0.5, 0)
    logged = time.perf_counter()
    peer.finish()
    seconds = started - start + time.perf_counter() - logged
    return {"start_and_finish_ms": seconds * 1e3}


def log_and_die(peer: peers.Peer, values: list[float]) -> NoReturn:
    """Log all values; the kernel ends this process before anything else can run."""
    peer.start()
    for step, value in enumerate(values):
        peer.log_scalar(value, step)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    name, task, folder, result, *rest = sys.argv[1:]
    calls = int(rest[0]) if rest else 0
    peer = peers.load(name, Path(folder))
    if task == "kill":
        log_and_die(peer, losses(calls))
    elif task == "scalar":
        found = measure_cost(peer, peer.log_scalar, losses(calls))
    elif task == "twenty":
        # a thousand different dicts, over and over: fresh ones would cost 200 MB of memory
        found = measure_cost(peer, peer.log_twenty, (twenties(1000) * (calls // 1000 + 1))[:calls])
    elif task == "fresh":
        exec(peer.statement, {})
        found = measure_fresh(peer)
    else:
        ends = ", ".join(end for _, end in peer.runs())
        found = {"points": len(peer.points()), "status": ends}
    if peer.requirement:
        found["version"] = metadata.version(name)
    Path(result).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
