"""One writer's journal: an append-only file that is written by memory maps, block after block.

``append`` needs no lock: a block takes a whole record in one step or refuses it (see ``block``),
and a full block has one successor, agreed on by ``dict.setdefault``. The steward's threads reserve
the next block ahead, close full ones and sync; where they are late, the writer does it itself.
"""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from trialog._entities import RunStatus
from trialog._format.encoding import encode_general, encode_point, encode_points
from trialog._format.facts import SYNCED, End, Start
from trialog._format.folders import JOURNAL_SUFFIX
from trialog._format.records import MAX_PAYLOAD_BYTES, Kind, record_bytes
from trialog._format.values import Number, dump_json
from trialog._writing.block import Block, BlockFullError, BufferedBlock, DroppingBlock, ShutBlock
from trialog._writing.blockfile import BlockFile, JournalClosedError
from trialog._writing.silence import Reach, Silence, Then
from trialog._writing.trouble import Trouble
from trialog.errors import StoreError

HELD_FACTS_LIMIT_BYTES = 8 << 20
HEARTBEAT_NS = 10_000_000_000
SYNC_NS = 500_000_000
FLUSH_NS = 40_000_000
_UNMISSED = frozenset({Kind.HEARTBEAT, Kind.SYNCED, Kind.END, Kind.LEAVE})
_HEAD_BYTES = record_bytes(Kind.END, 0) + 8  # and what pads it
_MARK_BYTES = record_bytes(Kind.SYNCED, SYNCED.size)


