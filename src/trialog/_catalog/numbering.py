"""The steps of calls that gave none, numbered per writer.

The step is one more than the highest step so far of the names in the call, 0 for the first; a
mapping of several names is one call. A record that continues a call takes the step of the record
with the same time before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trialog._format.columns import Calls, Integers
from trialog._format.records import MAX_STEP


@dataclass(slots=True)
class Numbering:
    """What numbering needs to know of everything before.

    Attributes:
        highest: the highest step of each name so far.
        call_ns: the time of the record before.
        call_step: its step.
    """

    highest: dict[str, int] = field(default_factory=dict)
    call_ns: int = -1
    call_step: int = 0

    def assign(self, groups: Sequence[Calls]) -> list[Integers]:
        """Number the calls of one stretch of a journal.

        Args:
            groups: the stretch's calls, each group with ascending offsets; the groups' calls may
                lie between each other.

        Returns:
            The steps of each group's calls.
        """
        groups_with_calls = [group for group in groups if len(group.offsets)]
        if any(group.is_continued.any() for group in groups_with_calls):
            self._walk(groups_with_calls)
        else:
            for component in _components(groups_with_calls):
                self._assign_component(component)
            if groups_with_calls:
                last = max(groups_with_calls, key=lambda group: int(group.offsets[-1]))
                self.call_ns = int(last.times_ns[-1])
                self.call_step = int(last.steps[-1])
        return [group.steps for group in groups]

    def _assign_component(self, component: list[Calls]) -> None:
        if not any(group.is_auto.any() for group in component):
            for group in component:
                self._raise(group.names, int(group.steps.max()))
            return
        if len(component) == 1 and component[0].is_auto.all():
            (group,) = component
            first, count = self._next(group.names), len(group.offsets)
            if first + count - 1 <= MAX_STEP:
                group.steps = np.arange(first, first + count, dtype=np.int64)
                self._raise(group.names, first + count - 1)
                return
        self._walk(component)

    def _walk(self, groups: list[Calls]) -> None:
        """Number call by call: for names that are called in several ways."""
        offsets = np.concatenate([group.offsets for group in groups])
        owners = np.repeat(np.arange(len(groups)), [len(group.offsets) for group in groups])
        rows = np.concatenate([np.arange(len(group.offsets)) for group in groups])
        steps = [group.steps.tolist() for group in groups]
        autos = [group.is_auto.tolist() for group in groups]
        continued = [group.is_continued.tolist() for group in groups]
        times = [group.times_ns.tolist() for group in groups]
        order = np.argsort(offsets, kind="stable")
        for owner, row in zip(owners[order].tolist(), rows[order].tolist(), strict=True):
            time_ns = times[owner][row]
            if continued[owner][row] and time_ns == self.call_ns:
                step = self.call_step
            elif autos[owner][row]:
                step = min(self._next(groups[owner].names), MAX_STEP)
            else:
                step = steps[owner][row]
            steps[owner][row] = step
            self._raise(groups[owner].names, step)
            self.call_ns, self.call_step = time_ns, step
        for group, numbered in zip(groups, steps, strict=True):
            group.steps = np.array(numbered, dtype=np.int64)

    def _next(self, names: tuple[str, ...]) -> int:
        met = [self.highest[name] for name in names if name in self.highest]
        return max(met) + 1 if met else 0

    def _raise(self, names: tuple[str, ...], step: int) -> None:
        highest = self.highest
        for name in names:
            if step > highest.get(name, step - 1):
                highest[name] = step


def _components(groups: Sequence[Calls]) -> list[list[Calls]]:
    """Groups that share names, directly or through others, together."""
    leaders = list(range(len(groups)))

    def leader(group: int) -> int:
        while leaders[group] != group:
            leaders[group] = group = leaders[leaders[group]]
        return group

    first: dict[str, int] = {}
    for number, group in enumerate(groups):
        for name in group.names:
            leaders[leader(number)] = leader(first.setdefault(name, number))
    together: dict[int, list[Calls]] = {}
    for number, group in enumerate(groups):
        together.setdefault(leader(number), []).append(group)
    return list(together.values())
