"""Which run a process writes to: that of its launch, or that which the environment names."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

import trialog
from trialog import RunStatus, errors
from trialog._format.facts import Start
from trialog._format.records import Kind

WORKER = """
import os, signal, sys
import trialog

for line in sys.stdin:  # what the test tells it
    exec(line)
"""
TORCH = {
    "TORCHELASTIC_RUN_ID": "none",
    "TORCHELASTIC_RESTART_COUNT": "0",
    "MASTER_ADDR": "127.0.0.1",
    "MASTER_PORT": "29500",
}
BEGIN = "run = trialog.init('p'); print(run.id, run.name, flush=True)"


class Worker:
    """A process that does what it is told, a line at a time."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env=os.environ | environ,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def tell(self, line: str) -> None:
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        return self.process.stdout.readline().strip()

    def ask(self, line: str) -> str:
        self.tell(line)
        return self.hear()

    def end(self, line: str = "run.finish()") -> int:
        self.process.communicate(f"{line}\n", timeout=30)
        return self.process.returncode

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


class Launches:
    """Starts ranks as a launcher does."""

    def __init__(self) -> None:
        self.workers: list[Worker] = []

    def start(self, environ: dict[str, str]) -> Worker:
        self.workers.append(Worker(environ))
        return self.workers[-1]

    def rank(self, rank: int, size: int = 2, **changes: str) -> Worker:
        """A rank as torchrun starts it on one machine."""
        ranks = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size}
        texts = {name: str(number) for name, number in ranks.items()}
        return self.start(TORCH | texts | changes)

    def ranks(self, size: int, **changes: str) -> list[Worker]:
        """All ranks, waiting to be told."""
        workers = [self.rank(rank, size, **changes) for rank in range(size)]
        for worker in workers:
            assert worker.ask("print('ready', flush=True)") == "ready"
        return workers

    def close(self) -> None:
        for worker in self.workers:
            if not worker.process.stdin.closed:
                worker.kill()


@pytest.fixture
def launches() -> Iterator[Launches]:
    made = Launches()
    yield made
    made.close()


def starts(journals):
    return [Start.decode(journals.read(path)[0].payload) for path in journals.paths()]


# -- ranks of one launch -----------------------------------------------------------------------


def test_eight_ranks_that_start_at_once_share_one_run(launches, journals):
    """Nobody gives an id: one of them begins the run, seven join; every point has its rank."""
    workers = launches.ranks(8)
    for worker in workers:
        worker.tell("run = trialog.init('p', name='train', tags=['a'], parameters={'lr': 0.1})")
        worker.tell("for step in range(200): run.log('loss', 1.0, step)")
        worker.tell("print(run.id, run.name, flush=True)")
    assert len({worker.hear() for worker in workers}) == 1
    assert all(worker.end() == 0 for worker in workers)
    (run,) = trialog.runs("p")
    assert (run.name, run.status, run.reason) == ("train", RunStatus.COMPLETED, None)
    assert (run.points, run.tags, run.parameters) == (1600, ("a",), {"lr": 0.1})
    assert run.id.startswith("launch-")
    assert [(each.rank, each.local_rank, each.world_size) for each in run.writers] == [
        (rank, rank, 8) for rank in range(8)
    ]
    assert [(each.status, each.points) for each in run.writers] == [(RunStatus.COMPLETED, 200)] * 8
    assert sorted(start.role for start in starts(journals)) == ["attach"] * 7 + ["run"]
    assert len(journals.facts(Kind.END)) == 1


def test_a_crashed_rank_is_named(launches):
    """The run ends as the process that began it does; the reason says who else came to grief."""
    first, second, third = launches.ranks(3)
    run_id = first.ask(BEGIN).split()[0]
    for worker in (second, third):
        worker.ask(BEGIN)
    assert second.end("raise ValueError('boom')") == 1
    run = trialog.get_run(run_id)
    assert (run.status, run.reason) == (RunStatus.RUNNING, "rank 1 CRASHED: ValueError: boom")
    third.kill()
    first.end()
    run = trialog.get_run(run_id)
    assert run.status is RunStatus.COMPLETED
    assert run.reason == "rank 1 CRASHED: ValueError: boom; rank 2 killed"
    crashed, killed = run.writers[1:]
    assert (crashed.status, crashed.exception.type) == (RunStatus.CRASHED, "ValueError")
    assert (killed.status, killed.reason) == (RunStatus.FAILED, "killed")


