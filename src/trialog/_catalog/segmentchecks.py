"""Whether a segment holds what the journals hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trialog._catalog.segments import UNREADABLE, SegmentReader, SegmentRun
from trialog._format.folders import StoreFolder
from trialog._journals.journals import JournalFile

AGAIN = "`trialog rebuild` makes it again"
KEEP = "`trialog rebuild` sets it aside"


def check_segment(store: StoreFolder, path: Path) -> Iterator[tuple[str | None, str]]:
    """What is the matter with a segment.

    Every page is read, and the points of each run are counted against its journals.

    Yields:
        The run's id or None, and the problem in words.
    """
    try:
        with SegmentReader(path) as reader:
            reader.check()
            runs, rows = reader.runs(), reader.rows
    except UNREADABLE as error:
        yield None, f"it cannot be read: {error}; {AGAIN}"
        return
    told = 0
    for run in runs:
        try:
            spans = [
                (str(writer), int(first), int(count))
                for of_metric in run.spans.values()
                for writer, first, count in of_metric
            ]
        except UNREADABLE as error:
            yield run.place.id, f"it does not say where the run's points are: {error}; {AGAIN}"
            continue
        told += sum(count for _, _, count in spans)
        if any(first < 0 or count < 0 or first + count > rows for _, first, count in spans):
            yield run.place.id, f"it holds fewer points of the run than it says; {AGAIN}"
        yield from _compare(store, run, spans)
    if told != rows:
        yield None, f"it holds {rows:,} points and says {told:,}; {AGAIN}"


def _compare(
    store: StoreFolder, run: SegmentRun, spans: list[tuple[str, int, int]]
) -> Iterator[tuple[str, str]]:
    for writer, offset in run.journals.items():
        held = sum(count for of_writer, _, count in spans if of_writer == writer)
        path = run.place.journal(store, writer)
        if held and not path.exists():
            problem = (
                f"it holds {held:,} points of {path.name}, which is gone: this is the only copy"
            )
            yield run.place.id, f"{problem}; {KEEP}"
            continue
        counted = count_points(path, offset)
        if counted is not None and counted != held:
            advice = (
                f"the journal has lost some, this file is the only copy: {KEEP}"
                if counted < held
                else AGAIN
            )
            problem = f"it holds {held:,} points of {path.name}, which has {counted:,}; {advice}"
            yield run.place.id, problem


def count_points(path: Path, offset: int) -> int | None:
    """How many points a journal holds up to an offset; None where it is gone or unreadable."""
    try:
        with JournalFile(path) as file:
            return sum(
                len(positions) * len(index.names_of(word))
                for index in file.blocks_read(offset)
                for word, positions in index.points.items()
            )
    except OSError:
        return None
