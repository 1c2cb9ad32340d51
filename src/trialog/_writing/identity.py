"""Who this process is, so that any reader can tell later whether it still lives."""

from __future__ import annotations

import getpass
import os
import platform
from functools import lru_cache
from typing import NamedTuple


class ProcessIdentity(NamedTuple):
    """Enough to know one process again: not its pid alone, which is used again."""

    pid: int
    process_start: int
    pid_namespace: int
    boot: str
    host: str
    machine: str
    user: str
    python: str


def this_process() -> ProcessIdentity:
    """The identity of the calling process."""
    return ProcessIdentity(
        pid=os.getpid(),
        process_start=_process_start(),
        pid_namespace=_pid_namespace(),
        boot=_read("/proc/sys/kernel/random/boot_id"),
        host=os.uname().nodename if hasattr(os, "uname") else platform.node(),
        machine=_read("/etc/machine-id"),
        user=user_name(),
        python=platform.python_version(),
    )


@lru_cache(maxsize=1)
def user_name() -> str:
    """The name of the user who runs this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return f"uid{os.getuid()}" if hasattr(os, "getuid") else "unknown"


def _process_start() -> int:
    """Clock ticks from boot to the start of this process; 0 where the system does not say."""
    text = _read("/proc/self/stat")
    # the second field is the command in parentheses, which may hold spaces and parentheses
    after_command = text[text.rfind(")") + 2 :].split()
    return int(after_command[19]) if len(after_command) > 19 else 0  # noqa: PLR2004 # field 22


def _pid_namespace() -> int:
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # on the way of init()
            return file.read().strip()
    except OSError:
        return ""
