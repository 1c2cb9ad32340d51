"""Reading a journal's file while its writer may be writing it.

A block is read once to see which records are committed and once more for their bytes: what the
first read saw committed was complete before the second began. A closed block whose checksum does
not match is read again before that is called damage: the first read may have raced its writer.
"""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self, TypeVar
from zlib import crc32

from trialog._format.blocks import (
    FIRST_BLOCK_BYTES,
    LAST_WORDS_BYTES,
    LAST_WORDS_START,
    TRAILER_BYTES,
    Extent,
    block_at,
    decode_trailer,
    extent,
    is_trailer,
)
from trialog._format.decoding import BlockIndex, Damage, Fact, index_block, index_last_words
from trialog._format.facts import SYNCED
from trialog._format.records import (
    GENERAL_HEAD,
    MAX_PAYLOAD_BYTES,
    WORD,
    Kind,
    make_word,
    record_bytes,
)
from trialog._journals.processes import Presence

T = TypeVar("T")

_TRIES = 3
_PAUSE_S = 0.001
_FIRST_BYTES = MAX_PAYLOAD_BYTES + 64
_LAST_KINDS = frozenset({Kind.END, Kind.LEAVE})
_TRAILER_START = bytes([Kind.TRAILER])  # the first byte of its magic
_SYNCED_WORD = WORD.pack(make_word(Kind.SYNCED, SYNCED.size))
_SYNCED_BYTES = record_bytes(Kind.SYNCED, SYNCED.size)


class BlockRead(NamedTuple):
    """A block's records, and what comes after them.

    Attributes:
        records: where its records lie.
        next_offset: where reading goes on.
        is_last: the block is closed, and the file was cut after it.
    """

    records: BlockIndex
    next_offset: int
    is_last: bool = False


