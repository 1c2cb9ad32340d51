"""Points of one metric in the order they were logged, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trialog._format.columns import Calls, Floats, Integers

NO_RANK = -(2**63)


@dataclass(slots=True)
class Stretch:
    """Points of one metric.

    Attributes:
        steps: n steps.
        times_ns: n times.
        values: n values.
        exact: the integers that a double cannot hold, by row.
        ranks: n ranks of the processes that logged them, :data:`NO_RANK` where one has none; None
            where nobody asked for them.
        attempts: n attempts that logged them, likewise.
    """

    steps: Integers
    times_ns: Integers
    values: Floats
    exact: dict[int, int] = field(default_factory=dict)
    ranks: Integers | None = None
    attempts: Integers | None = None

    def __len__(self) -> int:
        return len(self.steps)


def empty_stretch() -> Stretch:
    """No points."""
    return Stretch(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


def by_metric(groups: Iterable[Calls]) -> dict[str, Stretch]:
    """The points of one stretch of a journal, by metric.

    Args:
        groups: numbered calls of one block; a metric may be in several of them.
    """
    members: dict[str, list[tuple[Calls, int]]] = {}
    for group in groups:
        for column, name in enumerate(group.names):
            if group.values.shape[1]:
                members.setdefault(name, []).append((group, column))
    found = {}
    for name, parts in members.items():
        stretches = [_column(group, column) for group, column in parts]
        if len(stretches) == 1:
            found[name] = stretches[0]
        else:
            offsets = np.concatenate([group.offsets for group, _ in parts])
            found[name] = reordered(join(stretches), np.argsort(offsets, kind="stable"))
    return found


def _column(group: Calls, column: int) -> Stretch:
    exact = {}
    if group.exact:
        exact = {row: number for (row, each), number in group.exact.items() if each == column}
    values = np.ascontiguousarray(group.values[:, column])
    return Stretch(group.steps, group.times_ns, values, exact)


def join(stretches: Sequence[Stretch]) -> Stretch:
    """One stretch after the other."""
    if len(stretches) == 1:
        return stretches[0]
    if not stretches:
        return empty_stretch()
    exact: dict[int, int] = {}
    before = 0
    for each in stretches:
        if each.exact:
            exact.update({row + before: number for row, number in each.exact.items()})
        before += len(each)
    return Stretch(
        np.concatenate([each.steps for each in stretches]),
        np.concatenate([each.times_ns for each in stretches]),
        np.concatenate([each.values for each in stretches]),
        exact,
        _concatenated([each.ranks for each in stretches]),
        _concatenated([each.attempts for each in stretches]),
    )


def _concatenated(parts: Sequence[Integers | None]) -> Integers | None:
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None


def merge_writers(stretches: Sequence[Stretch]) -> Stretch:
    """The points of several writers by time; each writer's own stay in order.

    Args:
        stretches: one for each writer, in the writers' order, which decides equal times.
    """
    stretches = [each for each in stretches if len(each)]
    joined = join(stretches)
    if len(stretches) < 2:  # noqa: PLR2004 # nothing to merge
        return joined
    order_ns = np.concatenate([np.maximum.accumulate(each.times_ns) for each in stretches])
    return reordered(joined, np.argsort(order_ns, kind="stable"))


def reordered(stretch: Stretch, order: Integers) -> Stretch:
    """The same points in another order."""
    exact = {}
    if stretch.exact:
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        exact = {int(place[row]): number for row, number in stretch.exact.items()}
    return _taken(stretch, order, exact)


def until_step(stretch: Stretch, step: int) -> Stretch:
    """The points of lower steps than one, in their order."""
    is_kept = stretch.steps < step
    if is_kept.all():
        return stretch
    exact = {}
    if stretch.exact:
        places = np.cumsum(is_kept) - 1
        exact = {int(places[row]): number for row, number in stretch.exact.items() if is_kept[row]}
    return _taken(stretch, is_kept, exact)


def _taken(stretch: Stretch, rows: NDArray[Any], exact: dict[int, int]) -> Stretch:
    """Some rows of a stretch, or all in another order."""
    return Stretch(
        stretch.steps[rows],
        stretch.times_ns[rows],
        stretch.values[rows],
        exact,
        None if stretch.ranks is None else stretch.ranks[rows],
        None if stretch.attempts is None else stretch.attempts[rows],
    )
