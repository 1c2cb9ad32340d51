"""One journal read from its bytes: what in it is damaged, torn, or points to nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from trialog._format.blocks import LAST_WORDS_START, TRAILER_BYTES
from trialog._format.decoding import BlockIndex, Fact
from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._format.records import FORMAT_VERSION, Kind
from trialog._journals.journals import BlockRead, JournalFile
from trialog._journals.payloads import digest_of, read_content, start_in
from trialog._journals.processes import (
    Identity,
    Presence,
    Presences,
    identity_of,
)
from trialog.errors import IntegrityError

_MAX_ERRORS = 100  # of one journal: who has more does not read them
_YOUNG_NS = 10 * 1_000_000_000
_OF_SOLVES = ("input", "output", "diagnostics")
_NO_CONTENT = frozenset({Kind.HEARTBEAT, Kind.SYNCED})


class Reference(NamedTuple):
    """A blob that a journal needs, and what for."""

    digest: str
    name: str


class Sealed(NamedTuple):
    """What a journal says of an artifact: its manifest, and where blobs of it are if not here."""

    digest: str
    source: str | None


@dataclass(slots=True)
class Examined:
    """What a look at a journal has found.

    Attributes:
        start: its first record, or None where there is none.
        size_bytes: of the file.
        errors: what was lost or cannot be trusted.
        notes: what is only worth knowing.
        references: the blobs it needs.
        sealed: the artifacts that its experiment was committed to.
    """

    start: Start | None = None
    size_bytes: int = 0
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    sealed: list[Sealed] = field(default_factory=list)


class JournalExaminer:
    """Looks at journals, one block in memory at a time."""

    def __init__(self, store: StoreFolder, here: Identity, clock: Callable[[], int]) -> None:
        """Make it.

        Args:
            store: where large payloads lie.
            here: this process.
            clock: nanoseconds since 1970.
        """
        self._store = store
        self._presences = Presences(here)
        self._clock = clock

    def examine(self, path: Path) -> Examined:
        """Look at every byte of a journal."""
        found = Examined()
        try:
            with JournalFile(path) as file:
                found.size_bytes = file.size
                self._examine(file, found)
        except OSError as error:
            found.errors.append(f"it cannot be read: {error.strerror or error}")
        if len(found.errors) > _MAX_ERRORS:
            more = len(found.errors) - _MAX_ERRORS
            found.errors[_MAX_ERRORS:] = [f"and {more:,} more places like these"]
        return found

    def _examine(self, file: JournalFile, found: Examined) -> None:
        first = file.first_fact()
        found.start = start_in(first, self._store)
        presence = self._presence(file, found.start)
        is_unborn = _is_unborn(file, found, presence)
        if found.start is not None and found.start.format > FORMAT_VERSION:
            found.errors.append(
                f"it was written in format {found.start.format} by trialog "
                f"{found.start.trialog or '?'}: upgrade trialog to read it"
            )
            return
        last: BlockRead | None = None
        for block in file.blocks(0, presence):
            if last is not None:
                self._look_at_rest(last, presence, found, is_last=False)
            self._look_at(block.records, found)
            last = block
        if last is not None:
            self._look_at_rest(last, presence, found, is_last=True)
        if found.start is None and not found.errors and not is_unborn:
            found.errors.append("its first record cannot be read: what run it is, and who wrote it")
        if file.size > LAST_WORDS_START:
            self._look_at(file.last_words(presence), found)

    def _presence(self, file: JournalFile, start: Start | None) -> Presence:
        if start is None and abs(self._clock() - file.modified_ns) < _YOUNG_NS:
            return Presence.ELSEWHERE
        return self._presences.of(identity_of(start), file.path)

    def _look_at(self, index: BlockIndex, found: Examined) -> None:
        for damage in index.damage:
            found.errors.append(f"{damage.reason} (byte {damage.offset:,}, {damage.size:,} bytes)")
        for fact in index.facts:
            if fact.kind not in _NO_CONTENT:
                self._look_at_fact(fact, found)

    def _look_at_fact(self, fact: Fact, found: Examined) -> None:
        what = fact.kind.name.lower()
        try:
            digest = digest_of(fact)
            if digest is not None:
                found.references.append(Reference(digest, f"a {what} fact"))
            content = read_content(fact, self._store)
        except IntegrityError:
            return  # its blob is reported by whoever looks at blobs
        except (ValueError, OSError) as error:
            found.errors.append(f"the {what} fact at byte {fact.offset:,} cannot be read: {error}")
            return
        if fact.kind is Kind.ATTACHMENT:
            name = f"attachment {content['name']!r}"
            found.references.append(Reference(content["sha256"], name))
        elif fact.kind is Kind.SOLVE:
            for role in _OF_SOLVES:
                blob = content.get(role)
                if blob is not None:
                    name = f"the {role} of a call of {content['adapter']}"
                    found.references.append(Reference(blob["sha256"], name))
        elif fact.kind is Kind.COMMIT:
            digest = content["digest"].removeprefix("sha256:")
            found.sealed.append(Sealed(digest, content.get("source")))

    def _look_at_rest(
        self, block: BlockRead, presence: Presence, found: Examined, *, is_last: bool
    ) -> None:
        """What stands after the records of a block that was never closed."""
        index = block.records
        if index.is_closed or index.damage or (is_last and not presence.is_end):
            return
        rest = bytes(index.data[index.stop : max(len(index.data) - TRAILER_BYTES, index.stop)])
        count = len(rest.rstrip(b"\0"))
        if not count:
            return
        offset = index.extent.start + index.stop
        problem = f"a record was being written when its writer ended (byte {offset:,})"
        if presence is Presence.REBOOTED:
            problem = (
                f"the last {count:,} bytes may not have reached the disk before the power went"
            )
        elif not is_last:
            found.errors.append(f"a record is torn, and a block follows it (byte {offset:,})")
            return
        found.notes.append(problem)


def _is_unborn(file: JournalFile, found: Examined, presence: Presence) -> bool:
    """Whether nothing was ever written to it, or is being written just now."""
    if not file.is_empty:
        return False
    if presence.is_end:
        found.notes.append("nothing was ever written to it: its writer ended at once")
    return True
