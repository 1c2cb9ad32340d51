"""One writer's journal: an append-only file that is written by memory maps, block after block.

``append`` needs no lock: a block takes a whole record in one step or refuses it (see ``block``),
and a full block has one successor, agreed on by ``dict.setdefault``. The steward's thread closes
full blocks, reserves the next one ahead and syncs; where it is late, the writer does it itself.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeGuard
from zlib import crc32

from trialog._format import blocks
from trialog._format.encoding import encode_general, encode_point, encode_points
from trialog._format.facts import SYNCED, End, Start
from trialog._format.folders import JOURNAL_SUFFIX
from trialog._format.records import MAX_PAYLOAD_BYTES, Kind, record_bytes
from trialog._format.values import Number, dump_json
from trialog._writing.block import Block, BufferedBlock, DroppingBlock, MappedBlock, ShutBlock
from trialog._writing.folders import share, sync
from trialog._writing.trouble import Trouble
from trialog.errors import StoreError

MEMORY_LIMIT_BLOCKS = 32  # blocks of up to 1 MiB that may wait in memory for a full disk
HELD_FACTS_LIMIT_BYTES = 8 << 20
HEARTBEAT_NS = 10_000_000_000
SYNC_NS = 500_000_000
FLUSH_NS = 40_000_000
_UNMISSED = frozenset({Kind.HEARTBEAT, Kind.SYNCED, Kind.END, Kind.LEAVE})
_MARK_BYTES = record_bytes(Kind.SYNCED, SYNCED.size)


class JournalClosedError(Exception):
    """The journal has been closed: nothing can be appended."""


class Journal:
    """One append-only file of one writer.

    Attributes:
        block: where the next record goes; ``Run.log`` writes to it directly.
        start: the journal's first record.
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
    ) -> None:
        """Begin a journal.

        Args:
            folder: the run's folder, which exists.
            start: the first record.
            clock: nanoseconds since 1970.
            may_map: whether the file system keeps its word about reserved space.
            reborn: gives the first record of the journal that a forked child begins.
            trouble: told of what cannot be written.

        Raises:
            OSError: the file cannot be made, or there is no room for its first block.
        """
        self.folder = folder
        self.start = start
        self.trouble = trouble
        self.block: Block | ShutBlock = ShutBlock()
        self._clock = clock
        self._may_map = may_map
        self._reborn = reborn
        self._reset()
        self._open(must_reserve=True)

    def _reset(self) -> None:
        self._lock = threading.RLock()  # short: reserving, and the moment of closing
        self._tending = threading.RLock()  # long: the steward at work, or closing
        self._blocks: dict[int, Block | ShutBlock] = {}
        self._first_full = 0  # the index of the oldest block that has not ended
        self._lacks_room: OSError | None = None  # why the disk took nothing the last time
        self._lacks_room_since_ns = 0
        self._held_facts: list[tuple[Kind, bytes, int]] = []
        self._held_bytes = 0
        self._is_closing = False
        self._is_finished = False
        self._is_forked = False
        self._fd = -1
        self._synced_ns = self._beaten_ns = self._clock()
        self._synced_at = 0
        self.wake: Callable[[], None] = lambda: None

    def _open(self, *, must_reserve: bool = False) -> None:
        """Make the file and write its first record."""
        self.path = self.folder / f"{self.start.writer}{JOURNAL_SUFFIX}"
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            with contextlib.suppress(OSError):  # not every file system knows it
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            share(self.path)  # whoever may write the store reads its runs, whatever the umask
            if self._may_map:
                # the first block and the last words: from here on there is room for an end
                try:
                    os.posix_fallocate(self._fd, 0, blocks.LAST_WORDS_END)
                except OSError:
                    if must_reserve:
                        raise
            else:
                self._fill(must_reserve=must_reserve)
            first = self._reserve(0)
            self._blocks[0] = first
            first.write(encode_general(Kind.START, self.start.created_ns, self.start.encode()))
            if not self._may_map and isinstance(first, BufferedBlock):
                first.flush(self._fd)
        except BaseException:
            os.close(self._fd)
            self._fd = -1
            with contextlib.suppress(OSError):
                self.path.unlink()
            raise
        self.block = first

    def _fill(self, *, must_reserve: bool) -> None:
        """Write zeros where nothing can be reserved: on most file systems that keeps room for an end.

        Raises:
            OSError: there is no room.
        """
        filled = 0
        try:
            while filled < blocks.LAST_WORDS_END:
                filled += os.pwrite(self._fd, bytes(blocks.LAST_WORDS_END - filled), filled)
        except OSError:
            if must_reserve:
                raise

    # -- appending -----------------------------------------------------------------------------

    def append_point(
        self, name: str, value: Number, step: int | None, time_ns: int, *, continued: bool = False
    ) -> None:
        """Append one point of one metric; ``continued`` as in :class:`Call`."""
        while True:
            block = self.block
            try:
                number = block.define(name, time_ns).number
                block.write(encode_point(number, value, step, time_ns, continued=continued))
            except ValueError:
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
                block.write(encode_points(number, values, step, time_ns, continued=continued))
            except ValueError:
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
                block.write(record)
            except ValueError:
                self._roll(block)
            else:
                return

    def now(self) -> int:
        """The time, in nanoseconds since 1970."""
        return self._clock()

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
        if self._is_finished:
            raise JournalClosedError
        if isinstance(full, DroppingBlock):
            return
        index = full.extent.number + 1
        after = self._blocks.get(index)
        if after is None:
            after = self._blocks.setdefault(index, self._reserve(index))
        with self._lock:  # no other thread, though a signal handler of this one, may come between
            if self._is_finished:
                raise JournalClosedError
            if self.block is full:
                self.block = after
                while self._was_reached(later := self._blocks.get(self.block.extent.number + 1)):
                    self.block = later  # a handler that logs went on further than we did
        self.wake()

    @staticmethod
    def _was_reached(block: Block | ShutBlock | None) -> TypeGuard[Block | ShutBlock]:
        """Whether records went there already: blocks are also reserved ahead."""
        return block is not None and not (isinstance(block, Block) and not block.position)

    def _reserve(self, index: int) -> Block | ShutBlock:
        """The block of that index, on the disk where there is room, else in memory."""
        extent = blocks.extent(index)
        with self._lock:
            if self._is_finished:
                raise JournalClosedError
            if self._may_map:
                try:
                    return MappedBlock.reserve(self._fd, extent)
                except OSError as error:
                    self._note_full(error)
            if self._lacks_room:
                self.trouble.refuse(self._lacks_room)
        if self._memory_blocks() < MEMORY_LIMIT_BLOCKS:
            return BufferedBlock(extent)
        return DroppingBlock(index, self._clock())

    def _note_full(self, error: OSError) -> None:
        if self._lacks_room is None:
            self._lacks_room_since_ns = self._clock()
        self._lacks_room = error
        self.trouble.tell_full(error)

    def _memory_blocks(self) -> int:
        return sum(isinstance(block, BufferedBlock) for block in list(self._blocks.values()))

    def _full_blocks(self) -> list[Block]:
        """The blocks before the current one that have not ended, oldest first.

        Found by their place alone: an exception raised at any bytecode of ``_roll`` loses none.
        """
        found = []
        for index in range(self._first_full, max(self.block.extent.number, self._first_full)):
            block = self._blocks.get(index)
            if isinstance(block, Block):
                found.append(block)
            elif not found:
                self._first_full = index + 1
        return found

    def _hold(self, kind: Kind, payload: bytes, time_ns: int) -> None:
        """Keep a fact in memory until there is space again."""
        if self._held_bytes + len(payload) > HELD_FACTS_LIMIT_BYTES:
            self.trouble.tell_lost_fact(kind.name.lower())
            return
        self._held_facts.append((kind, payload, time_ns))
        self._held_bytes += len(payload)

    # -- tending: called by the steward's thread ----------------------------------------------

    def tend(self, now_ns: int) -> None:
        """Do what is due: close full blocks, reserve ahead, flush, sync, show a sign of life."""
        with self._tending:
            if self._is_closing or self._is_forked:
                return
            self._reserve_ahead()
            self._flush()
            if isinstance(self.block, DroppingBlock):
                self._recover(self.block)
            if _is_due(now_ns, self._synced_ns, SYNC_NS) or len(self._full_blocks()) > 1:
                self._sync(now_ns)
            if _is_due(now_ns, self._beaten_ns, HEARTBEAT_NS):
                self._beaten_ns = now_ns
                self._append_own(Kind.HEARTBEAT, b"", now_ns)

    def _append_own(self, kind: Kind, payload: bytes, time_ns: int) -> None:
        """Append a record that no user waits for; where there is no room it can be missed."""
        with contextlib.suppress(StoreError):
            self.append_fact(kind, payload, time_ns)

    @property
    def is_buffered(self) -> bool:
        """Whether records wait in memory to be copied to the file."""
        return any(isinstance(block, BufferedBlock) for block in list(self._blocks.values()))

    def _reserve_ahead(self) -> None:
        block = self.block
        index = block.extent.number + 1
        if isinstance(block, MappedBlock) and index not in self._blocks:
            with contextlib.suppress(OSError), self._lock:  # told when it is needed
                after = MappedBlock.reserve(self._fd, blocks.extent(index))
                if self._blocks.setdefault(index, after) is not after:
                    after.close()

    def _flush(self) -> None:
        """Copy waiting records to the file; once that works again, go on as before."""
        current = self.block
        try:
            for block in self._full_blocks():
                if isinstance(block, BufferedBlock):
                    block.seal()
                    block.flush(self._fd)
                    self._end_block(block)
            if isinstance(current, BufferedBlock):
                current.flush(self._fd)
        except OSError as error:
            self._note_full(error)
        else:
            if not isinstance(self.block, DroppingBlock):
                self._lacks_room = None

    def _recover(self, dropping: DroppingBlock) -> None:
        """Where there is space again: say what is missing, and go on."""
        try:
            if self._fd < 0:  # a forked child that could not even make its file
                self._open()
            else:
                after = self._reserve(dropping.extent.number)
                if isinstance(after, DroppingBlock):
                    return
                self._blocks[dropping.extent.number] = self.block = after
        except OSError:
            return  # told already
        self._lacks_room = None
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
        reached = self._written()
        full = self._full_blocks()
        self._synced_ns = now_ns
        if reached == self._synced_at and not full:
            return
        if any(isinstance(block, BufferedBlock) for block in full):
            return  # the disk is full: nothing before them is to be called safe
        for block in full:
            block.seal()
        sync(self._fd)
        for block in full:
            self._end_block(block)
        self._append_own(Kind.SYNCED, SYNCED.pack(reached), now_ns)
        self._synced_at = reached + _MARK_BYTES  # what came in between is for the next time

    def _written(self) -> int:
        """The offset up to which everything stands in the file (though not yet on the disk)."""
        block = self.block
        if isinstance(block, BufferedBlock):
            return block.extent.start + block.flushed
        return block.extent.start + block.position if isinstance(block, Block) else 0

    def _end_block(self, block: Block, *, is_last: bool = False) -> None:
        """Write the trailer of a sealed block, and give its memory back."""
        used = block.seal()
        size = used if is_last else block.extent.size - blocks.TRAILER_BYTES
        with memoryview(block.memory()) as memory:
            crc = crc32(memory[:size])
        os.pwrite(self._fd, blocks.encode_trailer(used, crc), block.extent.start + size)
        if is_last:
            os.ftruncate(self._fd, block.extent.start + size + blocks.TRAILER_BYTES)
        self._blocks[block.extent.number] = ShutBlock(block.extent.number)
        block.close()

    # -- the end -------------------------------------------------------------------------------

    def close(self, kind: Kind, end: End | None = None) -> None:
        """Append the last record, close the last block and the file.

        Args:
            kind: END where this ends the run, LEAVE where the run goes on without this writer.
            end: what END says.
        """
        with self._tending:
            if self._is_closing or self._is_forked:
                return
            self._flush()
            end = end and self._with_missing(end, self._dropped())
            refusal: OSError | None = None
            try:
                if isinstance(self.block, DroppingBlock):
                    raise self._lacks_room or OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                self.append_fact(kind, end.encode_within(MAX_PAYLOAD_BYTES) if end else b"{}")
            except OSError as error:
                refusal = error
            self._is_closing = True
            with self._lock:
                self._is_finished = True
                last, self.block = self.block, ShutBlock()
            try:
                if refusal:
                    raise refusal
                self._close_blocks(last)
            except OSError as error:
                self._close_full(kind, end, last, error)
            finally:
                fd, self._fd = self._fd, -1
                if fd >= 0:
                    os.close(fd)

    def _with_missing(self, end: End, more: int) -> End:
        """An end that says how many points are missing."""
        return replace(
            end,
            missing=self.trouble.missing + more,
            missing_since_ns=self.trouble.missing_since_ns
            or (self._lacks_room_since_ns if more else None),
        )

    def _unended(self, last: Block | ShutBlock) -> list[Block]:
        """The blocks that have not ended, oldest first; none after the last."""
        found = [
            block
            for index, block in sorted(self._blocks.items())
            if isinstance(block, Block) and index < last.extent.number
        ]
        return [*found, last] if isinstance(last, Block) else found

    def _close_blocks(self, last: Block | ShutBlock) -> None:
        """Write what is left, the trailers, and cut the file at its end.

        Raises:
            OSError: it could not all be written.
        """
        waiting = self._unended(last)
        for block in waiting:
            block.seal()
            if isinstance(block, BufferedBlock):
                block.flush(self._fd)
        sync(self._fd)
        for block in waiting:
            self._end_block(block, is_last=block is last)
        for ahead in self._blocks.values():
            if isinstance(ahead, Block):
                ahead.close()
        self._blocks.clear()
        os.fsync(self._fd)

    def _close_full(
        self, kind: Kind, end: End | None, last: Block | ShutBlock, error: OSError
    ) -> None:
        """The disk is full and stays full: the end goes where room was kept for it."""
        left = [
            block.unwritten() for block in self._unended(last) if isinstance(block, BufferedBlock)
        ]
        lost = sum(each.points for each in left) + self._dropped(last)
        self.trouble.add_missing(lost, self._lacks_room_since_ns or self._clock())
        payload = b"{}"
        if end:
            payload = self._with_missing(end, 0).encode_within(MAX_PAYLOAD_BYTES // 2)
        facts = [(kind, payload, self._clock())]
        facts += [
            (fact.kind, fact.payload, fact.time_ns)
            for each in left
            for fact in each.facts
            if fact.kind not in _UNMISSED
        ]
        at = blocks.LAST_WORDS_START
        for fact_kind, content, time_ns in facts + self._held_facts:
            record = encode_general(fact_kind, time_ns, content)
            if at + len(record) > blocks.LAST_WORDS_END:
                self.trouble.tell_lost_fact(fact_kind.name.lower())
                continue
            with contextlib.suppress(OSError):
                at += os.pwrite(self._fd, record, at)
        with contextlib.suppress(OSError):
            os.fsync(self._fd)
        self.trouble.tell_full(error)
        self.trouble.tell_lost()

    def _dropped(self, block: Block | ShutBlock | None = None) -> int:
        block = block or self.block
        return block.missing if isinstance(block, DroppingBlock) else 0

    # -- forks ---------------------------------------------------------------------------------

    def forget_parent(self) -> None:
        """In a forked child: leave the parent's file alone; the next record begins an own one."""
        if self._is_finished:
            return
        fd, maps = self._fd, [block for block in self._blocks.values() if isinstance(block, Block)]
        self._reset()
        self._is_forked = True
        self.block = ShutBlock()
        self.trouble.reset()
        for block in maps:
            with contextlib.suppress(BufferError):  # the parent's steward was reading it
                block.close()
        if fd >= 0:
            os.close(fd)

    def _begin_child(self) -> None:
        with self._lock:
            if not self._is_forked:
                return
            self.start = self._reborn(self.start)
            self._is_forked = False
            try:
                self._open()
            except OSError as error:
                self._note_full(error)
                self.block = DroppingBlock(0, self._clock())


def _is_due(now_ns: int, last_ns: int, every_ns: int) -> bool:
    """Whether it is time again; a clock that was set back counts as a yes."""
    return not 0 <= now_ns - last_ns < every_ns
