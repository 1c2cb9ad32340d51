"""Bringing the catalog up to what the store holds now."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import func, inspect, select

from trialog._catalog import schema
from trialog._catalog.database import Database
from trialog._catalog.recording import record
from trialog._catalog.rows import chunks, upsert
from trialog._catalog.runrows import forget_runs, project_row
from trialog._catalog.states import load_states, state_of
from trialog._catalog.turns import in_turn
from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.ingest import RunReader, RunUpdate
from trialog._journals.journals import JournalFile
from trialog._journals.numbering import CallCutError
from trialog._journals.payloads import start_in
from trialog._journals.processes import read_here
from trialog._journals.reading import JournalState
from trialog._journals.scanning import QUIET_NS, Found, Known, Scanner, names_in

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""

SEGMENTS_FOLDER = "segments"  # among the folders whose times are kept
_BATCH_RUNS = 250
_BATCH_S = 1.0
_MANY = 2000  # so many new runs are faster put into tables without indexes by value
_ROUNDS = 10


class Refresher:
    """Reads on what changed in a store, and records it.

    What it remembers of folders belongs to one generation of the database, and goes with it.

    Attributes:
        segments_seen_ns: the time of the segments' folder when its files were last adopted.
    """

    def __init__(self, store: StoreFolder, database: Database, clock: Callable[[], int]) -> None:
        self._store = store
        self._database = database
        self._clock = clock
        self._generation = ""
        self._begin()

    def refresh(self, progress: Progress | None = None) -> None:
        """Read everything that changed anywhere in the store."""
        if self._generation != self._database.generation:
            self._begin()
        reader = self._reader()
        under_way = self._under_way(reader)
        found = self._scanner.scan(self._known())
        self._forget(found.gone)
        with in_turn(self._database.path, len(found.runs)) as has_waited:
            if has_waited:
                found = self._scanner.scan(self._known())
                self._forget(found.gone)
            places = list(dict.fromkeys([*under_way, *found.runs]))
            self._add_projects(found.projects)
            with self._put_into_order_later(len(places)):
                self._read(places, reader, progress)
        self._settle(found)

    def refresh_runs(self, places: Iterable[RunPlace]) -> None:
        """Read what changed in some runs, whether the catalog knows them or not."""
        reader = self._reader()
        by_key = {place.key: place for place in places}
        with self._database.read() as connection:
            states = load_states(connection, list(by_key))
        stale = [
            by_key[key] for key in by_key if self._has_changed(by_key[key], states[key], reader)
        ]
        self._read(stale, reader, None)

    def _begin(self) -> None:
        """Know no more than what the database says."""
        generation = self._database.generation
        seen = self._seen()
        self.segments_seen_ns = seen.pop(SEGMENTS_FOLDER, 0)
        self._scanner = Scanner(self._store, seen, self._clock)
        self._generation = generation
        with self._database.read() as connection:
            self._is_in_order = all(
                inspect(connection).has_index(index.table.name, index.name)
                for index in schema.BY_VALUE
                if index.table is not None and index.name is not None
            )

    def remember_segments(self, mtime_ns: int, *, is_all: bool) -> None:
        """The segments' folder has been looked at: others need not do so again.

        Args:
            mtime_ns: the folder's time before.
            is_all: the catalog knows all that is there.
        """
        self.segments_seen_ns = mtime_ns
        if is_all and self._clock() - mtime_ns > QUIET_NS:  # else it may change within its time
            row = {"path": SEGMENTS_FOLDER, "mtime_ns": mtime_ns}
            with self._database.write() as connection:
                upsert(connection, schema.FOLDERS, [row])

    def _has_changed(
        self, place: RunPlace, states: dict[str, JournalState], reader: RunReader
    ) -> bool:
        names = names_in(place.folder(self._store))
        if names is None:
            return bool(states)
        journals = sum(name.endswith(".journal") for name in names)
        return journals != len(states) or any(
            not state.is_final and reader.has_news(place, state) for state in states.values()
        )

    # -- what there is to read -----------------------------------------------------------------

    def _reader(self) -> RunReader:
        return RunReader(self._store, read_here(), self._clock())

    def _under_way(self, reader: RunReader) -> list[RunPlace]:
        """The runs with journals that may grow and have grown, or whose writers have ended."""
        journals, runs, projects = schema.JOURNALS, schema.RUNS, schema.PROJECTS
        statement = (
            select(journals, projects.c.namespace, projects.c.project, runs.c.day, runs.c.id)
            .join(runs, runs.c.key == journals.c.run)
            .join(projects, projects.c.key == runs.c.project)
            .where(~journals.c.is_final)
        )
        with self._database.read() as connection:
            rows = connection.execute(statement).all()
        places: dict[RunPlace, None] = {}
        for row in rows:
            place = RunPlace(ProjectPlace(row.namespace, row.project), row.day, row.id)
            if place not in places and reader.has_news(place, state_of(row, {})):
                places[place] = None
        return list(places)

    def _seen(self) -> dict[str, int]:
        with self._database.read() as connection:
            return {row.path: row.mtime_ns for row in connection.execute(select(schema.FOLDERS))}

    def _known(self) -> Known:
        return Known(self._runs_of_day, self._days, self._missing)

    def _runs_of_day(self, project: ProjectPlace, day: str) -> set[str]:
        table = schema.RUNS
        condition = (table.c.project == project.key) & (table.c.day == day)
        with self._database.read() as connection:
            return set(connection.execute(select(table.c.id).where(condition)).scalars())

    def _days(self) -> set[tuple[ProjectPlace, str]]:
        runs, projects = schema.RUNS, schema.PROJECTS
        statement = (
            select(projects.c.namespace, projects.c.project, runs.c.day)
            .join(projects, projects.c.key == runs.c.project)
            .distinct()
        )
        with self._database.read() as connection:
            return {
                (ProjectPlace(namespace, project), day)
                for namespace, project, day in connection.execute(statement)
            }

    def _missing(self, keys: list[int]) -> set[int]:
        missing = set(keys)
        if not missing:
            return missing
        with self._database.read() as connection:
            for table in (schema.RUNS, schema.JOURNALS):
                for part in chunks(list(missing)):
                    found = connection.execute(select(table.c.key).where(table.c.key.in_(part)))
                    missing.difference_update(found.scalars())
        return missing

    # -- reading -------------------------------------------------------------------------------

    def _read(
        self, places: Sequence[RunPlace], reader: RunReader, progress: Progress | None
    ) -> None:
        waiting = list(places)
        for _ in range(_ROUNDS):
            waiting = self._read_once(waiting, reader, progress)
            progress = None
            if not waiting:
                return

    def _read_once(
        self, places: Sequence[RunPlace], reader: RunReader, progress: Progress | None
    ) -> list[RunPlace]:
        """Read runs and record them in batches.

        Returns:
            The runs to read again: another process has read them on meanwhile, or they were
            read when half of a call was written.
        """
        batch: list[RunUpdate] = []
        overtaken: dict[RunPlace, None] = {}
        began = time.monotonic()
        done = 0
        for part in chunks(places, _BATCH_RUNS):
            with self._database.read() as connection:
                states = load_states(connection, [place.key for place in part])
            for place in part:
                updates = reader.read(place, states[place.key])
                if updates is None:
                    self._forget([place])
                    updates = reader.read(place, {}) or iter(())
                try:
                    for update in updates:
                        batch.append(update)
                        is_partial = not update.journals[-1][1].is_exhausted
                        is_late = time.monotonic() - began > _BATCH_S
                        if is_partial or is_late or len(batch) >= _BATCH_RUNS:
                            lost = self._record(batch)
                            overtaken.update(dict.fromkeys(lost))
                            batch, began = [], time.monotonic()
                            if place in lost:
                                break
                except CallCutError:
                    self._forget([place])
                    overtaken[place] = None
                if progress is not None:
                    done += 1
                    progress(done, len(places))
        if batch:
            overtaken.update(dict.fromkeys(self._record(batch)))
        return list(overtaken)

    @contextlib.contextmanager
    def _put_into_order_later(self, runs: int) -> Iterator[None]:
        """Indexes by value are made at once where most of the runs are new.

        Questions are answered without them as well, and a process that was killed in between left
        it to the next one.
        """
        table = schema.RUNS
        if runs >= _MANY:
            with self._database.write() as connection:
                known = connection.execute(select(func.count()).select_from(table)).scalar_one()
                if known < runs:
                    self._is_in_order = False
                    for index in schema.BY_VALUE:
                        index.drop(connection, checkfirst=True)
        try:
            yield
        finally:
            if not self._is_in_order:
                with self._database.write() as connection:
                    for index in schema.BY_VALUE:
                        index.create(connection, checkfirst=True)
                self._is_in_order = True

    def _record(self, batch: Sequence[RunUpdate]) -> set[RunPlace]:
        with self._database.write() as connection:
            return record(connection, batch)

    def _forget(self, places: Iterable[RunPlace]) -> None:
        keys = [place.key for place in places]
        if keys:
            with self._database.write() as connection:
                forget_runs(connection, keys)

    def _settle(self, found: Found) -> None:
        settled = self._scanner.settle(found, self._known())
        if settled:
            rows = [{"path": path, "mtime_ns": mtime_ns} for path, mtime_ns in settled.items()]
            with self._database.write() as connection:
                upsert(connection, schema.FOLDERS, rows)

    def _add_projects(self, projects: Sequence[ProjectPlace]) -> None:
        """Projects that have no run yet have a journal of their own."""
        missing = self._missing_projects(projects)
        rows = []
        for project in missing:
            start = _first_start(self._store, project.folder(self._store).journals)
            names = (start.namespace_name, start.project_name) if start else ("", "")
            rows.append(project_row(project, *names))
        if rows:
            with self._database.write() as connection:
                upsert(connection, schema.PROJECTS, rows)

    def _missing_projects(self, projects: Sequence[ProjectPlace]) -> list[ProjectPlace]:
        if not projects:
            return []
        with self._database.read() as connection:
            known = set(connection.execute(select(schema.PROJECTS.c.key)).scalars())
        return [project for project in projects if project.key not in known]


def _first_start(store: StoreFolder, folder: Path) -> Start | None:
    """The first record of a project's oldest journal."""
    for path in sorted(folder.glob("*.journal")):
        try:
            with JournalFile(path) as file:
                start = start_in(file.first_fact(), store)
        except OSError:
            continue
        if start is not None:
            return start
    return None
