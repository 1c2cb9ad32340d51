"""Measures what a log call costs: one scalar, twenty scalars, the tail, and beside a busy thread.

    python benchmarks/log_cost.py

The floor is a bare method that appends to a list, called in turns with trialog; every figure is
the median of several turns. `mean` counts the CPU of all threads from the first call until the run
is finished. The peers' figures are those of `results/peers.json`, where `compare_peers.py` ran.
"""

from __future__ import annotations

import statistics
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from peer_results import best_peer
from peers.bare import Bare
from points import losses, twenties
from report import Figure, report
from stores import scratch_store

import trialog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS = 100_000
CALLS_BESIDE_THREAD = 500_000
CHUNK_CALLS = 100
LIMIT_SECONDS = 2.0
TURNS = 7


@contextmanager
def trialog_log() -> Iterator[Callable]:
    """Give the `log` of a run, and finish the run afterwards."""
    run = trialog.init("bench", "log-cost")
    yield run.log
    run.finish()


@contextmanager
def bare_log() -> Iterator[Callable]:
    """Give a method that appends one point to a list."""
    yield Bare().log


@contextmanager
def bare_log_many() -> Iterator[Callable]:
    """Give a method that appends the points of a dict to a list."""
    yield Bare().log_many


def mean_of_scalars(logger: Callable, values: list[float]) -> float:
    """Return the CPU of one call in microseconds, `finish` included."""
    with logger() as log:
        start = time.process_time()
        for step, value in enumerate(values):
            log("loss", value, step)
    return (time.process_time() - start) / len(values) * 1e6


def mean_of_dicts(logger: Callable, values: list[dict]) -> float:
    """Return the CPU of one call with twenty scalars in microseconds, `finish` included."""
    with logger() as log:
        start = time.process_time()
        for step, value in enumerate(values):
            log(value, step)
    return (time.process_time() - start) / len(values) * 1e6


def durations_of_scalars(logger: Callable, values: list[float]) -> list[float]:
    """Return the wall time of each call in microseconds, sorted."""
    clock, durations = time.perf_counter_ns, []
    with logger() as log:
        for step, value in enumerate(values):
            before = clock()
            log("loss", value, step)
            durations.append(clock() - before)
    return [each / 1e3 for each in sorted(durations)]


def durations_of_dicts(logger: Callable, values: list[dict]) -> list[float]:
    """Return the wall time of each call with twenty scalars in microseconds, sorted."""
    clock, durations = time.perf_counter_ns, []
    with logger() as log:
        for step, value in enumerate(values):
            before = clock()
            log(value, step)
            durations.append(clock() - before)
    return [each / 1e3 for each in sorted(durations)]


def wall_of_scalars(logger: Callable, values: list[float]) -> float:
    """Return the wall time of one call in microseconds; stop early where calls are slow."""
    clock, calls = time.perf_counter, 0
    with logger() as log:
        start = clock()
        while calls < len(values) and clock() - start < LIMIT_SECONDS:
            for step in range(calls, calls + CHUNK_CALLS):
                log("loss", values[step], step)
            calls += CHUNK_CALLS
        return (clock() - start) / calls * 1e6


@contextmanager
def busy_thread() -> Iterator[None]:
    """Keep a second Python thread computing."""
    is_done = False

    def compute() -> None:
        number = 0
        while not is_done:
            number += 1

    thread = threading.Thread(target=compute)
    thread.start()
    yield
    is_done = True
    thread.join()


def in_turns(measure: Callable, values: list, *loggers: Callable) -> list[list]:
    """Measure each logger several times, one after the other; a list of results a logger."""
    turns = [[measure(logger, values) for logger in loggers] for _ in range(TURNS)]
    return [list(results) for results in zip(*turns, strict=True)]


def slow_downs() -> list[float]:
    """Return how many times longer calls take beside a busy thread: trialog, the bare append."""
    values = losses(CALLS_BESIDE_THREAD)
    alone = in_turns(wall_of_scalars, values, trialog_log, bare_log)
    with busy_thread():
        beside = in_turns(wall_of_scalars, values, trialog_log, bare_log)
    return [
        statistics.median(slow) / statistics.median(fast)
        for slow, fast in zip(beside, alone, strict=True)
    ]


def middle(all_durations: list[list[float]], quantile: float) -> float:
    """Return the median over the turns of a quantile of the calls."""
    return statistics.median(each[int(quantile * len(each))] for each in all_durations)


def beside_peer(what: str, measured: float, *keys: str) -> Figure:
    """Compare with the peer that has the smallest figure."""
    name, reference = best_peer(*keys)
    is_met = None if reference is None else measured <= reference / 10
    return Figure(what, measured, "µs", name, reference, "≤ 1/10", is_met)


def main() -> None:
    scalars = losses(CALLS)
    dicts = (twenties(1000) * (CALLS // 1000))[:CALLS]
    with scratch_store():
        mean, floor = map(
            statistics.median, in_turns(mean_of_scalars, scalars, trialog_log, bare_log)
        )
        mean_20, floor_20 = map(
            statistics.median, in_turns(mean_of_dicts, dicts, trialog_log, bare_log_many)
        )
        calls, bare_calls = in_turns(durations_of_scalars, scalars, trialog_log, bare_log)
        (calls_20,) = in_turns(durations_of_dicts, dicts, trialog_log)
        slow, bare_slow = slow_downs()
    one, twenty, bare = "log of one scalar", "log of 20 scalars", "bare append"
    p50, p99, bare_p99 = middle(calls, 0.5), middle(calls, 0.99), middle(bare_calls, 0.99)
    report(
        "log_cost",
        [
            Figure(f"{one}, mean", mean, "µs", bare, floor, "≤ 3 times", mean <= 3 * floor),
            beside_peer(f"{one}, mean", mean, "scalar", "cpu_us"),
            beside_peer(f"{one}, median", p50, "scalar", "p50_us"),
            Figure(f"{twenty}, mean", mean_20, "µs", f"20 {bare}s", floor_20, "", None),
            beside_peer(f"{twenty}, mean", mean_20, "twenty", "cpu_us"),
            beside_peer(f"{twenty}, median", middle(calls_20, 0.5), "twenty", "p50_us"),
            Figure(f"{one}, p99", p99, "µs", bare, bare_p99, "≤ 5 µs", p99 <= 5),
            Figure(
                f"{one}, slow-down beside a busy thread",
                slow,
                "times",
                bare,
                bare_slow,
                "≤ 1.25 times",
                slow <= 1.25 * bare_slow,
            ),
        ],
    )


if __name__ == "__main__":
    main()
