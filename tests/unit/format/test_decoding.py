"""Blocks to records: all of what was written, and nothing else."""

from __future__ import annotations

from zlib import crc32

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from trialog._format.blocks import (
    LAST_WORDS_BYTES,
    LAST_WORDS_START,
    TRAILER_BYTES,
    encode_trailer,
    extent,
)
from trialog._format.decoding import events, index_block, index_last_words
from trialog._format.encoding import (
    encode_general,
    encode_name,
    encode_point,
    encode_points,
    encode_template,
)
from trialog._format.records import Kind
from trialog._format.values import to_number

HALF = to_number(0.5)


def points(steps, number=0):
    return b"".join(encode_point(number, HALF, step, 1) for step in steps)


def steps_of(index):
    return [record.step for record in events(index)]


@settings(deadline=None)
@given(st.data())
def test_any_block_reads_back(made_blocks, bitwise, data):
    """Every record, in order, with its offset and its bits; open or closed."""
    block = data.draw(made_blocks)
    index = block.index()
    assert index.is_closed is block.is_closed
    assert not index.damage
    assert index.stop == len(block.data)
    assert bitwise(events(index)) == bitwise(block.records)


@settings(deadline=None)
@given(st.data())
def test_a_torn_tail_costs_the_torn_record_only(made_blocks, bitwise, data):
    """Wherever an open block is cut off, what was whole is read and nothing is called damaged."""
    block = data.draw(made_blocks)
    cut = data.draw(st.integers(0, len(block.data)))
    index = index_block(block.data[:cut], extent(1), is_settled=True)
    whole = [record for record, end in zip(block.records, block.ends, strict=True) if end <= cut]
    assert not index.damage
    assert bitwise(events(index)) == bitwise(whole)


@settings(deadline=None)
@given(st.data())
def test_records_beyond_the_limit_do_not_count(made_blocks, bitwise, data):
    """After a loss of power only what lies before the last synced mark is believed."""
    block = data.draw(made_blocks)
    limit = data.draw(st.integers(0, len(block.data)))
    found = events(block.index(limit=limit))
    ends = zip(block.records, block.ends, strict=True)
    assert bitwise(found) == bitwise(record for record, end in ends if end <= limit)


@settings(deadline=None)
@given(st.data())
def test_a_closed_block_with_a_flipped_bit_is_damaged_as_a_whole(made_blocks, data):
    """Its checksum covers every byte; no value of it is passed off as good."""
    block = data.draw(made_blocks)
    assume(block.is_closed)
    region = bytearray(block.region)
    bit = data.draw(st.integers(0, (len(region) - TRAILER_BYTES) * 8 - 1))
    region[bit // 8] ^= 1 << bit % 8
    index = index_block(region, extent(1), is_settled=True)
    assert list(events(index)) == []
    assert [each[:2] for each in index.damage] == [(extent(1).start, extent(1).size)]


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40))
def test_an_unwritten_record_is_waited_for_or_damage(before, after):
    """A writer that lives may still fill a gap; one that is gone has lost a record there."""
    name = encode_name(0, "x", 1)
    gap = encode_point(0, HALF, 99, 1)[:-4] + bytes(4)
    data = name + points(range(before)) + gap + points(range(100, 100 + after))
    living = index_block(data, extent(1), is_settled=False)
    assert steps_of(living) == list(range(before))
    assert not living.damage
    settled = index_block(data, extent(1), is_settled=True)
    assert steps_of(settled) == [*range(before), *range(100, 100 + after)]
    offset = extent(1).start + len(name) + 28 * before
    assert [each[:2] for each in settled.damage] == ([(offset, 28)] if after else [])


def test_points_of_undefined_names_are_damage():
    """Numbers mean nothing in a block that does not define them; what follows is not guessed."""
    known = encode_name(0, "x", 1) + points([1])
    offset = extent(1).start + len(known)
    for record, left in (
        (encode_point(7, HALF, 1, 1), [1]),
        (encode_points(0, [HALF], 1, 1), [1]),
        (encode_template(0, [7], 1), [1, 2]),  # its length is known: what follows it is read
    ):
        index = index_block(known + record + points([2]), extent(1), is_settled=True)
        assert steps_of(index) == left
        assert [each.offset for each in index.damage] == [offset]


def test_a_number_is_defined_once():
    """The same definition again is harmless; another one under the number is damage."""
    same = encode_name(0, "x", 1) * 2 + points([1])
    index = index_block(same, extent(1), is_settled=True)
    assert (index.names, steps_of(index), index.damage) == ({0: "x"}, [1], [])
    first = encode_name(0, "x", 1)
    other = first + encode_name(0, "y", 1) + points([1])
    index = index_block(other, extent(1), is_settled=True)
    assert (index.names, steps_of(index)) == ({0: "x"}, [1])
    assert [each.offset for each in index.damage] == [extent(1).start + len(first)]


def test_a_kind_nobody_knows_ends_the_reading():
    """Its length is unknown: the rest of the block is reported, never guessed."""
    known = encode_name(0, "x", 1) + points([1])
    index = index_block(known + b"\x99\0\0\0" + points([2]), extent(1), is_settled=True)
    assert steps_of(index) == [1]
    assert [each[:2] for each in index.damage] == [(extent(1).start + len(known), 4 + 28)]


@settings(deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=5))
def test_last_words_are_facts_at_their_place(payloads):
    """Read as a block without a trailer, offsets counted in the file."""
    records = [encode_general(Kind.END, 1, payload) for payload in payloads]
    region = b"".join(records).ljust(LAST_WORDS_BYTES, b"\0")
    index = index_last_words(region)
    assert not index.damage
    assert [fact.payload for fact in index.facts] == payloads
    before = [sum(map(len, records[:count])) for count in range(len(records))]
    assert [fact.offset for fact in index.facts] == [LAST_WORDS_START + each for each in before]


def test_a_block_inside_a_trailer_may_be_shorter_than_its_extent():
    """A clean end cuts the file behind the last block's trailer."""
    data = encode_name(0, "x", 1) + points([1, 2])
    index = index_block(data + encode_trailer(len(data), crc32(data)), extent(1), is_settled=True)
    assert index.is_closed
    assert steps_of(index) == [1, 2]
