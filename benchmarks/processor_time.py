"""CPU seconds of this process and of every process below it, dead or alive (Linux)."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def tree_seconds() -> float:
    """Sum this process's threads, its reaped children and its living descendants."""
    reaped = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = time.process_time() + reaped.ru_utime + reaped.ru_stime
    return own + sum(_seconds_of_living().values())


def _seconds_of_living() -> dict[int, float]:
    seconds, below = {}, {os.getpid()}
    processes = _processes()
    while children := {pid for pid, (parent, _) in processes.items() if parent in below} - below:
        below |= children
        seconds |= {pid: processes[pid][1] for pid in children}
    return seconds


def _processes() -> dict[int, tuple[int, float]]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
        except OSError:  # it ended while we looked
            continue
        fields = stat.rpartition(")")[2].split()
        found[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / TICKS_PER_SECOND)
    return found
