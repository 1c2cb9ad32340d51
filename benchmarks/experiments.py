"""Compares experiments with OMMX's: recording, tables, commits, harms, and a registry.

    python benchmarks/experiments.py [--rounds 3] [--full] [--quick] [--only record,harms]
        [--ommx PYTHON] [--oras PYTHON] [--folder FOLDER]

Each tracker runs in an environment of its own, made here; `--ommx` and `--oras` name interpreters
that are there. Figures are medians of rounds in which all take turns. `cpu` is the processor time
of all threads and child processes, with what was put off. Bytes are those that files and folders
take on the disk, as `du` counts, less those of an experiment without runs. `--full` adds 3,000 runs
of OMMX to the series, which takes minutes; `--quick` is for tests: small, and no goal means much.

Nothing is deleted before the end: a file system that has just lost many files is slow to make new
ones (ext4 passes over each of their inodes), and which tracker that hits would be chance.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import environments
import experiment_figures
import experiment_peers
import experiment_registry
from experiment_harms import HARMS
from report import aligned, as_kept, keep, kept, number, table

WORKER = Path(__file__).resolve().parent / "experiment_worker.py"
LIMIT_SECONDS = 600
SERIES = (250, 1_000, 3_000)


class Scale(NamedTuple):
    """How much is measured."""

    runs: int
    rounds: int
    series: tuple[int, ...]
    longest_of_ommx: int
    layers: int
    layer_bytes: int


class Bench:
    """Runs the worker for one tracker, each time in a fresh folder."""

    def __init__(self, name: str, python: str | None, scratch: Path) -> None:
        self.name = name
        self.manners = experiment_peers.load(name, scratch).manners
        self._scratch = scratch / name
        self._scratch.mkdir()
        requirement = experiment_peers.load(name, scratch).requirement
        self._python = python or environments.interpreter(name, requirement)

    def folder(self) -> Path:
        """Make a fresh folder for what the tracker keeps."""
        return Path(tempfile.mkdtemp(dir=self._scratch))

    def start(self, task: str, folder: Path, runs: int, manner: str = "") -> subprocess.Popen:
        """Start a worker."""
        manner = manner or self.manners[0].name
        additional = experiment_peers.load(self.name, folder, manner).environment()
        return subprocess.Popen(
            [self._python, WORKER, self.name, manner, task, folder, str(runs)],
            env=environments.private_variables(self._scratch, additional),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def measure(self, task: str, runs: int, manner: str = "", folder: Path | None = None) -> dict:
        """Return what a worker has measured, and the bytes on the disk after it.

        Raises:
            RuntimeError: it broke.
        """
        folder = folder or self.folder()
        with self.start(task, folder, runs, manner) as worker:
            said, complaint = worker.communicate(timeout=LIMIT_SECONDS)
        if worker.returncode:
            raise RuntimeError(f"{self.name}, {task}: {complaint.strip()[-2_000:]}")
        return json.loads(said.splitlines()[-1]) | {"bytes": disk_bytes(folder)}


def disk_bytes(folder: Path) -> int:
    """Return what files and folders below one take on the disk."""
    return sum(each.lstat().st_blocks * 512 for each in folder.rglob("*"))


def medians(rounds: list[dict]) -> dict:
    """Return the median of each number."""
    return {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}


def measure_record(benches: list[Bench], scale: Scale) -> dict:
    """Runs of five parameters, in each manner, in turns."""
    cases = [(bench, manner) for bench in benches for manner in bench.manners]
    found: dict[str, list[dict]] = {}
    for turn in range(scale.rounds):
        for bench, manner in cases:
            tell(f"record, {bench.name}, {manner.name}, round {turn + 1}")
            found.setdefault(f"{bench.name}, {manner.name}", []).append(
                bench.measure("record", scale.runs, manner.name)
            )
    results = {name: medians(rounds) for name, rounds in found.items()}
    for bench, manner in cases:
        results[f"{bench.name}, {manner.name}"]["durability"] = manner.durability
    return {"runs": scale.runs, "of": results}


def measure_series(benches: list[Bench], scale: Scale) -> dict:
    """Bytes on the disk by the number of runs."""
    found: dict[str, dict[str, int]] = {}
    for runs in scale.series:
        for bench in benches:
            if bench.name == "ommx" and runs > scale.longest_of_ommx:
                continue
            tell(f"series, {bench.name}, {runs} runs")
            found.setdefault(bench.name, {})[str(runs)] = bench.measure("record", runs)["bytes"]
    return found


def measure_tables(benches: list[Bench], scale: Scale) -> dict:
    """The table of the runs' parameters."""
    found: dict[str, list[dict]] = {}
    for turn in range(scale.rounds):
        for bench in benches:
            tell(f"tables, {bench.name}, round {turn + 1}")
            # OMMX reads its own memory: autosave has no part in it
            found.setdefault(bench.name, []).append(
                bench.measure("table", scale.runs, "disabled" if bench.name == "ommx" else "")
            )
    return {"runs": scale.runs, "of": {name: medians(each) for name, each in found.items()}}