def test_what_stops_the_other_ranks_is_not_named(launches):
    """SIGTERM ends them, as torchrun does it: the reason is that, and the rank it began with."""
    first, second, third = launches.ranks(3)
    for worker in (first, second, third):
        worker.ask(BEGIN)
    second.end("raise ValueError('boom')")
    for worker in (third, first):
        worker.process.terminate()
        worker.process.communicate()
    (run,) = trialog.runs("p")
    assert run.status is RunStatus.INTERRUPTED
    assert run.reason == "SIGTERM (rank 1 CRASHED: ValueError: boom)"
    assert run.writers[2].reason == "SIGTERM"


def test_ranks_go_on_where_the_one_that_began_is_killed(launches):
    """RUNNING until the last one leaves; then FAILED, and the rank is named."""
    second, first = launches.ranks(2)[::-1]
    run_id = second.ask(BEGIN).split()[0]  # rank 0 need not come first
    first.ask(BEGIN)
    second.kill()
    run = trialog.get_run(run_id)
    assert (run.status, run.reason) == (RunStatus.RUNNING, "rank 1 killed")
    assert first.ask("run.log('loss', 1.0); print('logged', flush=True)") == "logged"
    assert trialog.get_run(run_id).status is RunStatus.RUNNING
    first.end()
    run = trialog.get_run(run_id)
    assert (run.status, run.reason, run.points) == (RunStatus.FAILED, "rank 1 killed", 1)


def test_a_rank_that_leaves_early_ends_its_part_only(launches):
    """Its own status is kept beside the run's."""
    first, second = launches.ranks(2)
    for worker in (first, second):
        worker.ask(BEGIN)
    second.end("run.finish('FAILED', reason='no data')")
    (run,) = trialog.runs("p")
    assert run.status is RunStatus.RUNNING
    first.end()
    (run,) = trialog.runs("p")
    assert (run.status, run.reason) == (RunStatus.COMPLETED, "rank 1 FAILED: no data")


def test_a_restarted_launch_has_a_run_of_its_own(launches):
    """Restarts are counted; what the ranks of one write is never mixed with another's."""
    ids = []
    for count in "01":
        workers = launches.ranks(2, TORCHELASTIC_RESTART_COUNT=count)
        found = {worker.ask(BEGIN) for worker in workers}
        assert len(found) == 1
        ids += found
        for worker in workers:
            worker.kill()
    assert len(set(ids)) == 2


def test_ranks_that_sweep_share_each_run(launches):
    """The first run of each rank is one run, the second another; each project counts for itself."""
    workers = launches.ranks(2)
    for worker in workers:
        for project in "pqp":
            worker.tell(f"trialog.init('{project}').finish()")
    assert [worker.end("") for worker in workers] == [0, 0]
    assert len(trialog.runs("p")) == 2
    assert len(trialog.runs("q")) == 1
    for run in [*trialog.runs("p"), *trialog.runs("q")]:
        assert [each.rank for each in run.writers] == [0, 1]
        assert run.attempt == 1


def test_a_late_rank_joins_what_has_ended(launches):
    """Its points are there; it neither begins an attempt nor changes the status."""
    first, second = launches.ranks(2)
    first.ask(BEGIN)
    first.end()
    assert second.ask(BEGIN + "; run.log('x', 1.0)")
    assert second.end() == 0
    (run,) = trialog.runs("p")
    assert (run.status, run.attempt, run.points) == (RunStatus.COMPLETED, 1, 1)


SEVERAL = {"LOCAL_WORLD_SIZE": "1"}


def test_a_later_launch_of_the_same_key_has_a_run_of_its_own(launches):
    """A loop that launches on several machines, always by the same words."""
    ids = []
    for _ in range(3):
        workers = launches.ranks(2, **SEVERAL)
        found = {worker.ask(BEGIN) for worker in workers}
        assert len(found) == 1
        ids += found
        assert [worker.end() for worker in workers] == [0, 0]
    assert len(set(ids)) == 3
    assert [run.status for run in trialog.runs("p")] == [RunStatus.COMPLETED] * 3


def test_a_later_launch_is_told_by_the_time_where_a_rank_is_new(launches):
    """Rank 1 of the first never came: what was over before it was started is not its run."""
    first = launches.rank(0, **SEVERAL)
    run_id = first.ask(BEGIN).split()[0]
    first.end()
    second = launches.rank(1, **SEVERAL)
    assert second.ask(BEGIN).split()[0] != run_id


def test_machines_that_count_restarts_otherwise_share_a_run(launches):
    """Only the one whose rank has failed counts; the ranks before were killed a moment ago."""
    workers = launches.ranks(2, **SEVERAL)
    (before,) = {worker.ask(BEGIN) for worker in workers}
    for worker in workers:
        worker.kill()
    again = [
        launches.rank(rank, **SEVERAL, TORCHELASTIC_RESTART_COUNT=str(rank)) for rank in (0, 1)
    ]
    (after,) = {worker.ask(BEGIN) for worker in again}
    assert after != before
    assert [worker.end() for worker in again] == [0, 0]


