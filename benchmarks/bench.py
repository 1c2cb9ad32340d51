"""Runs the worker for one tracker, in its own interpreter, store and home folder."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from pathlib import Path

import environments
import peers

WORKER = Path(__file__).resolve().parent / "worker.py"
CALLS = 100_000
FRESH_PROCESSES = 5
LIMIT_SECONDS = 600
KILLED_PROCESSES = 3
SETTLE_SECONDS = 2


class Bench:
    """One tracker below a scratch folder; `results` grows with each measurement."""

    def __init__(self, name: str, scratch: Path) -> None:
        self.name = name
        self.scratch = scratch / name
        self.store, self.home = self._folder("store"), self._folder("home")
        self.results: dict = {}

    def install(self) -> None:
        """Make the tracker's environment, and its store by a first run."""
        peer = peers.load(self.name, self.store)
        self.statement = peer.statement
        self.python = environments.interpreter(self.name, peer.requirement)
        self.results["first_fresh_ms"] = self._over_bare_worker_ms()

    def measure_start(self) -> None:
        """Measure the import, `start` and `finish`, and a whole fresh process with one point."""
        bytes_before = self._stored_bytes()
        fresh = [self._work("fresh") for _ in range(FRESH_PROCESSES)]
        bytes_of_runs = self._stored_bytes() - bytes_before
        imports = [self._import_over_bare_python_ms() for _ in range(FRESH_PROCESSES)]
        wholes = [self._over_bare_worker_ms() for _ in range(FRESH_PROCESSES)]
        self.results |= {
            "version": fresh[0].get("version", ""),
            "bytes_of_empty_run": bytes_of_runs / FRESH_PROCESSES,
            "start_and_finish_ms": statistics.median(each["start_and_finish_ms"] for each in fresh),
            "import_ms": statistics.median(imports),
            "fresh_ms": statistics.median(wholes),
        }

    def measure_cost(self) -> None:
        """Measure log calls of one and of twenty scalars, and the bytes they leave on disk."""
        for task, points_a_call in (("scalar", 1), ("twenty", 20)):
            bytes_before = self._stored_bytes()
            cost = self._work(task, CALLS)
            growth = self._stored_bytes() - bytes_before - 2 * self.results["bytes_of_empty_run"]
            cost["bytes_a_point"] = max(0.0, growth / cost["calls_of_both_runs"] / points_a_call)
            self.results.setdefault(task, []).append(cost)

    def measure_survival(self) -> None:
        """Kill processes right after their calls; keep what the worst one left to read."""
        calls, findings = self.results["scalar"][0]["calls"], []
        for number in range(KILLED_PROCESSES):
            store = self._folder(f"killed-{number}")
            self._run(self.name, "kill", calls, store)
            time.sleep(SETTLE_SECONDS)  # helper processes of the killed one may still write
            findings.append(self._work("read", store=store))
        worst = min(findings, key=lambda found: found["points"])
        self.results["kill"] = {"logged": calls} | worst

    def _folder(self, name: str) -> Path:
        folder = self.scratch / name
        folder.mkdir(parents=True)
        return folder

    def _over_bare_worker_ms(self) -> float:
        start = time.perf_counter()
        self._run("bare", "fresh", 0, self.store)
        middle = time.perf_counter()
        self._work("fresh")
        return 1e3 * (time.perf_counter() - middle - (middle - start))

    def _import_over_bare_python_ms(self) -> float:
        variables, times = self._variables(self.store), [time.perf_counter()]
        for statement in ("pass", self.statement):
            command = [self.python, "-c", statement]
            subprocess.run(command, env=variables, cwd=self.home, check=True, capture_output=True)
            times.append(time.perf_counter())
        start, middle, end = times
        return 1e3 * (end - middle - (middle - start))

    def _stored_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.store.rglob("*") if file.is_file())

    def _work(self, task: str, calls: int = 0, *, store: Path | None = None) -> dict:
        result, output = self._run(self.name, task, calls, store or self.store)
        if not result:
            raise RuntimeError(f"{task}: {output.strip()[-300:]}")
        return result

    def _run(self, name: str, task: str, calls: int, store: Path) -> tuple[dict, str]:
        result, output = self.scratch / "result.json", self.scratch / "output.log"
        result.write_text("{}")
        command = [self.python, WORKER, name, task, store, result, str(calls)]
        with output.open("w") as log:
            subprocess.run(
                command,
                cwd=self.home,
                env=self._variables(store),
                stdout=log,
                stderr=log,
                timeout=LIMIT_SECONDS,
                check=False,
            )
        return json.loads(result.read_text()), output.read_text()

    def _variables(self, store: Path) -> dict[str, str]:
        return environments.private_variables(self.home, peers.load(self.name, store).environment())
