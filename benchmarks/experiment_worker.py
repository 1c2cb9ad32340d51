"""Does one thing with one tracker of experiments, in that tracker's interpreter and store.

    python benchmarks/experiment_worker.py PEER MANNER TASK FOLDER RUNS

`TASK` is `record` (RUNS runs of five parameters), `table` (the same, and the table of them),
`seal` (RUNS runs with an attachment each, and the commit), `load` (what was sealed, and its
table), `survivors` (what is there, whatever happened) or the name of a harm (see
`experiment_harms.py`). The last line that it prints is JSON.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import statistics
import sys
import time
from pathlib import Path

import experiment_harms
import experiment_peers
from processor_time import tree_seconds

PARAMETERS = 5
ATTACHMENT_BYTES = 1_000
WARM_TABLES = 20
ENDS = 100  # so many of the first and of the last runs tell whether a run costs more and more


def record(peer: experiment_peers.Peer, runs: int) -> dict:
    """Record runs; wall and processor time of that, and of what was put off."""
    peer.begin("measured")
    moments = [time.perf_counter()]
    spent = tree_seconds()
    for number in range(runs):
        with peer.run() as run:
            for each in range(PARAMETERS):
                run.log_parameter(f"p{each}", number * each)
        moments.append(time.perf_counter())
    peer.settle()
    ends = min(ENDS, runs // 2)
    return {
        "wall_s": moments[-1] - moments[0],
        "cpu_s": tree_seconds() - spent,
        "first_ms": (moments[ends] - moments[0]) / ends * 1e3,
        "last_ms": (moments[-1] - moments[-1 - ends]) / ends * 1e3,
    }


def table(peer: experiment_peers.Peer, runs: int) -> dict:
    """The table of runs, by the process that has recorded them: the first, and the median later."""
    record(peer, runs)
    times = []
    for _ in range(1 + WARM_TABLES):
        begin = time.perf_counter()
        frame = peer.frame()
        times.append(time.perf_counter() - begin)
    assert frame.shape[0] == runs, frame.shape
    return {"first_s": times[0], "warm_s": statistics.median(times[1:])}


def seal(peer: experiment_peers.Peer, runs: int) -> dict:
    """The commit of runs with an attachment each."""
    peer.begin("sealed")
    for number in range(runs):
        with peer.run() as run:
            for each in range(PARAMETERS):
                run.log_parameter(f"p{each}", number * each)
            content = (b"%d " % number * ATTACHMENT_BYTES)[:ATTACHMENT_BYTES]
            run.log_attachment("note", "text/plain", content)
    begin = time.perf_counter()
    load_libraries()
    loaded = time.perf_counter()
    peer.commit()
    return {"commit_s": time.perf_counter() - loaded, "libraries_s": loaded - begin}


def load_libraries() -> None:
    """Load what tables and commits need, once a process: that is not theirs to be measured by."""
    for name in ("pandas", "pyarrow.parquet", "sqlalchemy.dialects.sqlite"):
        with contextlib.suppress(ImportError):  # OMMX does without SQLAlchemy
            importlib.import_module(name)


def load(peer: experiment_peers.Peer, runs: int) -> dict:
    """What was sealed, by a process that knows nothing of it yet."""
    load_libraries()
    begin = time.perf_counter()
    frame = peer.load("sealed")
    assert frame.shape[0] == runs, frame.shape
    return {"load_s": time.perf_counter() - begin}


def survivors(peer: experiment_peers.Peer, _runs: int) -> dict:
    """Count the runs and the values that are there."""
    frames = peer.survivors("harmed")
    return {
        "runs": sum(len(each) for each in frames),
        "values": int(sum(each.notna().sum().sum() for each in frames)),
    }


TASKS = {"record": record, "table": table, "seal": seal, "load": load, "survivors": survivors}


def main() -> None:
    name, manner, task, folder, runs = sys.argv[1:]
    peer = experiment_peers.load(name, Path(folder), manner)
    exec(peer.statement, {})
    if task in TASKS:
        print(json.dumps(TASKS[task](peer, int(runs))))
    else:
        experiment_harms.HARMS[task].happen(peer)


if __name__ == "__main__":
    main()
