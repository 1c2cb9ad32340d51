"""Measures reading: a table of parameters, and one long series, as DataFrames.

    python benchmarks/frames.py [--runs 10000] [--points 1000000]

The runs and the points are logged beforehand, unmeasured. The floors are pandas itself: a table
of the same size made from Python lists, and a series of the same size from raw binary files.
All figures are medians of calls in a process that has read once before.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from points import losses
from report import Figure, report
from stores import compact, scratch_store

import trialog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TURNS = 7
PARAMETERS = 20


def add_runs(count: int) -> None:
    for number in range(count):
        with trialog.init("bench", "parameters") as run:
            run.log_parameters({f"model/p{each}": number * each / 7 for each in range(PARAMETERS)})


def log_series(count: int) -> None:
    """Log a long series; say so, and keep the run open until the parent speaks."""
    with trialog.init("bench", "series") as run:
        for step, value in enumerate(losses(count)):
            run.log("loss", value, step)
        print(run.id, flush=True)
        sys.stdin.readline()


def seconds(read: Callable[[], object]) -> float:
    """Return the median time of some calls, after a first one that is not counted."""
    times = []
    for _ in range(TURNS + 1):
        start = time.perf_counter()
        read()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def measure_parameters(runs: int) -> Figure:
    """Read the parameters of many runs; beside them, a table of lists."""
    rows = [[number * each / 7 for number in range(runs)] for each in range(PARAMETERS)]
    with scratch_store():
        add_runs(runs)
        frame = trialog.runs("bench/parameters").parameters_df()
        measured = seconds(lambda: trialog.runs("bench/parameters").parameters_df())
    if frame.shape != (runs, PARAMETERS):
        raise AssertionError(f"read {frame.shape} instead of {(runs, PARAMETERS)}")
    floor = seconds(lambda: pd.DataFrame(dict(enumerate(rows))))
    what = f"parameters_df, {runs:,} runs of {PARAMETERS}"
    return Figure(what, measured, "s", "pandas from lists", floor, "≤ 0.3 s", measured <= 0.3)


def measure_series(points: int) -> list[Figure]:
    """Read one series while its run is alive, and again when it is compacted."""
    with scratch_store() as store:
        command = [sys.executable, __file__, "child", str(points)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as child:
            run_id = child.stdout.readline().strip()
            live = seconds(lambda: check(run_id, points))
        compact()
        compacted = seconds(lambda: check(run_id, points))
        floor = seconds(raw_reader(store, points))
    what, beside = f"series of {points:,} points", "pandas from raw files"
    return [
        Figure(f"{what}, live journal", live, "s", beside, floor, "≤ 0.5 s", live <= 0.5),
        Figure(f"{what}, compacted", compacted, "s", beside, floor, "≤ 0.05 s", compacted <= 0.05),
    ]


def check(run_id: str, points: int) -> None:
    frame = trialog.get_run(run_id).metric("loss")
    if len(frame) != points:
        raise AssertionError(f"read {len(frame)} of {points} points")


def raw_reader(folder: Path, points: int) -> Callable[[], pd.DataFrame]:
    """Write three columns as raw binary files; return a function that reads them."""
    columns = {
        "step": np.arange(points),
        "time": np.arange(points).astype("datetime64[ns]"),
        "value": np.array(losses(points)),
    }
    for name, column in columns.items():
        column.tofile(folder / name)
    return lambda: pd.DataFrame(
        {name: np.fromfile(folder / name, column.dtype) for name, column in columns.items()}
    )


def main() -> None:
    if sys.argv[1:2] == ["child"]:
        log_series(int(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=10_000, help="runs of the table")
    parser.add_argument("--points", type=int, default=1_000_000, help="points of the series")
    arguments = parser.parse_args()
    report("frames", [measure_parameters(arguments.runs), *measure_series(arguments.points)])


if __name__ == "__main__":
    main()
