"""Whether another writer of a run still lives, as far as one that is about to write can tell."""

from __future__ import annotations

from trialog import _machine
from trialog._format.facts import Start
from trialog._format.folders import JOURNAL_SUFFIX, Marker, ProjectFolder, day_of
from trialog._tracking.earlier import has_said_last
from trialog._writing.identity import ProcessIdentity, this_process

FRESH_NS = 30 * 1_000_000_000  # three heartbeats: a writer elsewhere that said more lately lives


def is_alive(project: ProjectFolder, writer: Start, here: ProcessIdentity, now_ns: int) -> bool:
    """Whether a writer of a run is at work.

    It is not where its marker is gone, or its last record written: it has left. On this machine its
    process is looked up, and the lock that it holds on its journal; of another machine only the
    time of the journal speaks.

    Args:
        project: where the run is.
        writer: the first record of its journal.
        here: this process.
        now_ns: nanoseconds since 1970.
    """
    marker = Marker(day_of(writer.run), writer.run, writer.writer)
    journal = project.run(writer.run) / f"{writer.writer}{JOURNAL_SUFFIX}"
    if is_marked(writer):
        if not (project.open / marker.filename).exists():
            return False
    elif has_said_last(journal):
        return False
    if writer.boot and writer.boot == here.boot:
        is_here = writer.pid_namespace == here.pid_namespace
        if is_here and not is_running(writer.pid, writer.process_start):
            return False
        is_locked = _machine.is_locked(journal)
        return is_here if is_locked is None else is_locked
    try:
        news_ns = journal.stat().st_mtime_ns
    except OSError:
        return False
    if writer.machine and (writer.host, writer.machine) == (here.host, here.machine):
        # This machine was started anew since; or another one has its names, and wrote later.
        return news_ns > _machine.booted_ns() and now_ns - news_ns < FRESH_NS
    return now_ns - news_ns < FRESH_NS


def is_marked(writer: Start) -> bool:
    """Whether a writer has a marker while it lives.

    The run of an experiment has none: there may be a thousand in a second, and the folder of its
    day tells readers of it.
    """
    return writer.experiment is None or writer.role != "run" or writer.attempt > 1


def is_running(pid: int, process_start: int) -> bool:
    """Whether the very process lives; True where the system does not say."""
    return _machine.is_alive(pid, process_start) is not False


def claimant() -> str:
    """This process, as its claims name it."""
    here = this_process()
    return f"{here.host} {here.boot} {here.pid_namespace} {here.pid} {here.process_start}"


def is_claimant_alive(claim: str) -> bool:
    """Whether the process that a claim names lives on this machine."""
    here = this_process()
    place, _, process = claim.rpartition(f" {here.pid_namespace} ")
    pid, _, process_start = process.partition(" ")
    if place != f"{here.host} {here.boot}" or not (pid + process_start).isdecimal():
        return False
    return is_running(int(pid), int(process_start))
