"""What other writers have said about a run already: all that the write half ever reads."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from trialog._format.blocks import (
    FIRST_BLOCK_BYTES,
    Extent,
    decode_trailer,
    extent,
    extents,
)
from trialog._format.checking import CHECKS, cancel_of, start_of
from trialog._format.decoding import Fact, index_block
from trialog._format.facts import Cancel, Commit, Start
from trialog._format.folders import JOURNAL_SUFFIX
from trialog._format.records import (
    FORMAT_VERSION,
    MAX_PAYLOAD_BYTES,
    WORD,
    Kind,
    record_bytes,
)
from trialog._format.values import load_json
from trialog.errors import StoreVersionError

_START_BYTES = record_bytes(Kind.START, MAX_PAYLOAD_BYTES)
_SHORT_BYTES = 2048  # most first records are shorter, and a run of many ranks has many
_LAST = (Kind.LEAVE, Kind.END)
_LAST_BLOCKS = 3


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
            region = file.read(_SHORT_BYTES)
            start = _first_start(region)
            if start is None and len(region) == _SHORT_BYTES:  # a long one
                start = _first_start(region + file.read(_START_BYTES - _SHORT_BYTES))
        if start is not None:
            starts.append(start)
    newer = max((start.format for start in starts), default=FORMAT_VERSION)
    if newer > FORMAT_VERSION:
        raise StoreVersionError(
            f"the run in {str(folder)!r} was written in format {newer}, this trialog knows "
            f"{FORMAT_VERSION}: upgrade trialog, or start another run"
        )
    return sorted(starts, key=lambda start: start.attempt)


def has_said_last(path: Path) -> bool:
    """Whether a journal has come to its end: it is closed, or its last record stands in it."""
    try:
        with path.open("rb") as file:
            blocks = [*extents(os.fstat(file.fileno()).st_size)][-_LAST_BLOCKS:]
            for block in reversed(blocks):  # the last may only be reserved
                file.seek(block.start)
                region = file.read(block.size)
                if block is blocks[-1] and decode_trailer(region) is not None:
                    return True
                facts = index_block(region, block, is_settled=False).facts
                if any(fact.kind in _LAST for fact in facts):
                    return True
    except OSError:
        pass
    return False


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


class CancelJournal(NamedTuple):
    """What a journal says about stopping.

    Attributes:
        attempt: the attempt that it concerns.
        requests: the requests to stop in it.
        is_complete: whether nothing more of the kind can come.
    """

    attempt: int
    requests: list[Cancel]
    is_complete: bool


def read_cancels(path: Path) -> CancelJournal:
    """The requests to stop in a journal; only journals of edits hold some.

    Raises:
        OSError: it cannot be read.
    """
    start, facts = _edits(path)
    if start is None or start.role != "edit":
        return CancelJournal(0, [], is_complete=start is not None)
    requests = []
    for fact in facts:
        if fact.kind is Kind.CANCEL:
            with contextlib.suppress(ValueError):
                requests.append(cancel_of(_object(fact)))
    return CancelJournal(start.attempt, requests, any(each.kind in _LAST for each in facts))


def read_commit(folder: Path) -> Commit | None:
    """What has sealed the experiment in a folder, or None: only journals of edits hold that.

    Raises:
        OSError: a journal cannot be read.
    """
    for path in _journals(folder):
        start, facts = _edits(path)
        for fact in facts if start is not None else ():
            if fact.kind is Kind.COMMIT:
                with contextlib.suppress(ValueError):
                    content = _object(fact)
                    CHECKS[Kind.COMMIT](content)
                    return Commit.from_json(content)
    return None


def _edits(path: Path) -> tuple[Start | None, list[Fact]]:
    """The first record of a journal and, of an edit from outside, its facts.

    Of another journal no more than the first record is read: it may be large.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        region = file.read(_START_BYTES)
        start = _first_start(region)
        if start is None or start.role != "edit":
            return start, []
        region += file.read(FIRST_BLOCK_BYTES - len(region))
    return start, index_block(region, extent(0), is_settled=False).facts


def _first_start(region: bytes) -> Start | None:
    """The first record of a journal, from its first bytes; None where it is not there yet."""
    if len(region) < WORD.size:
        return None
    (word,) = WORD.unpack_from(region)
    size = record_bytes(Kind.START, word >> 8)
    facts = index_block(region[:size], Extent(0, 0, size), is_settled=False).facts
    if not facts or facts[0].kind is not Kind.START:
        return None
    with contextlib.suppress(ValueError):
        return start_of(_object(facts[0]))
    return None


def _object(fact: Fact) -> dict[str, Any]:
    content = load_json(fact.payload)
    if not isinstance(content, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 # unreadable is one thing here
    return content


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
