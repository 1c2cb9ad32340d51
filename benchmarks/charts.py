"""What charts cost, against a floor: the extremes of each column of a bare file, by numpy.

Run it: ``python benchmarks/charts.py [--quick]``. Each figure is the median of five, in ms; the
memory is the peak of the process that did all of it, in MB.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

PIXELS = 461
TURNS = 5
SETS = {"a": (50, 5, 2000), "c": (1000, 5, 100), "d": (1000, 1, 2000)}


def main():
    """Log, measure in a process of its own, print."""
    is_quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "TRIALOG_HOME": folder, "TRIALOG_CAPTURE": "none"}
        log(environ, is_quick=is_quick)
        command = [sys.executable, __file__, "--measure", folder]
        found = subprocess.run(command, check=True, capture_output=True, text=True, env=environ)
        figures = json.loads(found.stdout)
    figures["floor of b: numpy on a bare file"] = floor(100_000 if is_quick else 10_000_000)
    for name, figure in figures.items():
        print(f"{name:60} {figure:10.1f}")


def log(environ, *, is_quick):
    """The runs of all sets."""
    script = """
        import sys, numpy as np, trialog
        rng = np.random.default_rng(0)
        for project, runs, metrics, points in {sets!r}:
            for number in range(runs):
                data = rng.normal(size=(points, metrics)).cumsum(axis=0).tolist()
                names = [f"m{{each}}" for each in range(metrics)]
                with trialog.init("bench", project, parameters={{"lr": number % 5}}) as run:
                    for step, values in enumerate(data):
                        run.log(dict(zip(names, values)), step=step)
    """
    divisor = 10 if is_quick else 1
    sets = [(name, max(runs // divisor, 1), *rest) for name, (runs, *rest) in SETS.items()]
    sets.append(("b", 1, 1, 100_000 if is_quick else 10_000_000))
    text = "\n".join(
        line.removeprefix("        ") for line in script.format(sets=sets).splitlines()
    )
    subprocess.run([sys.executable, "-c", text], check=True, env=environ)


def measure(folder):
    """Every figure, in this process."""
    from trialog._charts.wishes import ChartWish
    from trialog._filters import RunFilter
    from trialog._reading.catalogs import catalog_of
    from trialog._reading.chartgroups import group_runs
    from trialog._reading.charting import Asked, ChartReader
    from trialog._reading.finding import find

    catalog = catalog_of(Path(folder))
    figures = {}

    def draw(reader, project, metrics=5, **wish):
        for number in range(metrics):
            records = find(catalog, RunFilter.parse(project=project))
            groups = group_runs(catalog, records, "lr") if wish.get("is_grouped") else None
            asked = Asked(f"m{number}", ChartWish(pixels=PIXELS, **wish))
            reader.chart(records.rows, asked, groups).encoded()

    def note(name, work):
        times = []
        for _ in range(TURNS):
            start = time.perf_counter()
            work()
            times.append((time.perf_counter() - start) * 1e3)
        figures[name] = statistics.median(times)

    warm = ChartReader(catalog)
    start = time.perf_counter()
    draw(warm, "b", 1)
    figures["b: first time, reading journals and compacting too"] = (
        time.perf_counter() - start
    ) * 1e3
    note("b: the whole", lambda: draw(warm, "b", 1))
    rng = np.random.default_rng(0)
    points = sum(run.facts.points for run in find(catalog, RunFilter.parse(project="b")).rows)
    for share in (0.3, 0.1, 0.03, 0.01, 0.001, 0.0001):
        width = points * share
        low = float(rng.uniform(0, points - width))
        name = f"b: a window of {width:,.0f} of {points:,} points"
        note(name, lambda x=low, w=width: draw(warm, "b", 1, x0=x, x1=x + w))
    for project, metrics in (("a", 5), ("c", 5), ("d", 1)):
        draw(ChartReader(catalog), project, metrics)
        note(
            f"{project}: all charts, read",
            lambda p=project, m=metrics: draw(ChartReader(catalog), p, m),
        )
        draw(warm, project, metrics)
        note(f"{project}: all charts, kept", lambda p=project, m=metrics: draw(warm, p, m))
        note(f"{project}: grouped", lambda p=project, m=metrics: draw(warm, p, m, is_grouped=True))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak_kb = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    figures["memory, MB"] = int(peak_kb) / 1024
    print(json.dumps(figures))


def floor(count):
    """Reading so many doubles and the extremes of each column."""
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file.name, np.random.default_rng(0).normal(size=count))
        times = []
        for _ in range(TURNS):
            start = time.perf_counter()
            y = np.load(file.name)
            starts = np.linspace(0, count, PIXELS, endpoint=False).astype(np.int64)
            np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
            times.append((time.perf_counter() - start) * 1e3)
        return statistics.median(times)


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure(sys.argv[-1])
    else:
        main()
