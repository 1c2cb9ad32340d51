"""What changed in a store, found by looking at folders' modification times, never at every run.

A folder whose time is the one recorded holds nothing new. One that changed a moment ago may change
again without its time moving on, so it is looked at again until it has been quiet for a while.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from trialog._format.folders import Marker, StoreFolder
from trialog._journals.addresses import ProjectPlace, RunPlace, is_ours
from trialog.errors import StoreError

QUIET_NS = 2_000_000_000
ORPHAN_NS = 600 * 1_000_000_000  # a run that is still not there after so long never began


class Expected(NamedTuple):
    """A run that a folder announces, and one of its writers where the folder says which."""

    run: RunPlace
    writer: str | None = None

    @property
    def key(self) -> int:
        """The key of the journal, or of the run."""
        return self.run.key if self.writer is None else self.run.journal_key(self.writer)


@dataclass(slots=True)
class Watched:
    """A folder that changed.

    Attributes:
        path: within the store.
        mtime_ns: its time before it was listed.
        is_quiet: it has not changed for a while.
        is_old: nor for so long that what is missing will not come.
        unknown: what it announces that the catalog does not know.
        names: of a day's folder, what is in it; None for others.
    """

    path: str
    mtime_ns: int
    is_quiet: bool
    is_old: bool
    unknown: list[Expected] = field(default_factory=list)
    names: frozenset[str] | None = None


@dataclass(slots=True)
class Found:
    """What a scan found.

    Attributes:
        changed: folders that may hold something new.
        gone: known runs whose folders are not there any more.
        projects: projects not met before.
        days: the day folders of all runs.
    """

    changed: list[Watched] = field(default_factory=list)
    gone: list[RunPlace] = field(default_factory=list)
    projects: list[ProjectPlace] = field(default_factory=list)
    days: set[tuple[ProjectPlace, str]] = field(default_factory=set)

    @property
    def runs(self) -> list[RunPlace]:
        """The runs to read, each once, oldest day first."""
        return list(dict.fromkeys(each.run for folder in self.changed for each in folder.unknown))


class Known(NamedTuple):
    """What the scanner may ask the catalog.

    Attributes:
        runs_of_day: the ids of a project's runs in a day folder.
        days: the day folders of all known runs.
        missing: those of some run and journal keys that are not known.
    """

    runs_of_day: Callable[[ProjectPlace, str], set[str]]
    days: Callable[[], set[tuple[ProjectPlace, str]]]
    missing: Callable[[list[int]], set[int]]


class Scanner:
    """Looks at a store's folders; remembers their times."""

    def __init__(
        self,
        store: StoreFolder,
        seen: MutableMapping[str, int],
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Make it.

        Args:
            store: the store.
            seen: the times of folders whose content the catalog holds, by path.
            clock: nanoseconds since 1970.
        """
        self.seen = seen
        self._store = store
        self._clock = clock
        self._resolved: set[str] = set()  # markers of journals that are known
        self._listed: dict[str, frozenset[str]] = {}  # days that held nothing else when looked at
        self._days: set[tuple[ProjectPlace, str]] | None = None
        self._projects: set[ProjectPlace] = set()

    def scan(self, known: Known) -> Found:
        """Look at every project."""
        found = Found()
        if self._days is None:
            self._days = known.days()
        days = set()
        for project in self._each_project():
            if project not in self._projects:
                found.projects.append(project)
            folder = project.folder(self._store)
            for entry in _folders(folder.runs):
                days.add((project, entry.name))
                self._look_at_runs(project, entry, known, found)
            for entry in _folders(folder.changes):
                self._look_at_markers(project, entry.path, entry, known, found)
            self._look_at_markers(project, str(folder.open), folder.open, known, found)
        for project, day in self._days - days:
            found.gone += [RunPlace(project, day, each) for each in known.runs_of_day(project, day)]
        found.days = days
        return found

    def settle(self, found: Found, known: Known) -> dict[str, int]:
        """After what was found has been read: remember the folders that hold nothing more.

        Returns:
            Their times, by path.
        """
        self._projects.update(found.projects)
        settled = {}
        for folder in found.changed:
            missing = known.missing([each.key for each in folder.unknown])
            if folder.names is not None and not missing:
                self._listed[folder.path] = folder.names
            if folder.is_old or (folder.is_quiet and not missing):
                settled[folder.path] = folder.mtime_ns
            self._resolved.update(
                _marker_id(each)
                for each in folder.unknown
                if each.writer and each.key not in missing
            )
        self.seen.update(settled)
        self._days = found.days
        return settled

    def _each_project(self) -> Iterator[ProjectPlace]:
        for namespace in _folders(self._store.namespaces):
            for project in _folders(Path(namespace.path)):
                yield ProjectPlace(namespace.name, project.name)

    def _changed(self, path: str, entry: os.DirEntry[str] | Path) -> Watched | None:
        mtime_ns = None
        with Reading(path):
            mtime_ns = entry.stat().st_mtime_ns
        if mtime_ns is None:
            return None
        place = os.path.relpath(path, self._store.path)
        if self.seen.get(place) == mtime_ns:
            return None
        age_ns = abs(self._clock() - mtime_ns)
        return Watched(place, mtime_ns, age_ns > QUIET_NS, age_ns > ORPHAN_NS)

    def _look_at_runs(
        self, project: ProjectPlace, entry: os.DirEntry[str], known: Known, found: Found
    ) -> None:
        folder = self._changed(entry.path, entry)
        if folder is None:
            return
        folder.names = frozenset(names_in(entry.path) or ())
        if self._listed.get(folder.path) == folder.names:
            found.changed.append(folder)  # it may change again within its time
            return
        there = set(filter(is_ours, folder.names))
        before = known.runs_of_day(project, entry.name)
        day = entry.name
        found.gone += [RunPlace(project, day, run) for run in sorted(before - there)]
        folder.unknown = [Expected(RunPlace(project, day, run)) for run in sorted(there - before)]
        found.changed.append(folder)

    def _look_at_markers(
        self,
        project: ProjectPlace,
        path: str,
        entry: os.DirEntry[str] | Path,
        known: Known,
        found: Found,
    ) -> None:
        folder = self._changed(path, entry)
        if folder is None:
            return
        expected = []
        for name in names_in(path) or ():
            marker = Marker.parse(name)
            if marker is not None and all(map(is_ours, marker)):
                each = Expected(RunPlace(project, marker.day, marker.run_id), marker.writer)
                if _marker_id(each) not in self._resolved:
                    expected.append(each)
        missing = known.missing([each.key for each in expected])
        folder.unknown = [each for each in expected if each.key in missing]
        self._resolved.update(_marker_id(each) for each in expected if each.key not in missing)
        found.changed.append(folder)


def _marker_id(expected: Expected) -> str:
    return "~".join(
        (*expected.run.project, expected.run.day, expected.run.id, str(expected.writer))
    )


def _folders(path: Path) -> list[os.DirEntry[str]]:
    """The folders in a folder that may be ours, by name; none where it is not there.

    Raises:
        StoreError: it cannot be listed: who knows what is in it.
    """
    with Reading(path), os.scandir(path) as entries:
        return sorted(
            (entry for entry in entries if is_ours(entry.name) and entry.is_dir()),
            key=lambda entry: entry.name,
        )
    return []


def names_in(path: Path | str) -> list[str] | None:
    """The names in a folder; None where it is not there.

    Raises:
        StoreError: it cannot be listed: who knows what is in it.
    """
    with Reading(path):
        return os.listdir(path)
    return None


@dataclass(frozen=True, slots=True)
class Reading:
    """A block that reads a file or folder; it is left where that is not there.

    Raises:
        StoreError: it is there, and cannot be read: to say that there is nothing would be wrong.
    """

    path: Path | str

    def __enter__(self) -> None:
        """Nothing to do."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Leave the block, with an error that says what it means."""
        if isinstance(error, FileNotFoundError | NotADirectoryError):
            return True
        if isinstance(error, OSError) and not isinstance(error, StoreError):
            problem = error.strerror or error
            raise StoreError(f"{str(self.path)!r} cannot be read: {problem}") from error
        return False
