"""One writer's journal: an append-only file that is written by memory maps, block after block.

``append`` needs no lock: a block takes a whole record in one step or refuses it (see ``block``),
and a full block has one successor, agreed on by ``dict.setdefault``. The steward's thread closes
full blocks, reserves the next one ahead and syncs; where it is late, the writer does it itself.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from trialog._format import blocks
from trialog._format.encoding import encode_general, encode_point, encode_points
from trialog._format.facts import SYNCED, End, Start
from trialog._format.folders import JOURNAL_SUFFIX
from trialog._format.records import MAX_PAYLOAD_BYTES, Kind
from trialog._format.values import Number, dump_json
from trialog._writing.block import Block, BufferedBlock, DroppingBlock, MappedBlock, ShutBlock
from trialog._writing.trouble import Trouble

MEMORY_LIMIT_BLOCKS = 32  # blocks of up to 1 MiB that may wait in memory for a full disk
HELD_FACTS_LIMIT_BYTES = 8 << 20
HEARTBEAT_NS = 10_000_000_000
SYNC_NS = 500_000_000
FLUSH_NS = 40_000_000


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
        self._full: deque[Block] = deque()
        self._late: list[BufferedBlock] = []
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
            if self._may_map:
                # the first block and the last words: from here on there is room for an end
                try:
                    os.posix_fallocate(self._fd, 0, blocks.LAST_WORDS_END)
                except OSError:
                    if must_reserve:
                        raise
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
        if self.block is full:
            self.block = after
            if isinstance(full, Block):
                self._full.append(full)
        self.wake()

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
                    self.trouble.tell_full(error)
        if self._memory_blocks() < MEMORY_LIMIT_BLOCKS:
            return BufferedBlock(extent)
        return DroppingBlock(index, self._clock())

    def _memory_blocks(self) -> int:
        waiting = {
            id(block) for block in list(self._blocks.values()) if isinstance(block, BufferedBlock)
        }
        return len(waiting | {id(block) for block in self._late})

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
            if _is_due(now_ns, self._synced_ns, SYNC_NS) or len(self._full) > 1:
                self._sync(now_ns)
            if _is_due(now_ns, self._beaten_ns, HEARTBEAT_NS):
                self._beaten_ns = now_ns
                self.append_fact(Kind.HEARTBEAT, b"", now_ns)

    @property
    def is_buffered(self) -> bool:
        """Whether records wait in memory to be copied to the file."""
        return isinstance(self.block, BufferedBlock) or bool(self._late)

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
        for block in list(self._full):
            if isinstance(block, BufferedBlock):
                block.seal()
                self._late.append(block)
                self._full.remove(block)
        try:
            while self._late:
                self._late[0].flush(self._fd)
                self._end_block(self._late[0])
                self._late.pop(0)
            if isinstance(self.block, BufferedBlock):
                self.block.flush(self._fd)
        except OSError as error:
            self.trouble.tell_full(error)
            return
        if isinstance(self.block, DroppingBlock):
            self._recover(self.block)

    def _recover(self, dropping: DroppingBlock) -> None:
        """There is space again: say what is missing, and go on."""
        after = self._reserve(dropping.extent.number)
        if isinstance(after, DroppingBlock):
            return
        self._blocks[dropping.extent.number] = self.block = after
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
        full = []
        while self._full and isinstance(self._full[0], MappedBlock):
            full.append(self._full.popleft())
        reached = self._written()
        self._synced_ns = now_ns
        if (reached == self._synced_at and not full) or self._late:
            self._full.extendleft(reversed(full))
            return
        for block in full:
            block.seal()
        try:
            os.fdatasync(self._fd)
            while full:
                self._end_block(full[0])
                full.pop(0)
        except OSError:
            self._full.extendleft(reversed(full))
            raise
        self.append_fact(Kind.SYNCED, SYNCED.pack(reached), now_ns)
        self._synced_at = self._written()

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
            end = end and replace(
                end,
                missing=self.trouble.missing + self._dropped(),
                missing_since_ns=self.trouble.missing_since_ns,
            )
            self.append_fact(kind, end.encode_within(MAX_PAYLOAD_BYTES) if end else b"{}")
            self._is_closing = True
            with self._lock:
                self._is_finished = True
                last, self.block = self.block, ShutBlock()
            try:
                self._close_blocks(last)
            except OSError as error:
                self._close_full(kind, end, last, error)
            finally:
                fd, self._fd = self._fd, -1
                os.close(fd)

    def _close_blocks(self, last: Block | ShutBlock) -> None:
        """Write what is left, the trailers, and cut the file at its end.

        Raises:
            OSError: it could not all be written.
        """
        waiting = [*self._late, *self._full]
        if isinstance(last, Block):
            waiting.append(last)
        for block in waiting:
            block.seal()
            if isinstance(block, BufferedBlock):
                block.flush(self._fd)
        if isinstance(last, DroppingBlock):
            raise OSError("the store is full")
        os.fdatasync(self._fd)
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
        waiting = [*self._late, *self._full, last]
        buffered = [block for block in waiting if isinstance(block, BufferedBlock)]
        lost = sum(block.count_unwritten() for block in buffered) + self._dropped(last)
        self.trouble.add_missing(lost, self._clock())
        if end:
            end = replace(
                end, missing=self.trouble.missing, missing_since_ns=self.trouble.missing_since_ns
            )
        facts = [(kind, end.encode_within(MAX_PAYLOAD_BYTES // 2) if end else b"{}", self._clock())]
        at = blocks.LAST_WORDS_START
        for fact_kind, payload, time_ns in facts + self._held_facts:
            record = encode_general(fact_kind, time_ns, payload)
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
        maps += [*self._full, *self._late]
        self._reset()
        self._is_forked = True
        self.block = ShutBlock()
        self.trouble.reset()
        for block in maps:
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
                self.trouble.tell_full(error)
                self.block = DroppingBlock(0, self._clock())


def _is_due(now_ns: int, last_ns: int, every_ns: int) -> bool:
    """Whether it is time again; a clock that was set back counts as a yes."""
    return not 0 <= now_ns - last_ns < every_ns
