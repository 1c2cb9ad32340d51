"""How a journal file is divided into blocks.

A journal is block 0, an area for last words, then blocks 1, 2, …; each block is twice as large as
the one before until it is 1 MiB. The schedule is fixed, so a reader finds block ``k`` even when
every byte before it is damaged.

A block ends in a trailer once it is closed::

    u32 TRAILER_MAGIC | u32 used | u32 crc32(the block before the trailer) | u32 crc32(these 12)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

KIB = 1024
FIRST_BLOCK_BYTES = 48 * KIB
LAST_WORDS_START = FIRST_BLOCK_BYTES
LAST_WORDS_BYTES = 16 * KIB
LAST_WORDS_END = LAST_WORDS_START + LAST_WORDS_BYTES
LARGEST_BLOCK_BYTES = 1024 * KIB
PAGE_BYTES = 4 * KIB
SHORT_BYTES = 3 * KIB  # of the first page of a journal that is short; the rest is for its end
_GROWING = 4  # blocks 1..4 double: 128, 256, 512 KiB, 1 MiB

TRAILER_MAGIC = 0x4B4C42FF  # its low byte, 0xFF, is the kind no record has
_TRAILER = struct.Struct("<III")
_CRC = struct.Struct("<I")
TRAILER_BYTES = 16


class Extent(NamedTuple):
    """Where a block lies in its file."""

    number: int
    start: int
    size: int

    @property
    def stop(self) -> int:
        """The offset of the first byte after the block."""
        return self.start + self.size


def extent(index: int) -> Extent:
    """Where block ``index`` lies."""
    if index == 0:
        return Extent(0, 0, FIRST_BLOCK_BYTES)
    if index <= _GROWING:
        size = LAST_WORDS_END << index
        return Extent(index, size - LAST_WORDS_END, size)
    full = LAST_WORDS_END << _GROWING
    return Extent(
        index, full - LAST_WORDS_END + (index - _GROWING) * LARGEST_BLOCK_BYTES, LARGEST_BLOCK_BYTES
    )


def extents(file_bytes: int) -> Iterator[Extent]:
    """The blocks of a file of that many bytes; the last one may be cut short by the file's end."""
    index = 0
    while (block := extent(index)).start < file_bytes:
        yield Extent(index, block.start, min(block.size, file_bytes - block.start))
        index += 1


def block_at(offset: int) -> int:
    """The index of the block that holds a byte, or that precedes it (last words)."""
    index = 0
    while extent(index + 1).start <= offset:
        index += 1
    return index


class Trailer(NamedTuple):
    """What a closed block says of itself: how many bytes are records, and the CRC of all."""

    used: int
    crc: int


def encode_trailer(used: int, crc: int) -> bytes:
    """The 16 bytes that close a block."""
    head = _TRAILER.pack(TRAILER_MAGIC, used, crc)
    return head + _CRC.pack(crc32(head))


def decode_trailer(region: bytes | bytearray | memoryview) -> Trailer | None:
    """The trailer at the end of a block's bytes, or None where there is none."""
    view = memoryview(region)
    if len(view) < TRAILER_BYTES or not is_trailer(tail := view[-TRAILER_BYTES:]):
        return None
    _, used, crc = _TRAILER.unpack_from(tail)
    return Trailer(used, crc) if used <= len(view) - TRAILER_BYTES else None


def is_trailer(tail: bytes | memoryview) -> bool:
    """Whether 16 bytes are a trailer, of whatever block."""
    (magic,) = _CRC.unpack_from(tail)
    return bool(magic == TRAILER_MAGIC and _CRC.unpack_from(tail, 12)[0] == crc32(tail[:12]))
