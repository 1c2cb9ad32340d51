"""Whether a writer lives: process, start time, boot, pid namespace, lock."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import trialog
from trialog._journals.processes import Identity, Presence, Presences, read_here


@pytest.fixture
def journal(tmp_path):
    path = tmp_path / "w.journal"
    path.touch()
    return path


def start_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19])


@pytest.fixture
def here():
    return read_here()


@pytest.fixture
def myself(here):
    return replace(here, process_start=start_of(os.getpid()))


def test_a_living_process_is_here(myself, here, journal):
    """Number and start time are those of a process, which holds the journal's lock."""
    with journal.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert Presences(here).of(myself, journal) is Presence.HERE


def test_a_number_used_again_is_another_process(myself, here, journal):
    """The start time tells."""
    reused = replace(myself, process_start=myself.process_start - 1)
    assert Presences(here).of(reused, journal) is Presence.GONE


def test_an_ended_process_is_gone(here, journal):
    """Whether it has been waited for or not."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        writer = replace(here, pid=child.pid, process_start=start_of(child.pid))
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert Presences(here).of(writer, journal) is Presence.GONE  # a zombie
    assert Presences(here).of(writer, journal) is Presence.GONE


@pytest.mark.parametrize("pid", [2**22 + 5, 2**40, 2**62])
def test_a_number_no_process_has_is_gone(here, journal, pid):
    """However large it is."""
    writer = replace(here, pid=pid, process_start=1)
    assert Presences(here).of(writer, journal) is Presence.GONE


@pytest.fixture
def rebooted(myself):
    """A writer on this machine before it was started anew."""
    return replace(myself, boot="another", machine="m1")


def test_another_boot_of_this_machine_is_a_reboot(rebooted, here, journal):
    """The boot id is the kernel's."""
    here = replace(here, machine="m1")
    os.utime(journal, ns=(0, here.booted_ns - 1))
    assert Presences(here).of(rebooted, journal) is Presence.REBOOTED
    assert not Presence.REBOOTED.is_certain_end


def test_a_sign_of_life_since_this_machine_was_started_proves_that_it_is_another(
    rebooted, here, journal
):
    """Machines may be called the same: images of containers are, and copies of virtual machines."""
    here = replace(here, machine="m1")
    presences = Presences(here)
    os.utime(journal, ns=(0, here.booted_ns - 1))
    assert presences.of(rebooted, journal, here.booted_ns + 1) is Presence.ELSEWHERE
    os.utime(journal, ns=(0, here.booted_ns + 1))
    assert presences.of(rebooted, journal) is Presence.ELSEWHERE


def test_machines_without_an_id_are_never_told_to_be_one(rebooted, here, journal):
    """Their host names may be equal: every container may be called the same."""
    os.utime(journal, ns=(0, 1))
    nameless = replace(here, machine="")
    assert Presences(nameless).of(replace(rebooted, machine=""), journal) is Presence.ELSEWHERE


def test_this_machine_was_started_before_now(here):
    """By its own clock."""
    assert 0 < here.booted_ns < time.time_ns()


@pytest.mark.parametrize("change", [{"host": "other"}, {"machine": "other"}])
def test_another_machine_is_elsewhere(myself, here, journal, change):
    """Nothing can be told of it."""
    other = replace(myself, boot="another", **change)
    assert Presences(here).of(other, journal) is Presence.ELSEWHERE


def test_a_journal_that_does_not_say_who_writes_it_is_asked_by_its_lock(here, journal):
    """Its first record is damaged: who holds the lock lives."""
    assert Presences(here).of(Identity(), journal) is Presence.GONE
    with journal.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert Presences(here).of(Identity(), journal) is Presence.HERE


def test_a_process_that_became_another_program_is_gone(tmp_path):
    """``exec`` keeps number and start time; the lock on the journal is given up."""
    path = tmp_path / "train.py"
    path.write_text(
        "import os, trialog\n"
        'trialog.init("p", name="r").log("x", 0.5)\n'
        'os.execvp("sleep", ["sleep", "30"])\n'
    )
    with subprocess.Popen([sys.executable, path]) as process:
        try:
            until = time.monotonic() + 20
            while "sleep" not in Path(f"/proc/{process.pid}/comm").read_text():
                assert time.monotonic() < until
                time.sleep(0.01)
            run = trialog.get_run("r")
            assert (run.status, run.reason) == ("FAILED", "killed")
            assert len(run.metric("x")) == 1
        finally:
            process.kill()


def test_another_pid_namespace_is_asked_by_its_lock(myself, here, journal):
    """A container's processes have other numbers here: who holds the lock lives."""
    boxed = replace(myself, pid_namespace=here.pid_namespace + 1, pid=1)
    assert Presences(here).of(boxed, journal) is Presence.GONE
    with journal.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert Presences(here).of(boxed, journal) is Presence.HERE
    assert Presences(here).of(boxed, journal.with_name("gone")) is Presence.ELSEWHERE
