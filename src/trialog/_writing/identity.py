"""Who this process is, so that any reader can tell later whether it still lives."""

from __future__ import annotations

import getpass
import os
import platform
from functools import lru_cache
from typing import NamedTuple

from trialog import _machine


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
    return _identity(os.getpid())


@lru_cache(maxsize=1)
def _identity(pid: int) -> ProcessIdentity:
    """What does not change while a process lives; a forked child has another pid."""
    return ProcessIdentity(
        pid=pid,
        process_start=_machine.process_start(),
        pid_namespace=_machine.pid_namespace(),
        boot=_machine.boot_id(),
        host=_machine.host_name(),
        machine=_machine.machine_id(),
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
