"""The steps of calls that gave none, numbered per writer.

The step is one more than the highest step so far of the names in the call, 0 for the first; a
mapping of several names is one call. A record that continues a call belongs to the latest record
before it that has the same time and continues none; records of other threads may lie between.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trialog._format.columns import Calls, Integers
from trialog._format.records import MAX_STEP

STRETCHES = 16  # so many after its own may hold the rest of a call: the threads beside it write on
_Begun = tuple[Integers, Integers, Integers]
_Record = tuple[int, int]  # its group among several, and its row there


class CallCutError(Exception):
    """A call was numbered before all of it was written: the run is to be read anew."""


@dataclass(slots=True)
class Numbering:
    """What numbering needs to know of everything before.

    Attributes:
        highest: the highest step of each name so far.
        call_ns: the time of the record before.
        call_step: its step.
        recent: of the stretches before, latest last: offsets, times and steps of the records that
            began a call.
        unknown: in so many stretches a call may be continued of which nothing is known but its
            last record's time and step: it was numbered before the rest of it was there.
    """

    highest: dict[str, int] = field(default_factory=dict)
    call_ns: int = -1
    call_step: int = 0
    recent: deque[list[_Begun]] = field(default_factory=lambda: deque(maxlen=STRETCHES))
    unknown: int = 0

    def assign(
        self, groups: Sequence[Calls], following: Sequence[Calls] | None = None
    ) -> list[Integers]:
        """Number the calls of one stretch of a journal.

        Args:
            groups: the stretch's calls, each group with ascending offsets; the groups' calls may
                lie between each other.
            following: the next stretch, where that continues any calls; None where it is not there
                yet.

        Returns:
            The steps of each group's calls.

        Raises:
            CallCutError: the stretch continues a call that was numbered without it.
        """
        here = [group for group in groups if len(group.offsets)]
        parts = _Parts(here, following or ())
        if parts:
            self._walk(here, parts)
        else:
            for component in _components(here):
                self._assign_component(component)
            if here:
                last = max(here, key=lambda group: int(group.offsets[-1]))
                self.call_ns = int(last.times_ns[-1])
                self.call_step = int(last.steps[-1])
        self.recent.append([_begun(group) for group in here])
        self.unknown = STRETCHES if following is None else max(self.unknown - 1, 0)
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

    def _walk(self, groups: list[Calls], parts: _Parts | None = None) -> None:
        """Number call by call: for names that are called in several ways, and calls in parts."""
        parts = parts or _Parts((), ())
        steps = [group.steps.tolist() for group in groups]
        autos = [group.is_auto.tolist() for group in groups]
        times = [group.times_ns.tolist() for group in groups]
        for owner, row in _in_order(groups):
            names = groups[owner].names
            head = parts.heads.get((owner, row))
            if head is not None:
                step = steps[head[0]][head[1]]
            elif autos[owner][row]:
                step = None
                if parts.is_part(owner, row):
                    step = self._continued(names, times[owner][row])
                if step is None:
                    whole = (*names, *parts.names.get((owner, row), ()))
                    step = min(self._next(whole), MAX_STEP)
            else:
                step = steps[owner][row]
            steps[owner][row] = step
            self._raise(names, step)
            self.call_ns, self.call_step = times[owner][row], step
        for group, numbered in zip(groups, steps, strict=True):
            group.steps = np.array(numbered, dtype=np.int64)

    def _continued(self, names: tuple[str, ...], time_ns: int) -> int | None:
        """The step of a call that began in an earlier stretch; None where nothing is known of it.

        Raises:
            CallCutError: it was numbered without knowing of these names.
        """
        for stretch in reversed(self.recent):
            found = [
                (int(offsets[row]), int(steps[row]))
                for offsets, times, steps in stretch
                for row in np.flatnonzero(times == time_ns)[-1:].tolist()
            ]
            if found:
                return self._checked(max(found)[1], names)
        if not self.unknown:
            return None
        if time_ns != self.call_ns:
            raise CallCutError
        return self._checked(self.call_step, names)

    def _checked(self, step: int, names: tuple[str, ...]) -> int:
        """The step of a call, where these names of it would not have made it a higher one."""
        if self.unknown and self._next(names) > step:
            raise CallCutError
        return step

    def _next(self, names: tuple[str, ...]) -> int:
        met = [self.highest[name] for name in names if name in self.highest]
        return max(met) + 1 if met else 0

    def _raise(self, names: tuple[str, ...], step: int) -> None:
        highest = self.highest
        for name in names:
            if step > highest.get(name, step - 1):
                highest[name] = step


class _Parts:
    """The calls of a stretch that are in several records, without a step.

    Attributes:
        heads: the record that began the call, by the record that continues it.
        names: the names of all that continues a record, by that record.
    """

    def __init__(self, groups: Sequence[Calls], following: Sequence[Calls]) -> None:
        self.heads: dict[_Record, _Record] = {}
        self.names: dict[_Record, list[str]] = {}
        self._parts: set[_Record] = set()
        everything = [*groups, *following]
        times = [group.times_ns[group.is_auto & group.is_continued] for group in everything]
        wanted = np.unique(np.concatenate(times)) if times else np.empty(0, np.int64)
        if not len(wanted):
            return
        begun: dict[int, _Record] = {}
        for owner, row in _in_order(everything, wanted):
            group, record = everything[owner], (owner, row)
            time_ns = int(group.times_ns[row])
            is_here = owner < len(groups)
            if not group.is_continued[row]:
                if is_here:
                    begun[time_ns] = record
                else:
                    begun.pop(time_ns, None)
                continue
            if not group.is_auto[row]:
                continue
            if is_here:
                self._parts.add(record)
            head = begun.get(time_ns)
            if head is not None:
                self.names.setdefault(head, []).extend(group.names)
                if is_here:
                    self.heads[record] = head

    def __bool__(self) -> bool:
        return bool(self._parts or self.names)

    def is_part(self, owner: int, row: int) -> bool:
        """Whether a record continues a call."""
        return (owner, row) in self._parts


def _begun(group: Calls) -> _Begun:
    """The calls that began in a group."""
    if not group.is_continued.any():
        return group.offsets, group.times_ns, group.steps
    rows = ~group.is_continued
    return group.offsets[rows], group.times_ns[rows], group.steps[rows]


def _in_order(groups: Sequence[Calls], times_ns: Integers | None = None) -> list[_Record]:
    """The records of some groups in the journal's order, by group and row.

    Args:
        groups: the groups.
        times_ns: only records of these times; None for all.
    """
    if times_ns is None:
        rows = [np.arange(len(group.offsets)) for group in groups]
    else:
        rows = [np.flatnonzero(np.isin(group.times_ns, times_ns)) for group in groups]
    owners = np.repeat(np.arange(len(groups)), [len(each) for each in rows])
    offsets = np.concatenate(
        [group.offsets[each] for group, each in zip(groups, rows, strict=True)]
    )
    order = np.argsort(offsets, kind="stable")
    return list(zip(owners[order].tolist(), np.concatenate(rows)[order].tolist(), strict=True))


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
