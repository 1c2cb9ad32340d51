"""From a journal's bytes to what the catalog keeps: facts in order, summaries, steps.

:func:`read_on` goes on where reading stopped the last time, a bounded number of blocks at once. It
changes nothing but the :class:`JournalState` it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from trialog._format import columns
from trialog._format.blocks import LAST_WORDS_START
from trialog._format.columns import Calls
from trialog._format.decoding import BlockIndex, Damage, Fact
from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._format.records import FORMAT_VERSION, Kind
from trialog._journals.journals import JournalFile, with_next
from trialog._journals.jsonvalues import as_call, continuing_calls
from trialog._journals.liveness import FATES
from trialog._journals.numbering import Numbering
from trialog._journals.payloads import digest_of, read_content, start_in
from trialog._journals.processes import Presence
from trialog._journals.stretches import Stretch, by_metric
from trialog._journals.summaries import Summary, append, summarise
from trialog.errors import IntegrityError

BLOCKS_AT_ONCE = 16
AT_THE_END = 2**63 - 1  # order of last words: after everything else
_SILENT_KINDS = frozenset({Kind.HEARTBEAT, Kind.SYNCED})
_NO_FACT = frozenset({Kind.HEARTBEAT, Kind.SYNCED})


@dataclass(slots=True)
class JournalState:
    """How far a journal has been read, and what going on needs to know."""

    writer: str
    start: Start | None = None
    offset: int = 0
    last_words: int = 0
    order_ns: int = 0  # the latest time of a fact
    news_ns: int = 0  # the latest time of anything
    numbering: Numbering = field(default_factory=Numbering)
    has_left: bool = False
    is_final: bool = False
    fate: str | None = None
    has_auto: bool = False
    has_exact: bool = False
    points: int = 0
    error: str | None = None


class FactRead(NamedTuple):
    """A fact of a journal.

    Attributes:
        offset: where it stands.
        order_ns: its time by the writer's clock, never going back.
        time_ns: its time as written.
        kind: what it is.
        content: its payload.
        step: the step of JSON values.
        blob: the digest of the blob its payload was too large for, or None.
    """

    offset: int
    order_ns: int
    time_ns: int
    kind: Kind
    content: dict[str, Any]
    step: int = 0
    blob: str | None = None


@dataclass(slots=True)
class Delta:
    """What reading on has found.

    Attributes:
        base: (offset, last words) before; what the catalog must still say for this to be taken.
        facts: facts in order.
        summaries: of the new points, by metric; none where the points themselves are kept.
        damage: bytes that are not what was written.
        names: all names whose highest step may have changed.
        points: the new points, by metric, where they are kept.
        updated_ns: the time of the last fact, points aside; 0 where there was none.
        is_exhausted: everything that was there has been read.
    """

    base: tuple[int, int]
    facts: list[FactRead] = field(default_factory=list)
    summaries: dict[str, Summary] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    points: dict[str, list[Stretch]] = field(default_factory=dict)
    updated_ns: int = 0
    is_exhausted: bool = True


Seed = Callable[[Start], dict[str, int]]


def read_on(
    file: JournalFile,
    state: JournalState,
    presence: Presence,
    store: StoreFolder,
    seed: Seed,
    *,
    keeps_points: bool = False,
) -> Delta:
    """Read what a journal holds beyond a state, and move the state on.

    Args:
        file: the journal.
        state: how far it has been read; changed.
        presence: of its writer.
        store: where large payloads lie.
        seed: gives the highest steps that a new journal's numbering goes on from.
        keeps_points: whether the points themselves are wanted, instead of summaries.

    Raises:
        CallCutError: what was read before cut a call in two: read the run anew.
    """
    delta = Delta((state.offset, state.last_words))
    reader = _Reader(state, delta, store, seed, file.modified_ns, keeps_points=keeps_points)
    is_cut = state.has_left  # the file was cut where the journal ends
    for count, (block, after) in enumerate(with_next(file.blocks(state.offset, presence))):
        if count == BLOCKS_AT_ONCE:
            delta.is_exhausted = False
            return delta
        if not reader.take(block.records, None if after is None else after.records):
            break
        is_cut = block.is_last
        state.offset = max(state.offset, block.next_offset)
    if state.error is None and state.start is not None and file.size > LAST_WORDS_START:
        reader.take_last_words(file.last_words(presence))
    if state.error is not None:
        state.is_final = True
    elif state.start is not None:
        state.is_final = presence.is_certain_end or (state.has_left and is_cut)
        state.fate = FATES[presence] if presence.is_end and not state.has_left else None
    return delta


class _Reader:
    """Takes blocks in order into a delta."""

    def __init__(
        self,
        state: JournalState,
        delta: Delta,
        store: StoreFolder,
        seed: Seed,
        modified_ns: int,
        *,
        keeps_points: bool,
    ) -> None:
        self._state = state
        self._delta = delta
        self._store = store
        self._seed = seed
        self._modified_ns = modified_ns
        self._keeps_points = keeps_points

    def take(self, index: BlockIndex, after: BlockIndex | None) -> bool:
        """Take what is new in a block.

        Args:
            index: the block.
            after: the next one, where there is one.

        Returns:
            Whether reading may go on: not where a newer trialog wrote the journal, nor where
            nothing is written yet.
        """
        state, delta = self._state, self._delta
        if state.start is None and not self._begin(index):
            return False
        delta.damage += [each for each in index.damage if each.offset + each.size > state.offset]
        facts = [fact for fact in index.facts if fact.offset >= state.offset]
        spoken = [self._payload(fact) for fact in facts]
        groups = [_since(group, state.offset) for group in columns.calls(index)]
        groups = [group for group in groups if len(group.offsets)]
        values = [each for each in spoken if each is not None and each.kind is Kind.VALUE]
        steps = self._number(groups, values, after)
        self._summarise(groups)
        for fact, each in zip(facts, spoken, strict=True):
            self._note(fact, _stepped(each, steps))
        if groups:
            state.news_ns = max(state.news_ns, *(int(group.times_ns.max()) for group in groups))
        return True

    def take_last_words(self, index: BlockIndex) -> None:
        """Facts there come after everything else; the area holds nothing but facts."""
        state = self._state
        self._delta.damage += [
            each for each in index.damage if each.offset >= LAST_WORDS_START + state.last_words
        ]
        facts = [fact for fact in index.facts if fact.offset >= LAST_WORDS_START + state.last_words]
        spoken = [self._payload(fact) for fact in facts]
        values = [each for each in spoken if each is not None and each.kind is Kind.VALUE]
        steps = self._number([], values, None)
        for fact, each in zip(facts, spoken, strict=True):
            self._note(fact, _stepped(each, steps), is_last=True)
        state.last_words = max(state.last_words, index.stop)

    def _begin(self, index: BlockIndex) -> bool:
        state = self._state
        if not (index.facts or index.points or index.damage):
            return False
        first = index.facts[0] if index.facts else None
        state.start = start_in(first, self._store)
        if state.start is None:
            state.start = Start(
                writer=state.writer,
                run="",
                role="run",
                namespace="",
                project="",
                created_ns=self._modified_ns,
            )
            if not index.damage:
                self._delta.damage.append(Damage(0, 0, "the first record cannot be read"))
        elif state.start.format > FORMAT_VERSION:
            state.error = (
                f"written in format {state.start.format} by trialog {state.start.trialog or '?'}: "
                "upgrade trialog to read it"
            )
            assert first is not None  # noqa: S101 # else there is no start
            self._note(first, _found(first, asdict(state.start)))
            return False
        state.numbering.highest = self._seed(state.start)
        return True

    def _payload(self, fact: Fact) -> FactRead | None:
        """A fact with its content, or None for the silent kinds and for what cannot be read."""
        if fact.kind in _NO_FACT:
            return None
        try:
            return _found(fact, read_content(fact, self._store))
        except (ValueError, OSError, IntegrityError) as error:
            reason = f"the {fact.kind.name.lower()} fact cannot be read: {error}"
            self._delta.damage.append(Damage(fact.offset, len(fact.payload), reason))
            return None

    def _number(
        self, groups: list[Calls], values: list[FactRead], after: BlockIndex | None
    ) -> dict[int, int]:
        """Number calls and JSON values together.

        Returns:
            The steps of the JSON values, by offset.
        """
        state = self._state
        if any(group.is_auto.any() or group.is_continued.any() for group in groups):
            state.has_auto = True
        if any(group.exact for group in groups):
            state.has_exact = True
        spoken = [as_call(each.offset, each.time_ns, each.content) for each in values]
        following = continuing_calls(after, self._store)
        state.numbering.assign([*groups, *spoken], following)
        for group in (*groups, *spoken):
            self._delta.names.update(group.names)
        return {int(call.offsets[0]): int(call.steps[0]) for call in spoken}

    def _summarise(self, groups: list[Calls]) -> None:
        summaries = self._delta.summaries
        for name, stretch in by_metric(groups).items():
            self._state.points += len(stretch)
            if self._keeps_points:
                self._delta.points.setdefault(name, []).append(stretch)
                continue
            found = summarise(stretch.steps, stretch.times_ns, stretch.values, stretch.exact)
            before = summaries.get(name)
            summaries[name] = found if before is None else append(before, found)

    def _note(self, fact: Fact, found: FactRead | None, *, is_last: bool = False) -> None:
        state = self._state
        state.news_ns = max(state.news_ns, fact.time_ns)
        if fact.kind in (Kind.END, Kind.LEAVE):
            state.has_left = True
        if fact.kind not in _SILENT_KINDS:
            self._delta.updated_ns = max(self._delta.updated_ns, fact.time_ns)
        if found is not None:
            state.order_ns = max(state.order_ns, fact.time_ns)
            order_ns = AT_THE_END if is_last else state.order_ns
            self._delta.facts.append(FactRead(found.offset, order_ns, *found[2:]))


def _found(fact: Fact, content: dict[str, Any]) -> FactRead:
    return FactRead(fact.offset, 0, fact.time_ns, fact.kind, content, blob=digest_of(fact))


def _stepped(found: FactRead | None, steps: dict[int, int]) -> FactRead | None:
    """A fact with its step, where it is a JSON value."""
    step = None if found is None else steps.get(found.offset)
    return found if found is None or step is None else found._replace(step=step)


def _since(group: Calls, offset: int) -> Calls:
    """The calls of a group that stand at an offset or after it."""
    if not len(group.offsets) or group.offsets[0] >= offset:
        return group
    first = int(np.searchsorted(group.offsets, offset))
    return replace(
        group,
        offsets=group.offsets[first:],
        steps=group.steps[first:],
        is_auto=group.is_auto[first:],
        is_continued=group.is_continued[first:],
        times_ns=group.times_ns[first:],
        values=group.values[first:],
        exact={
            (row - first, column): number
            for (row, column), number in group.exact.items()
            if row >= first
        },
    )
