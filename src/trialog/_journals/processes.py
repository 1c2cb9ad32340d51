"""Whether the process that writes a journal still lives, as far as this machine can tell."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from trialog import _machine


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


_BY_LOCK = {True: Presence.HERE, False: Presence.GONE, None: Presence.ELSEWHERE}


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
        pid_namespace=_machine.pid_namespace(),
        boot=_machine.boot_id(),
        host=_machine.host_name(),
        machine=_machine.machine_id(),
        booted_ns=_machine.booted_ns(),
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
            is_alive = _machine.is_alive(writer.pid, writer.process_start)
            if is_alive is not None:
                return Presence.HERE if is_alive else Presence.GONE
        return presence_by_lock(journal)
    is_same_machine = bool(writer.machine) and writer.machine == here.machine
    if writer.boot and here.boot and writer.host == here.host and is_same_machine:
        return Presence.REBOOTED
    return Presence.ELSEWHERE


def presence_by_lock(journal: Path) -> Presence:
    """Whether a writer lives, by the lock that it holds on its journal; released at once."""
    return _BY_LOCK[_machine.is_locked(journal)]
