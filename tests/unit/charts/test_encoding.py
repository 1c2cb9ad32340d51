"""Charts as bytes."""

from __future__ import annotations

import numpy as np
import pytest

from trialog._charts.encoding import Encoded, decode, encode


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


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_mostly_missing_is_sent_sparse(dtype):
    """One bit for each number, and those that are there; the rest is NaN again."""
    array = np.full((7, 301), np.nan, dtype)
    array[2, 5], array[6, 300], array[0, 0] = -0.0, 1.5, np.inf
    data = encode({}, {"y": array, "center": np.zeros((1, 3), dtype)})
    header, found = decode(data)
    assert [each["layout"] for each in header["arrays"]] == ["sparse", "split"]
    assert header["arrays"][0]["bytes"] < array.nbytes / 10
    assert found["y"].tobytes() == array.tobytes()


def test_unknown_layouts_are_refused():
    """A later format is not read as this one."""
    data = encode({}, {"x": np.arange(3.0)}).replace(b'"split"', b'"spilt"')
    with pytest.raises(ValueError, match="no layout 'spilt'"):
        decode(data)


def test_other_arrays_are_refused():
    """What the format does not know is not sent."""
    with pytest.raises(ValueError, match="int64 are not sent"):
        encode({}, {"x": np.arange(3)})


def test_other_bytes_are_no_chart():
    """The first four bytes say what it is."""
    with pytest.raises(ValueError, match="no chart"):
        decode(b'{"error": {}}')


def test_packed_bytes_are_the_same():
    """What is kept compressed alone takes less, and gives what it gave."""
    data = encode({"version": "1"}, {"y": np.zeros(10_000)})
    made = Encoded(data)
    before = made.kept_bytes
    made.pack()
    assert made.kept_bytes == len(made.gzipped()) < before / 10
    assert made.data == data
