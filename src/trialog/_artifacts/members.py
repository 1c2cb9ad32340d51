"""The runs of an experiment, by the claims of their numbers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from trialog._artifacts.fates import true_statuses
from trialog._artifacts.observations import Observed, Observer
from trialog._catalog import Catalog
from trialog._format.folders import ProjectFolder, day_of
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.liveness import SILENCE_NS
from trialog._tracking.experiments import Address
from trialog._writing import claims
from trialog.errors import UsageError

BURNED_NS = 10_000_000_000  # a number whose run is still not there after so long has none
_STARTING_S = 2.0  # so long a commit waits for a run that is just starting
_PAUSE_S = 0.005
_NAMED = 10


class Members(NamedTuple):
    """The runs of an experiment.

    Attributes:
        runs: those that are there and not deleted, in the order of their numbers.
        starting: the numbers of those whose first record is not there yet.
    """

    runs: list[Observed]
    starting: list[int]


def read_members(
    observer: Observer, address: Address, first: int, before: dict[str, Observed] | None = None
) -> Members:
    """Read the runs of an experiment.

    Those that are just starting are waited for, not for long: the process that claimed a number
    may have been killed before the run was there.

    Args:
        observer: reads them.
        address: the experiment.
        first: the number of its first run.
        before: what was read of them a moment ago, by id.
    """
    place = ProjectPlace(address.namespace, address.project)
    known = {} if before is None else before
    until = time.monotonic() + _STARTING_S
    while True:
        runs, starting = [], []
        begun = {run.number: run_id for run_id, run in known.items() if run.number is not None}
        for number, run_id in claims.numbers_claimed(
            address.folder, address.experiment, first, begun
        ):
            run = known.get(run_id)
            if run is None or not observer.is_current(run):
                run = observer.observe(RunPlace(place, day_of(run_id), run_id), number)
            if run is not None:
                known[run_id] = run
                if run.row["deleted_ns"] is None:
                    runs.append(run)
            elif not _is_burned(address.folder, address.experiment, number):
                starting.append(number)
        if not starting or time.monotonic() > until:
            return Members(runs, starting)
        time.sleep(_PAUSE_S)


def refuse_open(name: str, members: Members, catalog: Catalog) -> None:
    """Refuse to commit an experiment with runs that have not ended.

    Raises:
        UsageError: there are such; they are named.
    """
    found = [
        f"{row.facts.name!r} ({row.facts.id}, {truth.status}, process {row.facts.pid} on "
        f"{row.facts.host})"
        for row, truth in true_statuses(catalog, members.runs)
        if not truth.status.is_end
    ]
    found += list(_still_written(members.runs))
    found += [f"run {number}, which is just starting" for number in members.starting]
    if not found:
        return
    named = ", ".join(found[:_NAMED])
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    raise UsageError(
        f"experiment {name!r} has open runs: {named}{more}. Finish them, then commit; until then "
        "everything is kept, and the experiment stays open"
    )


def _still_written(runs: list[Observed]) -> Iterator[str]:
    """The runs that have ended, and that a forked child or another process still writes to."""
    now_ns = time.time_ns()
    for run in runs:
        for state in run.states.values():
            start = state.start
            if start is None or start.role not in ("fork", "attach") or run.row["status"] is None:
                continue
            is_over = state.is_final or state.has_left or state.fate is not None
            if not is_over and now_ns - state.news_ns < SILENCE_NS:
                yield (
                    f"{run.row['name']!r} ({run.place.id}, still written by process {start.pid} on "
                    f"{start.host})"
                )


def _is_burned(project: ProjectFolder, experiment: str, number: int) -> bool:
    claimed_ns = claims.number_claimed_at(project, experiment, number)
    return claimed_ns is None or abs(time.time_ns() - claimed_ns) > BURNED_NS
