"""A disk that fills up while runs log to it: nothing raises, what fits is kept, the rest told."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import time

import pytest

import trialog
from trialog import errors
from trialog._format.records import Kind

MIB = 1 << 20

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # they fork


@pytest.fixture
def disk(tmp_path):
    """A file system of 4 MiB."""
    if os.getuid():
        pytest.skip("only root may mount a small file system")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "trialog-test", folder]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a tmpfs")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture(autouse=True)
def store(disk, monkeypatch):
    """The store lies on the small disk."""
    monkeypatch.setenv("TRIALOG_HOME", str(disk / "store"))
    return disk / "store"


def fill(disk):
    """Take every byte that is left."""
    with (disk / "ballast").open("ab", buffering=0) as file:
        size = 64 * 1024
        while size >= 1:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2


def free(disk):
    (disk / "ballast").unlink()


def wait_until(claim, seconds=5.0):
    end = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def log_points(run, count, first=0):
    for step in range(first, first + count):
        run.log("x", float(step), step)


def told(capfd):
    return [line for line in capfd.readouterr().err.splitlines() if line.startswith("trialog:")]


def test_points_wait_in_memory_and_are_written_once_there_is_room(disk, journals, capfd):
    """No call raises; it is told once; after space is freed every point is there."""
    with trialog.init("p", name="r") as run:
        fill(disk)
        log_points(run, 20_000)
        run.log_parameter("lr", 0.1)
        time.sleep(1.2)
        assert len(journals.points("x")) < 20_000
        free(disk)
        wait_until(lambda: len(journals.points("x")) == 20_000)
        log_points(run, 20_000, first=20_000)
    (line,) = told(capfd)
    assert "no room" in line
    assert "run 'r'" in line
    assert journals.points("x") == [(step, float(step)) for step in range(40_000)]
    assert journals.facts(Kind.PARAMETERS) == [{"lr": 0.1}]
    found = trialog.get_run("r")
    assert (found.status, found.missing, found.points) == (trialog.RunStatus.COMPLETED, 0, 40_000)


def test_the_end_always_finds_room(disk, journals, capfd):
    """The disk stays full: the end is written, and says how many points are missing."""
    with trialog.init("p", name="r") as run:
        log_points(run, 100)
        fill(disk)
        log_points(run, 20_000, first=100)
        run.log_parameter("lr", 0.1)
    assert run.status is trialog.RunStatus.COMPLETED
    end = journals.end("r")
    kept = journals.points("x")
    assert end["status"] == "COMPLETED"
    assert len(kept) + end["missing"] == 20_100
    assert end["missing"] > 0
    assert end["missing_since_ns"] is not None
    assert kept == [(step, float(step)) for step in range(len(kept))]
    assert journals.facts(Kind.PARAMETERS) == [{"lr": 0.1}]
    full, lost = told(capfd)
    assert "no room" in full
    assert f"{end['missing']} points" in lost
    free(disk)
    found = trialog.get_run("r")
    assert (found.status, found.missing, found.points) == (
        trialog.RunStatus.COMPLETED,
        end["missing"],
        len(kept),
    )
    assert found.missing_since is not None
    assert found.parameters == {"lr": 0.1}


def test_a_run_on_a_full_disk_can_be_read(disk, capfd):
    """Nobody has to free space first to see what is wrong: caches go where there is room."""
    with trialog.init("p", name="r") as run:
        log_points(run, 100)
        fill(disk)
    assert trialog.get_run("r").points == 100


def test_a_crash_on_a_full_disk_keeps_its_exception(disk, journals, capfd):
    """The last words hold the traceback too."""

    def train():
        with trialog.init("p", name="r") as run:
            fill(disk)
            log_points(run, 5_000)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        train()
    end = journals.end("r")
    assert (end["status"], end["reason"]) == ("CRASHED", "ZeroDivisionError: division by zero")
    assert "1 / 0" in end["exception"]["traceback"]


def test_a_run_of_an_experiment_ends_on_a_full_disk(disk, journals, capfd):
    """It had reserved a page: what does not fit there waits, and the end always finds room."""
    experiment = trialog.Experiment("e", project="p", commit=False)
    run = experiment.run()

    def train():
        with run:
            run.log_parameter("lr", 0.1)
            fill(disk)
            log_points(run, 5_000)
            run.log_parameter("late", 0.2)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        train()
    end = journals.end(run.name)
    assert (end["status"], end["reason"]) == ("CRASHED", "ZeroDivisionError: division by zero")
    assert "ZeroDivisionError" in end["exception"]["traceback"]
    kept = journals.points("x")
    assert kept == [(step, float(step)) for step in range(len(kept))]
    assert len(kept) + end["missing"] == 5_000
    assert journals.facts(Kind.PARAMETERS)[0] == {"lr": 0.1}
    assert any("no room" in line for line in told(capfd))
    free(disk)
    experiment.finish()


def test_a_run_of_an_experiment_waits_for_room(disk, journals, capfd):
    """Once there is room again every point is there."""
    experiment = trialog.Experiment("e", project="p", commit=False)
    with experiment.run() as run:
        fill(disk)
        log_points(run, 20_000)
        free(disk)
        wait_until(lambda: len(journals.points("x")) == 20_000)
        log_points(run, 20_000, first=20_000)
    assert journals.points("x") == [(step, float(step)) for step in range(40_000)]
    assert journals.end(run.name)["missing"] == 0
    experiment.finish()


def test_memory_is_bounded_and_what_goes_beyond_is_counted(disk, journals, capfd, monkeypatch):
    """Past the limit points are dropped, and every one of them is in the count."""
    monkeypatch.setattr("trialog._writing.blockfile.MEMORY_LIMIT_BLOCKS", 3)
    total = 200_000
    with trialog.init("p", name="r") as run:
        fill(disk)
        log_points(run, total)
        run.log({"a": 1.0, "b": 2.0})  # two points, and an own kind of record
        run.log_parameter("lr", 0.1)
        free(disk)
        wait_until(lambda: journals.facts(Kind.TROUBLE))
        log_points(run, 10, first=total)
    end, (note,) = journals.end("r"), journals.facts(Kind.TROUBLE)
    kept = journals.points("x")
    assert len(kept) + len(journals.points("a")) * 2 + end["missing"] == total + 12
    assert note["missing"] == end["missing"] > 0
    assert note["since_ns"] <= note["until_ns"]
    assert kept[-10:] == [(step, float(step)) for step in range(total, total + 10)]
    assert journals.facts(Kind.PARAMETERS) == [{"lr": 0.1}]
    assert trialog.get_run("r").missing == end["missing"]
    assert len(told(capfd)) == 1


def test_a_run_cannot_begin_on_a_full_disk(disk, store):
    """init() says so, with the folder and what to do; no marker of a live writer is left."""
    trialog.init("p", name="before").finish()
    fill(disk)
    with pytest.raises(errors.StoreError, match=r"cannot be written.*TRIALOG_HOME") as caught:
        trialog.init("p", name="r")
    assert str(store) in str(caught.value)
    assert list(store.glob("namespaces/*/*/open/*")) == []
    free(disk)
    trialog.init("p", name="after").finish()


def test_strict_raises_from_the_call_that_met_it(disk, journals, capfd):
    """``strict=True``: the call raises, nothing waits in memory, and the end is still written."""
    logged = 0
    with trialog.init("p", name="r", strict=True) as run:
        fill(disk)
        with contextlib.suppress(errors.StoreError):
            while logged < 100_000:
                run.log("x", float(logged), logged)
                logged += 1
        assert logged < 100_000
        time.sleep(1.0)
        with pytest.raises(errors.StoreError, match="no room"):
            run.log("x", float(logged), logged)
    assert journals.points("x") == [(step, float(step)) for step in range(logged)]
    end = journals.end("r")
    assert (end["status"], end["missing"]) == ("COMPLETED", 0)


def test_an_attachment_that_cannot_be_kept_is_told_and_noted(disk, journals, capfd):
    """Training goes on; the run knows what is not there. ``strict=True`` raises."""
    with trialog.init("p", name="r") as run:
        run.log_attachment("weights", "application/x", os.urandom(6 * MIB))
        run.log("x", 1.0)
    (note,) = journals.facts(Kind.TROUBLE)
    assert "attachment 'weights' could not be kept" in note["what"]
    assert journals.facts(Kind.ATTACHMENT) == []
    assert len(told(capfd)) == 1
    with (
        trialog.init("p", name="s", strict=True) as run,
        pytest.raises(errors.StoreError, match="'weights'"),
    ):
        run.log_attachment("weights", "application/x", os.urandom(6 * MIB))
    assert list((disk / "store/blobs/incoming").iterdir()) == []


def test_a_forked_child_on_a_full_disk_neither_raises_nor_is_lost(disk, journals, capfd):
    """Its points wait in its own memory, and are written when there is room."""
    with trialog.init("p", name="r") as run:
        run.log("x", 0.0, 0)
        fill(disk)
        if not (pid := os.fork()):
            code = 1
            try:
                run.log("y", 1.0, 1)
                free(disk)
                time.sleep(1.0)
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(pid, 0)[1] == 0
    assert journals.points("y") == [(1, 1.0)]
    assert journals.end("r")["missing"] == 0


def test_what_is_there_is_read(disk):
    """Who looks for what fills the disk can look: the catalog goes on in memory."""
    with trialog.init("p", name="before"):
        pass
    assert len(trialog.runs("p")) == 1  # the catalog lies on the disk
    with trialog.init("p", name="after") as run:
        log_points(run, 20)
    fill(disk)
    found = trialog.runs("p", where="count(x) == 20")
    assert [each.name for each in found] == ["after"]
    assert len(found.metrics_df("x")) == 20
    assert len(trialog.runs("p")) == 2


@pytest.mark.parametrize("may_map", [True, False], ids=["mapped", "appended"])
def test_a_daemon_that_closed_its_stderr(disk, journals, monkeypatch, may_map):
    """Nobody can be told: no call raises, and what waited is written once there is room."""
    if not may_map:
        monkeypatch.setattr("trialog._tracking.writers.can_map", lambda folder: False)
    closed = io.StringIO()
    closed.close()
    monkeypatch.setattr(sys, "stderr", closed)
    with trialog.init("p", name="r") as run:
        fill(disk)
        log_points(run, 20_000)
        time.sleep(0.7)
        free(disk)
        wait_until(lambda: len(journals.points("x")) == 20_000)
        log_points(run, 20_000, first=20_000)
    assert journals.points("x") == [(step, float(step)) for step in range(40_000)]
