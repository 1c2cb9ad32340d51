"""JSON that loses nothing."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialog.codecs import JsonCodec
from trialog.errors import InvalidTypeError, UsageError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(VALUES)
def test_every_json_value_comes_back(value):
    """Infinities, integers of any size and keys that begin with ``$`` included."""
    assert JsonCodec.decode(JsonCodec.encode(value)) == value


@pytest.mark.parametrize(
    "value, again",
    [
        ((1, 2), [1, 2]),
        ({1: "a"}, {"1": "a"}),
        (np.float32(0.5), 0.5),
        (np.int64(2**62 + 1), 2**62 + 1),
        ({"a": [np.bool_(True)]}, {"a": [True]}),
    ],
)
def test_what_json_has_no_word_for_becomes_its_nearest(value, again):
    """Tuples become lists, keys text, and scalars of numpy plain numbers."""
    assert JsonCodec.decode(JsonCodec.encode(value)) == again


def test_nan_and_the_sign_of_zero_are_kept():
    """The two that equality cannot see."""
    nan, zero = JsonCodec.decode(JsonCodec.encode([math.nan, -0.0]))
    assert math.isnan(nan)
    assert math.copysign(1, zero) == -1


@pytest.mark.parametrize(
    "value, words",
    [
        ({"a": [1, {2}]}, r"the value\['a'\]\[1\] is a builtins.set"),
        ([b"bytes"], r"the value\[0\] is a builtins.bytes"),
        (np.zeros(2), "the value is a numpy.ndarray"),
        ({"w": {"deep": object()}}, r"the value\['w'\]\['deep'\] is a builtins.object"),
    ],
)
def test_what_is_not_json_is_refused_by_place(value, words):
    """The message says where in the value it stands, and of what type it is."""
    with pytest.raises(InvalidTypeError, match=words):
        JsonCodec.encode(value)


@pytest.mark.parametrize("data", [b"", b"{", b"NaN", b"\xff", b"[1,]"])
def test_bytes_that_are_not_json_are_refused(data):
    """With the parser's reason."""
    with pytest.raises(UsageError, match="JsonCodec reads JSON, and these bytes are not"):
        JsonCodec.decode(data)
