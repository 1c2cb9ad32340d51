"""Measures starting and ending: the import, `init` + `finish`, and a whole fresh process.

    python benchmarks/start.py [--runs 100000]

Times over bare Python are medians of fresh processes, each beside one that runs an empty script.
`init` + `finish` is measured in a project of 10 runs and in one of as many as asked for, made
beforehand and not measured. The peers' figures are those of `results/peers.json`.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

from peer_results import best_peer
from report import Figure, report
from stores import scratch_store

import trialog

PROCESSES = 15
RUNS_MEASURED = 50
FEW_RUNS = 10
HEAVY = {"numpy", "pandas", "pyarrow", "requests", "rich", "sqlalchemy"}

IMPORT = "import trialog"
WHOLE = """
import trialog
run = trialog.init("bench", {project!r})
run.log("loss", 0.5, 0)
run.finish()
"""
COUNT_THREADS = "import trialog, threading; print(threading.active_count() - 1)"
COUNT_PACKAGES = """
import sys
packages = {name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names
print(*sorted(name for name in packages if not name.startswith("_")))
"""


def over_bare_python_ms(script: str) -> float:
    """Return the median time of a fresh process less that of an empty one."""
    differences = []
    for _ in range(PROCESSES):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "pass"], check=True)
        middle = time.perf_counter()
        subprocess.run([sys.executable, "-c", script], check=True)
        differences.append(time.perf_counter() - middle - (middle - start))
    return 1e3 * statistics.median(differences)


def printed(script: str) -> str:
    command = [sys.executable, "-c", script]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def add_runs(project: str, count: int) -> None:
    for _ in range(count):
        trialog.init("bench", project).finish()


def init_and_finish_ms(project: str) -> float:
    """Return the median time of making and finishing one run in this process."""
    times = []
    for _ in range(RUNS_MEASURED):
        start = time.perf_counter()
        trialog.init("bench", project).finish()
        times.append(time.perf_counter() - start)
    return 1e3 * statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=100_000, help="size of the large project")
    many = parser.parse_args().runs
    with scratch_store():
        add_runs("few", FEW_RUNS)
        add_runs("many", many)
        among_few, among_many = init_and_finish_ms("few"), init_and_finish_ms("many")
        import_ms = over_bare_python_ms(IMPORT)
        whole_few = over_bare_python_ms(WHOLE.format(project="few"))
        whole_many = over_bare_python_ms(WHOLE.format(project="many"))
        threads = int(printed(COUNT_THREADS))
        packages = printed(WHOLE.format(project="few") + COUNT_PACKAGES).split()
    few, large = f"{FEW_RUNS} runs", f"{many:,} runs"
    init, whole = "init + finish, project of", "fresh process, project of"
    heavy = sorted(HEAVY & set(packages))
    report(
        "start",
        [
            Figure(
                "import trialog, over bare Python",
                import_ms,
                "ms",
                *best_peer("import_ms"),
                "≤ 60 ms",
                import_ms <= 60,
            ),
            Figure("threads started by the import", threads, "", "", None, "0", threads == 0),
            Figure(
                f"heavy packages of a logging run ({', '.join(packages)})",
                len(heavy),
                "",
                "",
                None,
                "0",
                not heavy,
            ),
            Figure(
                f"{init} {few}",
                among_few,
                "ms",
                *best_peer("start_and_finish_ms"),
                "≤ 10 ms",
                among_few <= 10,
            ),
            Figure(
                f"{init} {large}",
                among_many,
                "ms",
                f"project of {few}",
                among_few,
                "≤ 10 ms, the same",
                among_many <= min(10, 1.25 * among_few),
            ),
            Figure(
                f"{whole} {few}, over bare Python",
                whole_few,
                "ms",
                *best_peer("fresh_ms"),
                "≤ 120 ms",
                whole_few <= 120,
            ),
            Figure(
                f"{whole} {large}, over bare Python",
                whole_many,
                "ms",
                f"project of {few}",
                whole_few,
                "≤ 120 ms",
                whole_many <= 120,
            ),
        ],
    )


if __name__ == "__main__":
    main()
