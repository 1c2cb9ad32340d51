"""The claim to seal: who holds it, who waits, and what a dead process leaves."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading

import pytest

import trialog
from trialog._format.facts import Commit
from trialog._format.folders import StoreFolder
from trialog._tracking import writers
from trialog._tracking.sealing import Seal, is_sealed
from trialog._writing import claims

DIGEST = f"sha256:{7:064}"


@pytest.fixture
def experiment():
    with trialog.Experiment("sealed", project="acme/demo", commit=False) as made:
        yield made
    made.finish()


@pytest.fixture
def project(store):
    return StoreFolder(store).project("acme", "demo")


def note(store, project, experiment):
    commit = Commit(digest=DIGEST, size_bytes=1)
    writers.note_commit(store, project.run(experiment.id), commit)


def test_while_it_is_held_nobody_writes(project, experiment):
    """Afterwards, where nothing came of it, everybody may."""
    assert not is_sealed(project, experiment.id)
    with Seal(project, experiment.id):
        assert is_sealed(project, experiment.id)
        with pytest.raises(trialog.errors.SealedError):
            experiment.run()
    assert not is_sealed(project, experiment.id)
    with experiment.run() as run:
        assert run.run_id == 0


def test_it_is_given_up_where_the_commit_fails(project, experiment):
    """The error goes on, and the claim is gone."""
    with pytest.raises(ZeroDivisionError), Seal(project, experiment.id):
        raise ZeroDivisionError
    assert not claims.is_sealing(project, experiment.id)


def test_once_it_is_committed_it_says_the_digest(store, project, experiment):
    """And it stays so."""
    with Seal(project, experiment.id):
        note(store, project, experiment)
    assert claims.sealing_claimed_by(project, experiment.id) == DIGEST
    assert is_sealed(project, experiment.id)


def test_an_error_after_the_commit_leaves_it_committed(store, project, experiment):
    """The record decides: it stands in the journal."""

    def seal():
        with Seal(project, experiment.id):
            note(store, project, experiment)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seal()
    assert is_sealed(project, experiment.id)


def hold(home, experiment, told):
    """Hold the claim until somebody kills this process."""
    with Seal(StoreFolder(home).project("acme", "demo"), experiment):
        told.put(os.getpid())
        threading.Event().wait()


@pytest.fixture
def dead(store):
    """Leaves the claim of a process that was killed while it sealed."""

    def kill(experiment):
        context = multiprocessing.get_context("spawn")
        told = context.Queue()
        process = context.Process(target=hold, args=(store, experiment.id, told), daemon=True)
        process.start()
        pid = told.get()
        project = StoreFolder(store).project("acme", "demo")
        assert is_sealed(project, experiment.id)
        os.kill(pid, signal.SIGKILL)
        process.join()

    return kill


def test_the_claim_of_a_dead_process_seals_nothing(project, experiment, dead):
    """Runs go on, and another takes the claim."""
    dead(experiment)
    assert claims.is_sealing(project, experiment.id)
    assert not is_sealed(project, experiment.id)
    experiment.run().finish()
    with Seal(project, experiment.id):
        assert is_sealed(project, experiment.id)
    assert not claims.is_sealing(project, experiment.id)


def test_a_dead_process_that_had_written_the_record_has_sealed(store, project, experiment, dead):
    """It was killed between the record and the claim."""
    dead(experiment)
    note(store, project, experiment)
    assert is_sealed(project, experiment.id)
    with pytest.raises(trialog.errors.SealedError):
        experiment.run()


def test_who_comes_later_waits(project, experiment):
    """Two threads: one after the other, and the second finds what the first left."""
    order = []

    def second():
        with Seal(project, experiment.id):
            order.append("second")

    with Seal(project, experiment.id):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.05)
        assert thread.is_alive()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert not claims.is_sealing(project, experiment.id)
