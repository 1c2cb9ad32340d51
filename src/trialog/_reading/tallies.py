"""How many runs experiments have, by what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from trialog._catalog import Catalog
from trialog._catalog.tallies import members_by_status
from trialog._entities import RunStatus
from trialog._reading.records import read_records

FAILURES = frozenset({RunStatus.CRASHED, RunStatus.FAILED})
"""The statuses of runs that went wrong by themselves."""

Tally = Counter[RunStatus]
"""So many runs of each status."""


def tally_runs(catalog: Catalog, experiments: Sequence[str]) -> dict[str, Tally]:
    """The runs of some experiments by their true statuses, those of a fork's parents too.

    Args:
        catalog: which is up to date.
        experiments: their ids.
    """
    found: dict[str, Tally] = {}
    for experiment, members in catalog.ask(members_by_status, experiments).items():
        tally = Counter({RunStatus[name]: amount for name, amount in members.ended.items()})
        tally.update(record.status for record in read_records(catalog, members.unended))
        found[experiment] = tally
    return found


def failed(tally: Tally) -> int:
    """How many of them went wrong.

    Example:
        >>> failed(Counter({RunStatus.CRASHED: 2, RunStatus.COMPLETED: 5}))
        2
    """
    return sum(tally[status] for status in FAILURES)


def unended(tally: Tally) -> int:
    """How many of them go on.

    Example:
        >>> unended(Counter({RunStatus.RUNNING: 1, RunStatus.CRASHED: 2}))
        1
    """
    return sum(amount for status, amount in tally.items() if not status.is_end)
