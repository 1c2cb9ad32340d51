"""Which codec a value gets, and which one reads a media type."""

import collections
import dataclasses
import decimal
import enum
import fractions
import types

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from trialog import codecs
from trialog.codecs import (
    BytesCodec,
    JsonCodec,
    MatplotlibCodec,
    NumpyCodec,
    PandasCodec,
    PickleCodec,
    PillowCodec,
    SvgFigureCodec,
    TextCodec,
    codec_for,
    codec_for_media_type,
)
from trialog.errors import InvalidTypeError


class Colour(enum.StrEnum):
    RED = "red"


class Frame(pd.DataFrame):
    pass


@dataclasses.dataclass
class Config:
    lr: float = 0.1


class OnlyFloat:
    def __float__(self):
        return 0.5


class OnlyIndex:
    def __index__(self):
        return 5


class OnlyArray:
    def __array__(self, dtype=None, copy=None):
        return np.zeros(2)


def tensor():
    return type("Tensor", (), {"__module__": "torch"})()


@pytest.mark.parametrize(
    "value, codec",
    [
        ("text", TextCodec),
        (Colour.RED, TextCodec),
        (np.str_("text"), TextCodec),
        (b"bytes", BytesCodec),
        (bytearray(b"bytes"), BytesCodec),
        (memoryview(b"bytes"), BytesCodec),
        (np.bytes_(b"bytes"), BytesCodec),
        (None, JsonCodec),
        (True, JsonCodec),
        (3, JsonCodec),
        (2**100, JsonCodec),
        (0.5, JsonCodec),
        (decimal.Decimal("0.5"), JsonCodec),
        (fractions.Fraction(1, 2), JsonCodec),
        (OnlyFloat(), JsonCodec),
        (OnlyIndex(), JsonCodec),
        ([1, [2]], JsonCodec),
        ((1, 2), JsonCodec),
        ({"a": 1}, JsonCodec),
        (collections.OrderedDict(a=1), JsonCodec),
        (types.MappingProxyType({"a": 1}), JsonCodec),
        (np.float64(0.5), JsonCodec),
        (np.float32(0.5), JsonCodec),
        (np.int8(5), JsonCodec),
        (np.bool_(True), JsonCodec),
        (np.complex64(1j), NumpyCodec),
        (np.complex128(1j), NumpyCodec),
        (np.datetime64("2024-01-01", "ns"), NumpyCodec),
        (np.timedelta64(5, "ns"), NumpyCodec),
        (np.zeros(2), NumpyCodec),
        (np.array(0.5), NumpyCodec),
        (np.zeros(2).view(np.recarray), NumpyCodec),
        (np.ma.array([1]), NumpyCodec),
        (tensor(), NumpyCodec),
        (pd.DataFrame({"a": [1]}), PandasCodec),
        (pd.Series([1]), PandasCodec),
        (Frame({"figure": [1]}), PandasCodec),
        (Image.new("L", (1, 1)), PillowCodec),
        (Figure(), MatplotlibCodec),
        (Figure().subplots(), MatplotlibCodec),
        (types.SimpleNamespace(figure=Figure()), MatplotlibCodec),
    ],
)
def test_a_value_gets_the_codec_of_its_type(value, codec):
    """Subclasses and scalars of numpy too; an array is an array even with a single value."""
    assert codec_for(value) is codec


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="no more than a double here")
def test_a_scalar_beyond_a_double_is_kept_as_an_array():
    """JSON would round it."""
    assert codec_for(np.longdouble("0.1")) is NumpyCodec


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        frozenset(),
        3j,
        range(3),
        lambda: 1,
        dict,
        Config(),
        pd.Index([1]),
        pd.NaT,
        pd.Timestamp("2024-01-01"),
        OnlyArray(),
        types.SimpleNamespace(figure="not one"),
        (n for n in "ab"),
    ],
)
def test_other_values_are_refused(value):
    """The message names the type and how to log it all the same; pickle is never chosen."""
    with pytest.raises(InvalidTypeError) as e:
        codec_for(value)
    text = str(e.value)
    assert type(value).__qualname__ in text
    assert "log_with_codec(PickleCodec, name, value)" in text


def test_what_offers_itself_as_an_array_is_told_so():
    """It may know more than its numbers (labels, units), so turning it into them is asked for."""
    with pytest.raises(InvalidTypeError, match=r"or log numpy\.asarray\(value\)"):
        codec_for(OnlyArray())


@pytest.mark.parametrize(
    "media_type, codec",
    [
        ("text/plain", TextCodec),
        ("Text/Plain; charset=UTF-8", TextCodec),
        ("text/plain;charset=us-ascii", TextCodec),
        ("text/plain;charset=latin-1", None),
        ("application/json", JsonCodec),
        ("application/geo+json", JsonCodec),
        ("application/octet-stream", BytesCodec),
        ("application/vnd.numpy", NumpyCodec),
        ("application/vnd.apache.parquet", PandasCodec),
        ("image/png", PillowCodec),
        ("image/svg+xml", SvgFigureCodec),
        ("application/x-python-pickle", PickleCodec),
        ("image/jpeg", None),
        ("text/csv", None),
        ("", None),
        ("no such thing", None),
    ],
)
def test_a_media_type_gets_the_codec_that_reads_it(media_type, codec):
    """And None where there is none, however odd the text."""
    assert codec_for_media_type(media_type) is codec


@pytest.mark.parametrize("name", codecs.__all__)
def test_every_codec_here_has_a_reader(name):
    """What one of them writes, ``codec_for_media_type`` finds a codec to read."""
    media_type = getattr(getattr(codecs, name), "media_type", None)
    if isinstance(media_type, str):
        assert codec_for_media_type(media_type) is not None
