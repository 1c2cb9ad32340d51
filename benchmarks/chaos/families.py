"""Scripts with children, threads and siblings."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from chaos.case import LIMIT_SECONDS
from chaos.surroundings import CannotError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chaos.case import Case

FRESH = ("forkserver", "spawn")
NO_JOINING = "another process cannot log to its run"


def run(story: str, **options: object) -> Callable[[Case], None]:
    """Return what runs one story to its end."""

    def inflict(case: Case) -> None:
        if options.get("method") in FRESH and case.tracker == "swanlab":
            raise CannotError(NO_JOINING)
        case.await_end(case.train(story, **options), LIMIT_SECONDS)

    return inflict


def load_data(case: Case) -> None:
    """Run the DataLoader where PyTorch is."""
    command = [case.python(), "-c", "import torch"]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        raise CannotError("PyTorch is not installed")
    case.await_end(case.train("loading"))


def run_threads(case: Case) -> None:
    """Let 64 threads log at once, and compare the longest call with that of a list's append."""
    script = case.train("threading_", steps=int(case.amount.of(50, 200)))
    case.await_end(script, LIMIT_SECONDS)


def start_many(case: Case) -> None:
    """Let 64 processes import their tracker, then start a run each at the same moment."""
    launch(case, int(case.amount.of(24, 64)), shared=False)
    states = len(case.read()["runs"])
    if states != len(case.ended):
        case.faults.append(f"{len(case.ended)} processes made {states} runs")


def start_ranks(case: Case) -> None:
    """Let 8 ranks of one launch log to one run."""
    if case.tracker == "swanlab":
        raise CannotError(NO_JOINING)
    launch(case, 8, shared="by rank" if case.is_ours else True)
    runs = len(case.read()["runs"])
    if case.is_ours and runs != 1:
        case.faults.append(f"8 ranks of one launch made {runs} runs")


def launch(case: Case, processes: int, *, shared: object) -> None:
    """Start processes that wait for one another."""
    scripts = []
    for rank in range(processes):
        environment = {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(processes),
            "TORCHELASTIC_RUN_ID": "chaos",
            "TORCHELASTIC_RESTART_COUNT": "0",
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": "29500",
        }
        script = case.train(
            "launched",
            rank,
            environment=environment if shared else None,
            shared=shared,
            processes=processes,
        )
        scripts.append(script)
    for script in scripts:
        case.await_mark(script, "here")
    case.allow("go")
    for script in scripts:
        case.await_end(script, LIMIT_SECONDS)
    codes = {ended.code for ended in case.ended}
    if codes != {0}:
        case.faults.append(f"exit codes {sorted(codes, key=str)}")
