"""Pages of runs: what a filter finds, in order, a part at a time.

Whatever lists runs asks here: the cost grows with what conditions find, not with the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from trialog._catalog import Catalog, Summary, queries
from trialog._catalog.questions import (
    Exact,
    count_by_status,
    find_runs,
    inexact_runs,
    order_runs,
    values_by_run,
)
from trialog._catalog.statuses import StatusReader
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._filters.expressions import Operand
from trialog._journals.processes import read_here
from trialog._reading.records import Records, read_many


class Page(NamedTuple):
    """Some of the runs that a filter finds.

    Attributes:
        records: the runs, in order.
        total: how many there are of all.
    """

    records: Records
    total: int


def find_page(
    catalog: Catalog, wanted: RunFilter, offset: int = 0, limit: int | None = None
) -> Page:
    """A part of the runs that a filter finds, and how many there are.

    Args:
        catalog: of the store; it is brought up to date.
        wanted: the filter. Its own ``offset`` and ``limit`` bound all that can be paged through.
        offset: leave out so many.
        limit: at most so many; None for all.
    """
    catalog.refresh()
    keys, total = _found(catalog, wanted, offset, limit)
    return Page(read_many(catalog, keys), total)


def find_keys(catalog: Catalog, wanted: RunFilter) -> list[int]:
    """The keys of all runs that a filter finds, in order: no run is read for it."""
    catalog.refresh()
    return _found(catalog, wanted, 0, None)[0]


def heads_of(catalog: Catalog, keys: Sequence[int]) -> list[tuple[str, str]]:
    """The ids and names of runs by key, in order; those that are gone are left out."""
    return catalog.ask(queries.heads_of, keys)


def read_ordered(catalog: Catalog, keys: Collection[int], wanted: RunFilter) -> Records:
    """Runs by key, wherever they lie, in the order and within the bounds of a filter."""
    everywhere = RunFilter(kind=None, with_deleted=True, sort=wanted.sort)
    exact, now_ns = _exact(catalog, everywhere), catalog.clock()
    reader = StatusReader(catalog.store, read_here(), now_ns)
    ordered = catalog.ask(order_runs, keys, everywhere, reader, now_ns, exact)
    until = None if wanted.limit is None else wanted.offset + wanted.limit
    return read_many(catalog, ordered[wanted.offset : until].tolist())


def count_statuses(catalog: Catalog, wanted: RunFilter) -> Counter[RunStatus]:
    """How many of the runs that a filter finds have each status, whatever its bounds."""
    catalog.refresh()
    exact, now_ns = _exact(catalog, wanted), catalog.clock()
    reader = StatusReader(catalog.store, read_here(), now_ns)
    counted = catalog.ask(count_by_status, wanted, reader, now_ns, exact)
    return Counter({RunStatus[status]: count for status, count in counted.items()})


def read_values(
    catalog: Catalog, wanted: RunFilter, operands: Sequence[Operand]
) -> tuple[list[int], list[dict[int, Any]]]:
    """What the runs that a filter finds say, without reading a run.

    Args:
        catalog: of the store; it is brought up to date.
        wanted: the filter; its order and bounds are left aside.
        operands: what is asked of each run.

    Returns:
        The runs' keys, newest first; and for each operand the values by key, of the runs that have
        one: perhaps of other runs, too. Times and lengths of time are in nanoseconds.
    """
    catalog.refresh()
    exact, now_ns = _exact(catalog, wanted, operands), catalog.clock()
    reader = StatusReader(catalog.store, read_here(), now_ns)
    return catalog.ask(values_by_run, wanted, operands, reader, now_ns, exact)


def _found(
    catalog: Catalog, wanted: RunFilter, offset: int, limit: int | None
) -> tuple[list[int], int]:
    """Keys and total within the filter's own bounds."""
    first, most = wanted.offset + offset, limit
    if wanted.limit is not None:
        left = max(wanted.limit - offset, 0)
        most = left if limit is None else min(left, limit)
    exact, now_ns = _exact(catalog, wanted), catalog.clock()
    reader = StatusReader(catalog.store, read_here(), now_ns)
    keys, total = catalog.ask(find_runs, wanted, reader, now_ns, exact, first, most)
    total = max(total - wanted.offset, 0)
    return keys.tolist(), total if wanted.limit is None else min(total, wanted.limit)


def _exact(catalog: Catalog, wanted: RunFilter, more: Sequence[Operand] = ()) -> Exact:
    """The summaries that the catalog's rows cannot say: of few runs, as a rule of none."""
    found: dict[int, dict[str, Summary]] = {}
    for name, runs in catalog.ask(inexact_runs, wanted, more).items():
        for run, summaries in catalog.summaries(runs, [name]).items():
            found.setdefault(run, {}).update(summaries)
    return found
