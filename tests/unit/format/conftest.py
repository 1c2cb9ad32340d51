"""Blocks of any content, and what a reader must find in them."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from zlib import crc32

import pytest
from hypothesis import strategies as st

from trialog._format.blocks import TRAILER_BYTES, encode_trailer, extent
from trialog._format.decoding import Call, Fact, index_block
from trialog._format.encoding import (
    encode_general,
    encode_name,
    encode_point,
    encode_points,
    encode_template,
)
from trialog._format.records import Kind
from trialog._format.values import MAX_SIGNED, MAX_UNSIGNED, MIN_SIGNED, to_number

EXTENT = extent(1)
NUMBERS = st.integers(0, 2**24 - 1)
TIMES = st.integers(MIN_SIGNED, MAX_SIGNED)
STEPS = st.none() | st.integers(0, 9) | TIMES
VALUES = (st.floats() | st.integers(MIN_SIGNED, MAX_UNSIGNED)).map(to_number)
FACT_KINDS = st.sampled_from([Kind.START, Kind.PARAMETERS, Kind.VALUE, Kind.EDIT, Kind.HEARTBEAT])
REPEATS = st.sampled_from([1, 1, 2, 15, 16, 17, 130])  # stretches alike are counted at once


@dataclass(frozen=True)
class MadeBlock:
    """A block, what a reader must find in it, and where each of that ends."""

    data: bytes
    is_closed: bool
    records: tuple[Call | Fact, ...]
    ends: tuple[int, ...]

    @property
    def region(self):
        """The block's bytes as they stand in the file."""
        if not self.is_closed:
            return self.data
        filled = self.data.ljust(EXTENT.size - TRAILER_BYTES, b"\0")
        return filled + encode_trailer(len(self.data), crc32(filled))

    def index(self, **options):
        return index_block(self.region, EXTENT, **({"is_settled": True} | options))


@st.composite
def made_block(draw):
    names = draw(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4, unique=True))
    places = st.integers(0, len(names) - 1)
    groups = draw(st.lists(st.lists(places, min_size=1, unique=True), min_size=1, max_size=3))
    numbers = draw(st.lists(NUMBERS, min_size=4, max_size=4, unique=True))
    data = b"".join(encode_name(numbers[place], name, 0) for place, name in enumerate(names))
    for place, members in enumerate(groups):
        data += encode_template(numbers[place], [numbers[each] for each in members], 0)
    records, ends = [], []
    for _ in range(draw(st.integers(0, 6))):
        time_ns = draw(TIMES)
        what = draw(st.sampled_from(["point", "points", "fact"]))
        if what == "fact":
            kind, payload = draw(FACT_KINDS), draw(st.binary(max_size=9))
            records.append(Fact(EXTENT.start + len(data), kind, time_ns, payload))
            data += encode_general(kind, time_ns, payload)
            ends.append(len(data))
            continue
        place = draw(places if what == "point" else st.integers(0, len(groups) - 1))
        members = [place] if what == "point" else groups[place]
        values = draw(st.lists(VALUES, min_size=len(members), max_size=len(members)))
        step, continued = draw(STEPS), draw(st.booleans())
        given = values[0] if what == "point" else values
        encode = encode_point if what == "point" else encode_points
        record = encode(numbers[place], given, step, time_ns, continued=continued)
        found = tuple(names[each] for each in members), tuple(each.value for each in values)
        for _ in range(draw(REPEATS)):
            offset = EXTENT.start + len(data)
            records.append(Call(offset, time_ns, *found, step, continued))
            data += record
            ends.append(len(data))
    return MadeBlock(data, draw(st.booleans()), tuple(records), tuple(ends))


@pytest.fixture(scope="session")
def made_blocks():
    """A strategy: any block that a writer may make."""
    return made_block()


def exactly(record):
    """A record in a form that compares by bits and types: NaN equals itself, -0.0 is not 0.0."""
    if isinstance(record, Fact):
        return record
    values = tuple(
        struct.pack("<d", value) if isinstance(value, float) else value for value in record.values
    )
    return record._replace(values=values)


@pytest.fixture(scope="session")
def bitwise():
    """Makes records comparable by their bits."""
    return lambda records: [exactly(record) for record in records]
