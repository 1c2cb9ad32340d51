"""What this machine says of itself, its processes and the locks on its files; both halves ask here.

It knows no record and no store. A system that says nothing (no ``/proc``) gives empty answers.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import time
from pathlib import Path

_STATE, _PARENT, _START_TIME, _EXIT_STATUS = (
    0,
    1,
    19,
    49,
)  # of /proc/<pid>/stat, counted after the command
_MOUNT_POINT = 4  # field 5 of a line of mountinfo
_ESCAPED = re.compile(r"\\([0-7]{3})")  # a space, a tab, … in it
_DEAD_STATES = "ZXx"
_ZOMBIE = "Z"


def boot_id() -> str:
    """The kernel's id of the time since it was started; empty where unknown."""
    return _read("/proc/sys/kernel/random/boot_id")


def machine_id() -> str:
    """The machine's own id; empty where it has none, as in many containers."""
    return _read("/etc/machine-id")


def host_name() -> str:
    """The name of the machine."""
    return os.uname().nodename if hasattr(os, "uname") else platform.node()


def pid_namespace() -> int:
    """In which space process numbers are meant; 0 where unknown."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def booted_ns() -> int:
    """When the machine was started, in nanoseconds since 1970; 0 where unknown."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return 0 if clock is None else time.time_ns() - time.clock_gettime_ns(clock)


def process_start(pid: int | str = "self") -> int:
    """Clock ticks from boot to the start of this process, or of another; 0 where unknown."""
    fields = _process_fields(str(pid))
    return int(fields[_START_TIME]) if fields else 0


def started_ns() -> int:
    """When this process was started, in nanoseconds since 1970; 0 where unknown."""
    ticks, booted = process_start(), booted_ns()
    if not (ticks and booted):
        return 0
    return booted + ticks * 1_000_000_000 // os.sysconf("SC_CLK_TCK")


def parent_of(pid: int | str = "self") -> int:
    """The process that another one, or this one, is a child of; 0 where unknown."""
    fields = _process_fields(str(pid))
    return int(fields[_PARENT]) if fields else 0


def exit_status(pid: int, started: int) -> int | None:
    """How a process ended whose parent has not taken note of it yet, as its parent will get it.

    Args:
        pid: its number.
        started: clock ticks from boot to its start; another process may have the number by now.

    Returns:
        None where it is alive or gone. A 0 stands there also where it is not ours to know, and on
        systems that only look like Linux: then it is None too.
    """
    fields = _process_fields(str(pid))
    if len(fields) <= _EXIT_STATUS or fields[_STATE] != _ZOMBIE:
        return None
    if int(fields[_START_TIME]) != started:
        return None
    return int(fields[_EXIT_STATUS]) or None


def has_variable(pid: int, name: str) -> bool:
    """Whether a process was started with an environment variable; False where it is hidden."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return any(each.startswith(f"{name}=".encode()) for each in file.read().split(b"\0"))
    except OSError:
        return False


def is_alive(pid: int, start_time: int) -> bool | None:
    """Whether the very process lives; None where the system does not show it.

    Args:
        pid: its number, which is used again.
        start_time: clock ticks from boot to its start; 0 where unknown.
    """
    if pid <= 0:
        return None
    fields = _process_fields(str(pid))
    if not fields:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):  # or no number a process can have
            return False
        except OSError:
            return None  # another user's, hidden
        return None
    if fields[_STATE] in _DEAD_STATES:
        return False
    return not start_time or int(fields[_START_TIME]) == start_time


def is_locked(path: Path) -> bool | None:
    """Whether somebody holds the lock on a file; None where it cannot be told."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: those who ask do not hinder others
    except BlockingIOError:
        return True
    except OSError:
        return None
    else:
        return False
    finally:
        os.close(fd)  # gives the lock up


def mountinfo() -> str:
    """The mounts that this process sees, see proc_pid_mountinfo(5); empty where unknown."""
    return _read("/proc/self/mountinfo")


def file_system_of(path: Path, mountinfo: str) -> str:
    """The type of the file system that a path lies on; empty where unknown.

    Args:
        path: any path.
        mountinfo: what :func:`mountinfo` gives.
    """
    real = os.path.realpath(path)
    found, longest = "", -1
    for line in mountinfo.splitlines():
        mount, separator, source = line.partition(" - ")
        fields = mount.split(" ")
        if not separator or len(fields) <= _MOUNT_POINT:
            continue
        point = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[_MOUNT_POINT])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= longest:  # a later mount hides an earlier one
            found, longest = source.split(" ")[0], len(point)
    return found


def _process_fields(pid: str) -> list[str]:
    """The fields of a process that follow its command, which may hold anything; none if hidden."""
    text = _read(f"/proc/{pid}/stat")
    fields = text[text.rfind(")") + 2 :].split()
    return fields if len(fields) > _START_TIME else []


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # on the way of init()
            return file.read().strip()
    except OSError:
        return ""