def measure_seal(benches: list[Bench], scale: Scale) -> dict:
    """Commits of runs with an attachment each, and their loading."""
    found: dict[str, list[dict]] = {}
    for turn in range(scale.rounds):
        for bench in benches:
            tell(f"seal, {bench.name}, round {turn + 1}")
            folder = bench.folder()
            # without autosave: it writes the same blobs again and again
            manner = "disabled" if bench.name == "ommx" else ""
            sealed = bench.measure("seal", scale.runs, manner, folder)
            loaded = bench.measure("load", scale.runs, manner, folder)
            found.setdefault(bench.name, []).append(loaded | sealed)
    return {"runs": scale.runs, "of": {name: medians(each) for name, each in found.items()}}


def measure_harms(benches: list[Bench], _scale: Scale) -> dict:
    """What is there after each harm."""
    found: dict[str, dict] = {}
    for key, harm in HARMS.items():
        found[key] = {"what": harm.what, "runs": harm.runs, "values": harm.values, "of": {}}
        for bench in benches:
            for manner in (each.name for each in bench.manners):
                if manner == "capture on":
                    continue
                tell(f"harms, {key}, {bench.name}, {manner}")
                found[key]["of"][f"{bench.name}, {manner}"] = after_harm(bench, key, manner)
    return found


def after_harm(bench: Bench, key: str, manner: str) -> dict:
    """Return what is there after a harm, and whether the script complained."""
    folder = bench.folder()
    workers = [bench.start(key, folder, 0, manner) for _ in range(HARMS[key].processes)]
    for worker in workers:
        worker.communicate(timeout=LIMIT_SECONDS)
    raised = [
        each for each in workers if each.returncode not in (0, -signal.SIGKILL, -signal.SIGTERM)
    ]
    left = bench.measure("survivors", 0, manner, folder)
    return {"runs": left["runs"], "values": left["values"], "raised": len(raised)}


def print_harms(harms: dict) -> None:
    names = list(next(iter(harms.values()))["of"])
    rows = []
    for harm in harms.values():
        cells = [experiment_figures.left(harm, harm["of"][name]) for name in names]
        rows.append([harm["what"], experiment_figures.counted(harm), *cells])
    print(aligned(["what happens", "logged by then", *names], rows), flush=True)


def print_record(record: dict) -> None:
    headers = ["tracker", "wall s", "cpu s", "MB on disk", "first ms", "last ms", "kept when"]
    rows = [
        [
            name,
            *(number(each[key]) for key in ("wall_s", "cpu_s")),
            number(each["bytes"] / 1e6),
            *(number(each[key]) for key in ("first_ms", "last_ms")),
            each["durability"],
        ]
        for name, each in record["of"].items()
    ]
    print(f"{record['runs']:,} runs of five parameters", aligned(headers, rows), flush=True)


def tell(text: str) -> None:
    """Say what is going on, where somebody watches."""
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


SECTIONS: dict[str, Callable[[list[Bench], Scale], dict]] = {
    "record": measure_record,
    "series": measure_series,
    "tables": measure_tables,
    "seal": measure_seal,
    "harms": measure_harms,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="medians of so many (default 3)")
    parser.add_argument("--full", action="store_true", help="3,000 runs of OMMX too")
    parser.add_argument("--quick", action="store_true", help="small, and nothing is kept")
    parser.add_argument("--only", help=f"of {','.join(SECTIONS)},registry; the others are kept")
    parser.add_argument("--ommx", help="a Python that has OMMX; 'none' measures without it")
    parser.add_argument("--oras", help="a Python that has oras; 'none' measures without it")
    parser.add_argument("--folder", type=Path, help="where to work; on the disk to be measured")
    arguments = parser.parse_args()
    scale = Scale(
        1_000, arguments.rounds, SERIES, SERIES[-1 if arguments.full else -2], 200, 5_000_000
    )
    if arguments.quick:
        scale = Scale(20, 1, (5, 10), 10, 4, 100_000)
    wanted = arguments.only.split(",") if arguments.only else [*SECTIONS, "registry"]
    found = {} if arguments.quick else (kept("experiments") or {})
    with tempfile.TemporaryDirectory(prefix="trialog-bench-", dir=arguments.folder) as scratch:
        pythons = {"trialog": sys.executable, "ommx": arguments.ommx}
        names = [name for name in experiment_peers.NAMES if pythons[name] != "none"]
        benches = [Bench(name, pythons[name], Path(scratch)) for name in names]
        for section, measure in SECTIONS.items():
            if section in wanted:
                found[section] = measure(benches, scale)
        if "registry" in wanted:
            found["registry"] = experiment_registry.measure(
                Path(scratch), scale.layers, scale.layer_bytes, scale.rounds, arguments.oras
            )
    if "record" in found:
        print_record(found["record"])
    if "harms" in found:
        print_harms(found["harms"])
    figures = experiment_figures.figures(found)
    print(table(figures), flush=True)
    if not arguments.quick:
        keep("experiments", found | {"figures": [as_kept(each) for each in figures]})


if __name__ == "__main__":
    os.umask(0o022)
    main()
