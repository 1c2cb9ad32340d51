"""Reading a run's journals on, from where the catalog stands to where their writers are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from trialog._format.facts import OUTSIDE, Start
from trialog._format.folders import JOURNAL_SUFFIX, StoreFolder
from trialog._journals.addresses import RunPlace, is_ours
from trialog._journals.journals import JournalFile
from trialog._journals.numbering import CallCutError
from trialog._journals.payloads import start_in
from trialog._journals.processes import (
    Identity,
    Presence,
    Presences,
    identity_of,
)
from trialog._journals.reading import Delta, JournalState, read_on
from trialog._journals.scanning import names_in
from trialog.errors import StoreError

_UNBORN_NS = 10 * 1_000_000_000  # so long a first record may take to be written


class RunUpdate(NamedTuple):
    """What was read of a run: each journal's state afterwards, and what is new."""

    place: RunPlace
    journals: list[tuple[JournalState, Delta]]


class RunReader:
    """Reads runs of one store, during one refresh."""

    def __init__(
        self, store: StoreFolder, here: Identity, now_ns: int, *, keeps_points: bool = False
    ) -> None:
        self._store = store
        self._now_ns = now_ns
        self._keeps_points = keeps_points
        self._presences = Presences(here)

    def has_news(self, place: RunPlace, state: JournalState) -> bool:
        """Whether there is anything to learn from a journal: records, or its writer's death."""
        path = place.journal(self._store, state.writer)
        presence = self._presences.of(identity_of(state.start), path, state.news_ns)
        if presence is Presence.GONE:
            return True
        if presence is Presence.REBOOTED and not state.has_left:
            return state.fate is None  # read to its end already: nothing has come since
        if state.fate is not None:
            return True  # it lives after all
        try:
            with JournalFile(path) as file:
                return file.has_news(state.offset, state.last_words)
        except OSError:
            return True  # gone, or it will be said why not

    def read(self, place: RunPlace, states: dict[str, JournalState]) -> Iterator[RunUpdate] | None:
        """Read a run's journals on.

        Args:
            place: the run.
            states: how far its journals have been read; moved on.

        Returns:
            What was found, a bounded part at once, each to be recorded before the next is asked
            for; None where the run's folder is gone, or where its first attempt has grown after
            a later one had been numbered: then the run is to be forgotten and read anew.
            So it is where what is given raises :class:`CallCutError`.
        """
        folder = place.folder(self._store)
        names = names_in(folder)
        if names is None:
            return None
        writers = sorted(
            name.removesuffix(JOURNAL_SUFFIX)
            for name in names
            if name.endswith(JOURNAL_SUFFIX) and is_ours(name)
        )
        if not writers and states:
            return None
        attempts = self._attempts(folder, writers, states)
        if self._is_out_of_order(place, attempts, states):
            return None
        ordered = sorted(writers, key=lambda writer: (attempts[writer], writer))
        return self._read_all(place, ordered, states)

    def _attempts(
        self, folder: Path, writers: list[str], states: dict[str, JournalState]
    ) -> dict[str, int]:
        """The attempt of each writer; looked up where a run has several and one is new."""
        attempts = {}
        for writer in writers:
            state = states.get(writer)
            if state is not None and state.start is not None:
                attempts[writer] = state.start.attempt
            elif len(writers) > 1:
                attempts[writer] = self._first_attempt(folder / f"{writer}{JOURNAL_SUFFIX}")
            else:
                attempts[writer] = 1
        return attempts

    def _first_attempt(self, path: Path) -> int:
        try:
            with JournalFile(path) as file:
                start = start_in(file.first_fact(), self._store)
        except OSError:
            return 1
        return start.attempt if start else 1

    def _is_out_of_order(
        self, place: RunPlace, attempts: dict[str, int], states: dict[str, JournalState]
    ) -> bool:
        """Whether an attempt has grown whose steps a later one went on from."""
        within = {
            writer: state.start.attempt
            for writer, state in states.items()
            if state.start is not None and state.start.role not in OUTSIDE
        }
        latest = max(within.values(), default=1)
        earlier = [writer for writer, attempt in attempts.items() if attempt < latest]
        return any(
            writer not in states
            or (
                writer in within
                and not states[writer].is_final
                and self._has_points_to_come(place, states[writer])
            )
            for writer in earlier
        )

    def _has_points_to_come(self, place: RunPlace, state: JournalState) -> bool:
        copy = replace(
            state, numbering=replace(state.numbering, highest=dict(state.numbering.highest))
        )
        try:
            with JournalFile(place.journal(self._store, state.writer)) as file:
                presence = self._presences.of(identity_of(state.start), file.path, state.news_ns)
                return bool(read_on(file, copy, presence, self._store, lambda _: {}).names)
        except OSError:
            return False
        except CallCutError:
            return True

    def _read_all(
        self, place: RunPlace, writers: list[str], states: dict[str, JournalState]
    ) -> Iterator[RunUpdate]:
        found: list[tuple[JournalState, Delta]] = []
        for writer in writers:
            state = states.setdefault(writer, JournalState(writer))
            if state.is_final:
                continue
            path = place.journal(self._store, writer)
            try:
                with JournalFile(path) as file:
                    for delta in self._read_one(file, state, states):
                        found.append((state, delta))
                        if not delta.is_exhausted:
                            yield RunUpdate(place, found)
                            found = []
            except (FileNotFoundError, PermissionError):
                continue  # deleted meanwhile; or another user's, who does not show it
            except StoreError:
                raise
            except OSError as error:
                raise StoreError(f"{str(path)!r} cannot be read: {error.strerror}") from error
        found = [(state, delta) for state, delta in found if state.start is not None]
        if found:
            yield RunUpdate(place, found)

    def _read_one(
        self, file: JournalFile, state: JournalState, states: dict[str, JournalState]
    ) -> Iterator[Delta]:
        if file.is_empty and state.start is None:
            return

        def seed(start: Start) -> dict[str, int]:
            """The highest steps of earlier attempts: numbering goes on after a resume."""
            highest: dict[str, int] = {}
            for other in states.values():
                if _is_earlier(other.start, start):
                    _raise(highest, other.numbering.highest)
            return highest

        if state.start is not None and state.start.attempt > 1:  # the catalog keeps its own alone
            _raise(state.numbering.highest, seed(state.start))
        is_done = False
        # what has been closed by its writer reads the same whether that lives or not
        known = Presence.ELSEWHERE if file.is_one_closed_block else None
        while not is_done:
            presence, known = known or self._presence_of_journal(file, state), None
            before = _progress(state)
            delta = read_on(
                file, state, presence, self._store, seed, keeps_points=self._keeps_points
            )
            if state.start is None:
                return
            now = presence if state.is_final else self._presence_of_journal(file, state)
            is_done = delta.is_exhausted and now.is_end == presence.is_end
            if delta.is_exhausted and not is_done:
                delta.is_exhausted = False  # its writer has ended: what it left counts now
            if is_done:
                state.numbering.recent.clear()  # the state waits to be recorded; this is large
            if _progress(state) != before or delta.facts or delta.names or delta.damage:
                yield delta

    def _presence_of_journal(self, file: JournalFile, state: JournalState) -> Presence:
        start = state.start or start_in(file.first_fact(), self._store)
        if start is None and self._now_ns - file.modified_ns < _UNBORN_NS:
            return Presence.ELSEWHERE  # nobody says yet who writes it
        return self._presences.of(identity_of(start), file.path, state.news_ns)


def _raise(highest: dict[str, int], others: dict[str, int]) -> None:
    for name, step in others.items():
        highest[name] = max(step, highest.get(name, step))


def _is_earlier(other: Start | None, start: Start) -> bool:
    if other is None or OUTSIDE.intersection((other.role, start.role)):
        return False
    return other.attempt < start.attempt


def _progress(state: JournalState) -> tuple[object, ...]:
    return (
        state.start is None,
        state.offset,
        state.last_words,
        state.has_left,
        state.is_final,
        state.fate,
        state.news_ns,
    )
