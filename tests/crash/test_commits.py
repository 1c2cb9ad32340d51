"""Commits that are cut off: the experiment is open as before, or committed; never half."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import subprocess
import sys
import textwrap
import time

import pytest

import trialog
from trialog import errors
from trialog._tracking import active

COMMIT = """
    import sys, trialog
    experiment = trialog.Experiment.open("sweep", client=trialog.LocalClient(sys.argv[1]))
    import trialog._artifacts.committing
    print("ready", flush=True)
    sys.stdin.readline()
    print(experiment.commit(), flush=True)
"""
RUNS = 60


def record(client=None):
    experiment = trialog.Experiment("sweep", project="acme/demo", client=client, commit=False)
    for number in range(RUNS):
        with experiment.run(parameters={"number": number}) as run:
            run.log("loss", number / 2)
            run.log_json("x", {"number": number})
    experiment.finish()
    active.session.steward.drain()
    return experiment


@pytest.fixture
def committer(tmp_path, store):
    """Starts processes that commit when they are told to."""
    path = tmp_path / "commit.py"
    path.write_text(textwrap.dedent(COMMIT))
    with contextlib.ExitStack() as processes:

        def start():
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            command = [sys.executable, path, str(store)]
            process = processes.enter_context(subprocess.Popen(command, **pipes))
            assert process.stdout.readline() == "ready\n"
            return process

        yield start


def go(process):
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.slow
def test_a_commit_that_is_killed_at_any_moment(committer):
    """Whoever comes next goes on where it was: it takes runs, or it is whole and right."""
    experiment, moments = record(), random.Random(7)
    is_committed = False
    for _ in range(6):
        process = committer()
        go(process)
        time.sleep(moments.uniform(0.0, 0.15))
        process.kill()
        process.wait()
        if is_committed := experiment.is_committed:
            break
        with experiment.run() as run:  # the claim of the dead process stops nobody
            run.log_parameter("number", -1)
        experiment.finish()
    if not is_committed:
        assert experiment.commit() == experiment.digest
    with pytest.raises(errors.SealedError):
        experiment.run()
    assert trialog.Experiment.open("sweep").commit() == experiment.digest
    assert experiment.verify().blobs > RUNS
    assert len(experiment.run_parameters_df()) == len(experiment.runs) >= RUNS


def test_processes_that_commit_at_once(committer):
    """Each is told the same digest."""
    experiment = record()
    processes = [committer() for _ in range(3)]
    for process in processes:
        go(process)
    digests = {process.stdout.readline().strip() for process in processes}
    assert digests == {experiment.digest}


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


def fill(disk, left_bytes):
    """Leave no more than so many bytes."""
    with (disk / "ballast").open("ab", buffering=0) as file:
        size = 64 * 1024
        while size >= 1:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
        file.truncate(max(0, file.tell() - left_bytes))


def test_a_disk_that_fills_up_leaves_it_open(disk):
    """Whatever did not fit: once there is room it is committed, and right."""
    client = trialog.LocalClient(disk / "store")
    experiment = record(client)
    refused = 0
    for left_bytes in range(0, 200_000, 8_192):
        fill(disk, left_bytes)
        try:
            experiment.commit()
        except errors.StoreError:
            refused += 1
            assert not experiment.is_committed
        finally:
            (disk / "ballast").unlink()
        if experiment.is_committed:
            break
    assert refused > 0
    experiment.commit()
    assert experiment.verify().blobs > RUNS


def be_elsewhere(address, told):
    """A worker that has a run of the experiment open, and dies with it."""
    experiment = trialog.Experiment.open(address)
    experiment.run("in a worker").log("loss", 0.5)
    told.put(os.getpid())
    time.sleep(60)


def test_a_worker_that_was_killed_does_not_hold_it_up(store):
    """While it lives its run is named; once it is dead, that is how its run ended."""
    experiment = trialog.Experiment("pool", project="acme/demo", commit=False)
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    process = context.Process(target=be_elsewhere, args=(experiment.id, told), daemon=True)
    process.start()
    pid = told.get()
    with pytest.raises(errors.UsageError, match=rf"'in a worker' \(.*RUNNING, process {pid}"):
        experiment.commit()
    process.kill()
    process.join()
    experiment.commit()
    assert [(run.status, run.reason) for run in experiment.runs] == [("FAILED", "killed")]
