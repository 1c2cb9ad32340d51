"""Bytes as they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialog.codecs import BytesCodec
from trialog.errors import InvalidTypeError


@given(st.binary())
def test_bytes_of_every_kind_come_back_as_bytes(data):
    """bytes, bytearray and memoryview give the same bytes, and always bytes."""
    for kind in (bytes, bytearray, memoryview):
        encoded = BytesCodec.encode(kind(data))
        decoded = BytesCodec.decode(encoded)
        assert type(encoded) is type(decoded) is bytes
        assert decoded == data


def test_a_bytearray_is_copied():
    """What the caller does to it later does not reach what was encoded."""
    data = bytearray(b"ab")
    encoded = BytesCodec.encode(data)
    data[0] = 0
    assert encoded == b"ab"


def test_a_memoryview_with_gaps_is_taken_in_its_own_order():
    """Only what the view shows is kept."""
    assert BytesCodec.encode(memoryview(b"abcdef")[::-2]) == b"fdb"


@pytest.mark.parametrize("wrong", ["text", 3, None, [1, 2], np.zeros(2)])
def test_what_is_not_bytes_like_is_refused(wrong):
    """Numbers and arrays have codecs of their own: ``bytes(3)`` would be three nulls."""
    with pytest.raises(InvalidTypeError, match="BytesCodec takes bytes, a bytearray or a memory"):
        BytesCodec.encode(wrong)
