"""The order of runs: by what is asked for, missing values last, and the newest first.

Where a part of very many runs is asked for, the database reads them in order until it has come so
far. Runs of equal value that reach into the part are put in order by what counts next, alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.operands import Circumstances, limited
from trialog._catalog.ranks import Ranks, ranks_of
from trialog._catalog.runsets import FEW, NO_KEYS, Keys, RunSet, bare_rows, fetch_ordered
from trialog._catalog.scopes import universe
from trialog._catalog.sortings import Sorting, sorting_of
from trialog._filters.expressions import SortKey

_STEP = 2000


def in_order(
    connection: Connection,
    told: Circumstances,
    runs: RunSet,
    sort: Sequence[SortKey],
    start: int = 0,
    until: int | None = None,
) -> Keys:
    """Runs in order, or a part of them.

    Args:
        connection: to the catalog.
        told: the circumstances.
        runs: which; of the scope alone, unless they are a rest of it.
        sort: what they are ordered by; none for the newest first.
        start: so many first ones are left out.
        until: and all from this one on; None for none.
    """
    if until is not None and until <= start:
        return NO_KEYS
    if not sort:
        return _newest(connection, told, runs, until)[start:until]
    if until is not None and (runs.is_rest or len(runs.keys) > FEW):
        sorting = sorting_of(connection, told, sort[0].operand)
        if sorting is not None:
            return _part(connection, told, runs, sort, sorting, start, until)
    keys = runs.keys
    if runs.is_rest:
        keys = universe(connection, told.scope)
        keys = keys[runs.has(keys)]
    return _by_ranks(connection, told, keys, sort, until)[start:until]


def _part(
    connection: Connection,
    told: Circumstances,
    runs: RunSet,
    sort: Sequence[SortKey],
    sorting: Sorting,
    start: int,
    until: int,
) -> Keys:
    """A part of very many runs, by a first key that the database has in order.

    Of what it reads, equal ones stand together: those where the part begins and those where it
    ends may be many, and are only partly in it.
    """
    statement = sorting.runs(descending=sort[0].descending)
    most = _STEP + until
    ordered, passed = _read_until(connection, statement.limit(most), runs, until)
    if len(ordered) < until and len(passed) == most:  # so few are found sooner than all
        ordered, passed = _read_until(connection, statement, runs, until)
    head, after = NO_KEYS, min(start, len(ordered))
    if 0 < start < len(ordered):
        group = runs & sorting.equals(connection, int(ordered[start]))
        begins = int(np.argmax(group.has(ordered)))
        after = begins + len(group.keys)
        head = in_order(
            connection, told, group, sort[1:], start - begins, min(until - begins, len(group.keys))
        )
        if until <= after:
            return head
    if len(ordered) < until:  # the others lack it
        end, group = len(ordered), runs & ~RunSet(np.sort(passed))
    else:
        group = runs & sorting.equals(connection, int(ordered[until - 1]))
        end = int(np.argmax(group.has(ordered)))
    middle = _by_ranks(connection, told, np.sort(ordered[after:end]), sort, None)
    tail = in_order(connection, told, group, sort[1:], max(start - end, 0), until - end)
    return np.concatenate([head, middle, tail])


def _read_until(
    connection: Connection, statement: Any, runs: RunSet, until: int | None
) -> tuple[Keys, Keys]:
    """Of runs in order, the first that are in a set; and all that were looked at for them."""
    found, passed, count = [NO_KEYS], [NO_KEYS], 0
    for some in _pieces(connection, statement):
        passed.append(some)
        found.append(some[runs.has(some)])
        count += len(found[-1])
        if until is not None and count >= until:
            break
    return np.concatenate(found)[:until], np.concatenate(passed)


# -- by ranks --------------------------------------------------------------------------------------


def _by_ranks(
    connection: Connection,
    told: Circumstances,
    keys: Keys,
    sort: Sequence[SortKey],
    until: int | None,
) -> Keys:
    """Runs by all of their values; perhaps more than are asked for."""
    if len(keys) <= 1:
        return keys
    within = keys if len(keys) <= FEW else None
    ranks = []
    for each in sort:
        of_key = ranks_of(connection, told, each.operand, keys, within)
        ranks.append(-of_key if each.descending else of_key)
    return _first(connection, told, keys, ranks, until)


def _first(
    connection: Connection,
    told: Circumstances,
    keys: Keys,
    ranks: Sequence[Ranks],
    until: int | None,
) -> Keys:
    """By ranks; only those among which the newest comes first are asked for their time."""
    order = np.lexsort(ranks[::-1])  # NaN last
    tied = np.zeros(len(order), np.bool_)
    tied[1:] = True
    for each in ranks:
        there = each[order]
        tied[1:] &= (there[1:] == there[:-1]) | (np.isnan(there[1:]) & np.isnan(there[:-1]))
    groups = np.cumsum(~tied)
    if until is not None and until < len(order):
        end = int(np.searchsorted(groups, groups[max(until - 1, 0)], side="right"))
        order, groups = order[:end], groups[:end]
    chosen = keys[order]
    sizes = np.bincount(groups)
    is_shared = sizes[groups] > 1
    if is_shared.any():
        shared = chosen[is_shared]
        newest = _newest(connection, told, RunSet(np.sort(shared)), None)
        by_key = np.argsort(newest)
        places = np.zeros(len(chosen), np.int64)
        places[is_shared] = by_key[np.searchsorted(newest[by_key], shared)]
        chosen = chosen[np.lexsort((places, groups))]
    return chosen


# -- newest first ----------------------------------------------------------------------------------


def _newest(connection: Connection, told: Circumstances, runs: RunSet, until: int | None) -> Keys:
    table = schema.RUNS
    by_time = (table.c.created_ns.desc(), table.c.id.desc())
    if not runs.is_rest and len(runs.keys) <= FEW:
        few = select(table.c.key).where(*limited(connection, table.c.key, runs.keys))
        return fetch_ordered(connection, few.order_by(*by_time))
    statement = select(table.c.key).where(told.scope.condition).order_by(*by_time)
    return _read_until(connection, statement, runs, until)[0]


def _pieces(connection: Connection, statement: Any) -> Iterator[Keys]:
    """One column of a statement, so many rows at once, and no more than are asked for."""
    rows, size = bare_rows(connection, statement), _STEP
    while True:
        piece = np.fromiter((row[0] for row in islice(rows, size)), np.int64)
        if len(piece):
            yield piece
        if len(piece) < size:
            return
        size *= 2