def test_a_slurm_task_that_is_started_again_goes_on_with_its_run(launches):
    """There is no other launch of that number that it could be of."""
    step = {"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0", "SLURM_NTASKS": "2", "SLURM_PROCID": "1"}
    ids = set()
    for _ in range(2):
        worker = launches.start(step)
        ids.add(worker.ask(BEGIN))
        worker.kill()
    assert len(ids) == 1


def test_a_child_with_its_parents_variables_is_not_the_rank(launches):
    """Two processes are never one rank: the second has a run of its own."""
    worker = launches.rank(0)
    run_id = worker.ask(BEGIN).split()[0]
    child = launches.rank(0)
    assert child.ask(BEGIN).split()[0] != run_id
    child.end()
    worker.end()
    assert len(trialog.runs("p")) == 2


@pytest.mark.parametrize("argument", ["id", "resume"])
def test_ranks_that_name_the_run_go_on_with_it_together(launches, argument):
    """One of them begins attempt 2; the others join it, though it lives or has ended."""
    trialog.init("p", id="mine", name="mine").finish()
    workers = launches.ranks(3)
    begin = f"run = trialog.init('p', {argument}='mine'); print(run.id, flush=True)"
    assert {worker.ask(begin) for worker in workers[:2]} == {"mine"}
    assert [worker.end() for worker in workers[:2]] == [0, 0]
    assert workers[2].ask(begin) == "mine"
    assert workers[2].end() == 0
    run = trialog.get_run("mine")
    assert (run.attempt, run.status) == (2, RunStatus.COMPLETED)
    assert sorted((each.role, each.attempt) for each in run.writers) == [
        ("attach", 2), ("attach", 2), ("run", 1), ("run", 2),
    ]  # fmt: skip


def test_ranks_that_begin_a_run_of_a_chosen_id(launches):
    """One that comes late joins the attempt of its launch, which has ended meanwhile."""
    first, second = launches.ranks(2)
    begin = "run = trialog.init('p', id='mine'); print(run.id, flush=True)"
    first.ask(begin)
    first.end()
    second.ask(begin)
    second.end()
    assert trialog.get_run("mine").attempt == 1


def test_slurm_tasks_share_a_run(launches):
    """A step's number tells of the launch."""
    step = {"SLURM_JOB_ID": "7", "SLURM_STEP_ID": "0", "SLURM_NTASKS": "2"}
    workers = [
        launches.start({**step, "SLURM_PROCID": rank, "SLURM_LOCALID": "0"}) for rank in "01"
    ]
    for worker in workers:
        worker.tell(BEGIN)
    assert len({worker.hear() for worker in workers}) == 1
    for worker in workers:
        worker.end()
    (run,) = trialog.runs("p")
    assert [(each.rank, each.local_rank, each.world_size) for each in run.writers] == [
        (0, 0, 2), (1, 0, 2),
    ]  # fmt: skip


def test_ranks_set_by_hand_are_recorded_and_share_nothing(monkeypatch):
    """They do not say with whom they run."""
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with trialog.init("p") as run:
        assert not run.id.startswith("launch-")
    (writer,) = run.writers
    assert (writer.rank, writer.local_rank, writer.world_size) == (1, None, 2)


def test_a_forked_child_keeps_its_parents_rank(monkeypatch):
    """Whatever the environment says meanwhile."""
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with trialog.init("p") as run:
        pid = os.fork()
        if pid == 0:
            os.environ["RANK"] = "0"
            run.log("x", 1.0)
            os._exit(0)
        os.waitpid(pid, 0)
    parent, child = trialog.get_run(run.id).writers
    assert (child.role, child.rank, child.world_size, child.points) == ("fork", 1, 2, 1)
    assert (child.status, child.reason) == (None, None)
    assert (parent.status, trialog.get_run(run.id).reason) == (RunStatus.COMPLETED, None)


# -- TRIALOG_RUN -------------------------------------------------------------------------------


