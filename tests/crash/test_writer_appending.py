"""Where a file system may not be mapped, records are appended with write(), in small batches."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import trialog
from trialog._format.records import Kind
from trialog._writing.filesystem import can_map

BATCH_SECONDS = 0.05
SLACK_SECONDS = 1.0  # a busy machine may let the steward's thread wait

pytestmark = [
    pytest.mark.skipif(os.getuid() != 0, reason="only root may mount a ramfs"),
    pytest.mark.filterwarnings("ignore:This process:DeprecationWarning"),  # they fork
]


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """The store lies on a ramfs, which is not on the list of file systems that are mapped."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "ramfs", "trialog-test", folder]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a ramfs")
    assert not can_map(folder)
    monkeypatch.setenv("TRIALOG_HOME", str(folder / "store"))
    for variable in ("MODE", "NAMESPACE", "PROJECT", "AT_EXIT"):
        monkeypatch.delenv(f"TRIALOG_{variable}", raising=False)
    yield folder / "store"
    subprocess.run(["umount", "--lazy", folder], check=True)


def wait_until(claim, seconds=BATCH_SECONDS + SLACK_SECONDS):
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def test_a_point_is_in_the_file_a_batch_later(journals):
    """Without a flush, a finish or a further call."""
    with trialog.init("p") as run:
        for step in range(5):
            run.log("x", 1.0, step)
            wait_until(lambda step=step: (step, 1.0) in journals.points("x"))


def test_finish_writes_all_that_waits(journals):
    """Points, facts and the end are there when finish() returns; many blocks of them."""
    with trialog.init("p", name="r") as run:
        for step in range(50_000):
            run.log("x", float(step), step)
        run.log_parameter("lr", 0.1)
    assert journals.points("x") == [(step, float(step)) for step in range(50_000)]
    assert journals.facts(Kind.PARAMETERS) == [{"lr": 0.1}]
    assert journals.end("r")["status"] == "COMPLETED"
    found = trialog.get_run("r")
    assert (found.points, found.damages) == (50_000, 0)


def test_a_kill_costs_at_most_the_last_batch(journals):
    """What was logged before the last batch is there, in order and without a gap."""
    code = textwrap.dedent("""
        import os, time, trialog
        with trialog.init("p", name="r") as run:
            step = 0
            while True:
                run.log("x", float(step), step)
                step += 1
                os.write(1, b"%d %d\\n" % (time.monotonic_ns(), step))
                time.sleep(0.0005)
    """)
    for round_ in range(4):
        before = set(journals.paths())
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(0.15 + 0.03 * round_)
            process.kill()
            killed_ns = time.monotonic_ns()
            said = [line.split() for line in process.stdout.read().splitlines()]
        (path,) = set(journals.paths()) - before
        steps = [record.step for record in journals.read(path) if hasattr(record, "step")]
        assert steps == list(range(len(steps)))
        limit_ns = killed_ns - int((BATCH_SECONDS + 0.1) * 1e9)
        due = [int(count) for at_ns, count in (line for line in said if len(line) == 2)
               if int(at_ns) <= limit_ns]  # fmt: skip
        assert len(steps) >= max(due, default=0)
        run = trialog.get_run(path.parent.name)
        assert (run.status, run.reason) == (trialog.RunStatus.FAILED, "killed")


def test_a_forked_child_has_a_steward_of_its_own(journals):
    """A few points of a child that then leaves without a word, as pool workers do, are kept."""
    with trialog.init("p", name="r") as run:
        run.log("parent", 1.0, 0)
        if not (pid := os.fork()):
            try:
                run.log("child", 2.0, 0)
                time.sleep(BATCH_SECONDS + SLACK_SECONDS)
            finally:
                os._exit(0)
        assert os.waitpid(pid, 0)[1] == 0
        run.log("parent", 1.0, 1)
    assert journals.points("child") == [(0, 2.0)]
    assert journals.points("parent") == [(0, 1.0), (1, 1.0)]
    assert journals.end("r")["status"] == "COMPLETED"


def test_an_idle_run_writes_nothing_but_heartbeats(journals):
    """A mark of what is on the disk is no news itself: the file does not grow by its own marks."""
    with trialog.init("p") as run:
        run.log("x", 1.0)
        wait_until(
            lambda: any(getattr(record, "kind", None) is Kind.SYNCED for record in journals.all()),
            seconds=3.0,
        )
        time.sleep(0.1)
        (path,) = journals.paths()
        size = path.stat().st_size
        time.sleep(1.6)
        assert path.stat().st_size == size


def test_a_signal_ends_it_with_everything_kept(journals, script):
    """SIGTERM without a handler: INTERRUPTED, and the batch that waited is written."""
    done = script("""
        import os, signal, trialog
        run = trialog.init("p", name="r")
        for step in range(100): run.log("x", 1.0, step)
        os.kill(os.getpid(), signal.SIGTERM)
    """)
    assert done.returncode == -signal.SIGTERM
    assert len(journals.points("x")) == 100
    assert journals.end("r")["status"] == "INTERRUPTED"
