"""Pages of runs: what a filter finds, in order, a part at a time; and many runs in groups.

Whatever lists runs asks here: the cost grows with what conditions find, not with the store.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from trialog._catalog import Catalog, Summary
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

_NAN = math.nan  # the same object is one key of a dictionary


class Page(NamedTuple):
    """Some of the runs that a filter finds.

    Attributes:
        records: the runs, in order.
        total: how many there are of all.
    """

    records: Records
    total: int


@dataclass(frozen=True, slots=True)
class Statistic:
    """What the numbers of a group come to; NaN and what is missing are left out.

    Attributes:
        count: how many numbers.
        mean: None where there are none, as all that follow.
        std: of a sample; None of fewer than two.
        min: the least.
        max: the greatest.
    """

    count: int
    mean: float | None
    std: float | None
    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that say the same.

    Attributes:
        values: what they say, one for each name; None where they lack it.
        count: how many runs.
        statistics: of each aggregate.
    """

    values: tuple[Any, ...]
    count: int
    statistics: tuple[Statistic, ...]


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


def group_by(
    catalog: Catalog,
    wanted: RunFilter,
    names: Sequence[Operand],
    aggregates: Sequence[Operand] = (),
) -> list[Group]:
    """The runs that a filter finds, in groups of those that say the same, the largest first.

    Args:
        catalog: of the store; it is brought up to date.
        wanted: the filter.
        names: what makes runs of one group; 1 and 1.0 are one, True is another.
        aggregates: the numbers to look at in each group.
    """
    keys, values = read_values(catalog, wanted, [*names, *aggregates])
    members: dict[tuple[Any, ...], list[int]] = {}
    for key in keys:
        said = tuple(_alike(each.get(key)) for each in values[: len(names)])
        members.setdefault(said, []).append(key)
    groups = []
    for said, runs in members.items():
        numbers = [[each.get(run) for run in runs] for each in values[len(names) :]]
        shown = tuple(value for _, value in said)
        groups.append(Group(shown, len(runs), tuple(map(_statistic, numbers))))
    return sorted(groups, key=lambda group: -group.count)


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


def _alike(value: Any) -> tuple[str, Any]:
    """A value that tells a flag from a number, and is equal to itself."""
    if isinstance(value, float) and math.isnan(value):
        return "number", _NAN
    return "flag" if isinstance(value, bool) else "other", value


def _statistic(values: Sequence[Any]) -> Statistic:
    numbers = [
        float(value)
        for value in values
        if type(value) in (int, float) and value == value  # noqa: PLR0124 # NaN
    ]
    if not numbers:
        return Statistic(0, None, None, None, None)
    mean = statistics.fmean(numbers)
    has_spread = len(numbers) > 1 and all(map(math.isfinite, numbers))
    std = statistics.stdev(numbers) if has_spread else None
    return Statistic(len(numbers), mean, std, min(numbers), max(numbers))
