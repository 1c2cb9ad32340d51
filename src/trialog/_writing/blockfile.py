"""The file of a journal: its blocks, on the disk where there is room for them, else in memory."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from zlib import crc32

from trialog._format import blocks
from trialog._writing.block import (
    Block,
    BufferedBlock,
    DroppingBlock,
    HeldBlock,
    MappedBlock,
    ShortBlock,
    ShutBlock,
)
from trialog._writing.descriptors import open_above_standard
from trialog._writing.folders import share, sync
from trialog._writing.trouble import Trouble

MEMORY_LIMIT_BLOCKS = 32  # blocks of up to 1 MiB that may wait in memory for a full disk


class JournalClosedError(Exception):
    """The journal has been closed: nothing can be appended."""


class BlockFile:
    """A file that grows by blocks. Who writes into them decides which one is the current one.

    Attributes:
        lock: held while blocks are reserved, and at the moment of shutting.
        is_shut: whether no block may be added any more.
        lacks_room: why the disk took nothing the last time; None where it does.
        lacks_room_since_ns: since when.
    """

    def __init__(
        self,
        *,
        may_map: bool,
        trouble: Trouble,
        clock: Callable[[], int],
        is_brief: bool = False,
    ) -> None:
        """Make one without a file; :meth:`create` gives it one.

        Args:
            may_map: whether the file system keeps its word about reserved space.
            trouble: told where there is no room.
            clock: nanoseconds since 1970.
            is_brief: reserve a page to begin with, and the rest where that is not enough.
        """
        self.lock = threading.RLock()
        self.is_shut = False
        self.lacks_room: OSError | None = None
        self.lacks_room_since_ns = 0
        self._may_map = may_map
        self._is_brief = is_brief
        self._trouble = trouble
        self._clock = clock
        self._blocks: dict[int, Block | ShutBlock] = {}
        self._grown: dict[int, Block] = {}
        self._first_full = 0  # the index of the oldest block that has not ended
        self._fd = -1

    @property
    def is_open(self) -> bool:
        """Whether there is a file."""
        return self._fd >= 0

    @property
    def is_buffered(self) -> bool:
        """Whether records wait in memory to be copied to the file."""
        return any(isinstance(block, BufferedBlock) for block in list(self._blocks.values()))

    def create(self, path: Path, first_record: bytes, *, must_reserve: bool) -> Block | ShutBlock:
        """Make the file and write its first record.

        Args:
            path: where; there must be nothing.
            first_record: what the first block begins with.
            must_reserve: whether a disk without room for an end is an error.

        Returns:
            The first block.

        Raises:
            OSError: the file cannot be made, or there is no room.
        """
        self._fd = open_above_standard(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        try:
            with contextlib.suppress(OSError):  # not every file system knows it
                fcntl.flock(self._fd, fcntl.LOCK_EX)  # a reader may hold it for a moment
            share(path)  # whoever may write the store reads its runs, whatever the umask
            first = self._blocks[0] = self._begin(len(first_record), must_reserve=must_reserve)
            first.write(first_record)
            if not self._may_map and isinstance(first, BufferedBlock):
                first.flush(self._fd)
        except BaseException:
            os.close(self._fd)
            self._fd = -1
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        return first

    def _begin(self, size: int, *, must_reserve: bool) -> Block | ShutBlock:
        """Block 0, or its beginning, for a first record of that size."""
        if self._is_brief and self._may_map and size <= blocks.SHORT_BYTES // 2:
            with contextlib.suppress(OSError):  # told below
                return ShortBlock.reserve(self._fd, blocks.extent(0))
        try:
            self._make_room_for_an_end()
        except OSError:
            if must_reserve:
                raise
        return self.reserve(0)

    def _make_room_for_an_end(self) -> None:
        """Reserve the first block and the last words.

        Zeros are written where nothing can be reserved: on most file systems that keeps room too.
        """
        if self._may_map:
            os.posix_fallocate(self._fd, 0, blocks.LAST_WORDS_END)
            return
        filled = 0
        while filled < blocks.LAST_WORDS_END:
            filled += os.pwrite(self._fd, bytes(blocks.LAST_WORDS_END - filled), filled)

    # -- from block to block -------------------------------------------------------------------

    def after(self, block: Block | ShutBlock) -> Block | ShutBlock:
        """The block after one, reserved now where it was not; the same one for all who ask.

        Raises:
            JournalClosedError: the file is shut.
            StoreError: there is no room, and the user asked for errors.
        """
        if isinstance(block, ShortBlock):
            return self._all_of(block)
        index = block.extent.number + 1
        found = self._blocks.get(index)
        return self._blocks.setdefault(index, self.reserve(index)) if found is None else found

    def _all_of(self, beginning: ShortBlock) -> Block | ShutBlock:
        """The whole of a block of which there was the beginning; the same one for all who ask."""
        with self.lock:
            if self.is_shut:
                raise JournalClosedError
            if self._blocks[0] is not beginning:
                return self._blocks[0]
            whole: Block
            try:
                self._make_room_for_an_end()
                whole = MappedBlock.reserve(self._fd, beginning.extent)
            except OSError as error:
                self.note_full(error)
                self._trouble.refuse(error)
                whole = HeldBlock(beginning.extent)
            whole.go_on_from(beginning)
            # one step: a signal handler that logs may have been here meanwhile
            self._blocks[0] = self._grown.setdefault(0, whole)
            return self._blocks[0]

    def reached_after(self, block: Block | ShutBlock) -> Block | ShutBlock | None:
        """The block after one, if records went there already: blocks are also reserved ahead."""
        found = self._blocks.get(block.extent.number + 1)
        return None if isinstance(found, Block) and not found.position else found

    def replace(self, block: Block | ShutBlock) -> None:
        """Put a block where one stood that kept nothing."""
        self._blocks[block.extent.number] = block

    def reserve(self, index: int) -> Block | ShutBlock:
        """The block of that index, on the disk where there is room, else in memory.

        Raises:
            JournalClosedError: the file is shut.
            StoreError: there is no room, and the user asked for errors.
        """
        extent = blocks.extent(index)
        with self.lock:
            if self.is_shut:
                raise JournalClosedError
            if self._may_map:
                try:
                    return MappedBlock.reserve(self._fd, extent)
                except OSError as error:
                    self.note_full(error)
            if self.lacks_room:
                self._trouble.refuse(self.lacks_room)
        if self._waiting() < MEMORY_LIMIT_BLOCKS:
            return BufferedBlock(extent)
        return DroppingBlock(index, self._clock())

    @property
    def is_crowded(self) -> bool:
        """Whether much waits in memory although the disk takes it: its writers are too fast."""
        return self.lacks_room is None and self._waiting() > MEMORY_LIMIT_BLOCKS // 2

    def _waiting(self) -> int:
        return sum(isinstance(block, BufferedBlock) for block in list(self._blocks.values()))

    def reserve_ahead(self, current: Block | ShutBlock) -> None:
        """Reserve the block after the current one, so that its writer need not."""
        index = current.extent.number + 1
        is_whole = isinstance(current, MappedBlock) and not isinstance(current, ShortBlock)
        if is_whole and index not in self._blocks:
            with contextlib.suppress(OSError), self.lock:  # told when it is needed
                ahead = MappedBlock.reserve(self._fd, blocks.extent(index))
                if self._blocks.setdefault(index, ahead) is not ahead:
                    ahead.close()

    def note_full(self, error: OSError) -> None:
        """The disk took nothing."""
        if self.lacks_room is None:
            self.lacks_room_since_ns = self._clock()
        self.lacks_room = error
        self._trouble.tell_full(error)

    # -- to the disk ---------------------------------------------------------------------------

    def full_blocks(self, current: Block | ShutBlock) -> list[Block]:
        """The blocks before the current one that have not ended, oldest first.

        Found by their place alone: an exception raised at any bytecode of a change of blocks loses
        none.
        """
        found = []
        for index in range(self._first_full, max(current.extent.number, self._first_full)):
            block = self._blocks.get(index)
            if isinstance(block, Block):
                found.append(block)
            elif not found:
                self._first_full = index + 1
        return found

    def flush(self, current: Block | ShutBlock) -> None:
        """Copy to the file what waits in memory.

        Raises:
            OSError: the file cannot be written now; nothing is lost, call again.
        """
        for block in self.full_blocks(current):
            if isinstance(block, BufferedBlock):
                block.seal()
                block.flush(self._fd)
                self._end(block)
        if isinstance(current, BufferedBlock):
            current.flush(self._fd)

    def sync(self, full: Iterable[Block]) -> None:
        """Bring everything to the disk, and end the blocks that are full.

        Raises:
            OSError: it cannot be written.
        """
        for block in full:
            block.seal()
        sync(self._fd)
        for block in full:
            self._end(block)

    def _end(self, block: Block, *, is_last: bool = False) -> None:
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

    def unended(self, last: Block | ShutBlock) -> list[Block]:
        """The blocks that have not ended, oldest first; none after the last."""
        found = [
            block
            for index, block in sorted(self._blocks.items())
            if isinstance(block, Block) and index < last.extent.number
        ]
        return [*found, last] if isinstance(last, Block) else found

    def end_all(self, last: Block | ShutBlock, *, syncs: bool = True) -> None:
        """Write what is left and the trailers, and cut the file at its end.

        Args:
            last: the block that took the last record.
            syncs: False leaves it to the caller to wait for the disk.

        Raises:
            OSError: it could not all be written.
        """
        waiting = self.unended(last)
        for block in waiting:
            block.seal()
            if isinstance(block, BufferedBlock):
                block.flush(self._fd)
        if not _is_one_page(waiting):
            sync(self._fd)
        for block in waiting:
            self._end(block, is_last=block is last)
        for ahead in self._blocks.values():
            if isinstance(ahead, Block):
                ahead.close()
        self._blocks.clear()
        if syncs:
            os.fsync(self._fd)

    def is_one_page(self, last: Block | ShutBlock) -> bool:
        """Whether all there is stands in the first page, so that ending it waits for nothing.

        Args:
            last: the block that took the last record.
        """
        return isinstance(last, ShortBlock) and _is_one_page(self.unended(last))

    def last_words_bytes(self, last: Block | ShutBlock) -> int:
        """For how many bytes room was kept.

        Args:
            last: the block that took the last record, if any has.
        """
        start, stop = self._room_for_last_words(last)
        return stop - start

    def _room_for_last_words(self, last: Block | ShutBlock) -> tuple[int, int]:
        """The area kept for them; of a journal that has but a page, what is left of that."""
        if isinstance(last, ShortBlock):
            return last.seal(), blocks.PAGE_BYTES
        first = self._blocks.get(0)
        if isinstance(first, HeldBlock) and not first.has_room:
            return first.flushed, blocks.PAGE_BYTES
        return blocks.LAST_WORDS_START, blocks.LAST_WORDS_END

    def write_last_words(self, records: Iterable[bytes], last: Block | ShutBlock) -> list[bool]:
        """Write records where room was kept for them.

        Args:
            records: the most important one first.
            last: the block that took the last record, if any has.

        Returns:
            Of each record, whether it found room.
        """
        at, stop = self._room_for_last_words(last)
        fit = []
        for record in records:
            fit.append(at + len(record) <= stop)
            if fit[-1]:
                with contextlib.suppress(OSError):
                    at += os.pwrite(self._fd, record, at)
        with contextlib.suppress(OSError):
            os.fsync(self._fd)
        return fit

    def close(self) -> None:
        """Close the file."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def abandon(self) -> None:
        """In a forked child: leave the parent's file as it is."""
        for block in self._blocks.values():
            if isinstance(block, Block):
                with contextlib.suppress(BufferError):  # the parent's steward was reading it
                    block.close()
        self.close()


def _is_one_page(waiting: list[Block]) -> bool:
    """Whether records and trailer come to the disk together: no trailer is there before them."""
    return (
        len(waiting) == 1
        and waiting[0].extent.start == 0
        and waiting[0].seal() + blocks.TRAILER_BYTES <= blocks.PAGE_BYTES
    )
