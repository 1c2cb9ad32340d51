"""Whether another writer of a run still lives, as far as one that is about to write can tell."""

from __future__ import annotations

import errno
import fcntl
import os
import time
from pathlib import Path

from trialog._format.facts import Start
from trialog._format.folders import JOURNAL_SUFFIX, Marker, ProjectFolder, day_of
from trialog._writing.identity import ProcessIdentity

FRESH_NS = 30 * 1_000_000_000  # three heartbeats: a writer elsewhere that said more lately lives
_DEAD_STATES = "ZXx"


def is_alive(project: ProjectFolder, writer: Start, here: ProcessIdentity, now_ns: int) -> bool:
    """Whether a writer of a run is at work.

    It is not where its marker is gone: it has left. On this machine its process is looked up, and
    the lock that it holds on its journal; of another machine only the time of the journal speaks.

    Args:
        project: where the run is.
        writer: the first record of its journal.
        here: this process.
        now_ns: nanoseconds since 1970.
    """
    marker = Marker(day_of(writer.run), writer.run, writer.writer)
    if not (project.open / marker.filename).exists():
        return False
    journal = project.run(writer.run) / f"{writer.writer}{JOURNAL_SUFFIX}"
    if writer.boot and writer.boot == here.boot:
        is_here = writer.pid_namespace == here.pid_namespace
        if is_here and not is_running(writer.pid, writer.process_start):
            return False
        is_locked = _is_locked(journal)
        return is_here if is_locked is None else is_locked
    try:
        news_ns = journal.stat().st_mtime_ns
    except OSError:
        return False
    if writer.machine and (writer.host, writer.machine) == (here.host, here.machine):
        # This machine was started anew since; or another one has its names, and wrote later.
        return news_ns > _booted_ns() and now_ns - news_ns < FRESH_NS
    return now_ns - news_ns < FRESH_NS


def is_running(pid: int, process_start: int) -> bool:
    """Whether the very process lives; True where the system does not say."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return not Path("/proc/self/stat").exists()
    except OSError:
        return True
    fields = text[text.rfind(")") + 2 :].split()  # the command before it may hold anything
    try:
        state, start = fields[0], int(fields[19])
    except (IndexError, ValueError):
        return True
    return state not in _DEAD_STATES and process_start in (0, start)


def _is_locked(journal: Path) -> bool | None:
    """Whether a writer holds the lock of its journal; None where there are no locks."""
    try:
        fd = os.open(journal, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return True if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN) else None
    else:
        return False
    finally:
        os.close(fd)


def _booted_ns() -> int:
    """When this machine was started, in nanoseconds since 1970; 0 where nobody says."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return 0 if clock is None else time.time_ns() - time.clock_gettime_ns(clock)
