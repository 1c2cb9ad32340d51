"""Values to bytes and back: no bit of a number, no kind of JSON is lost."""

from __future__ import annotations

import math
import struct
from collections import OrderedDict
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trialog._format.records import TYPE_FLOAT, TYPE_SIGNED, TYPE_UNSIGNED
from trialog._format.values import (
    MAX_EXACT,
    MAX_SIGNED,
    MAX_UNSIGNED,
    MIN_SIGNED,
    dump_json,
    load_json,
    to_number,
    to_plain,
    writable_text,
)
from trialog.errors import InvalidTypeError, UsageError

KEYS = st.sampled_from(["$int", "$float", "$object", "$blob", "$", ""]) | st.text(max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


class Colour(StrEnum):
    RED = "red"


class Indexed:
    def __index__(self):
        return 7


class Floating:
    def __float__(self):
        return 0.5


class Refusing:
    def __float__(self):
        raise ValueError("no number today")


class Reading:
    def __init__(self, value):
        self.item = lambda: value


@pytest.mark.parametrize(
    "given,kind,value",
    [
        (0.1, TYPE_FLOAT, 0.1),
        (True, TYPE_FLOAT, 1.0),
        (3, TYPE_FLOAT, 3.0),
        (MAX_EXACT, TYPE_FLOAT, float(MAX_EXACT)),
        (-MAX_EXACT, TYPE_FLOAT, -float(MAX_EXACT)),
        (MAX_EXACT + 1, TYPE_SIGNED, MAX_EXACT + 1),
        (-MAX_EXACT - 1, TYPE_SIGNED, -MAX_EXACT - 1),
        (MIN_SIGNED, TYPE_SIGNED, MIN_SIGNED),
        (MAX_SIGNED, TYPE_SIGNED, MAX_SIGNED),
        (MAX_SIGNED + 1, TYPE_UNSIGNED, MAX_SIGNED + 1),
        (MAX_UNSIGNED, TYPE_UNSIGNED, MAX_UNSIGNED),
    ],
)
def test_a_number_is_a_double_or_64_exact_bits(given, kind, value):
    """Only integers that a double cannot hold are kept as integers."""
    number = to_number(given)
    assert number == (kind, value)
    assert type(number.value) is type(value)


@pytest.mark.parametrize("given", [MIN_SIGNED - 1, MAX_UNSIGNED + 1, 2**10_000])
def test_an_integer_of_more_than_64_bits_stays_one(given):
    """It is no point; who asked decides what becomes of it."""
    assert to_number(given) == given


@settings(deadline=None)
@given(st.integers(MIN_SIGNED, MAX_UNSIGNED))
def test_every_integer_of_64_bits_is_exact(value):
    """Whatever it is kept as, it is the same number."""
    assert int(to_number(value).value) == value


@settings(deadline=None)
@given(st.binary(min_size=8, max_size=8))
def test_a_double_keeps_its_bits(bits):
    """NaNs of every kind, both zeros, infinities, subnormal numbers."""
    (value,) = struct.unpack("<d", bits)
    assert struct.pack("<d", to_number(value).value) == bits


@pytest.mark.parametrize(
    "given,plain",
    [
        (True, True),
        (7, 7),
        (Decimal("0.1"), 0.1),
        (Decimal("-Infinity"), -math.inf),
        (Fraction(1, 3), 1 / 3),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(False), False),
        (np.array(3), 3),
        (np.array([[2.5]]), 2.5),
        (Indexed(), 7),
        (Floating(), 0.5),
        (Reading(9), 9),
        # no numbers
        (None, None),
        ("1", None),
        (b"1", None),
        (1j, None),
        ([1], None),
        ({"a": 1}, None),
        (np.array([1, 2]), None),
        (np.array([]), None),
        (int, None),
        (Indexed, None),
        (Refusing(), None),
        (Reading("text"), None),
        (object(), None),
    ],
    ids=repr,
)
def test_a_number_is_known_by_its_manners(given, plain):
    """Scalars of other houses are Python's; several values, text and types are no number."""
    found = to_plain(given)
    assert found == plain
    assert type(found) is type(plain)


@pytest.mark.parametrize("given", [Decimal("NaN"), Decimal("sNaN")])
def test_a_decimal_that_is_no_number_is_nan(given):
    """The signalling one too, though Python's own float() refuses it."""
    assert math.isnan(to_plain(given))


@pytest.mark.parametrize("given", [Decimal("1e400"), Fraction(10**400), -Fraction(10**400)])
def test_what_is_too_large_for_a_double_is_refused(given):
    """An infinity that nobody logged would be a wrong value."""
    with pytest.raises(UsageError, match="too large for a 64-bit float"):
        to_plain(given)


