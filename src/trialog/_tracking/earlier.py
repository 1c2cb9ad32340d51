"""What other writers have said about a run already: all that the write half ever reads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from trialog._format.blocks import FIRST_BLOCK_BYTES, extent, extents
from trialog._format.checking import start_of
from trialog._format.decoding import Fact, index_block
from trialog._format.facts import Start
from trialog._format.folders import JOURNAL_SUFFIX
from trialog._format.records import FORMAT_VERSION, Kind
from trialog._format.values import load_json
from trialog.errors import StoreVersionError


def read_starts(folder: Path) -> list[Start]:
    """The first records of a run's attempts, oldest first; none where there is no such run."""
    return [start for start in read_writers(folder) if start.role == "run"]


def read_writers(folder: Path) -> list[Start]:
    """The first records of all who write to a run or have written, in the order of attempts.

    One that is damaged says nothing; it is for readers to report.

    Raises:
        StoreVersionError: a newer trialog wrote to the run.
    """
    starts = []
    for path in _journals(folder):
        with path.open("rb") as file:
            region = file.read(FIRST_BLOCK_BYTES)
        facts = index_block(region, extent(0), is_settled=False).facts
        if facts and facts[0].kind is Kind.START:
            with contextlib.suppress(ValueError):
                starts.append(start_of(load_json(facts[0].payload)))
    newer = max((start.format for start in starts), default=FORMAT_VERSION)
    if newer > FORMAT_VERSION:
        raise StoreVersionError(
            f"the run in {str(folder)!r} was written in format {newer}, this trialog knows "
            f"{FORMAT_VERSION}: upgrade trialog, or start another run"
        )
    return sorted(starts, key=lambda start: start.attempt)


def read_attachment_names(folder: Path, but: str) -> set[str]:
    """The names of all attachments that other writers have logged to a run.

    Args:
        folder: the run's folder.
        but: the writer whose journal is left out.
    """
    return {
        str(load_json(fact.payload).get("name"))
        for path in _journals(folder)
        if path.name != f"{but}{JOURNAL_SUFFIX}"
        for fact in _facts(path)
        if fact.kind is Kind.ATTACHMENT
    }


def _journals(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob(f"*{JOURNAL_SUFFIX}"))
    except OSError:
        return []


def _facts(path: Path) -> Iterator[Fact]:
    """The facts of a journal, block by block."""
    with path.open("rb") as file:
        for block in extents(path.stat().st_size):
            file.seek(block.start)
            yield from index_block(file.read(block.size), block, is_settled=False).facts
