"""Whether a writer lives: process, start time, boot, pid namespace, lock."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from trialog._catalog.processes import Identity, Presence, presence_of, read_here


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
    """Number and start time are those of a process."""
    assert presence_of(myself, here, journal) is Presence.HERE


def test_a_number_used_again_is_another_process(myself, here, journal):
    """The start time tells."""
    reused = replace(myself, process_start=myself.process_start - 1)
    assert presence_of(reused, here, journal) is Presence.GONE


def test_an_ended_process_is_gone(here, journal):
    """Whether it has been waited for or not."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        writer = replace(here, pid=child.pid, process_start=start_of(child.pid))
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert presence_of(writer, here, journal) is Presence.GONE  # a zombie
    assert presence_of(writer, here, journal) is Presence.GONE


@pytest.mark.parametrize("pid", [2**22 + 5, 2**40, 2**62])
def test_a_number_no_process_has_is_gone(here, journal, pid):
    """However large it is."""
    writer = replace(here, pid=pid, process_start=1)
    assert presence_of(writer, here, journal) is Presence.GONE


def test_another_boot_of_this_machine_is_a_reboot(myself, here, journal):
    """The boot id is the kernel's."""
    assert presence_of(replace(myself, boot="another"), here, journal) is Presence.REBOOTED


@pytest.mark.parametrize("change", [{"host": "other"}, {"machine": "other"}])
def test_another_machine_is_elsewhere(myself, here, journal, change):
    """Nothing can be told of it."""
    other = replace(myself, boot="another", **change)
    assert presence_of(other, here, journal) is Presence.ELSEWHERE


def test_nobody_is_elsewhere(here, journal):
    """A journal that does not say who writes it."""
    assert presence_of(Identity(), here, journal) is Presence.ELSEWHERE


def test_another_pid_namespace_is_asked_by_its_lock(myself, here, journal):
    """A container's processes have other numbers here: who holds the lock lives."""
    boxed = replace(myself, pid_namespace=here.pid_namespace + 1, pid=1)
    assert presence_of(boxed, here, journal) is Presence.GONE
    with journal.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert presence_of(boxed, here, journal) is Presence.HERE
    assert presence_of(boxed, here, journal.with_name("gone")) is Presence.ELSEWHERE
