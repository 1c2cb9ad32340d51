"""Runs as their journals say them: read once, for the artifact that they become part of.

The catalog is not asked: what it would have to read of a thousand runs that have just ended are
the same journals.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from trialog._artifacts.journalpacks import JournalKey, JournalPart
from trialog._catalog.deriving import DERIVED_FROM, PlacedFact, derive_run
from trialog._catalog.plans import JournalPoints, PointsPlan
from trialog._catalog.runrows import journal_facts_of
from trialog._catalog.series import journal_points
from trialog._format.blocks import LAST_WORDS_START
from trialog._format.facts import OUTSIDE, Start
from trialog._format.folders import JOURNAL_SUFFIX, StoreFolder
from trialog._format.records import Kind
from trialog._journals.addresses import RunPlace
from trialog._journals.ingest import RunReader, RunUpdate
from trialog._journals.liveness import FATES
from trialog._journals.numbering import CallCutError
from trialog._journals.parts import SPEAKING
from trialog._journals.processes import Presence, Presences, identity_of, read_here
from trialog._journals.reading import JournalState
from trialog._journals.scanning import names_in
from trialog._journals.stretches import Stretch
from trialog.errors import IntegrityError, StoreVersionError

KEPT_POINTS = 4_000_000  # so many stay in memory, 100 MB; those of more runs are read again
_KEPT = SPEAKING | {Kind.PARAMETERS, Kind.ATTACHMENT, Kind.SOLVE}
_READ = DERIVED_FROM | _KEPT
_ROUNDS = 5


class Series(NamedTuple):
    """Points of a metric that a writer logged."""

    metric: str
    writer: str
    stretch: Stretch


@dataclass(slots=True)
class Observed:
    """A run, or an experiment itself, up to where its journals were read.

    Attributes:
        place: where it lies.
        states: how far each journal was read.
        facts: what its entry in the artifact follows from, in the order of the run.
        blobs: the blobs of facts that were too large for a journal, by digest.
        row: the columns that the catalog would have for it.
        last_ns: the time of its latest fact.
        number: which run of the experiment it is; None for the experiment itself.
        series: its points; None where they are to be read again.
    """

    place: RunPlace
    states: dict[str, JournalState]
    facts: list[PlacedFact] = field(default_factory=list)
    blobs: list[str] = field(default_factory=list)
    row: dict[str, Any] = field(default_factory=dict)
    last_ns: int = 0
    number: int | None = None
    series: list[Series] | None = None

    @property
    def start(self) -> Start:
        """The first record of its first attempt."""
        found = self.starts("run")
        if not found:
            raise IntegrityError(
                f"the run {self.place.id} cannot be read: no journal says that it began; "
                "`trialog doctor` says more. Delete it to go on without it"
            )
        return found[0]

    def starts(self, *roles: str) -> list[Start]:
        """The first records of its writers of some roles, in the order of attempts."""
        starts = [state.start for state in self.states.values() if state.start is not None]
        of_roles = [start for start in starts if start.role in roles and start.run]
        return sorted(of_roles, key=lambda start: (start.attempt, start.created_ns, start.writer))

    @property
    def points(self) -> int:
        """How many points it has."""
        return sum(state.points for state in self.states.values())

    def parameters(self) -> dict[str, Any]:
        """The newest value of each parameter."""
        return {
            name: value
            for fact in self.facts
            if fact.kind is Kind.PARAMETERS
            for name, value in fact.content.items()
        }

    def offsets(self) -> dict[str, int]:
        """How far each journal with points was read."""
        return {writer: each.offset for writer, each in sorted(self.states.items()) if each.points}

    def parts(self, store: StoreFolder) -> Iterator[JournalPart]:
        """What has been read of its journals."""
        folder = self.place.folder(store)
        for writer, state in self.states.items():
            if state.start is None:
                continue  # nothing stands in it yet
            path = folder / f"{writer}{JOURNAL_SUFFIX}"
            read = state.offset
            if state.last_words:
                read = max(read, LAST_WORDS_START + state.last_words)
            size_bytes = min(os.stat(path).st_size, read)  # noqa: PTH116 # a thousand of them
            yield JournalPart(JournalKey(self.place.id, writer), path, size_bytes)

    def each_series(self, store: StoreFolder) -> Iterator[Series]:
        """Its points, by metric and writer; of a large run in several stripes."""
        if self.series is not None:
            yield from self.series
            return
        plan = PointsPlan(self.place, is_final=True)
        for writer, state in sorted(self.states.items()):
            if state.points:
                for found in journal_points(store, plan, self._journal_points(writer)):
                    for metric, stretch in sorted(found.items()):
                        yield Series(metric, writer, stretch)

    def _journal_points(self, writer: str) -> JournalPoints:
        state = self.states[writer]
        start = state.start
        assert start is not None  # noqa: S101 # it has points
        seed: dict[str, int] = {}
        if start.attempt > 1 and state.has_auto and start.role not in OUTSIDE:
            for other in self.states.values():
                if (
                    other.start is not None
                    and other.start.role not in OUTSIDE
                    and other.start.attempt < start.attempt
                ):
                    for name, step in other.numbering.highest.items():
                        seed[name] = max(step, seed.get(name, step))
        return JournalPoints(
            writer,
            start.attempt,
            start.rank,
            start.role in OUTSIDE,
            state.offset,
            state.has_auto,
            state.has_exact,
            state.points,
            seed,
            is_rebooted=state.fate == FATES[Presence.REBOOTED],
        )


class Observer:
    """Reads runs of a project, at one moment."""

    def __init__(self, store: StoreFolder, now_ns: int) -> None:
        self.store = store
        here = read_here()
        self._presences = Presences(here)
        self._reader = RunReader(store, here, now_ns, keeps_points=True)
        self._kept = 0

    def observe(self, place: RunPlace, number: int | None = None) -> Observed | None:
        """Read a run; None where it is not there yet.

        Raises:
            StoreError: a journal cannot be read.
            StoreVersionError: a newer trialog wrote one.
        """
        for _ in range(_ROUNDS):
            run = _Reading(place, number, KEPT_POINTS - self._kept)
            try:
                for update in self._reader.read(place, run.states) or ():
                    run.take(update)
            except CallCutError:
                continue
            if run.is_empty:
                return None
            found = run.finish()
            if found.series is not None:
                self._kept += found.points
            return found
        raise IntegrityError(f"the run {place.id} changes while it is read: try again")

    def is_current(self, run: Observed) -> bool:
        """Whether nothing has been written to a run since, and nothing can be."""
        names = names_in(run.place.folder(self.store)) or []
        journals = sum(name.endswith(JOURNAL_SUFFIX) for name in names)
        return journals == len(run.states) and all(each.is_final for each in run.states.values())

    def presence_of(self, run: Observed, state: JournalState) -> Presence:
        """Whether a writer of a run lives."""
        journal = run.place.journal(self.store, state.writer)
        return self._presences.of(identity_of(state.start), journal, state.news_ns)


class _Reading:
    """A run that is being read."""

    def __init__(self, place: RunPlace, number: int | None, room: int) -> None:
        """Begin.

        Args:
            place: where the run lies.
            number: which run of the experiment it is.
            room: how many points may stay in memory.
        """
        self.states: dict[str, JournalState] = {}
        self.is_empty = True
        self._run = Observed(place, self.states, number=number)
        self._series: dict[tuple[str, str], list[Stretch]] = {}
        self._room = room
        self._damages = 0

    def take(self, update: RunUpdate) -> None:
        """Take a part of what was read."""
        run, self.is_empty = self._run, False
        for state, delta in update.journals:
            if state.error is not None:
                raise StoreVersionError(f"a journal of the run {run.place.id} was {state.error}")
            self._damages += len(delta.damage)
            run.last_ns = max(run.last_ns, delta.updated_ns)
            run.blobs += [fact.blob for fact in delta.facts if fact.blob is not None]
            run.facts += [
                PlacedFact(
                    fact.order_ns, state.writer, fact.offset, fact.time_ns, fact.kind, fact.content
                )
                for fact in delta.facts
                if fact.kind in _READ
            ]
            for metric, stretches in delta.points.items():
                self._room -= sum(map(len, stretches))
                if self._room < 0:
                    self._series.clear()
                else:
                    self._series.setdefault((metric, state.writer), []).extend(stretches)

    def finish(self) -> Observed:
        """All of it has been read."""
        run = self._run
        run.facts.sort(key=lambda fact: fact[:3])
        starts = {writer: each.start for writer, each in self.states.items() if each.start}
        run.row = derive_run(
            run.place.id,
            [journal_facts_of(self.states[writer]) for writer in starts],
            run.facts,
            is_damaged=bool(self._damages),
            known=starts,
        )
        run.facts = [fact for fact in run.facts if fact.kind in _KEPT]
        if self._room >= 0:
            ordered = sorted(self._series.items())
            run.series = [Series(*key, stretch) for key, parts in ordered for stretch in parts]
        return run
