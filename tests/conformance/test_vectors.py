"""The bytes of docs/reference/journal.md, in both directions."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path
from zlib import crc32

import pytest

from trialog._format.blocks import TRAILER_BYTES, Extent, encode_trailer, extent, extents
from trialog._format.decoding import Call, Fact, events, index_block
from trialog._format.encoding import (
    encode_general,
    encode_name,
    encode_point,
    encode_points,
    encode_template,
)
from trialog._format.records import Kind
from trialog._format.values import to_number

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
DEFINITIONS = (
    encode_name(0, "loss", 1) + encode_name(1, "val/acc", 2) + encode_template(0, (0, 1), 3)
)


def number(text):
    return to_number(float(text) if isinstance(text, str) else text)


def encode(vector):
    what = vector["record"]
    step = vector.get("step")
    continued = vector.get("continued", False)
    if what == "point":
        value = number(vector["values"][0])
        return encode_point(0, value, step, vector["time_ns"], continued=continued)
    if what == "points":
        values = [number(value) for value in vector["values"]]
        return encode_points(0, values, step, vector["time_ns"], continued=continued)
    return encode_general(Kind[what], vector["time_ns"], vector["payload"].encode())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_record_is_written_as_the_format_says(vector):
    """Encoding gives the bytes of the vector."""
    assert encode(vector).hex() == vector["bytes"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_record_is_read_as_the_format_says(vector):
    """Decoding the vector's bytes gives its values, with their IEEE bits."""
    data = DEFINITIONS + bytes.fromhex(vector["bytes"])
    (found,) = events(index_block(data, extent(0), is_settled=True))
    assert found.time_ns == vector["time_ns"]
    if isinstance(found, Fact):
        assert (found.kind.name, found.payload.decode()) == (vector["record"], vector["payload"])
        return
    assert isinstance(found, Call)
    assert found.step == vector.get("step")
    assert found.continued == vector.get("continued", False)
    assert found.names == ("loss", "val/acc")[: len(vector["values"])]
    for value, wanted in zip(found.values, vector["values"], strict=True):
        expected = float(wanted) if isinstance(wanted, str) else wanted
        if isinstance(expected, float) or math.isnan(value):
            assert struct.pack("<d", value) == struct.pack("<d", expected)
        else:
            assert value == expected


def sample() -> bytes:
    """A small closed block with records of every layout."""
    data = encode_general(Kind.START, 5, b'{"run":"r"}') + DEFINITIONS
    data += b"".join(bytes.fromhex(vector["bytes"]) for vector in VECTORS)
    return data


def closed(data: bytes) -> bytes:
    return data + encode_trailer(len(data), crc32(data))


def read(data: bytes, *, is_settled: bool = True):
    found, damage = [], []
    for block in extents(len(data)):
        index = index_block(data[block.start : block.stop], block, is_settled=is_settled)
        found += events(index)
        damage += index.damage
    return found, damage


def test_a_journal_cut_at_any_byte_gives_a_prefix_of_its_records():
    """A torn tail is not corruption: what was whole is read, and nothing is invented."""
    data = closed(sample())
    whole, damage = read(data)
    assert not damage
    assert len(whole) == len(VECTORS) + 1
    first = whole[1].offset - len(DEFINITIONS)  # the start record is followed by definitions
    ends = [first, *(record.offset for record in whole[2:]), len(sample())]
    for cut in range(len(data)):
        found, damage = read(data[:cut], is_settled=False)
        assert not damage
        assert [repr(each) for each in found] == [repr(each) for each in whole[: len(found)]]
        assert len(found) == sum(end <= cut for end in ends)


def test_a_flipped_bit_in_a_closed_block_is_always_found():
    """Whatever bit changes, the block is reported or its values are exactly what was written."""
    data = closed(sample())
    whole, _ = read(data)
    trailer = len(data) - TRAILER_BYTES
    for at in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            index = index_block(bytes(changed), Extent(0, 0, len(data)), is_settled=True)
            if at < trailer:
                assert index.damage
                assert not list(events(index))
            else:
                # the trailer itself: the block counts as not closed, its records stand alone
                assert not index.is_closed
                assert [repr(each) for each in events(index)][: len(whole)] == [
                    repr(each) for each in whole
                ]


def test_a_damaged_block_is_skipped_and_the_next_one_is_read():
    """Blocks lie at fixed places and define their own names: one bad block costs only itself."""
    first = sample()
    first += bytes(extent(0).size - TRAILER_BYTES - len(first))
    first += encode_trailer(len(sample()), crc32(first))
    second = closed(DEFINITIONS + encode_point(0, to_number(0.5), 7, 9))
    data = bytearray(first + bytes(extent(1).start - len(first)) + second)
    data[100] ^= 1
    found, damage = read(bytes(data))
    assert [(each.offset, each.size) for each in damage] == [(0, extent(0).size)]
    assert [(each.names, each.step, each.values) for each in found] == [(("loss",), 7, (0.5,))]
