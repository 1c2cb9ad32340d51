"""Which blobs a journal speaks of: read from its bytes, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from trialog._format.blocks import LAST_WORDS_START
from trialog._format.checking import is_digest
from trialog._format.decoding import BlockIndex, Fact
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._journals.journals import JournalFile
from trialog._journals.payloads import digest_of, read_content
from trialog._journals.processes import Presence
from trialog.errors import IntegrityError

_WORDS = (b'"sha256"', b'"digest"', b'"subject"')  # payloads without them name no blob
_NAMELESS = frozenset(
    {
        Kind.PARAMETERS,
        Kind.VALUE,
        Kind.EDIT,
        Kind.TROUBLE,
        Kind.CELL,
        Kind.CONTEXT,
        Kind.CONSOLE,
        Kind.ALERT,
        Kind.WITNESSED,
        Kind.CANCEL,
        Kind.LEAVE,
        Kind.END,
    }
)
"""Facts that name no blob but the one that they may be in themselves."""
_MAX_DEPTH = 8


class Mentions(NamedTuple):
    """What a stretch of a journal says of blobs.

    Attributes:
        digests: hexadecimal, of blobs that hold something logged.
        manifests: hexadecimal, of the manifests of artifacts.
        damages: how many places could not be read: they may have named more.
    """

    digests: set[str]
    manifests: set[str]
    damages: int


def holds_commit(path: Path) -> bool:
    """Whether a journal says that something is committed, however its end is understood.

    Raises:
        OSError: it cannot be read.
    """
    return any(
        fact.kind is Kind.COMMIT
        for presence in (Presence.GONE, Presence.ELSEWHERE)
        for index in _indexes(path, presence)
        for fact in index.facts
    )


def read_spilled(path: Path) -> set[str]:
    """The blobs that hold facts which were too large for the journal.

    Raises:
        OSError: it cannot be read.
    """
    found = set()
    for index in _indexes(path, Presence.GONE):
        for fact in index.facts:
            try:
                digest = digest_of(fact)
            except ValueError:
                continue  # readers report it
            if digest is not None:
                found.add(digest)
    return found


def read_mentions(path: Path, store: StoreFolder) -> Iterator[Mentions]:
    """All blobs that a journal speaks of, block by block, whoever may be writing it.

    Args:
        path: the journal.
        store: where large payloads lie.

    Raises:
        OSError: it cannot be read.
    """
    for index in _indexes(path, Presence.ELSEWHERE):
        found = Mentions(set(), set(), len(index.damage))
        for fact in index.facts:
            found = _add(found, fact, store)
        yield found


def _indexes(path: Path, presence: Presence) -> Iterator[BlockIndex]:
    with JournalFile(path) as file:
        for block in file.blocks(0, presence):
            yield block.records
        if file.size > LAST_WORDS_START:
            yield file.last_words(presence)


def _add(found: Mentions, fact: Fact, store: StoreFolder) -> Mentions:
    if not any(word in fact.payload for word in _WORDS):
        return found
    try:
        digest = digest_of(fact)
        if digest is not None:
            found.digests.add(digest)
        if fact.kind in _NAMELESS:
            return found
        content = read_content(fact, store)
    except (ValueError, OSError, IntegrityError):
        return found._replace(damages=found.damages + 1)
    if fact.kind is Kind.COMMIT:
        found.manifests.add(content["digest"].removeprefix("sha256:"))
    elif fact.kind is Kind.START:
        subject = str(content.get("subject") or "").removeprefix("sha256:")
        if is_digest(subject):
            found.manifests.add(subject)
    else:
        found.digests.update(_digests_in(content, 0))
    return found


def _digests_in(value: Any, depth: int) -> Iterator[str]:
    """Every ``sha256`` in a fact, wherever it stands: kinds of later versions too."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, dict):
        digest = value.get("sha256")
        if isinstance(digest, str) and is_digest(digest):
            yield digest
        for each in value.values():
            yield from _digests_in(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _digests_in(each, depth + 1)
