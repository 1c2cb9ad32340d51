"""What charts cost on the server, from the query to compressed bytes.

Run it: ``python benchmarks/charts.py [--quick] [--save]``; all of it takes about two minutes.
Each figure is the median of five, in ms: the time, and the processor time, which says more where
others use the machine. ``first``: nothing is kept in memory, runs are in segments. ``again``: the
same page loaded once more. ``new window``: points are kept, the answer is not. Memory is of another
process, which shows all of it, five charts at once.
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
from dashboard.data import METRICS, runs_of

PIXELS = 461
TURNS = 5
RESULTS = Path(__file__).parent / "results" / "charts.json"
LONG = 10_000_000


def main():
    """Log, measure in a process of its own, print."""
    is_quick = "--quick" in sys.argv
    with tempfile.TemporaryDirectory() as folder:
        environ = {**os.environ, "TRIALOG_HOME": folder, "TRIALOG_CAPTURE": "none"}
        sets, points = ("A", 100_000) if is_quick else ("ACD", LONG)
        subprocess.run(
            [sys.executable, __file__, "--log", sets, str(points)], check=True, env=environ
        )
        command = [sys.executable, __file__, "--measure", sets, str(points), folder]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environ)
        figures = json.loads(found.stdout)
        command[2] = "--memory"
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environ)
        figures |= json.loads(found.stdout)
    figures["floor: extremes of each column of a bare file, by numpy"] = {"ms": floor(points)}
    load, processors = os.getloadavg()[1], os.cpu_count()
    for name, figure in figures.items():
        told = "  ".join(f"{value:12,.1f} {unit}" for unit, value in figure.items())
        print(f"{name:56} {told}")
    print(f"load {load:.1f} on {processors} processors")
    if "--save" in sys.argv:
        about = {"load": round(load, 1), "processors": processors, "pixels": PIXELS}
        RESULTS.write_text(json.dumps({"about": about, "figures": figures}, indent=2) + "\n")


def log(sets, points):
    """The runs of the sets, and one of very many points."""
    import trialog

    for letter in sets:
        for run_data in runs_of(letter):
            rows = zip(*(values.tolist() for values in run_data.metrics.values()), strict=True)
            names = list(run_data.metrics)
            with trialog.init("bench", letter, name=run_data.name) as run:
                for step, values in enumerate(rows):
                    run.log(dict(zip(names, values, strict=True)), step=step)
    walk = np.random.default_rng(0).normal(size=points).cumsum()
    with trialog.init("bench", "long") as run:
        for first in range(0, points, 100_000):
            for step, value in enumerate(walk[first : first + 100_000].tolist(), first):
                run.log("loss", value, step=step)


def measure(sets, points, folder):
    """Every figure, in this process, which does what the server does."""
    from trialog._server.memory import keep_memory_small

    keep_memory_small()
    from trialog._server.series import draw_chart
    from trialog._server.shapes import ChartQuery, Selection
    from trialog._server.store import Store

    figures, home, shift = {}, Path(folder), iter(range(10**6))

    def draw(store, project, metrics, **wish):
        asked = Selection(project=f"bench/{project}")
        queries = [
            ChartQuery(**{"selection": asked, "metric": each, "pixels": PIXELS, **wish})
            for each in metrics
        ]
        return sum(len(draw_chart(store, query).data.gzipped()) for query in queries)

    def note(name, work, turns=TURNS):
        times, sizes = [], []
        for _ in range(turns):
            start, began = time.perf_counter(), time.process_time()
            sizes.append(work())
            times.append((time.perf_counter() - start, time.process_time() - began))
        wall, own = (statistics.median(each) * 1e3 for each in zip(*times, strict=True))
        figures[name] = {
            "ms": round(wall, 1),
            "ms of a processor": round(own, 1),
            "bytes": sizes[-1],
        }

    def elsewhere():
        return -1e-6 * next(shift)  # a window that nobody has asked for

    draw(Store.at(home), "long", ["loss"])  # compacts
    for letter in sets:
        draw(Store.at(home), letter.lower(), METRICS)
    store = Store.at(home)
    for letter in sets:
        project, name = letter.lower(), f"{letter}: five charts"
        note(f"{name}, first", lambda p=project: draw(Store.at(home), p, METRICS), 3)
        draw(store, project, METRICS)
        note(f"{name}, again", lambda p=project: draw(store, p, METRICS))
        note(f"{name}, new window", lambda p=project: draw(store, p, METRICS, x0=elsewhere()))
        note(
            f"{name}, relative time, 1,600 columns",
            lambda p=project: draw(store, p, METRICS, x="relative", pixels=1600, x0=elsewhere()),
            3,
        )
    dice = np.random.default_rng(0)
    looks = (
        ("", {}),
        (", log", {"y_scale": "log"}),
        (", ema and raw", {"smoothing": "ema:0.99", "raw": True}),
    )
    for label, look in looks:
        draw(store, "long", ["loss"], **look)  # makes its files
        for share in (1, 0.3, 0.1, 0.03, 0.01, 0.001):
            low = float(dice.uniform(0, points * (1 - share)))
            window = {"x0": low, "x1": low + points * share} if share < 1 else {}
            note(
                f"{points:,} points, {points * share:,.0f} shown{label}",
                lambda w=window, k=look: draw(
                    store, "long", ["loss"], **k, **{**w, "x0": w.get("x0", 0) + elsewhere()}
                ),
            )
    print(json.dumps(figures))


def measure_memory(sets, home):
    """Of one process that shows all of it, as a server does: five charts at once."""
    from concurrent.futures import ThreadPoolExecutor

    from trialog._server.memory import keep_memory_small

    keep_memory_small()
    from trialog._server.series import draw_chart
    from trialog._server.shapes import ChartQuery, Selection
    from trialog._server.store import Store

    store = Store.at(home)
    looks = (
        {},
        {"x": "relative", "pixels": 1600},
        {"x0": 10.0},
        {"smoothing": "ema:0.9", "raw": True},
    )
    pages = [(letter.lower(), METRICS, look) for look in looks for letter in sets]
    pages += [("long", ["loss"], look) for look in looks]
    for project, metrics, look in pages:
        asked = Selection(project=f"bench/{project}")
        queries = [
            ChartQuery(**{"selection": asked, "metric": each, "pixels": PIXELS, **look})
            for each in metrics
        ]
        with ThreadPoolExecutor(len(queries)) as pool:
            list(pool.map(lambda query: draw_chart(store, query).data.gzipped(), queries))
    status = Path("/proc/self/status").read_text(encoding="ascii")
    sizes = dict(line.split(":", 1) for line in status.splitlines())
    found = {
        name: {"MB": round(int(sizes[key].split()[0]) / 1024, 1)}
        for name, key in (("memory at the end", "VmRSS"), ("memory at most", "VmHWM"))
    }
    print(json.dumps(found))


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
    if "--log" in sys.argv:
        log(sys.argv[-2], int(sys.argv[-1]))
    elif "--memory" in sys.argv:
        measure_memory(sys.argv[-3], Path(sys.argv[-1]))
    elif "--measure" in sys.argv:
        measure(sys.argv[-3], int(sys.argv[-2]), sys.argv[-1])
    else:
        main()
