"""Removing segments before everything is read again."""

from __future__ import annotations

from pathlib import Path

from trialog._catalog.segments import SUFFIX, UNREADABLE, SegmentReader
from trialog._format.folders import StoreFolder


def remove_segments(store: StoreFolder, folder: Path) -> None:
    """Remove the segments that can be made again from journals.

    One that holds a run whose journals are not there any more stays. One that cannot be read is
    moved aside: it may be the only copy of something.

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
        if all(journal.exists() for journal in journals):
            path.unlink(missing_ok=True)
