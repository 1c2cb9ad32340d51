"""The table of groups: runs that have a value in common, summed up."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from trialog._filters.expressions import (
    All,
    Comparison,
    Expression,
    Fact,
    HasTag,
    Literal,
    Membership,
    Operand,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.parsing import parse_operand
from trialog._filters.printing import print_filter
from trialog._reading import find
from trialog._server.cells import column_of, parse_columns, read_cells, sendable
from trialog._server.shapes import Group, GroupCell, GroupQuery, GroupTable
from trialog._server.store import Store
from trialog._server.table import filter_of
from trialog.errors import UsageError

_APART = (FactType.TIME, FactType.LENGTH)


def read_groups(store: Store, query: GroupQuery) -> GroupTable:
    """Runs that have a value in common: how many, and what their columns come to."""
    by = parse_operand(query.by)
    if isinstance(by, Fact) and FIELDS[by.name].type in _APART:
        raise UsageError(f"every run has a {by.name} of its own: group by something else")
    operands = parse_columns(query.columns)
    wanted = filter_of(query.project, query.where, query.sort)
    records = find(store.catalog, wanted)
    keys, *cells = read_cells(store.catalog, records, [by, *operands])
    places: dict[Any, list[int]] = {}
    values: dict[Any, Any] = {}
    for place, key in enumerate(keys):
        for value in (key or [None]) if isinstance(key, list) else [key]:  # a group for each tag
            values.setdefault(_comparable(value), value)
            places.setdefault(_comparable(value), []).append(place)
    groups = []
    for key, some in list(places.items())[: query.limit]:
        value = values[key]
        groups.append(
            Group(
                value=sendable(value),
                where=print_filter(_condition(by, value)),
                runs=len(some),
                statuses=dict(Counter(records[place].status.value for place in some)),
                cells=[_sum_up([column[place] for place in some]) for column in cells],
            )
        )
    return GroupTable(
        total=len(places),
        runs=len(records),
        columns=[column_of(each) for each in operands],
        groups=groups,
    )


def _comparable(value: Any) -> Any:
    """What is equal for values of one group alone: ``True`` is not 1, and NaN is itself."""
    if isinstance(value, list):
        return tuple(sorted(value))
    if isinstance(value, float) and math.isnan(value):
        return "NaN", float
    return value, isinstance(value, bool)


def _condition(by: Operand, value: Any) -> Expression:
    """What is true of the runs of a group."""
    if value is None:
        return Comparison("==", by, Literal(None))
    if isinstance(by, Fact) and by.name == "tags":
        return HasTag(value)
    if isinstance(value, float) and math.isnan(value):
        return All((Comparison("!=", by, Literal(None)), Comparison("!=", by, by)))
    if isinstance(by, Fact) and by.name == "status":
        return Membership(by, (Literal(value),))
    return Comparison("==", by, Literal(value))


def _sum_up(values: Sequence[Any]) -> GroupCell:
    """What the values of a column come to."""
    there = [each for each in values if each is not None]
    kinds = {_comparable(each) for each in there}
    cell = GroupCell(distinct=len(kinds))
    if len(kinds) == 1 and len(there) == len(values):
        first = there[0]
        cell.value = first if isinstance(first, list) else sendable(first)
    numbers = [
        each for each in there if isinstance(each, int | float) and not isinstance(each, bool)
    ]
    finite = [float(each) for each in numbers if math.isfinite(each)]
    if finite:
        cell.count = len(finite)
        cell.mean = sendable(statistics.fmean(finite))
        cell.std = sendable(statistics.stdev(finite)) if len(finite) > 1 else None
        cell.least, cell.greatest = sendable(min(finite)), sendable(max(finite))
    return cell
