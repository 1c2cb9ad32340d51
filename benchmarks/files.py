"""Measures `log_file` of one large file beside `sha256sum` plus `cp` of the same file.

    python benchmarks/files.py [--mebibytes 1024]

The three are run in turns on a file in the page cache, each `log_file` in a process and a store of
its own; the figures are medians. Memory is the highest resident set of that process (Linux).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report import Figure, report
from stores import scratch_store

import trialog

TURNS = 3
MEBIBYTE = 1 << 20


def log_one(path: str) -> None:
    """Log the file in this process; print the seconds and the peak memory."""
    with trialog.init("bench", "files") as run:
        start = time.perf_counter()
        run.log_file("model", path)
        seconds = time.perf_counter() - start
    # not getrusage: its peak is inherited from the process that started this one
    status = Path("/proc/self/status").read_text()
    peak_mb = int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6
    print(json.dumps([seconds, peak_mb]))


def log_in_child(path: Path) -> tuple[float, float]:
    with scratch_store():
        command = [sys.executable, __file__, "child", path]
        child = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak_mb = json.loads(child.stdout)
    return seconds, peak_mb


def seconds_of(*command: str | Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def write_noise(path: Path, mebibytes: int) -> None:
    with path.open("wb") as file:
        for _ in range(mebibytes):
            file.write(os.urandom(MEBIBYTE))


def main() -> None:
    if sys.argv[1:2] == ["child"]:
        log_one(sys.argv[2])
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mebibytes", type=int, default=1024, help="size of the file")
    mebibytes = parser.parse_args().mebibytes
    with tempfile.TemporaryDirectory(prefix="trialog-bench-") as folder:
        large, small, copy = (Path(folder) / name for name in ("large", "small", "copy"))
        write_noise(large, mebibytes)
        write_noise(small, 1)
        floors, times = [], []
        for _ in range(TURNS):
            floors.append(seconds_of("sha256sum", large) + seconds_of("cp", large, copy))
            copy.unlink()
            seconds, peak_mb = log_in_child(large)
            times.append(seconds)
        _, peak_small_mb = log_in_child(small)
    rate, floor_rate = (mebibytes / statistics.median(each) for each in (times, floors))
    growth = peak_mb - peak_small_mb
    what = f"log_file of {mebibytes:,} MiB"
    report(
        "files",
        [
            Figure(
                what,
                rate,
                "MiB/s",
                "sha256sum plus cp",
                floor_rate,
                "≥ 70 %",
                rate >= 0.7 * floor_rate,
            ),
            Figure(
                f"{what}: peak memory over that of 1 MiB",
                growth,
                "MB",
                "the file",
                mebibytes * MEBIBYTE / 1e6,
                "constant (≤ 5 MB)",
                growth <= 5,
            ),
        ],
    )


if __name__ == "__main__":
    main()
