"""The layout of records: their words, and their lengths."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._format.encoding import encode_general, encode_point, encode_points
from trialog._format.records import (
    GENERAL_KINDS,
    MAX_NUMBER,
    MAX_PAYLOAD_BYTES,
    POINT_KINDS,
    POINTS_KINDS,
    WORD,
    Kind,
    make_word,
    padding,
    record_bytes,
)
from trialog._format.values import MAX_UNSIGNED, to_number

WIDE_STEP = 2**40


def test_every_kind_is_of_one_sort():
    """A kind is a point's, a call's, a payload's, or the trailer's."""
    sorts = [POINT_KINDS, POINTS_KINDS, GENERAL_KINDS, {Kind.TRAILER}]
    assert sorted(kind for sort in sorts for kind in sort) == sorted(Kind)


@settings(deadline=None)
@given(st.sampled_from(Kind), st.integers(0, MAX_NUMBER))
def test_a_word_holds_kind_and_number(kind, number):
    """Low 8 bits and high 24; never 0, which means that nothing was written."""
    word = make_word(kind, number)
    assert (word & 0xFF, word >> 8) == (kind, number)
    assert word
    assert WORD.unpack(WORD.pack(word)) == (word,)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_padding_brings_a_size_to_whole_words(size):
    """With as few bytes as possible."""
    assert (size + padding(size)) % 4 == 0
    assert 0 <= padding(size) < 4


@settings(deadline=None)
@given(st.sampled_from(sorted(GENERAL_KINDS)), st.binary(max_size=200))
def test_a_payload_record_is_as_long_as_it_says(kind, payload):
    """Its length follows from its first word alone."""
    assert len(encode_general(kind, 1, payload)) == record_bytes(kind, len(payload))


def test_the_largest_payload_fits_the_length_of_a_word():
    """Even the longest record says its own length."""
    assert MAX_PAYLOAD_BYTES <= MAX_NUMBER
    record = encode_general(Kind.VALUE, 1, bytes(MAX_PAYLOAD_BYTES))
    assert len(record) == record_bytes(Kind.VALUE, MAX_PAYLOAD_BYTES)


@pytest.mark.parametrize(
    "kind,value,step,length",
    [
        (Kind.POINT, 0.5, 3, 28),
        (Kind.POINT_AUTO, 0.5, None, 28),
        (Kind.POINT_WIDE, 0.5, WIDE_STEP, 36),
        (Kind.POINT_WIDE, MAX_UNSIGNED, None, 36),
    ],
)
def test_the_length_of_a_point(kind, value, step, length):
    """The same for all points of a kind, whatever their number."""
    record = encode_point(MAX_NUMBER, to_number(value), step, 1)
    assert record[0] == kind
    assert len(record) == record_bytes(kind, MAX_NUMBER) == length


@settings(deadline=None)
@given(st.sampled_from([(Kind.POINTS, 0.5, 3), (Kind.POINTS_AUTO, 0.5, None)]), st.integers(1, 60))
def test_the_length_of_a_call(made, names):
    """20 bytes and 8 for each name."""
    kind, value, step = made
    record = encode_points(0, [to_number(value)] * names, step, 1)
    assert record[0] == kind
    assert len(record) == record_bytes(kind, 0, names) == 20 + 8 * names


@settings(deadline=None)
@given(st.integers(1, 60))
def test_the_length_of_a_wide_call(names):
    """28 bytes and 9 for each name, to whole words."""
    record = encode_points(0, [to_number(2**60)] * names, 0, 1)
    assert record[0] == Kind.POINTS_WIDE
    size = 24 + 9 * names
    assert len(record) == record_bytes(Kind.POINTS_WIDE, 0, names) == size + padding(size) + 4
