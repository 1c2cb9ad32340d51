"""Measures reading: parameters of many runs, one long series, one metric of many runs.

    python benchmarks/frames.py [--runs 10000] [--points 1000000] [--long 10000000] [--curves 1000]

The runs and the points are logged beforehand, unmeasured. The floors are pandas itself: a table
of the same size made from Python lists, a series of the same size from raw binary files, and
pyarrow that reads one bare Parquet file of the same points.
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
import pyarrow as pa
import pyarrow.parquet as pq
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


def measure_long(points: int) -> Figure:
    """Read one series of very many points, compacted; beside it, bare Parquet."""
    with scratch_store() as store:
        values = losses(1_000_000)
        with trialog.init("bench", "long") as run:
            for step in range(points):
                run.log("loss", values[step % len(values)], step)
        compact()
        measured = seconds(lambda: check(run.id, points))
        floor = seconds(parquet_reader(store, run.metric("loss", to="arrow")))
    what = f"series of {points:,} points, compacted"
    return Figure(what, measured, "s", "bare Parquet", floor, "≤ 0.5 s", measured <= 0.5)


def measure_curves(runs: int, points: int = 2000) -> list[Figure]:
    """Read one metric of many runs, as logged, wide and aligned; beside them, bare Parquet."""
    with scratch_store() as store:
        values = losses(points)
        for _ in range(runs):
            with trialog.init("bench", "curves") as run:
                for step, value in enumerate(values):
                    run.log("loss", value, step)
        compact()
        found = trialog.runs("bench/curves")
        frame = found.metrics_df("loss")
        if len(frame) != runs * points:
            raise AssertionError(f"read {len(frame)} of {runs * points} points")
        forms = {
            "metrics_df": lambda: trialog.runs("bench/curves").metrics_df("loss"),
            "metrics_df(wide=True)": lambda: found.metrics_df("loss", wide=True),
            'metrics_df(align="step")': lambda: found.metrics_df("loss", align="step"),
            'metrics_df(to="arrow")': lambda: found.metrics_df("loss", to="arrow"),
            'metrics_df(to="polars")': lambda: found.metrics_df("loss", to="polars"),
        }
        times = {form: seconds(read) for form, read in forms.items()}
        numbers = found.metrics_df("loss", to="arrow").select(["step", "time", "value"])
        floor = seconds(parquet_reader(store, numbers))
    return [
        Figure(
            f"{form}, {runs:,} runs of {points:,} points",
            measured,
            "s",
            "bare Parquet",
            floor,
            "≤ 0.25 s",
            measured <= 0.25,
        )
        for form, measured in times.items()
    ]


def parquet_reader(folder: Path, table: pa.Table) -> Callable[[], pd.DataFrame]:
    """Write the same points as one Parquet file; return a function that reads it."""
    path = folder / "bare.parquet"
    pq.write_table(table, path, compression="zstd")
    return lambda: pq.read_table(path).to_pandas()


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
    parser.add_argument("--long", type=int, default=10_000_000, help="points of the long series")
    parser.add_argument("--curves", type=int, default=1000, help="runs with a curve each")
    arguments = parser.parse_args()
    figures = [measure_parameters(arguments.runs), *measure_series(arguments.points)]
    figures += [measure_long(arguments.long), *measure_curves(arguments.curves)]
    report("frames", figures)


if __name__ == "__main__":
    main()
