"""Configurations of every kind become flat names and scalars."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import enum
import functools
import pathlib
from collections import OrderedDict, namedtuple
from decimal import Decimal
from fractions import Fraction

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from omegaconf import OmegaConf

from trialog._tracking.parameters import flatten, flatten_one, to_scalar
from trialog.errors import InvalidTypeError, UsageError

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
PARTS = st.text("abc", min_size=1, max_size=2)
TREES = st.recursive(
    SCALARS, lambda inner: st.dictionaries(PARTS, inner, min_size=1, max_size=3), max_leaves=8
)


@dataclasses.dataclass
class Model:
    depth: int = 3
    act: str = "relu"


@attrs.define
class Optimiser:
    lr: float = 0.1


class Pydantic:
    """As pydantic's models give their content."""

    def model_dump(self):
        return {"depth": 3, "inner": {"x": 1}}


class Namespace:
    """As other parsers call what argparse calls so."""

    def __init__(self):
        self.lr = 0.1


class Odd(enum.Enum):
    PLAIN = "plain"
    NUMBER = 3
    OBJECT = object()


class Level(enum.IntEnum):
    HIGH = 3


Pair = namedtuple("Pair", "left right")  # noqa: PYI024 # what users have


@pytest.mark.parametrize(
    "config,flat",
    [
        ({}, {}),
        ({"a": {"b": {"c": 1}}}, {"a/b/c": 1}),
        ({"a": {}}, {"a": "{}"}),
        ({"a": {"b": {}}}, {"a/b": "{}"}),
        ({1: "x", None: "y"}, {"1": "x", "None": "y"}),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (
            argparse.Namespace(lr=0.1, model=Model()),
            {"lr": 0.1, "model/depth": 3, "model/act": "relu"},
        ),
        (Namespace(), {"lr": 0.1}),
        (Model(), {"depth": 3, "act": "relu"}),
        ({"optimiser": Optimiser()}, {"optimiser/lr": 0.1}),
        (Pair(1, Model()), {"left": 1, "right/depth": 3, "right/act": "relu"}),
        (Pydantic(), {"depth": 3, "inner/x": 1}),
        (
            OmegaConf.create({"a": {"b": 1}, "c": "${a.b}", "d": [1, 2]}),
            {"a/b": 1, "c": 1, "d": "[1,2]"},
        ),
        ({"list": [Model(), {"x": (1,)}]}, {"list": '[{"depth":3,"act":"relu"},{"x":[1]}]'}),
        ({"list": OmegaConf.create([1, {"a": 2}])}, {"list": '[1,{"a":2}]'}),
        ({"array": np.array([[1, 2]])}, {"array": "[[1,2]]"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_configurations_of_every_kind_become_flat(config, flat):
    """Nested names join with a slash, in order; lists are JSON, empty mappings stay visible."""
    good, bad = flatten(config)
    assert list(good.items()) == list(flat.items())
    assert bad == []


@settings(deadline=None)
@given(st.dictionaries(PARTS, TREES, max_size=4))
def test_every_leaf_has_the_name_of_its_path(tree):
    """No leaf is lost and none is made up; its value is itself."""

    def leaves(value, path):
        if not isinstance(value, dict):
            yield "/".join(path), value
            return
        for key, each in value.items():
            yield from leaves(each, [*path, key])

    good, bad = flatten(tree)
    assert bad == []
    assert repr(good) == repr(dict(leaves(tree, [])))


@pytest.mark.parametrize(
    "value,scalar",
    [
        (True, True),
        (2**100, 2**100),
        (None, None),
        (np.float32(0.5), 0.5),
        (np.str_("s"), "s"),
        (np.array(3), 3),
        (Decimal("0.1"), 0.1),
        (Fraction(1, 4), 0.25),
        (Odd.PLAIN, "plain"),
        (Odd.NUMBER, 3),
        (Odd.OBJECT, "OBJECT"),
        (Level.HIGH, 3),
        (pathlib.PurePosixPath("/a/b"), "/a/b"),
        (datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), "2026-01-02T00:00:00+00:00"),
        (datetime.time(1, 2), "01:02:00"),
        (datetime.timedelta(milliseconds=1500), 1.5),
        (len, "builtins.len"),
        (Model, f"{__name__}.Model"),
        (str.upper, "str.upper"),
        (np.dtype("float32"), "float32"),
        ({3, 1, 2}, "[1,2,3]"),
        ((1, (2, None)), "[1,[2,null]]"),
        ([], "[]"),
        ([pathlib.PurePosixPath("/a"), Odd.PLAIN], '["/a","plain"]'),
        ([float("nan")], '[{"$float":"NaN"}]'),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_each_kind_of_value_has_one_form(value, scalar):
    """The table of the module's docstring."""
    found = to_scalar("p", value)
    assert found == scalar
    assert type(found) is type(scalar)


def test_one_value_may_make_several():
    """A single parameter that is a mapping."""
    assert flatten_one("model", {"depth": 3, "act": "relu"}) == (
        {"model/depth": 3, "model/act": "relu"},
        [],
    )


@pytest.mark.parametrize("config", [3, "lr=0.1", None, [("lr", 0.1)], Model, object(), 0.5])
def test_what_is_no_configuration(config):
    """The message says what is."""
    with pytest.raises(InvalidTypeError, match="log_parameters takes a mapping"):
        flatten(config)


@pytest.mark.parametrize(
    "value,says",
    [
        (object(), "parameter 'bad' is a builtins.object, which is no scalar"),
        (1j, "parameter 'bad' is a builtins.complex"),
        (b"x", "parameter 'bad' is a builtins.bytes"),
        ([object()], "parameter 'bad' is a builtins.object"),
        ("a\ud800", "parameter 'bad' holds a lone surrogate at position 1"),
        (Decimal("1e400"), "parameter 'bad': Decimal('1E+400') is too large"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_bad_value_is_named_and_the_good_ones_kept(value, says):
    """A batch does not die of one value."""
    good, (error,) = flatten({"lr": 0.1, "bad": value, "n": 3})
    assert good == {"lr": 0.1, "n": 3}
    assert says in str(error)


def test_a_bad_name_is_reported_too():
    """And the others are kept."""
    good, bad = flatten({"": 1, "a\nb": 2, "x": 3})
    assert good == {"x": 3}
    assert ["parameter name" in str(error) for error in bad] == [True, True]


def test_what_holds_itself_is_not_followed_for_ever():
    """A mapping and a list; what stands beside them is kept."""
    config = {"lr": 0.1}
    config["self"] = config
    good, bad = flatten(config)
    assert good["lr"] == 0.1
    assert any("nested more than 50 deep" in str(error) for error in bad)
    endless = []
    endless.append(endless)
    with pytest.raises(UsageError, match="nested more than 50 deep"):
        to_scalar("p", endless)


def test_a_partial_is_no_surprise():
    """What has no form of its own says so rather than show an address."""
    with pytest.raises(InvalidTypeError, match="functools.partial"):
        to_scalar("p", functools.partial(len))