def test_children_attach_by_environ(launches):
    """Whatever they are called: their points, parameters and tags are the run's."""
    with trialog.init("acme", "Demo", name="parent", tags=["a"]) as run:
        assert run.environ()["TRIALOG_RUN"] == f"acme/demo/{run.id}"
        children = [launches.start(run.environ()) for _ in range(3)]
        for number, child in enumerate(children):
            call = f"trialog.init('other', name='x', tags=['t{number}'], parameters={{'n': 1}})"
            assert child.ask(f"run = {call}; print(run.name, flush=True)") == "parent"
            child.tell(f"run.log('x', 1.0, {number})")
            assert child.end() == 0
        assert trialog.get_run(run.id).status is RunStatus.RUNNING
    kept = trialog.get_run(run.id)
    assert (kept.status, kept.points, kept.parameters) == (RunStatus.COMPLETED, 3, {"n": 1})
    assert set(kept.tags) == {"a", "t0", "t1", "t2"}
    assert [each.role for each in kept.writers] == ["run", "attach", "attach", "attach"]
    assert len(trialog.runs()) == 1


def test_a_child_that_crashes_is_named_and_ends_nothing(launches):
    """It has no rank: it is called by its process."""
    with trialog.init("p") as run:
        child = launches.start(run.environ())
        child.ask("run = trialog.init(); print(1, flush=True)")
        assert child.end("raise KeyError('x')") == 1
    kept = trialog.get_run(run.id)
    assert kept.status is RunStatus.COMPLETED
    assert kept.reason == f"process {child.process.pid} CRASHED: KeyError: 'x'"


def test_a_child_comes_when_the_run_has_ended(monkeypatch):
    """What it logs is kept, and how it leaves changes nothing."""
    with trialog.init("p", name="parent") as run:
        pass
    monkeypatch.setenv("TRIALOG_RUN", run.environ()["TRIALOG_RUN"])
    late = trialog.init("q")
    late.log("x", 1.0)
    late.finish("CRASHED", reason="boom")
    kept = trialog.get_run(run.id)
    assert (kept.status, kept.reason, kept.attempt) == (RunStatus.COMPLETED, None, 1)
    assert kept.points == 1


def test_an_id_or_resume_wins_over_the_variable(monkeypatch):
    """What is said in the call comes before the environment."""
    with trialog.init("p", name="parent") as run:
        pass
    monkeypatch.setenv("TRIALOG_RUN", run.environ()["TRIALOG_RUN"])
    with trialog.init("p", id="mine", name="own") as own:
        assert own.name == "own"
    with trialog.init("p", resume="own") as again:
        assert again.id == "mine"


def test_an_id_alone_is_looked_for_in_all_projects(monkeypatch):
    """It is enough where one project has it; else the answer says what to write."""
    with trialog.init("a", "p", name="r", id="mine"):
        pass
    monkeypatch.setenv("TRIALOG_RUN", "mine")
    with trialog.init("elsewhere") as run:
        assert (run.name, run.organization.slug) == ("r", "a")
    with trialog.init("b", "p", name="s", id="mine"):
        pass
    with pytest.raises(errors.UsageError, match=r"TRIALOG_RUN='mine' .* in a/p and b/p"):
        trialog.init("elsewhere")
    monkeypatch.setenv("TRIALOG_RUN", "b/p/mine")
    with trialog.init("elsewhere") as run:
        assert run.name == "s"


@pytest.mark.parametrize(
    "value, error",
    [
        ("acme/demo/nobody", errors.NotFoundError),
        ("nobody", errors.NotFoundError),
        ("acme/nobody", errors.UsageError),
        ("../../x", errors.UsageError),
        ("a/*/x", errors.UsageError),
        ("a b", errors.UsageError),
        ("a/b/", errors.UsageError),
    ],
)
def test_a_variable_that_leads_nowhere(monkeypatch, value, error):
    """Said at the call, by its name: nothing is logged to another run than was meant."""
    monkeypatch.setenv("TRIALOG_RUN", value)
    with pytest.raises(error, match="TRIALOG_RUN="):
        trialog.init("p")
    monkeypatch.delenv("TRIALOG_RUN")
    assert trialog.fetch_runs() == []


def test_what_a_disabled_run_gives_its_children(monkeypatch):
    """They keep nothing either."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    monkeypatch.setenv("TRIALOG_RUN", "no/such/run")
    with trialog.init("p") as run:
        assert run.environ() == {"TRIALOG_MODE": "disabled"}
        assert run.writers == []


def test_a_run_that_cannot_be_begun_keeps_nobody_waiting(launches, monkeypatch, tmp_path):
    """A rank that was killed before its first record is waited for, then the run is another's."""
    monkeypatch.setattr("trialog._tracking.attempts.FIRST_RECORD_S", 0.05)
    with trialog.init("a", "p", id="other"):
        pass
    folder = next((tmp_path / "store").glob("namespaces/a/p/runs/named"))
    (folder / "mine").mkdir()
    began = time.monotonic()
    with trialog.init("a", "p", id="mine", name="r") as run:
        assert run.name == "r"
    assert time.monotonic() - began < 5
    assert trialog.get_run("mine").writers[0].role == "run"
