"""The table of groups: runs that have a value in common, summed up."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trialog._filters.evaluating import rank_of
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
from trialog._format.values import MAX_EXACT
from trialog._reading.differences import comparable
from trialog._reading.pages import find_keys, read_values
from trialog._server.cells import column_of, parse_columns, sendable
from trialog._server.selecting import filter_of
from trialog._server.series import drawn_groups
from trialog._server.shapes import Group, GroupCell, GroupQuery, GroupTable
from trialog._server.store import Store
from trialog.errors import UsageError

_LENGTH = FactType.LENGTH
_APART = (FactType.TIME, _LENGTH)
_OWN = frozenset({"id", "name", "description", "age"})
_SECOND_NS = 1_000_000_000


def read_groups(store: Store, query: GroupQuery) -> GroupTable:
    """Runs that have a value in common: how many, and what their columns come to.

    Groups stand in the order of their values, the one of runs that lack it last; where an order of
    runs is asked for, in the order of their first runs. A run with several tags is in a group of
    each.
    """
    by = parse_operand(query.by)
    if isinstance(by, Fact) and FIELDS[by.name].type in _APART:
        raise UsageError(f"every run has a {by.name} of its own: group by something else")
    operands = parse_columns(query.columns)
    wanted = filter_of(query.project, query.where, query.sort)
    asked = dict.fromkeys([by, Fact("status"), *filter(_is_summed_up, operands)])
    keys, found = read_values(store.catalog, wanted, list(asked))
    by_operand = dict(zip(asked, found, strict=True))
    said, statuses = by_operand[by], by_operand[Fact("status")]
    columns = [by_operand.get(each, {}) for each in operands]
    if wanted.sort:
        keys = find_keys(store.catalog, wanted)
    members: dict[Any, list[int]] = {}
    values: dict[Any, Any] = {}
    for key in keys:
        value = said.get(key)
        for each in value if isinstance(value, tuple) else (value,):  # a group for each tag
            alike = comparable(each)
            values.setdefault(alike, each)
            members.setdefault(alike, []).append(key)
    if not wanted.sort:
        members = {
            alike: members[alike] for alike in sorted(members, key=lambda it: _place_of(values[it]))
        }
    lengths = [isinstance(each, Fact) and FIELDS[each.name].type is _LENGTH for each in operands]
    drawn = {} if query.drawn is None else drawn_groups(store, query.drawn, query.by).members
    groups = [
        Group(
            value=sendable(values[alike]),
            where=print_filter(_condition(by, values[alike])),
            runs=len(runs),
            statuses=dict(Counter(statuses[run] for run in runs)),
            cells=[
                _sum_up([column.get(run) for run in runs], _SECOND_NS if is_length else 1)
                for column, is_length in zip(columns, lengths, strict=True)
            ],
            curve=_curve_of(runs, drawn),
        )
        for alike, runs in list(members.items())[: query.limit]
    ]
    return GroupTable(
        total=len(members),
        runs=len(keys),
        columns=[column_of(each) for each in operands],
        groups=groups,
    )


def _place_of(value: Any) -> tuple[bool, tuple[int, Any], bool]:
    """Where a group of that value stands: as its curve does; NaN, then what is missing, at last."""
    rank = rank_of(value)
    return rank is None, rank or (0, 0), value is None


def _curve_of(runs: Sequence[int], drawn: Mapping[int, int]) -> int | None:
    """The one curve that all drawn runs of a group are in."""
    found = {drawn[run] for run in runs if run in drawn}
    return found.pop() if len(found) == 1 else None


def _is_summed_up(operand: Operand) -> bool:
    """Whether it says anything of a group: not what each run has for itself."""
    return not isinstance(operand, Fact) or (
        operand.name not in _OWN and FIELDS[operand.name].type is not FactType.TIME
    )


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
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < MAX_EXACT
    return Comparison("==", by, Literal(int(value) if is_whole else value))


def _sum_up(values: Sequence[Any], unit: int) -> GroupCell:
    """What the values of a column come to; numbers are divided by a unit."""
    there = [each for each in values if each is not None]
    kinds = {comparable(each) for each in there}
    cell = GroupCell(distinct=len(kinds))
    numbers = np.array([each for each in there if type(each) in (int, float)], np.float64) / unit
    if len(kinds) == 1 and len(there) == len(values):
        first = there[0]
        is_number = len(numbers) > 0 and unit > 1
        cell.value = list(first) if isinstance(first, tuple) else sendable(first)
        cell.value = float(numbers[0]) if is_number else cell.value
    finite = numbers[np.isfinite(numbers)]
    if len(finite):
        cell.count = len(finite)
        cell.mean = float(finite.mean())
        cell.std = float(finite.std(ddof=1)) if len(finite) > 1 else None
        cell.least, cell.greatest = float(finite.min()), float(finite.max())
    return cell
