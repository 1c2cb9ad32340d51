"""Runs that are there already: one that lives is joined, one that ended goes on."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace

from trialog._format.facts import Start
from trialog._format.folders import ProjectFolder
from trialog._tracking.earlier import read_writers
from trialog._tracking.presence import is_alive
from trialog._writing import store as stores
from trialog._writing.identity import this_process
from trialog.errors import UsageError

FIRST_RECORD_S = 10.0  # from a claim to the first record: thousands of times what it takes


def continued(
    project: ProjectFolder, run_id: str, status: str, resume: str | None = None
) -> Start | None:
    """What this process writes to a run that is there; None where there is none of that id.

    Of several processes that find a run ended at the same moment, one begins the next attempt and
    the others join it.

    Args:
        project: where the run is.
        run_id: its id.
        status: what a further attempt begins as.
        resume: how the user called the run that is to be gone on with; a run that lives is then
            not joined.

    Raises:
        UsageError: it is to be gone on with, and lives.
    """
    until, least = time.monotonic() + FIRST_RECORD_S, 0
    while True:
        writers = read_writers(project.run(run_id))
        attempts = [each for each in writers if each.role == "run"]
        if not attempts:
            return None
        first, latest = attempts[0], attempts[-1]
        alive = _find_alive(project, writers)
        if alive is not None:
            if resume is not None:
                raise _still_open(first.name, alive, resume)
            return replace(first, role="attach", attempt=latest.attempt, writer="")
        attempt = max(latest.attempt + 1, least)
        if stores.claim_attempt(project, run_id, attempt):
            return replace(first, role="run", attempt=attempt, status=status, writer="")
        if time.monotonic() > until:
            least = attempt + 1  # who claimed it was stopped before the first record
        else:
            time.sleep(0.002)


def _find_alive(project: ProjectFolder, writers: Iterable[Start]) -> Start | None:
    """A writer that is at work, or None."""
    here, now_ns = this_process(), time.time_ns()
    for writer in writers:
        if writer.role in ("run", "attach", "fork") and is_alive(project, writer, here, now_ns):
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
