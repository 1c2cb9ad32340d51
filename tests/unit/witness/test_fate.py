"""How a process ended, read from outside of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trialog._witness.fate import Fate, FateReader

SEGFAULT = (
    b'Fatal Python error: Segmentation fault\n\nCurrent thread 0x1:\n  File "train.py", line 3\n'
)


@pytest.fixture
def process():
    """A process that does what its standard input says."""
    found = subprocess.Popen(
        [sys.executable, "-c", "import os, sys; exec(sys.stdin.read())"], stdin=subprocess.PIPE
    )
    yield found
    if found.poll() is None:
        found.kill()
    found.wait()
    found.stdin.close()


def end_of(process, order: str, said: bytes = b"") -> Fate:
    """What is known of a process that was told how to end."""
    reader = FateReader(process.pid)
    process.stdin.write(order.encode())
    process.stdin.close()
    process.wait(20)
    return reader.read(said)


def knows_codes() -> bool:
    """Whether this system tells the exit code of any process."""
    child = subprocess.Popen(["true"])
    reader = FateReader(child.pid)
    child.wait()
    return reader.read().exit_code == 0


needs_codes = pytest.mark.skipif(not knows_codes(), reason="Linux before 6.15 tells no exit codes")


@needs_codes
@pytest.mark.parametrize("code", [0, 3, 255])
def test_an_exit_code_is_what_the_process_gave(process, code):
    """Of another process's child, too: nobody has to be its parent."""
    assert end_of(process, f"os._exit({code})") == Fate(f"exit code {code}", exit_code=code)


@needs_codes
@pytest.mark.parametrize(
    "name,reason", [("SIGKILL", "killed"), ("SIGUSR1", "ended by SIGUSR1"), ("SIGBUS", "bus error")]
)
def test_a_signal_has_its_name(process, name, reason):
    """The word for it, and the signal."""
    order = f"import signal; os.kill(os.getpid(), signal.{name})"
    assert end_of(process, order) == Fate(reason, signal=name)


@pytest.mark.parametrize("has_pidfd", [True, False])
@pytest.mark.parametrize(
    "order,expected",
    [
        ("os._exit(3)", Fate("exit code 3", exit_code=3)),
        ("os.kill(os.getpid(), 9)", Fate("killed", signal="SIGKILL")),
    ],
)
def test_a_parent_that_asks_late_hides_no_end(process, tmp_path, order, expected, has_pidfd):
    """One that reads all output first, say; on systems too that tell no codes of others later."""
    reader = FateReader(process.pid, counters=[], kernel_log=tmp_path / "none")
    process.stdin.write(order.encode())
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    if not has_pidfd:
        reader.pidfd = None
    begun_s = time.monotonic()
    assert reader.read() == expected
    assert time.monotonic() - begun_s < 2


def test_a_zero_in_proc_says_nothing(process, tmp_path):
    """It stands there too where the system keeps the status from us: who was killed had none."""
    reader = FateReader(process.pid, counters=[], kernel_log=tmp_path / "none")
    reader.pidfd = None
    process.stdin.write(b"os._exit(0)")
    process.stdin.close()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert reader.read() == Fate()


def test_another_process_of_the_number_says_nothing(process, tmp_path):
    """Numbers are given again; the time of the start tells them apart."""
    reader = FateReader(process.pid, process_start=1, counters=[], kernel_log=tmp_path / "none")
    reader.pidfd = None
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert reader.read() == Fate()


def test_what_faulthandler_said_is_kept(process):
    """The traceback stands beside the reason; only the last fatal error counts."""
    earlier = b"Fatal Python error: Aborted\nold\n"
    found = end_of(process, "import ctypes; ctypes.string_at(0)", earlier + SEGFAULT)
    assert found.reason == "segmentation fault"
    assert found.traceback == SEGFAULT.decode()


def test_a_system_that_tells_no_codes_believes_faulthandler(process):
    """Without the exit code, the words of the fatal error are the reason."""
    reader = FateReader(process.pid)
    reader.pidfd = None
    assert reader.read(SEGFAULT) == Fate("segmentation fault", traceback=SEGFAULT.decode())


def test_without_any_evidence_nothing_is_said(process):
    """No exit code, no fault: the reader's own word, killed, stands."""
    reader = FateReader(process.pid)
    reader.pidfd = None
    assert reader.read() == Fate()


@pytest.mark.parametrize("age,reason", [(0, "out of memory"), (1, "out of memory"), (2, "killed")])
def test_a_kill_for_want_of_memory_counts_while_it_is_fresh(process, tmp_path, age, reason):
    """Counters tell of the whole cgroup: a child that was killed long ago says nothing of us."""
    counter = tmp_path / "memory.events"
    counter.write_text("oom 4\noom_kill 4\n")
    none = tmp_path / "none"
    reader = FateReader(process.pid, counters=[counter], kernel_log=none)
    counter.write_text("oom 5\noom_kill 5\n")
    for _ in range(age):
        reader.count(reader.count_s)
    process.kill()
    process.wait(20)
    found = reader.read()
    assert (found.reason or "killed") == reason


def test_a_kernel_log_that_is_none_says_nothing(process, tmp_path):
    """Some containers have another file in its place: the counters are asked then."""
    counter = tmp_path / "memory.events"
    counter.write_text("oom_kill 0\n")
    reader = FateReader(process.pid, counters=[counter], kernel_log=Path(os.devnull))
    counter.write_text("oom_kill 1\n")
    process.kill()
    process.wait(20)
    assert reader.read().reason == "out of memory"
