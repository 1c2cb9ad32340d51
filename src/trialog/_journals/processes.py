"""Whether the process that writes a journal still lives, as far as this machine can tell."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

_STATE, _START_TIME = 0, 19  # fields 3 and 22 of /proc/<pid>/stat, counted after the command
_DEAD_STATES = "ZXx"


class Presence(Enum):
    """What is known of a writer.

    HERE: alive on this machine. GONE: its process has ended. REBOOTED: its machine, this one as
    far as its names tell, has been started anew since: two machines may be called the same, so it
    is believed only as long as nothing newer comes. ELSEWHERE: on another machine, or nothing can
    be told.
    """

    HERE = "here"
    GONE = "gone"
    REBOOTED = "rebooted"
    ELSEWHERE = "elsewhere"

    @property
    def is_certain_end(self) -> bool:
        """Whether the writer can never write again."""
        return self is Presence.GONE

    @property
    def is_end(self) -> bool:
        """Whether the writer has ended, as far as anybody can tell now."""
        return self in (Presence.GONE, Presence.REBOOTED)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a process is; the names are those of :class:`trialog._format.facts.Start`.

    ``booted_ns`` is when the machine was started by its own clock, 0 where that is unknown.
    """

    pid: int = 0
    process_start: int = 0
    pid_namespace: int = 0
    boot: str = ""
    host: str = ""
    machine: str = ""
    booted_ns: int = 0


def identity_of(source: Any) -> Identity:
    """The identity in a first record or in a row of ``journals``; the empty one in None."""
    if source is None:
        return Identity()
    return Identity(
        source.pid,
        source.process_start,
        source.pid_namespace,
        source.boot,
        source.host,
        source.machine,
    )


def read_here() -> Identity:
    """The identity of this process, as far as it says where we are."""
    return Identity(
        pid=os.getpid(),
        pid_namespace=_namespace(),
        boot=_read("/proc/sys/kernel/random/boot_id"),
        host=socket.gethostname(),
        machine=_read("/etc/machine-id"),
        booted_ns=time.time_ns() - time.clock_gettime_ns(time.CLOCK_BOOTTIME),
    )


class Presences:
    """Tells of writers whether they live; each process is looked up once."""

    def __init__(self, here: Identity) -> None:
        self._here = here
        self._known: dict[Identity, Presence] = {}

    def of(self, writer: Identity, journal: Path, news_ns: int = 0) -> Presence:
        """Whether a writer lives.

        The same boot id means the same kernel: its processes can be looked up, or, where process
        numbers mean something else here (another pid namespace), asked by the lock that a live
        writer holds on its journal. A process that became another program (``exec``) lives, but
        holds no lock. One that has given a sign of life since this machine was started was not
        ended by that: it runs on another machine of the same name.

        Args:
            writer: who wrote the journal's first record; the empty identity where that is unknown.
            journal: the journal's path.
            news_ns: its latest sign of life that is known, beside its file's time.
        """
        if not writer.boot and not writer.host:
            return presence_by_lock(journal)
        found = self._known.get(writer)
        if found is None:
            found = _presence_of(writer, self._here, journal)
            if writer.pid_namespace == self._here.pid_namespace:
                self._known[writer] = found  # elsewhere it depends on the journal's lock
        if found is Presence.HERE and presence_by_lock(journal) is Presence.GONE:
            return Presence.GONE
        if found is Presence.REBOOTED and self._is_newer(journal, news_ns):
            return Presence.ELSEWHERE
        return found

    def _is_newer(self, journal: Path, news_ns: int) -> bool:
        """Whether a journal has grown since this machine was started."""
        booted_ns = self._here.booted_ns
        if not booted_ns:
            return False
        with contextlib.suppress(OSError):
            news_ns = max(news_ns, journal.stat().st_mtime_ns)
        return news_ns > booted_ns


def _presence_of(writer: Identity, here: Identity, journal: Path) -> Presence:
    if writer.boot and writer.boot == here.boot:
        if writer.pid_namespace and writer.pid_namespace == here.pid_namespace:
            is_alive = _is_alive(writer.pid, writer.process_start)
            if is_alive is not None:
                return Presence.HERE if is_alive else Presence.GONE
        return presence_by_lock(journal)
    is_same_machine = bool(writer.machine) and writer.machine == here.machine
    if writer.boot and here.boot and writer.host == here.host and is_same_machine:
        return Presence.REBOOTED
    return Presence.ELSEWHERE


def _is_alive(pid: int, start_time: int) -> bool | None:
    """Whether the very process lives; None where the system does not show it."""
    if pid <= 0:
        return None
    text = _read(f"/proc/{pid}/stat")
    if not text:
        try:
            os.kill(pid, 0)
        except (ProcessLookupError, OverflowError):  # or no number a process can have
            return False
        except OSError:
            return None  # another user's, hidden
        return None
    # The command, in parentheses, may hold anything; what follows its last one is regular.
    fields = text[text.rfind(")") + 2 :].split(" ")
    if len(fields) <= _START_TIME:
        return None
    if fields[_STATE] in _DEAD_STATES:
        return False
    return not start_time or int(fields[_START_TIME]) == start_time


def presence_by_lock(journal: Path) -> Presence:
    """Whether a writer lives, by the lock that it holds on its journal; released at once."""
    try:
        fd = os.open(journal, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return Presence.ELSEWHERE
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: readers do not hinder one another
    except BlockingIOError:
        return Presence.HERE
    except OSError:
        return Presence.ELSEWHERE
    else:
        return Presence.GONE
    finally:
        os.close(fd)  # gives the lock up


def _namespace() -> int:
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
