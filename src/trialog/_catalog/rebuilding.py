"""Removing segments before everything is read again."""

from __future__ import annotations

from pathlib import Path

from trialog._catalog.segmentchecks import count_points
from trialog._catalog.segments import SUFFIX, UNREADABLE, SegmentReader, SegmentRun
from trialog._format.folders import StoreFolder


def remove_segments(store: StoreFolder, folder: Path) -> None:
    """Remove the segments that can be made again from journals.

    One that holds a run whose journals are not there any more stays. One that cannot be read, or
    holds points that a damaged journal has lost, is moved aside: it may be the only copy.

    Raises:
        OSError: they cannot be removed.
    """
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            with SegmentReader(path) as reader:
                runs = reader.runs()
        except UNREADABLE:
            path.replace(path.with_name(path.name + ".unreadable"))
            continue
        journals = [run.place.journal(store, writer) for run in runs for writer in run.journals]
        if not all(journal.exists() for journal in journals):
            continue
        if any(_has_lost_points(store, run) for run in runs):
            path.replace(path.with_name(path.name + ".kept"))
        else:
            path.unlink(missing_ok=True)


def _has_lost_points(store: StoreFolder, run: SegmentRun) -> bool:
    """Whether a segment holds more of a run than its journals do now."""
    held: int = sum(count for spans in run.spans.values() for _, _, count in spans)
    counts = (
        count_points(run.place.journal(store, writer), offset)
        for writer, offset in run.journals.items()
    )
    return held > sum(count or 0 for count in counts)
