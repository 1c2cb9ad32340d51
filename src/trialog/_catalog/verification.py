"""Whether everything in a store is what was written, for ``trialog doctor``.

Nothing here asks the catalog: every journal, blob and segment is read from its bytes, one at a
time and in bounded memory.
"""

from __future__ import annotations

import os
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from trialog._catalog.examination import Examined, JournalExaminer, Reference
from trialog._catalog.places import is_described
from trialog._catalog.sealings import Sealings
from trialog._format.checking import is_digest
from trialog._format.facts import OUTSIDE
from trialog._format.folders import JOURNAL_SUFFIX, StoreFolder, day_of
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.blobs import hash_blob

_DIGEST_START = 16  # of 64 hexadecimal digits: as many as 64 bits hold
_TEMPORARY = re.compile(r"\..*")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a store that is not as it was written, or not as it might be.

    Attributes:
        path: of the file, within the store; absolute where it lies outside.
        run_id: the run it concerns, or None.
        problem: what is the matter, in words.
        is_error: something was lost or cannot be trusted; else it is only worth knowing.
    """

    path: str
    run_id: str | None
    problem: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What a look at every byte has found.

    Attributes:
        journals: how many journals were read.
        blobs: how many blobs were read.
        size_bytes: of all of them.
        findings: what is the matter with them.
    """

    journals: int
    blobs: int
    size_bytes: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing was lost."""
        return not any(finding.is_error for finding in self.findings)


class Verifier:
    """Reads a whole store once."""

    def __init__(
        self,
        store: StoreFolder,
        segments: Path | None,
        examiner: JournalExaminer,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Make it.

        Args:
            store: the store.
            segments: the folder of the segments, or None where there is none.
            examiner: looks at journals.
            progress: told of files done, and of how many.
        """
        self._store = store
        self._segments = segments
        self._examiner = examiner
        self._progress = progress
        self._findings: list[Finding] = []
        self._referenced = array("Q")  # the first 64 bits of digests: 8 bytes each, not 100
        self._sealings: Sealings[tuple[Path, str | None, str]] = Sealings(store)
        self._written: set[Path] = set()  # folders of runs that a process of theirs has written
        self._done = self._all = 0
        self._journals = self._blobs = self._size_bytes = 0

    def verify(self) -> Verification:
        """Look at everything."""
        if self._progress is not None:
            self._all = sum(1 for _ in self._each_journal()) + sum(1 for _ in self._each_blob())
        self._look_at_description()
        for path, project, run in self._each_journal():
            self._look_at_journal(path, project, run)
        for path, run_id in self._each_run():
            self._look_for_its_own(path, run_id)
        self._look_at_missing()
        self._referenced.extend(map(_start_of, self._sealings.needed()))
        self._referenced = array("Q", sorted(self._referenced))
        for path in self._each_blob():
            self._look_at_blob(path)
        self._look_at_segments()
        return Verification(self._journals, self._blobs, self._size_bytes, tuple(self._findings))

    # -- the files -----------------------------------------------------------------------------

    def _each_journal(self) -> Iterator[tuple[Path, ProjectPlace, RunPlace | None]]:
        """All journals, their project, and their run unless they are a project's own."""
        for namespace in self._folders(self._store.namespaces):
            for project in self._folders(namespace):
                place = ProjectPlace(namespace.name, project.name)
                folder = place.folder(self._store)
                for path in self._journals_in(folder.journals):
                    yield path, place, None
                for day in self._folders(folder.runs):
                    for run in self._folders(day):
                        for path in self._journals_in(run):
                            yield path, place, RunPlace(place, day.name, run.name)

    def _each_run(self) -> Iterator[tuple[Path, str]]:
        """The folders of all runs, and the runs' ids."""
        for namespace in self._folders(self._store.namespaces):
            for project in self._folders(namespace):
                runs = ProjectPlace(namespace.name, project.name).folder(self._store).runs
                for day in self._folders(runs):
                    yield from ((run, run.name) for run in self._folders(day))

    def _each_blob(self) -> Iterator[Path]:
        for folder in self._folders(self._store.path / "blobs" / "sha256"):
            for path in self._entries(folder):
                if not _TEMPORARY.fullmatch(path.name) and path.is_file():
                    yield path

    def _folders(self, path: Path) -> Iterator[Path]:
        return (
            each
            for each in self._entries(path)
            if not each.is_symlink() and not _TEMPORARY.fullmatch(each.name) and each.is_dir()
        )

    def _journals_in(self, path: Path) -> Iterator[Path]:
        return (each for each in self._entries(path) if each.name.endswith(JOURNAL_SUFFIX))

    def _entries(self, path: Path) -> list[Path]:
        try:
            return sorted(path.iterdir())
        except FileNotFoundError:
            return []
        except OSError as error:
            self._find(path, None, f"it cannot be read: {error.strerror or error}")
            return []

    # -- looking -------------------------------------------------------------------------------

    def _look_at_description(self) -> None:
        path = self._store.description
        if self._store.path.exists() and not is_described(self._store):
            self._find(path, None, "the store's description is missing or damaged")

    def _look_at_journal(self, path: Path, project: ProjectPlace, run: RunPlace | None) -> None:
        found = self._examiner.examine(path)
        run_id = None if run is None else run.id
        for problem in found.errors:
            self._find(path, run_id, problem)
        for problem in found.notes:
            self._find(path, run_id, problem, is_error=False)
        self._look_at_place(path, found, project, run)
        self._sealings.take(found)
        for reference in found.references:
            self._look_at_reference(path, found, run_id, reference)
            self._referenced.append(_start_of(reference.digest))
        if found.start is None or found.start.role not in OUTSIDE:
            self._written.add(path.parent)
        self._journals += 1
        self._count(found.size_bytes)

    def _look_for_its_own(self, folder: Path, run_id: str) -> None:
        """A run without a journal of its own: what only others have written is no run."""
        if folder not in self._written:
            is_known = next(self._journals_in(folder), None) is not None
            problem = "the run's own journals are gone"
            if not is_known:
                problem += ", or its process ended before it wrote one"
            self._find(folder, run_id, problem, is_error=is_known)

    def _look_at_place(
        self, path: Path, found: Examined, project: ProjectPlace, run: RunPlace | None
    ) -> None:
        start = found.start
        if start is None:
            return
        writer = path.name.removesuffix(JOURNAL_SUFFIX)
        run_id = "" if run is None else run.id
        if start.writer != writer:
            self._find(path, run_id or None, f"it is the journal of another writer: {start.writer}")
        if start.run != run_id:
            owner = f"another run, {start.run}" if start.run else "a project, not of a run"
            self._find(path, run_id or None, f"it is a journal of {owner}")
        elif run is not None and run.day != day_of(run.id):
            self._find(path, run_id, f"its run belongs into the folder {day_of(run.id)}")
        if (start.namespace, start.project) != project:
            owner = f"{start.namespace}/{start.project}"
            self._find(path, run_id or None, f"it was written in {owner}", is_error=False)

    def _look_at_reference(
        self, path: Path, found: Examined, run_id: str | None, reference: Reference
    ) -> None:
        digest, name = reference
        if self._store.blob(digest).is_file():
            return
        problem = f"{name} has lost its bytes: there is no blob {digest}"
        is_held = found.start is not None and self._sealings.note_missing(
            found.start, (path, run_id, problem)
        )
        if not is_held:
            self._find(path, run_id, problem)

    def _look_at_missing(self) -> None:
        """Blobs of experiments that are not here: elsewhere, or lost."""
        for missing in self._sealings.missing():
            if missing.source is not None:
                path, _, _ = missing.problems[0]
                problem = (
                    f"{missing.count} blobs of the experiment are fetched when they are read, from "
                    f"{missing.source}"
                )
                self._find(path.parent, missing.experiment, problem, is_error=False)
                continue
            for path, run_id, problem in missing.problems:
                self._find(path, run_id, problem)
            if missing.count > len(missing.problems):
                more = missing.count - len(missing.problems)
                path, run_id, _ = missing.problems[-1]
                self._find(path, run_id, f"and {more} more like these")

    def _look_at_blob(self, path: Path) -> None:
        self._blobs += 1
        try:
            size_bytes, digest = path.stat().st_size, hash_blob(path)
        except OSError as error:
            self._find(path, None, f"it cannot be read: {error.strerror or error}")
            self._count(0)
            return
        self._count(size_bytes)
        if not is_digest(path.name) or path.parent.name != path.name[:2]:
            self._find(path, None, "it is no blob: no digest names it", is_error=False)
            return
        is_used = self._is_referenced(path.name)
        if digest != path.name:
            problem = f"its bytes are not what was written: their digest is {digest}"
            self._find(path, None, problem, is_error=is_used)
        if not is_used:
            self._find(path, None, "no journal refers to it", is_error=False)

    def _look_at_segments(self) -> None:
        if self._segments is None or not self._segments.is_dir():
            return
        from trialog._catalog.segmentchecks import check_segment  # noqa: PLC0415 # loads pyarrow

        for path in self._entries(self._segments):
            if path.name.endswith(".parquet"):
                for run_id, problem in check_segment(self._store, path):
                    self._find(path, run_id, problem)

    def _is_referenced(self, digest: str) -> bool:
        start = _start_of(digest)
        at = bisect_left(self._referenced, start)
        return at < len(self._referenced) and self._referenced[at] == start

    def _find(self, path: Path, run_id: str | None, problem: str, *, is_error: bool = True) -> None:
        place = os.path.relpath(path, self._store.path)
        if place.startswith(os.pardir):
            place = str(path)
        finding = Finding(place, run_id, problem, is_error)
        if finding not in self._findings[-8:]:  # folders are listed twice
            self._findings.append(finding)

    def _count(self, size_bytes: int) -> None:
        self._size_bytes += size_bytes
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, max(self._all, self._done))


def _start_of(digest: str) -> int:
    return int(digest[:_DIGEST_START], 16)
