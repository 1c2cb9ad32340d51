"""What the machine says: of this process, of others, of locks."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time

import pytest

from trialog import _machine


def test_this_process_lives_by_its_number_and_start():
    """The number alone is used again: another start is another process."""
    start = _machine.process_start()
    assert start > 0
    assert _machine.is_alive(os.getpid(), start) is True
    assert _machine.is_alive(os.getpid(), 0) is True
    assert _machine.is_alive(os.getpid(), start - 1) is False


def test_a_process_that_has_ended_does_not_live():
    """Whether somebody has waited for it or not."""
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert _machine.is_alive(child.pid, 0) is False
    assert _machine.is_alive(child.pid, 0) is False


@pytest.mark.parametrize("pid, told", [(0, None), (-1, None), (2**22 + 5, False), (2**62, False)])
def test_numbers_that_no_process_has(pid, told):
    """None where the question means nothing."""
    assert _machine.is_alive(pid, 1) is told


def test_a_lock_is_seen_and_not_taken(tmp_path):
    """Asking leaves the file as it was."""
    path = tmp_path / "file"
    assert _machine.is_locked(path) is None
    with path.open("wb") as held:
        assert _machine.is_locked(path) is False
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert _machine.is_locked(path) is True
    assert _machine.is_locked(path) is False


def test_where_a_process_comes_from():
    """Its parent, when it was started, and with which variables."""
    before_ns = time.time_ns()
    code = "import time; print(flush=True); time.sleep(60)"
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={"MARKED": "x"}) as child:
        child.stdout.readline()
        assert _machine.parent_of(child.pid) == os.getpid()
        assert _machine.process_start(child.pid) >= _machine.process_start()
        assert _machine.has_variable(child.pid, "MARKED")
        assert not _machine.has_variable(child.pid, "MARK")
        child.kill()
    assert _machine.started_ns() < before_ns
    assert (_machine.parent_of(2**22 + 5), _machine.process_start(2**22 + 5)) == (0, 0)
    assert not _machine.has_variable(2**22 + 5, "MARKED")
