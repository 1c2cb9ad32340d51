"""How a journal file is divided: the schedule of blocks, and what closes one."""

from __future__ import annotations

from itertools import pairwise
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._format.blocks import (
    LARGEST_BLOCK_BYTES,
    LAST_WORDS_END,
    LAST_WORDS_START,
    TRAILER_BYTES,
    block_at,
    decode_trailer,
    encode_trailer,
    extent,
    extents,
)

KIB = 1024


@pytest.mark.parametrize(
    "index,start,size",
    [
        (0, 0, 48 * KIB),
        (1, 64 * KIB, 128 * KIB),
        (2, 192 * KIB, 256 * KIB),
        (3, 448 * KIB, 512 * KIB),
        (4, 960 * KIB, 1024 * KIB),
        (5, 1984 * KIB, 1024 * KIB),
        (105, 104_384 * KIB, 1024 * KIB),
    ],
)
def test_the_schedule_is_fixed(index, start, size):
    """Block k lies where the format says, whatever is in the file."""
    assert extent(index) == (index, start, size)
    assert extent(index).stop == start + size


@settings(deadline=None)
@given(st.integers(0, 5000))
def test_blocks_lie_side_by_side(index):
    """Only the last words lie between two blocks; every block can be mapped: 4 KiB pages."""
    before, after = extent(index), extent(index + 1)
    gap = LAST_WORDS_END - LAST_WORDS_START if index == 0 else 0
    assert after.start == before.stop + gap
    assert before.size <= after.size <= LARGEST_BLOCK_BYTES
    assert after.start % 4096 == after.size % 4096 == 0


@settings(deadline=None)
@given(st.integers(0, 30_000_000))
def test_the_blocks_of_a_file_cover_it_without_gaps(file_bytes):
    """Every byte but the last words' is in one block, and the last block stops with the file."""
    found = list(extents(file_bytes))
    covered = sum(block.size for block in found)
    last_words = min(file_bytes, LAST_WORDS_END) - min(file_bytes, LAST_WORDS_START)
    assert covered == file_bytes - last_words
    assert [block.number for block in found] == list(range(len(found)))
    assert all(block.stop <= file_bytes and block.size for block in found)
    for before, after in pairwise(found):
        assert before == extent(before.number)
        assert before.stop <= after.start


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_a_byte_is_in_its_block_or_behind_it(offset):
    """The block of an offset is the last one that begins at or before it."""
    index = block_at(offset)
    assert extent(index).start <= offset < extent(index + 1).start


@settings(deadline=None)
@given(st.integers(0, 100), st.integers(0, 2**32 - 1))
def test_a_trailer_comes_back(used, crc):
    """What a closed block says of itself is read as it was written."""
    region = bytes(100) + encode_trailer(used, crc)
    assert len(region) == 100 + TRAILER_BYTES
    assert decode_trailer(region) == (used, crc)


@settings(deadline=None)
@given(st.integers(0, TRAILER_BYTES * 8 - 1))
def test_a_trailer_with_a_flipped_bit_is_none(bit):
    """Every bit of it is checked."""
    trailer = bytearray(encode_trailer(64, crc32(bytes(64))))
    trailer[bit // 8] ^= 1 << bit % 8
    assert decode_trailer(bytes(64) + trailer) is None


@pytest.mark.parametrize(
    "region",
    [b"", bytes(15), bytes(64), encode_trailer(1, 0), bytes(64) + encode_trailer(65, 0)],
    ids=["empty", "short", "unwritten", "no room for 1 byte", "no room for 65 bytes"],
)
def test_what_is_no_trailer(region):
    """A block under way has none, nor may one claim more bytes than there are."""
    assert decode_trailer(region) is None
