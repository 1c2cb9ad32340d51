"""A process says enough of itself to be known again by any other."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from trialog._writing.identity import this_process, user_name

TELL = """
import os, sys
from trialog._writing.identity import this_process

if len(sys.argv) > 1:
    with open("/proc/self/comm", "w") as comm:
        comm.write(sys.argv[1])
here = this_process()
print(here.pid, here.process_start, here.pid_namespace, here.user, flush=True)
sys.stdin.read()
"""


def told_by_child(*arguments, **environ):
    """What a child says of itself, and what its parent sees of it."""
    with subprocess.Popen(
        [sys.executable, "-c", TELL, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environ,
    ) as child:
        told = child.stdout.readline().split()
        fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(") ")[2].split()
        namespace = Path(f"/proc/{child.pid}/ns/pid").stat().st_ino
        child.stdin.close()
        return told, [str(child.pid), fields[19], str(namespace)]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system has no /proc")
@pytest.mark.parametrize("command", ["python", "a b", ") 1 (", "(("])
def test_another_process_finds_what_it_says(command):
    """Its pid, start and pid namespace, whatever its command is called."""
    told, seen = told_by_child(command)
    assert told[:3] == seen


def test_the_machine_is_known_by_its_boot():
    """Pids begin anew with it; host and version are those of Python."""
    here = this_process()
    assert here.pid == os.getpid()
    assert here.host == os.uname().nodename
    assert here.python == platform.python_version()
    assert here == this_process()
    boot = Path("/proc/sys/kernel/random/boot_id")
    assert here.boot == (boot.read_text().strip() if boot.exists() else "")


def test_the_user_is_who_the_environment_says():
    """As everywhere: LOGNAME first."""
    assert told_by_child(LOGNAME="ada")[0][3] == "ada"


def test_a_user_without_a_name_has_a_number():
    """A container's user that the system does not know."""
    code = """
import os
for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
    os.environ.pop(name, None)
from trialog._writing.identity import user_name
import getpass, pwd
os.setuid(54321)
print(user_name())
"""
    if os.getuid() != 0:
        pytest.skip("only root becomes another user")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "uid54321"


def test_the_user_is_asked_for_once():
    """A directory service may take its time."""
    assert user_name() is user_name()
