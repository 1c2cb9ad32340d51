"""The true status of runs as the catalog holds them: written, or asked of their writers."""

from __future__ import annotations

from collections.abc import Sequence

from trialog._catalog.selections import RunRow, WriterRow
from trialog._entities import RunStatus
from trialog._format.folders import StoreFolder
from trialog._journals.liveness import FATES, Derived, Writer, after_request, derive, doubtful
from trialog._journals.parts import Part, death_of, part_of, told
from trialog._journals.processes import Identity, Presence, Presences

_PRESENCES = {fate: presence for presence, fate in FATES.items()}


def written_status(row: RunRow) -> Derived:
    """The status of a run with an end."""
    facts = row.facts
    return Derived(RunStatus[facts.status], facts.reason, facts.ended_ns)


class StatusReader:
    """Derives statuses for one answer; a process is asked once whether it lives."""

    def __init__(self, store: StoreFolder, here: Identity, now_ns: int) -> None:
        """Make it.

        Args:
            store: where the journals lie.
            here: this process.
            now_ns: the reader's time.
        """
        self._store = store
        self._now_ns = now_ns
        self._presences = Presences(here)

    def status_of(self, row: RunRow) -> Derived:
        """The status of a run, why, and since when.

        A run with a written end costs nothing; for others the system is asked.
        """
        facts = row.facts
        if facts.status is not None:
            return written_status(row)
        owners = [writer for writer in row.writers if writer.role == "run"]
        latest = max((writer.attempt for writer in owners), default=1)
        parts = self.parts_of(row, row.writers)
        writers = [
            Writer(
                is_owner=writer.role == "run" and writer.attempt == latest,
                has_left=writer.has_left,
                presence=self._presence(row, writer),
                news_ns=self._news(row, writer),
                fate=part.reason if part.is_dead else None,
            )
            for writer, part in zip(row.writers, parts, strict=True)
        ]
        derived = derive(RunStatus[facts.opened_as], writers, self._now_ns)
        concerned = [part for part in parts if part.attempt == latest]
        derived = after_request(derived, facts.stop_asked, _words(derived, concerned))
        if facts.damages and derived.status.is_end:
            return derived._replace(reason=doubtful(derived.reason))
        return derived

    def parts_of(self, row: RunRow, writers: Sequence[WriterRow]) -> list[Part]:
        """What the part of each writer of a run has come to."""
        return [
            part_of(writer, writer.words, FATES.get(self._presence(row, writer)))
            for writer in writers
        ]

    def _presence(self, row: RunRow, writer: WriterRow) -> Presence:
        if writer.is_final and writer.fate is not None:
            return _PRESENCES[writer.fate]
        if writer.has_left or writer.words is not None:
            return Presence.GONE
        journal = row.place.journal(self._store, writer.writer)
        return self._presences.of(writer.identity, journal, writer.news_ns)

    def _news(self, row: RunRow, writer: WriterRow) -> int:
        """When a writer last gave a sign of life: its last record, or its file's time.

        Where a witness saw its end, it lived until then.
        """
        if writer.words is not None:
            return max(writer.news_ns, writer.words.time_ns)
        if writer.is_final:
            return writer.news_ns
        try:
            status = row.place.journal(self._store, writer.writer).stat()
        except OSError:
            return writer.news_ns
        return max(writer.news_ns, status.st_mtime_ns)


def _words(derived: Derived, parts: Sequence[Part]) -> str | None:
    """The reason of a status that was derived, with the processes that went wrong."""
    dead = [part for part in parts if part.is_dead]
    blamed = next((part for part in dead if part.role == "run"), dead[0] if dead else None)
    if blamed is None or derived.status is not RunStatus.FAILED or derived.reason != blamed.reason:
        return told(derived.reason, None, derived.status, parts)
    return told(death_of(blamed), blamed, derived.status, parts)