@pytest.mark.parametrize("ask", [to_plain, lambda given: dump_json({given: 1}, "it")])
def test_numbers_of_thousands_of_digits_are_refused_in_our_words(ask):
    """Python does not convert them to text; the caller still gets an error of ours."""
    if ask is to_plain:
        with pytest.raises(UsageError, match="too large for a 64-bit float"):
            ask(Fraction(10**5000))
    else:
        assert load_json(ask(10**5000)) == {hex(10**5000): 1}


@settings(deadline=None)
@given(JSON)
@example(math.nan)
@example(-0.0)
@example(2**64)
@example(-(2**63) - 1)
@example({"$int": "1"})
@example({"$object": {"$float": "NaN"}})
@example([{"$": None}, {"$int": 1, "b": 2}])
def test_any_json_comes_back_equal(value):
    """NaN, infinities, integers of any size and keys that look like tags included, in order."""
    assert repr(load_json(dump_json(value, "it"))) == repr(value)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("bits", [9_998, 9_999, 10_000, 40_000])
def test_an_integer_of_any_length_comes_back(sign, bits):
    """Beyond what Python converts to decimal digits, too."""
    value = {"n": [sign * 2**bits]}
    assert load_json(dump_json(value, "it")) == value


@settings(deadline=None)
@given(JSON)
def test_what_is_written_is_plain_json(value):
    """Any program can read it; only tags stand for what JSON does not have."""
    assert orjson.dumps(orjson.loads(dump_json(value, "it"))) == dump_json(value, "it")


@pytest.mark.parametrize(
    "given,kept",
    [
        ((1, (2,)), [1, [2]]),
        ({1: "a", 2.5: "b", None: "c"}, {"1": "a", "2.5": "b", "null": "c"}),
        ({False: 0, True: 1}, {"false": 0, "true": 1}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (Colour.RED, "red"),
        ({Colour.RED: Colour.RED}, {"red": "red"}),
        (np.float64(0.5), 0.5),
        ([np.int8(3), Decimal("0.5"), np.nan], [3, 0.5, math.nan]),
        ({"a": np.bool_(True)}, {"a": True}),
    ],
    ids=repr,
)
def test_what_is_like_json_becomes_json(given, kept):
    """Tuples are lists, keys are text, numbers are numbers by their manners."""
    assert repr(load_json(dump_json(given, "it"))) == repr(kept)


@pytest.mark.parametrize(
    "given,kept", [("plain é", "plain é"), ("a\ud800b", "a\\ud800b"), ("\udcff", "\\udcff")]
)
def test_any_text_can_be_made_writable(given, kept):
    """What is no Unicode text is told as an escape; all else stays as it is."""
    assert writable_text(given) == kept
    assert load_json(dump_json(writable_text(given), "it")) == kept


def nested(depth):
    value = 0
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "given,says",
    [
        (object(), "it is a builtins.object, which is not JSON"),
        ({"a": [0, {1, 2}]}, r"it['a'][1] is a builtins.set"),
        (b"bytes", "it is a builtins.bytes"),
        (1j, "it is a builtins.complex"),
        ({"k": {(1, 2): 3}}, "it['k'] has the key (1, 2) (tuple); keys must be text"),
        (["a\ud800"], "it[0] holds a lone surrogate at position 1"),
        ({"\ud800": 1}, "a key of it holds a lone surrogate at position 0"),
        (nested(202), "is nested more than 200 deep"),
        (np.array([1, 2]), "it is a numpy.ndarray"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_not_json_is_named(given, says):
    """The message says where it stands and what it is."""
    with pytest.raises(InvalidTypeError) as caught:
        dump_json(given, "it")
    assert says in str(caught.value)


def test_deep_but_not_too_deep():
    """200 levels come back; a value that holds itself is refused, not followed for ever."""
    assert load_json(dump_json(nested(200), "it")) == nested(200)
    endless = []
    endless.append(endless)
    with pytest.raises(InvalidTypeError, match="more than 200 deep"):
        dump_json(endless, "it")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"NaN",
        b"\xff",
        b'{"$int": 5}',
        b'{"$int": "five"}',
        b'{"$float": 1.5}',
        b'{"$float": "x"}',
        b'{"$object": []}',
    ],
)
def test_bytes_that_dump_json_never_writes(data):
    """A reader is told by one kind of error, whatever is the matter."""
    with pytest.raises(ValueError, match=r"."):
        load_json(data)