class JournalFile:
    """A journal opened for reading.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        os.close(self._fd)

    @property
    def size(self) -> int:
        """Bytes in the file now, reserved ones included."""
        return os.fstat(self._fd).st_size

    @property
    def modified_ns(self) -> int:
        """When the file was last written, as far as the file system knows."""
        return os.fstat(self._fd).st_mtime_ns

    @property
    def is_empty(self) -> bool:
        """Whether its writer has not written the first record yet."""
        return not self._is_written(0)

    @property
    def is_one_closed_block(self) -> bool:
        """Whether all of it is its first block, which its writer has closed."""
        size = self.size
        if not TRAILER_BYTES < size <= FIRST_BLOCK_BYTES:
            return False
        tail = os.pread(self._fd, TRAILER_BYTES, size - TRAILER_BYTES)
        return is_trailer(tail)

    def has_news(self, offset: int, last_words: int) -> bool:
        """Whether anything was written since, at the price of a few small reads.

        Args:
            offset: up to where the journal has been read.
            last_words: how many bytes of the last words have been read.
        """
        if self._is_written(offset) or self._is_written(LAST_WORDS_START + last_words):
            return True
        block = extent(block_at(offset))
        if offset > block.start and self._is_written(extent(block.number + 1).start):
            return True
        stop = min(block.stop, self.size)
        if stop - block.start < TRAILER_BYTES:
            return False
        tail = os.pread(self._fd, TRAILER_BYTES, stop - TRAILER_BYTES)
        return is_trailer(tail)

    def blocks(self, offset: int, presence: Presence) -> Iterator[BlockRead]:
        """The blocks from the one that holds ``offset``, up to where the writer is.

        Args:
            offset: where to begin; the whole block that holds it is given.
            presence: of the writer: what may still be written, and what a power loss may have
                taken.
        """
        number = block_at(offset)
        while extent(number).start < self.size:
            read = self._read(number, presence)
            has_next = self._is_written(extent(number + 1).start)
            if has_next and not read.is_closed and not presence.is_end:
                # The writer has gone on since: by now the block is closed, or its trailer damaged.
                read = self._read(number, Presence.GONE)
            if read.is_closed or has_next:
                is_last = read.is_closed and self.size < extent(number).stop
                yield BlockRead(read, extent(number + 1).start, is_last)
                number += 1
                continue
            yield BlockRead(read, read.extent.start + read.stop)
            return

    def blocks_read(self, offset: int, *, is_rebooted: bool = False) -> Iterator[BlockIndex]:
        """All blocks again, up to an offset that was reached before: nothing more, nothing less.

        Args:
            offset: where reading stood.
            is_rebooted: the writer's machine was started anew: as in :meth:`blocks`.
        """
        number = 0
        while (block := extent(number)).start < offset:
            data = os.pread(self._fd, block.size, block.start)
            limit = offset - block.start if offset < block.stop else None
            if is_rebooted and decode_trailer(data) is None:
                limit = min(last_synced(data, block.start), len(data) if limit is None else limit)
            yield index_block(
                data, Extent(number, block.start, len(data)), is_settled=True, limit=limit
            )
            number += 1

    def first_fact(self) -> Fact | None:
        """The first record alone, or None where it is not there or cannot be read."""
        head = os.pread(self._fd, _FIRST_BYTES, 0)
        if len(head) >= WORD.size:
            (word,) = WORD.unpack_from(head)
            head = head[: record_bytes(Kind.START, word >> 8)]  # and nothing that follows
        facts = index_block(head, Extent(0, 0, len(head)), is_settled=False).facts
        return facts[0] if facts and facts[0].offset == 0 else None

    def last_words(self, presence: Presence) -> BlockIndex:
        """The records in the area kept for when no block can be reserved."""
        data = os.pread(self._fd, LAST_WORDS_BYTES, LAST_WORDS_START)
        return index_last_words(data, is_settled=presence.is_end)

    def _read(self, number: int, presence: Presence) -> BlockIndex:
        block = extent(number)
        is_settled = presence.is_end
        for attempt in range(_TRIES):
            data = os.pread(self._fd, block.size, block.start)
            place = Extent(number, block.start, len(data))
            limit = None
            if decode_trailer(data) is None:
                limit = block.size - TRAILER_BYTES  # no record stands where the trailer will
                if presence is Presence.REBOOTED:
                    limit = min(limit, last_synced(data, block.start))
            index = index_block(data, place, is_settled=is_settled, limit=limit)
            broken = (
                [] if index.is_closed else _broken_trailer(index, block.size, is_settled=is_settled)
            )
            if not broken and not (index.is_closed and index.damage):
                break
            if attempt < _TRIES - 1:
                time.sleep(_PAUSE_S)
        index.damage += broken
        if not is_settled and not index.is_closed:
            again = os.pread(self._fd, index.stop, block.start)
            index.data = memoryview(again)
        return index

    def _is_written(self, offset: int) -> bool:
        return any(os.pread(self._fd, WORD.size, offset))


def with_next(blocks: Iterable[T]) -> Iterator[tuple[T, T | None]]:
    """Each block together with the one after it: a call may be continued there."""
    before: T | None = None
    for block in blocks:
        if before is not None:
            yield before, block
        before = block
    if before is not None:
        yield before, None


def _broken_trailer(index: BlockIndex, size: int, *, is_settled: bool) -> list[Damage]:
    """The trailer of a block that was closed, where that cannot be read any more.

    Its records are all there is to go by then: they are given, and the damage says that nothing
    vouches for them.

    Args:
        index: a block without a trailer.
        size: how many bytes the whole block has.
        is_settled: nobody writes it any more.
    """
    has_left = any(fact.kind in _LAST_KINDS for fact in index.facts)
    if not (is_settled or has_left):
        return []
    data = index.data
    at = size - TRAILER_BYTES
    if len(data) < size:  # the file was cut here: the trailer comes right after the records
        at = index.stop
        if not has_left and data[at : at + 1] != _TRAILER_START:
            return []
    if not any(data[at : at + TRAILER_BYTES]):
        return []
    offset = index.extent.start + at
    return [Damage(offset, TRAILER_BYTES, "the block's trailer is damaged: nothing vouches for it")]


def last_synced(data: bytes, start: int) -> int:
    """How many bytes of an unclosed block a loss of power cannot have taken.

    Marks are looked for everywhere in the block: pages reach a disk in any order, so there may be
    a gap before one.

    Args:
        data: the block's bytes.
        start: the block's offset in its file.

    Returns:
        Bytes from the block's start; 0 where there is no mark.
    """
    reached, at = 0, data.find(_SYNCED_WORD)
    while at >= 0:
        record = data[at : at + _SYNCED_BYTES]
        if at % WORD.size == 0 and len(record) == _SYNCED_BYTES:
            checksum = struct.unpack_from("<I", record, _SYNCED_BYTES - WORD.size)[0]
            if checksum == crc32(record[: -WORD.size]):
                (offset,) = SYNCED.unpack_from(record, GENERAL_HEAD.size)
                reached = max(reached, min(offset - start, at))
        at = data.find(_SYNCED_WORD, at + 1)
    return reached
