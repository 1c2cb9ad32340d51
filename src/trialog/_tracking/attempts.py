"""Runs that are there already: one that lives is joined, one that ended goes on."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from trialog._format.facts import Start
from trialog._format.folders import JOURNAL_SUFFIX, ProjectFolder
from trialog._tracking.earlier import read_writers
from trialog._tracking.presence import is_alive
from trialog._tracking.sealing import check_unsealed
from trialog._writing import claims
from trialog._writing.identity import this_process
from trialog.errors import UsageError

FIRST_RECORD_S = 10.0  # from a claim to the first record: thousands of times what it takes
_AT_WORK = ("run", "attach", "fork")


class Group(NamedTuple):
    """Processes that start together, and mean the same run when they do the same.

    Attributes:
        mark: what they put into claims; other groups have another.
        since_ns: when this one of them was started, where a later group may have the same mark;
            else 0.
    """

    mark: str
    since_ns: int = 0


def continued(
    project: ProjectFolder,
    run_id: str,
    status: str,
    resume: str | None = None,
    group: Group | None = None,
) -> Start | None:
    """What this process writes to a run that is there; None where there is none of that id.

    Of several processes that find a run ended at the same moment, one begins the next attempt and
    the others join it. So they do where one of a group comes late: the attempt is the group's,
    whether it still lives or not.

    Args:
        project: where the run is.
        run_id: its id.
        status: what a further attempt begins as.
        resume: how the user called the run that is to be gone on with; a run that lives is then
            not joined, but by the group that goes on with it.
        group: the processes that start together with this one, or None.

    Raises:
        UsageError: it is to be gone on with, and lives.
        SealedError: its experiment is committed.
    """
    until, least = time.monotonic() + FIRST_RECORD_S, 0
    while True:
        writers = read_writers(project.run(run_id))
        attempts = [each for each in writers if each.role == "run"]
        if not attempts:
            return None
        first, latest = attempts[0], attempts[-1]
        check_unsealed(project, first)  # before an attempt is claimed that nobody may begin
        if group is not None and _is_of(group, project, latest, writers):
            return attached(writers)
        alive = find_alive(project, writers)
        if alive is not None:
            if resume is not None:
                raise _still_open(first.name, alive, resume)
            return attached(writers)
        attempt = max(latest.attempt + 1, least)
        if claims.claim_attempt(project, run_id, attempt, group.mark if group else ""):
            return replace(first, role="run", attempt=attempt, status=status, writer="")
        if time.monotonic() > until:
            least = attempt + 1  # who claimed it was stopped before the first record
        else:
            time.sleep(0.002)


def attached(writers: Sequence[Start]) -> Start | None:
    """What one more writer of a run says of itself; None where nobody has begun the run.

    Args:
        writers: the first records of those that are there, in the order of attempts.
    """
    attempts = [each for each in writers if each.role == "run"]
    if not attempts:
        return None
    return replace(attempts[0], role="attach", attempt=attempts[-1].attempt, writer="")


def await_beginning(project: ProjectFolder, run_id: str) -> Start | None:
    """What one more writer of a run says of itself that another process begins just now.

    None where that one was stopped before its first record.
    """
    until = time.monotonic() + FIRST_RECORD_S
    while (found := attached(read_writers(project.run(run_id)))) is None:
        if time.monotonic() > until:
            return None
        time.sleep(0.002)
    return found


def goes_on_since(
    project: ProjectFolder, run_id: str, writers: Sequence[Start], since_ns: int
) -> bool:
    """Whether a run was at work at some time after a moment, or is just beginning.

    Args:
        project: where it is.
        run_id: its id.
        writers: the first records of its writers.
        since_ns: the moment, in nanoseconds since 1970.
    """
    at_work = [each for each in writers if each.role in _AT_WORK]
    if not at_work or _latest_news_ns(project, run_id, at_work) >= since_ns:
        return True
    return find_alive(project, at_work) is not None


def _is_of(group: Group, project: ProjectFolder, attempt: Start, writers: Sequence[Start]) -> bool:
    """Whether an attempt was begun by a group."""
    if claims.attempt_claimed_by(project, attempt.run, attempt.attempt) != group.mark:
        return False
    if not group.since_ns:
        return True
    of_attempt = [each for each in writers if each.attempt == attempt.attempt]
    return goes_on_since(project, attempt.run, of_attempt, group.since_ns)


def _latest_news_ns(project: ProjectFolder, run_id: str, writers: Iterable[Start]) -> int:
    latest_ns = 0
    for writer in writers:
        try:
            status = (project.run(run_id) / f"{writer.writer}{JOURNAL_SUFFIX}").stat()
        except OSError:
            continue
        latest_ns = max(latest_ns, status.st_mtime_ns)
    return latest_ns


def find_alive(project: ProjectFolder, writers: Iterable[Start]) -> Start | None:
    """A writer that is at work, or None."""
    here, now_ns = this_process(), time.time_ns()
    for writer in writers:
        if writer.role in _AT_WORK and is_alive(project, writer, here, now_ns):
            return writer
    return None


def _still_open(name: str, writer: Start, resume: str) -> UsageError:
    here = this_process()
    if (writer.pid, writer.boot, writer.pid_namespace) == (here.pid, here.boot, here.pid_namespace):
        return UsageError(
            f"init(resume={resume!r}): {name!r} is open in this process; finish it first, by "
            "run.finish()"
        )
    return UsageError(
        f"init(resume={resume!r}): {name!r} is still RUNNING in process {writer.pid} on "
        f"{writer.host}; use id={writer.run!r} to join it, or wait for its end"
    )
