"""Records to bytes: in the narrowest form that holds them, sealed, in whole words."""

from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._format.encoding import (
    doubles,
    encode_general,
    encode_name,
    encode_point,
    encode_points,
    encode_template,
)
from trialog._format.records import MAX_PAYLOAD_BYTES, WORD, Kind, make_word
from trialog._format.values import to_number

TABLE = [
    (0.5, 0, False, Kind.POINT),
    (0.5, 2**31 - 1, False, Kind.POINT),
    (0.5, -(2**31), False, Kind.POINT),
    (2**53, 0, False, Kind.POINT),
    (0.5, None, False, Kind.POINT_AUTO),
    (0.5, 2**31, False, Kind.POINT_WIDE),
    (0.5, -(2**31) - 1, False, Kind.POINT_WIDE),
    (2**53 + 1, 0, False, Kind.POINT_WIDE),
    (2**64 - 1, None, False, Kind.POINT_WIDE),
    (0.5, 0, True, Kind.POINT_WIDE),
    (0.5, None, True, Kind.POINT_WIDE),
]
CALL_KINDS = {
    Kind.POINT: Kind.POINTS,
    Kind.POINT_AUTO: Kind.POINTS_AUTO,
    Kind.POINT_WIDE: Kind.POINTS_WIDE,
}


@pytest.mark.parametrize("value,step,continued,kind", TABLE)
def test_a_point_takes_the_narrowest_record(value, step, continued, kind):
    """Wide only for steps of more than 32 bits, exact integers and calls in parts."""
    record = encode_point(5, to_number(value), step, 1, continued=continued)
    assert WORD.unpack_from(record) == (make_word(kind, 5),)
    assert record[:4] == record[-4:]


@pytest.mark.parametrize("value,step,continued,kind", TABLE)
def test_a_call_takes_the_narrowest_record(value, step, continued, kind):
    """One value that needs the wide form is enough."""
    values = [to_number(0.5), to_number(value)]
    record = encode_points(5, values, step, 1, continued=continued)
    assert WORD.unpack_from(record) == (make_word(CALL_KINDS[kind], 5),)
    assert WORD.unpack(record[-4:]) == (crc32(record[:-4]),)


@settings(deadline=None)
@given(st.binary(max_size=40), st.integers(-(2**63), 2**63 - 1))
def test_a_payload_record_ends_with_its_checksum(payload, time_ns):
    """Head, payload and padding are all under it."""
    record = encode_general(Kind.EDIT, time_ns, payload)
    assert record[12:].startswith(payload)
    assert WORD.unpack(record[-4:]) == (crc32(record[:-4]),)
    assert len(record) % 4 == 0


def test_a_payload_too_long_is_refused():
    """It should have become a blob; one byte less is taken."""
    assert encode_general(Kind.VALUE, 1, bytes(MAX_PAYLOAD_BYTES))
    with pytest.raises(ValueError, match=f"{MAX_PAYLOAD_BYTES + 1} bytes"):
        encode_general(Kind.VALUE, 1, bytes(MAX_PAYLOAD_BYTES + 1))


def test_definitions_are_records_with_a_payload():
    """A name's number and its text; a template's number and those of its names."""
    assert encode_name(7, "é", 2) == encode_general(Kind.NAME, 2, b"\7\0\0\0\xc3\xa9")
    template = encode_general(Kind.TEMPLATE, 2, b"\1\0\0\0\7\0\0\0\0\1\0\0")
    assert encode_template(1, [7, 256], 2) == template


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False), max_size=9))
def test_doubles_pack_so_many(values):
    """8 bytes for each, in order."""
    packed = doubles(len(values)).pack(*values)
    assert len(packed) == 8 * len(values)
    assert list(doubles(len(values)).unpack(packed)) == values
