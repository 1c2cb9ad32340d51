"""Charts as bytes."""

from __future__ import annotations

import numpy as np
import pytest

from trialog._charts.encoding import decode, encode


def test_a_chart_comes_back():
    """Header and arrays are what was encoded, each array where a multiple of 8 bytes begins."""
    arrays = {
        "x": np.arange(3.0),
        "y": np.array([[1, np.nan, -0.0]], np.float32),
        "breaks": np.array([[5]], np.uint8),
        "empty": np.empty((0, 3), np.uint32),
    }
    data = encode({"name": "é"}, arrays)
    header, found = decode(data)
    assert header["name"] == "é"
    for name, array in arrays.items():
        assert found[name].tobytes() == array.tobytes()
        assert found[name].shape == array.shape
    assert all(each["offset"] % 8 == 0 for each in header["arrays"])
    assert len(data) % 8 == 0


@pytest.mark.parametrize("padding", range(12))
def test_offsets_are_right_for_headers_of_any_length(padding):
    """Where the offsets have one digit more, the header grows, and they are still right."""
    array = np.arange(5.0)
    header, found = decode(encode({"a": "x" * (padding + 875)}, {"one": array, "two": array}))
    assert (found["two"] == array).all()
    assert header["arrays"][1]["offset"] == header["arrays"][0]["offset"] + 40


def test_other_arrays_are_refused():
    """What the format does not know is not sent."""
    with pytest.raises(ValueError, match="int64 are not sent"):
        encode({}, {"x": np.arange(3)})


def test_other_bytes_are_no_chart():
    """The first four bytes say what it is."""
    with pytest.raises(ValueError, match="no chart"):
        decode(b'{"error": {}}')
