"""Compacting: the points of ended runs from their journals into segments, and finding segments.

Writing a segment and telling the catalog of it are two things: whoever finds a segment file that
the catalog does not know adopts it, so a compaction that is cut off loses nothing, and catalogs
that are deleted find their segments again.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import DBAPIError

from trialog._catalog import schema
from trialog._catalog.database import Database, ReplacedError
from trialog._catalog.places import make_shared_folder, share
from trialog._catalog.plans import PointsPlan, plan_points
from trialog._catalog.refreshing import Progress
from trialog._catalog.rows import upsert
from trialog._catalog.segments import (
    SUFFIX,
    UNREADABLE,
    SegmentReader,
    SegmentRun,
    SegmentWriter,
    publish,
)
from trialog._catalog.series import journal_points
from trialog._format.folders import StoreFolder
from trialog._journals.stretches import Stretch, join

POINTS_A_SEGMENT = 10_000_000
RUNS_A_SEGMENT = 512
POINTS_A_STRIPE = 500_000  # of one run, in memory at once: 12 MB, and as much to sort them

# A query that meets so many ended runs, or so many of their points, outside of segments compacts
# them first: it costs about twice what reading them once costs, and the next query a tenth.
WORTH_RUNS = 64
WORTH_POINTS = 1_000_000


class Sealed(NamedTuple):
    """What compacting did."""

    runs: int
    points: int
    segments: int


class Compactor:
    """Makes and finds the segments of a store."""

    def __init__(self, store: StoreFolder, folder: Path, database: Database) -> None:
        """Make it.

        Args:
            store: the store.
            folder: of the segments; made when there is something to put there.
            database: the catalog's.
        """
        self._store = store
        self.folder = folder
        self._database = database

    def compact(
        self, runs: Sequence[int], progress: Progress | None = None, *, wait: bool = True
    ) -> Sealed:
        """Put the points of ended runs that are in no segment yet into segments.

        Args:
            runs: keys of runs; those that may still grow are left out.
            progress: told of runs done.
            wait: wait for another process that is compacting, else leave it to that one.

        Raises:
            OSError: the segments' folder cannot be written.
        """
        with self._alone(wait=wait) as may:
            if not may:
                return Sealed(0, 0, 0)
            self.adopt()
            with self._database.read() as connection:
                plans = [
                    plan
                    for plan in plan_points(connection, runs).values()
                    if plan.is_final and plan.segment is None and plan.points
                ]
            points = done = segments = 0
            for portion in _portions(plans):
                points += self._write(portion)
                segments += 1
                done += len(portion)
                if progress is not None:
                    progress(done, len(plans))
            return Sealed(done, points, segments)

    def adopt(self) -> bool:
        """Tell the catalog of segments it does not know, and forget those that are gone.

        Returns:
            Whether it knows them all now; not where it has yet to be told of some of their runs.
        """
        try:
            there = {name for name in os.listdir(self.folder) if name.endswith(SUFFIX)}
        except FileNotFoundError:
            there = set()
        with self._database.read() as connection:
            known = set(connection.execute(select(schema.SEGMENTS.c.filename)).scalars())
        adopted = [self._adopt(filename) for filename in sorted(there - known)]
        if known - there:
            with self._database.write() as connection:
                for filename in known - there:
                    forget_segment(connection, filename)
                    table = schema.SEGMENTS
                    connection.execute(delete(table).where(table.c.filename == filename))
        return all(adopted)

    def note_trouble(self, filename: str, error: Exception) -> None:
        """A segment cannot be used: do without it from now on; ``doctor`` tells of it.

        Where the system could not read it, it may another time.
        """
        if isinstance(error, OSError) and error.errno is not None:
            return
        trouble = f"cannot be read: {error}"
        row = {"filename": filename, "size_bytes": 0, "points": 0, "trouble": trouble}
        with contextlib.suppress(DBAPIError, ReplacedError), self._database.write() as connection:
            forget_segment(connection, filename)
            upsert(connection, schema.SEGMENTS, [row])

    # -- inside --------------------------------------------------------------------------------

    def _write(self, plans: Sequence[PointsPlan]) -> int:
        """Write one segment, and adopt it.

        Returns:
            How many points it holds.
        """
        name = os.urandom(8).hex()
        temporary = self.folder / f".{name}.tmp"
        has_exact = any(journal.has_exact for plan in plans for journal in plan.journals)
        writer = SegmentWriter(temporary, has_exact=has_exact)
        try:
            runs = []
            for plan in sorted(plans, key=lambda plan: plan.place):
                try:
                    runs.append(self._write_run(writer, plan))
                except OSError:
                    if not plan.place.folder(self._store).exists():
                        continue  # deleted meanwhile
                    raise
            writer.finish(runs)
        except BaseException:
            writer.abandon()
            temporary.unlink(missing_ok=True)
            raise
        share(temporary)
        publish(temporary, self.folder / (name + SUFFIX))
        self._adopt(name + SUFFIX)
        return writer.rows

    def _write_run(self, writer: SegmentWriter, plan: PointsPlan) -> SegmentRun:
        run = SegmentRun(plan.place, plan.offsets)
        stripe: dict[tuple[str, str], list[Stretch]] = {}
        waiting = 0
        for journal in plan.journals:
            for found in journal_points(self._store, plan, journal):
                for metric, stretch in found.items():
                    stripe.setdefault((metric, journal.writer), []).append(stretch)
                    waiting += len(stretch)
                if waiting >= POINTS_A_STRIPE:
                    _write_stripe(writer, run, stripe)
                    stripe, waiting = {}, 0
        _write_stripe(writer, run, stripe)
        return run

    def _adopt(self, filename: str) -> bool:
        path = self.folder / filename
        try:
            with SegmentReader(path) as reader:
                runs, points = reader.runs(), reader.rows
            size_bytes = path.stat().st_size
        except UNREADABLE as error:
            self.note_trouble(filename, error)
            return not isinstance(error, OSError)
        with self._database.write() as connection:
            keys = [run.place.key for run in runs]
            plans = plan_points(connection, keys)
            rows = [
                {
                    "run": run.place.key,
                    "segment": filename,
                    "journals": orjson.dumps(run.journals).decode(),
                    "spans": orjson.dumps(run.spans),
                }
                for run in runs
                if (plan := plans.get(run.place.key)) is not None
                and plan.segment is None
                and plan.offsets == run.journals
            ]
            if rows:
                upsert(connection, schema.COVERAGE, rows)
            if any(
                run.place.key not in plans and run.place.folder(self._store).is_dir()
                for run in runs
            ):
                return False  # a catalog that is being filled: look at the segment again
            row = {"filename": filename, "size_bytes": size_bytes, "points": points}
            upsert(connection, schema.SEGMENTS, [{**row, "trouble": None}])
        return True

    @contextlib.contextmanager
    def _alone(self, *, wait: bool) -> Iterator[bool]:
        """One process compacts at a time; two would only do the same work twice.

        Yields:
            Whether it is this one.
        """
        make_shared_folder(self.folder)
        fd = os.open(self.folder / ".compact.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            may = _lock(fd, wait=wait)
            if may:
                self._sweep()
            yield may
        finally:
            os.close(fd)

    def _sweep(self) -> None:
        """Remove what a compaction that was cut off has left; nobody else is at it now."""
        for path in self.folder.glob(".*.tmp"):
            with contextlib.suppress(OSError):
                path.unlink()


def _lock(fd: int, *, wait: bool) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass  # no locks on this file system: at worst the work is done twice
    return True


def forget_segment(connection: Connection, filename: str) -> None:
    """Use a segment no longer."""
    table = schema.COVERAGE
    connection.execute(delete(table).where(table.c.segment == filename))


def is_worth_it(plans: Iterable[PointsPlan]) -> bool:
    """Whether a query that reads these runs should have them compacted first."""
    open_plans = [plan for plan in plans if plan.is_final and plan.segment is None and plan.points]
    return len(open_plans) >= WORTH_RUNS or sum(plan.points for plan in open_plans) >= WORTH_POINTS


def _write_stripe(
    writer: SegmentWriter, run: SegmentRun, stripe: dict[tuple[str, str], list[Stretch]]
) -> None:
    for (metric, journal), stretches in sorted(stripe.items(), key=lambda item: item[0]):
        writer.add(run, metric, journal, join(stretches))


def _portions(plans: Sequence[PointsPlan]) -> Iterator[list[PointsPlan]]:
    """Runs that go into one segment together."""
    portion: list[PointsPlan] = []
    points = 0
    for plan in plans:
        portion.append(plan)
        points += plan.points
        if points >= POINTS_A_SEGMENT or len(portion) >= RUNS_A_SEGMENT:
            yield portion
            portion, points = [], 0
    if portion:
        yield portion