class Journal:
    """One append-only file of one writer.

    Attributes:
        block: where the next record goes; ``Run.log`` writes to it directly.
        start: the journal's first record.
        now: gives the time, in nanoseconds since 1970; no frame of ours is on the way of ``log``.
        is_ended: whether its last record has been appended; the file may still be open.
        on_tend: called whenever the steward comes by; takes no time. For who opened the journal.
        device: the disk that it lies on.
        needs_sync: whether it is complete, and somebody else is to wait for the disk.
        silence: notices that nothing is logged any more, or None.
        trouble: what could not be kept, and who was told.
    """

    def __init__(
        self,
        folder: Path,
        start: Start,
        *,
        clock: Callable[[], int],
        may_map: bool,
        reborn: Callable[[Start], Start],
        trouble: Trouble,
        is_brief: bool = False,
    ) -> None:
        """Begin a journal.

        Args:
            folder: the run's folder, which exists.
            start: the first record.
            clock: nanoseconds since 1970.
            may_map: whether the file system keeps its word about reserved space.
            reborn: gives the first record of the journal that a forked child begins.
            trouble: told of what cannot be written.
            is_brief: one of many that are short as a rule: little is reserved to begin with.

        Raises:
            OSError: the file cannot be made, or there is no room for its first block.
        """
        self.folder = folder
        self.start = start
        self.trouble = trouble
        self.block: Block | ShutBlock = ShutBlock()
        self.now = self._clock = clock
        self.device = _device(folder)
        self._may_map = may_map
        self._is_brief = is_brief
        self._reborn = reborn
        self.on_tend: Callable[[], None] = lambda: None
        self.silence: Silence | None = None
        self._reset()
        self._open(must_reserve=True)

    def _reset(self) -> None:
        self._file = BlockFile(
            may_map=self._may_map,
            trouble=self.trouble,
            clock=self._clock,
            is_brief=self._is_brief,
        )
        # Held while the steward is at work, or closing. Who needs both takes `_syncing` first: a
        # disk may be slow, and what can be flushed meanwhile is.
        self._tending = threading.RLock()
        self._syncing = threading.RLock()
        self._held_facts: list[tuple[Kind, bytes, int]] = []
        self._held_bytes = 0
        self.is_ended = False
        self._is_closing = False
        self.needs_sync = False
        self._turns = ["to close"]
        self._rest: Callable[[], None] | None = None
        self._is_forked = False
        self._flusher = 0  # the thread that copies to the file just now
        self._synced_ns = self._beaten_ns = self._clock()
        self._synced_at = 0
        self.wake: Callable[[], None] = lambda: None

    def _open(self, *, must_reserve: bool = False) -> None:
        """Make the file and write its first record."""
        self.path = self.folder / f"{self.start.writer}{JOURNAL_SUFFIX}"
        record = encode_general(Kind.START, self.start.created_ns, self.start.encode())
        self.block = self._file.create(self.path, record, must_reserve=must_reserve)

    # -- appending -----------------------------------------------------------------------------

    def append_point(
        self, name: str, value: Number, step: int | None, time_ns: int, *, continued: bool = False
    ) -> None:
        """Append one point of one metric; ``continued`` as in :class:`Call`."""
        while True:
            block = self.block
            try:
                number = block.define(name, time_ns).number
                block.put(encode_point(number, value, step, time_ns, continued=continued))
            except BlockFullError:
                self._roll(block)
            else:
                return

    def append_points(
        self,
        names: tuple[str, ...],
        values: Sequence[Number],
        step: int | None,
        time_ns: int,
        *,
        continued: bool = False,
    ) -> None:
        """Append one call's points of several metrics; ``time_ns`` tells continued calls."""
        while True:
            block = self.block
            try:
                number = block.define_template(names, time_ns).number
                block.put(encode_points(number, values, step, time_ns, continued=continued))
            except BlockFullError:
                self._roll(block)
            else:
                return

    def append_fact(self, kind: Kind, payload: bytes, time_ns: int | None = None) -> None:
        """Append a record with a payload of at most 16 KiB."""
        time_ns = self._clock() if time_ns is None else time_ns
        record = encode_general(kind, time_ns, payload)
        while True:
            block = self.block
            if isinstance(block, DroppingBlock):
                self._hold(kind, payload, time_ns)
                return
            try:
                block.put(record)
            except BlockFullError:
                self._roll(block)
            else:
                return

    # -- from block to block -------------------------------------------------------------------

    def _roll(self, full: Block | ShutBlock) -> None:
        """Go on to the block after a full one.

        Raises:
            JournalClosedError: there is none: the journal is closed.
        """
        if self._is_forked:
            self._begin_child()
            self.wake()
            return
        if self.block is not full:
            return  # another thread was here first
        if self._file.is_shut:
            raise JournalClosedError
        if isinstance(full, DroppingBlock):
            return
        if self._file.is_crowded:
            self._keep_up()
        after = self._file.after(full)
        with self._file.lock:  # no other thread, though a handler of this one, may come between
            if self._file.is_shut:
                raise JournalClosedError
            if self.block is full:
                self.block = after
                while later := self._file.reached_after(self.block):
                    self.block = later  # a handler that logs went on further than we did
        self.wake()

    def _keep_up(self) -> None:
        """Flush in a writer's own call: nothing is dropped because threads outrun the steward."""
        if self._flusher == threading.get_ident():
            return  # a signal handler that logs has interrupted the flush
        with self._tending:
            if not (self._is_closing or self._is_forked):
                self._flush()

    def _hold(self, kind: Kind, payload: bytes, time_ns: int) -> None:
        """Keep a fact in memory until there is space again."""
        if self._held_bytes + len(payload) > HELD_FACTS_LIMIT_BYTES:
            self.trouble.tell_lost_fact(kind.name.lower())
            return
        self._held_facts.append((kind, payload, time_ns))
        self._held_bytes += len(payload)

    # -- tending: called by the steward's threads ---------------------------------------------

    def tend(self, now_ns: int) -> None:
        """Do what is due and takes no time: reserve ahead, flush, show a sign of life."""
        self.on_tend()
        if not self._tending.acquire(blocking=False):
            return  # it is being closed
        try:
            if self._is_closing or self._is_forked:
                return
            self._file.reserve_ahead(self.block)
            self._flush()
            if isinstance(self.block, DroppingBlock):
                self._recover(self.block)
            if not self.is_ended and _is_due(now_ns, self._beaten_ns, HEARTBEAT_NS):
                self._beaten_ns = now_ns
                self._append_own(Kind.HEARTBEAT, b"", now_ns)
        finally:
            self._tending.release()
        if self.silence is not None and not self.is_ended:
            self.silence.look(now_ns, has_points=bool(self.block.words))

    def sync(self, now_ns: int) -> None:
        """Where it is due, close full blocks and wait for the disk."""
        if not self._syncing.acquire(blocking=False):
            return  # it is being closed
        try:
            if self._is_closing or self._is_forked:
                return
            if (
                _is_due(now_ns, self._synced_ns, SYNC_NS)
                or len(self._file.full_blocks(self.block)) > 1
            ):
                self._sync(now_ns)
        finally:
            self._syncing.release()

    def _append_own(self, kind: Kind, payload: bytes, time_ns: int) -> None:
        """Append a record that no user waits for; where there is no room it can be missed."""
        quietly = contextlib.nullcontext() if self.silence is None else self.silence.undisturbed()
        with quietly, contextlib.suppress(StoreError):
            self.append_fact(kind, payload, time_ns)

    def watch_silence(self, limit_ns: int, note: Callable[[int, int], Then]) -> None:
        """Notice where nothing but the journal's own marks has been appended for a time.

        Args:
            limit_ns: for how long.
            note: called once each time, by the steward, with the time of the last record and how
                long ago that was; may append a record of it. What it gives is called then.
        """
        self.silence = Silence(limit_ns, self._reach, note)

    def _reach(self) -> Reach:
        """How far the journal has grown."""
        block = self.block
        if isinstance(block, Block):
            return block.extent.number, block.position
        return block.extent.number, block.missing if isinstance(block, DroppingBlock) else 0

    @property
    def is_buffered(self) -> bool:
        """Whether records wait in memory to be copied to the file."""
        return self._file.is_buffered

    def _flush(self, block: Block | ShutBlock | None = None) -> None:
        """Copy waiting records to the file; once that works again, go on as before.

        Args:
            block: up to which; the current one where not given.
        """
        self._flusher = threading.get_ident()
        try:
            self._file.flush(block or self.block)
        except OSError as error:
            self._file.note_full(error)
        else:
            if not isinstance(self.block, DroppingBlock):
                self._file.lacks_room = None
        finally:
            self._flusher = 0

    def _recover(self, dropping: DroppingBlock) -> None:
        """Where there is space again: say what is missing, and go on."""
        try:
            if not self._file.is_open:  # a forked child that could not even make its file
                self._open()
            else:
                after = self._file.reserve(dropping.extent.number)
                if isinstance(after, DroppingBlock):
                    return
                self._file.replace(after)
                self.block = after
        except OSError:
            return  # told already
        self._file.lacks_room = None
        self.trouble.add_missing(dropping.missing, dropping.since_ns)
        facts, self._held_facts, self._held_bytes = self._held_facts, [], 0
        for kind, payload, time_ns in facts:
            self.append_fact(kind, payload, time_ns)
        note = {
            "what": "points that could not be kept while the store was full",
            "missing": dropping.missing,
            "since_ns": dropping.since_ns,
            "until_ns": self._clock(),
        }
        self.append_fact(Kind.TROUBLE, dump_json(note, "trouble"))

    def _sync(self, now_ns: int) -> None:
        """Bring what is written to the disk, close full blocks, and leave a mark."""
        with self._tending:
            block = self.block  # records may go on to others meanwhile
            self._flush(block)
            reached = _written(block)
            full = self._file.full_blocks(block)
        self._synced_ns = now_ns
        if reached == self._synced_at and not full:
            return
        if any(isinstance(block, BufferedBlock) for block in full):
            return  # the disk is full: nothing before them is to be called safe
        self._file.sync(full)
        self._append_own(Kind.SYNCED, SYNCED.pack(reached), now_ns)
        self._synced_at = reached + _MARK_BYTES  # what came in between is for the next time

    # -- the end -------------------------------------------------------------------------------

    def close(self, kind: Kind, end: End | None = None, *, completes: bool = True) -> None:
        """Append the last record, close the last block and the file.

        The record stands in the file before anything is waited for. May be called again from a
        signal handler that interrupts it: whoever comes first completes it.

        Args:
            kind: END where this ends the run, LEAVE where the run goes on without this writer.
            end: what END says, and LEAVE where that is worth a word.
            completes: False leaves everything that waits for the disk to :meth:`complete`; of a
                journal of one page nothing does, but the disk itself: see ``needs_sync``.
        """
        refusal = None if self.is_ended else self._append_last(kind, end)
        with self._syncing, self._tending:
            if self._is_forked:
                return
            try:
                self._turns.pop()  # one step: a signal handler may close it too, before or after
            except IndexError:
                return
            self._is_closing = True
            with self._file.lock:
                self._file.is_shut = True
                last, self.block = self.block, ShutBlock()

            def rest() -> None:
                try:
                    if refusal:
                        raise refusal
                    self._file.end_all(last, syncs=completes)
                except OSError as error:
                    self._close_full(kind, end, last, error)
                finally:
                    self._file.close()

            if completes:
                rest()
            elif self._file.is_one_page(last) or self._file.lacks_room is not None:
                rest()  # nothing to wait for; or the end is in memory only
                self.needs_sync = True
            else:
                self._rest = rest

    @property
    def is_complete(self) -> bool:
        """Whether nothing of :meth:`close` is left to do."""
        return self._rest is None

    def complete(self) -> None:
        """Do what :meth:`close` has left, but for the disk: cut the file at its end."""
        rest, self._rest = self._rest, None
        if rest is not None:
            rest()

    def _append_last(self, kind: Kind, end: End | None) -> OSError | None:
        """Append END or LEAVE, and flush it.

        Returns:
            Why there is no room for it, or None.
        """
        with self._tending:
            if self._is_closing or self._is_forked:
                return None
            self._flush()
            end = end and self._with_missing(end, self._dropped())
            try:
                if isinstance(self.block, DroppingBlock):
                    raise self._file.lacks_room or OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                self.append_fact(kind, _last_payload(kind, end, MAX_PAYLOAD_BYTES))
            except OSError as error:
                return error
            except JournalClosedError:
                return None  # a signal handler that came in between has completed it
            self.is_ended = True
            self._flush()
            return None

    def _with_missing(self, end: End, more: int) -> End:
        """An end that says how many points are missing."""
        if not (more or self.trouble.missing):
            return end
        return replace(
            end,
            missing=self.trouble.missing + more,
            missing_since_ns=self.trouble.missing_since_ns
            or (self._file.lacks_room_since_ns if more else None),
        )

    def _close_full(
        self, kind: Kind, end: End | None, last: Block | ShutBlock, error: OSError
    ) -> None:
        """The disk is full and stays full: the end goes where room was kept for it."""
        left = [
            block.unwritten()
            for block in self._file.unended(last)
            if isinstance(block, BufferedBlock)
        ]
        lost = sum(each.points for each in left) + self._dropped(last)
        self.trouble.add_missing(lost, self._file.lacks_room_since_ns or self._clock())
        end = end and self._with_missing(end, 0)
        room = self._file.last_words_bytes(last)
        payload = _last_payload(kind, end, min(MAX_PAYLOAD_BYTES // 2, room - _HEAD_BYTES))
        facts = [(kind, payload, self._clock())]
        facts += [
            (fact.kind, fact.payload, fact.time_ns)
            for each in left
            for fact in each.facts
            if fact.kind not in _UNMISSED
        ]
        facts += self._held_facts
        records = [encode_general(each, time_ns, content) for each, content, time_ns in facts]
        for fact, fits in zip(facts, self._file.write_last_words(records, last), strict=True):
            if not fits:
                self.trouble.tell_lost_fact(fact[0].name.lower())
        self.trouble.tell_full(error)
        self.trouble.tell_lost()

    def _dropped(self, block: Block | ShutBlock | None = None) -> int:
        block = block or self.block
        return block.missing if isinstance(block, DroppingBlock) else 0

    # -- forks ---------------------------------------------------------------------------------

    def forget_parent(self) -> None:
        """In a forked child: leave the parent's file alone; the next record begins an own one."""
        if self._file.is_shut:
            if self._rest is not None:  # the parent's to do
                self._rest = None
                self._file.abandon()
            return
        file = self._file
        self._reset()
        self._is_forked = True
        self.silence = None  # a worker may be silent
        self.block = ShutBlock()
        self.trouble.reset()
        file.abandon()

    def _begin_child(self) -> None:
        with self._file.lock:
            if not self._is_forked:
                return
            self.start = self._reborn(self.start)
            self._is_forked = False
            try:
                self._open()
            except OSError as error:
                self._file.note_full(error)
                self.block = DroppingBlock(0, self._clock())


def _last_payload(kind: Kind, end: End | None, limit_bytes: int) -> bytes:
    """What END or LEAVE says: a part of a run that has ended well needs no word."""
    if end is None:
        return b"{}"
    is_well = end.status == RunStatus.COMPLETED.value and not (end.reason or end.missing)
    return b"{}" if kind is Kind.LEAVE and is_well else end.encode_within(limit_bytes)


def _device(folder: Path) -> int:
    try:
        return os.stat(folder).st_dev
    except OSError:
        return -1


def _written(block: Block | ShutBlock) -> int:
    """The offset up to which everything stands in the file, though not yet on the disk."""
    if isinstance(block, BufferedBlock):
        return block.extent.start + block.flushed
    return block.extent.start + block.position if isinstance(block, Block) else 0


def _is_due(now_ns: int, last_ns: int, every_ns: int) -> bool:
    """Whether it is time again; a clock that was set back counts as a yes."""
    return not 0 <= now_ns - last_ns < every_ns
