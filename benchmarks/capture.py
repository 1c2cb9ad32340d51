"""Measures what it costs a script that a run keeps its code, environment, console and machine.

    python benchmarks/capture.py

`init` and `finish` in a git repository of 10,000 files, `log` with and without, in turns, and the
processor time of the witness, the process beside the script, over its first minute.
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

from report import Figure, report

FILES = 10_000
PROCESSES = 9
CALLS = 300_000
MINUTE_S = 60
ALL, NOTHING = "all", "none"

START_AND_END = """
import json, time, trialog
init, times = trialog.init, []  # loads what a run needs: see start.py
for _ in range(5):
    begin = time.perf_counter()
    run = init("bench", "capture")
    middle = time.perf_counter()
    print("a line")
    time.sleep(0.3)
    before = time.perf_counter()
    run.finish()
    times.append((middle - begin, time.perf_counter() - before))
print(json.dumps(times))
"""
LOG = f"""
import json, time, trialog
with trialog.init("bench", "capture") as run:
    time.sleep(1)
    log, values = run.log, [i * 1e-3 for i in range({CALLS})]
    begin, cpu = time.perf_counter(), time.process_time()
    for step, value in enumerate(values):
        log("loss", value, step)
    times = [time.perf_counter() - begin, time.process_time() - cpu]
print(json.dumps([each / {CALLS} * 1e6 for each in times]))
"""
MINUTE = f"""
import json, time, trialog
from trialog._tracking.earlier import read_writers
import psutil
with trialog.init("bench", "capture") as run:
    time.sleep(3)
    (pid,) = [each.pid for each in read_writers(run._home) if each.role == "witness"]
    witness = psutil.Process(pid)
    spent = lambda: sum(witness.cpu_times()[:4])
    begin = spent()
    for step in range({MINUTE_S} * 10):
        run.log("loss", 0.1, step)
        time.sleep(0.1)
    used = spent() - begin
    memory = witness.memory_full_info()
print(json.dumps([used / {MINUTE_S} * 100, memory.rss / 2**20, memory.uss / 2**20, begin]))
"""


def make_repository(folder: Path) -> None:
    """Make a git repository of many small files, some changed and some new."""
    for number in range(FILES):
        path = folder / f"part-{number // 100:03}" / f"module_{number}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"VALUE = {number}\n")
    git = ["git", "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    subprocess.run([*git, "init", "--quiet"], cwd=folder, check=True)
    subprocess.run([*git, "add", "."], cwd=folder, check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "all"], cwd=folder, check=True)
    for number in range(0, FILES, 1000):
        (folder / f"part-{number // 100:03}" / f"module_{number}.py").write_text("VALUE = -1\n")
    (folder / "new.py").write_text("print('new')\n")


def run_script(script: str, folder: Path, capture: str) -> list:
    """Run a script in a process of its own; what it printed last, as JSON."""
    environ = {**os.environ, "TRIALOG_CAPTURE": capture}
    command = [sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd=folder, env=environ, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def start_and_end_ms(folder: Path, capture: str) -> tuple[float, float, float]:
    """Return the medians of the first `init` of a process, of later ones, and of `finish`."""
    first, later, ends = [], [], []
    for _ in range(PROCESSES):
        times = run_script(START_AND_END, folder, capture)
        first.append(times[0][0])
        later += [begin for begin, _ in times[1:]]
        ends += [end for _, end in times]
    medians = [1e3 * statistics.median(each) for each in (first, later, ends)]
    return medians[0], medians[1], medians[2]


def log_us(folder: Path) -> tuple[list[float], list[float]]:
    """Return the CPU and the wall time of one call, each with everything kept and with nothing."""
    turns = [
        [run_script(LOG, folder, capture) for capture in (ALL, NOTHING)] for _ in range(PROCESSES)
    ]
    wall = [statistics.median(turn[which][0] for turn in turns) for which in (0, 1)]
    cpu = [statistics.median(turn[which][1] for turn in turns) for which in (0, 1)]
    return wall, cpu


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["TRIALOG_HOME"] = str(Path(scratch) / "store")
        folder = Path(scratch) / "repository"
        folder.mkdir()
        make_repository(folder)
        first, later, end = start_and_end_ms(folder, ALL)
        bare_first, bare_later, bare_end = start_and_end_ms(folder, NOTHING)
        wall, cpu = log_us(folder)
        load, rss, uss, start_s = run_script(MINUTE, folder, ALL)
        time.sleep(1)  # the last witness ends
    where = f"git repository of {FILES:,} files"
    report(
        "capture",
        [
            Figure(
                f"init, {where}, the first of a process",
                first,
                "ms",
                "capture off",
                bare_first,
                "≤ 15 ms",
                first <= 15,
            ),
            Figure(
                f"init, {where}, later ones",
                later,
                "ms",
                "capture off",
                bare_later,
                "≤ 15 ms",
                later <= 15,
            ),
            Figure("finish", end, "ms", "capture off", bare_end, "≤ 50 ms", end <= 50),
            Figure(
                "log, one scalar, CPU",
                cpu[0],
                "us",
                "capture off",
                cpu[1],
                "≤ 1.10 times",
                cpu[0] <= 1.10 * cpu[1],
            ),
            Figure(
                "log, one scalar, wall",
                wall[0],
                "us",
                "capture off",
                wall[1],
                "≤ 1.10 times",
                wall[0] <= 1.10 * wall[1],
            ),
            Figure(
                "witness, processor time at rest",
                load,
                "% of a core",
                "",
                None,
                "≤ 0.2 %",
                load <= 0.2,
            ),
            Figure("witness, processor time of its start", start_s, "s", "", None, "", None),
            Figure("witness, memory (RSS)", rss, "MB", "", None, "", None),
            Figure("witness, memory of its own (USS)", uss, "MB", "", None, "", None),
        ],
    )


if __name__ == "__main__":
    main()
