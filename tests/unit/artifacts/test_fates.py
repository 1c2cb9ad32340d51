"""Silent ends: what is known on this machine is known wherever the artifact is read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import trialog
from trialog import errors
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._writing import claims

KILLED = """
    import os, sys, trialog
    experiment = trialog.Experiment("killed", project="acme/demo", commit=False)
    experiment.run("done").finish()
    run = experiment.run("died")
    run.log("loss", 0.5)
    if {asked}:
        trialog.get_run(run.id).cancel("enough")
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def killed(tmp_path, store):
    """An experiment whose process was killed in the middle of a run."""

    def kill(*, asked=False):
        path = tmp_path / "train.py"
        path.write_text(textwrap.dedent(KILLED.format(asked=asked)))
        with subprocess.Popen(
            [sys.executable, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdout.readline() == b"ready\n"
            process.send_signal(signal.SIGKILL)
        return trialog.Experiment.open("killed")

    return kill


@pytest.fixture
def another_machine(monkeypatch):
    """From now on this process is told that it is somewhere else."""

    def move():
        for name, said in (
            ("boot_id", "another boot"),
            ("host_name", "another-host"),
            ("machine_id", "another machine"),
            ("booted_ns", 0),
        ):
            monkeypatch.setattr(f"trialog._machine.{name}", lambda said=said: said)

    return move


def told(run):
    """What is said of the end of a run."""
    return run.status, run.reason, run.date_ended, run.exit_code


@pytest.mark.parametrize("asked", [False, True])
def test_a_killed_run_is_known_to_be_killed_elsewhere(
    killed, another_machine, tmp_path, store, asked
):
    """Its status, its reason and its end are those that this machine has found out."""
    experiment = killed(asked=asked)
    before = told(trialog.get_run("died"))
    assert before[0] is (trialog.RunStatus.CANCELED if asked else trialog.RunStatus.FAILED)
    assert "killed" in before[1]
    experiment.commit()
    assert told(trialog.get_run("died")) == before
    archive = experiment.save(tmp_path / "a.tar")
    copy = tmp_path / "copy"
    shutil.copytree(store, copy, ignore=shutil.ignore_patterns("catalog*"))
    another_machine()
    copied = trialog.get_run("died", client=trialog.LocalClient(copy))
    assert told(copied) == before
    other = trialog.LocalClient(tmp_path / "other")
    loaded = trialog.Experiment.load(archive, client=other)
    assert told(loaded.runs[1]) == before
    assert told(loaded.runs[0])[:2] == (trialog.RunStatus.COMPLETED, None)


def test_what_has_ended_by_a_word_gets_no_other(journals):
    """Nothing is written beside runs that have ended as runs do."""
    with trialog.Experiment("well") as experiment:
        experiment.run().finish()
        experiment.run().finish(status="FAILED", reason="infeasible")
    assert journals.facts(Kind.WITNESSED) == []


def test_a_second_try_writes_nothing_again(killed, journals, store):
    """A commit that was refused after it had settled ends finds them settled."""
    experiment = killed()
    with experiment.run() as run:
        run.log_attachment("x", "text/plain", b"x")
    blob = store / "blobs" / "sha256"
    shutil.move(blob, blob.with_name("away"))
    with pytest.raises(errors.IntegrityError):
        experiment.commit()
    said = journals.facts(Kind.WITNESSED)
    shutil.rmtree(blob)
    shutil.move(blob.with_name("away"), blob)
    experiment.commit()
    assert journals.facts(Kind.WITNESSED) == said
    assert [each["reason"] for each in said] == ["killed", "killed"]  # the run's, and the record's


def test_a_run_of_a_lost_host_is_lost_elsewhere_too(handmade, another_machine):
    """It said nothing for ten minutes: that is what is sealed."""
    now = time.time_ns()
    handmade.now_ns = now - 3_600 * 1_000_000_000
    far = {"boot": "b", "host": "far", "machine": "m"}
    names = {"experiment": "exp", "number": 0}
    client = trialog.LocalClient(handmade.store.path)
    experiment_start = handmade.start("exp", "w0", kind="experiment", **far)
    handmade.write(experiment_start + handmade.end(), "exp", "w0", is_open=False)
    path = handmade.write(handmade.start("lost", "w1", **names, **far), "lost", is_open=False)
    old = handmade.now_ns
    os.utime(path, ns=(old, old))
    project = StoreFolder(handmade.store.path).project("acme", "demo")
    claims.claim_experiment(project, "exp", "exp")
    claims.claim_number(project, "exp", "lost", least=0, hint=0)
    before = told(trialog.get_run("lost", client=client))
    assert before[:2] == (trialog.RunStatus.FAILED, "host lost")
    experiment = trialog.Experiment.open("exp", client=client)
    experiment.commit()
    another_machine()
    assert told(trialog.get_run("lost", client=client)) == before
