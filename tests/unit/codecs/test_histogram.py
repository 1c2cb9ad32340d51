"""Histograms: made of raw values, given as counts, kept as JSON."""

import math

import numpy as np
import pytest

from trialog.codecs import Histogram, HistogramCodec, JsonCodec, codec_for, codec_for_media_type
from trialog.errors import InvalidTypeError, UsageError


def test_raw_values_are_counted():
    """As numpy counts them."""
    values = np.random.default_rng(0).normal(size=(100, 7))
    made = Histogram.of(values, bins=10)
    counts, edges = np.histogram(values, 10)
    assert made == Histogram(counts, edges)
    assert made.total == 700


def test_what_is_no_number_is_counted_apart():
    """NaN and infinities lie in no bin, and none of them is lost."""
    made = Histogram.of([1.0, 2.0, math.nan, math.inf, -math.inf], bins=2)
    assert (made.total, made.nan_count, made.infinity_count) == (2, 1, 2)
    assert Histogram.of([math.nan] * 3).total == 0


@pytest.mark.parametrize("values", [[True, False], np.array([1, 2], "uint8"), [2**40, 2**41]])
def test_numbers_of_every_kind_are_taken(values):
    """Booleans and integers too."""
    assert Histogram.of(values, bins=2).total == 2


def test_a_tensor_is_taken_as_an_array_is():
    """Whatever offers itself as an array."""

    class Offers:
        def __array__(self, dtype=None, copy=None):
            return np.arange(4.0)

    assert Histogram.of(Offers(), bins=4).counts == (1, 1, 1, 1)


def test_a_histogram_comes_back_equal():
    """Counts stay whole, edges keep every bit."""
    made = Histogram([3, 2**60], [0.1, 0.2, 1 / 3], nan_count=4, infinity_count=1)
    again = HistogramCodec.decode(HistogramCodec.encode(made))
    assert again == made
    assert [type(count) for count in again.counts] == [int, int]


def test_what_numpy_gives_is_a_histogram():
    """And a pair of arrays of other lengths is not."""
    pair = np.histogram([1, 2, 2, 3], bins=2)
    assert codec_for(pair) is HistogramCodec
    assert HistogramCodec.decode(HistogramCodec.encode(pair)) == Histogram(*pair)
    assert codec_for((np.zeros(3), np.zeros(3))) is JsonCodec
    assert codec_for((1, 2)) is JsonCodec
    assert codec_for_media_type(HistogramCodec.media_type) is HistogramCodec


@pytest.mark.parametrize(
    "counts, edges, said",
    [
        ([], [0], "1 to 100,000 bins"),
        ([1], [0], "between 2 edges, not 1"),
        ([1, 2], [0, 1, 1], "must ascend"),
        ([1], [0, math.inf], "must be finite"),
        ([math.nan], [0, 1], "must be finite"),
    ],
)
def test_what_is_no_histogram_is_refused(counts, edges, said):
    """Where it is made, not where it is drawn."""
    with pytest.raises(UsageError, match=said):
        Histogram(counts, edges)


def test_wrong_types_are_refused():
    """With what to do instead."""
    with pytest.raises(InvalidTypeError, match="counts must be numbers, not 'a'"):
        Histogram(["a"], [0, 1])
    with pytest.raises(InvalidTypeError, match="takes numbers, not an array of <U1"):
        Histogram.of(["a"])
    with pytest.raises(InvalidTypeError, match=r"Histogram.of\(values\) makes one"):
        HistogramCodec.encode([1, 2])
    with pytest.raises(UsageError, match="these bins cannot be"):
        Histogram.of([1.0], bins=0)


@pytest.mark.parametrize("data", [b"", b"[1]", b"{}", b'{"counts": [1], "edges": [0]}', b"3"])
def test_other_bytes_are_refused(data):
    """A UsageError."""
    with pytest.raises(UsageError, match="HistogramCodec reads histograms"):
        HistogramCodec.decode(data)
