"""Pickle, for whoever asks for it."""

import collections
import pickle
import threading

import pytest

from trialog.codecs import PickleCodec
from trialog.errors import InvalidTypeError, UsageError

Point = collections.namedtuple("Point", "x y")  # noqa: PYI024  # what many programs pickle


@pytest.mark.parametrize("value", [{1, 2}, 3 + 4j, range(5), collections.Counter("abca"), slice(2)])
def test_python_objects_come_back(value):
    """What no other codec takes can be kept by the one that takes all."""
    again = PickleCodec.decode(PickleCodec.encode(value))
    assert again == value
    assert type(again) is type(value)


def test_the_protocol_is_fixed():
    """A newer Python writes bytes that an older one reads, and that deduplicate."""
    assert PickleCodec.encode([1]) == pickle.dumps([1], protocol=5)


@pytest.mark.parametrize("value", [lambda: 1, threading.Lock(), (n for n in "ab")])
def test_what_cannot_be_pickled_is_refused(value):
    """The message names the type and keeps pickle's reason; the cause stays attached."""
    with pytest.raises(
        InvalidTypeError, match=f"a .*{type(value).__name__} cannot be pickled: .+"
    ) as e:
        PickleCodec.encode(value)
    assert e.value.__cause__ is not None


@pytest.mark.parametrize("data", [b"", b"garbage", pickle.dumps([1] * 100)[:-5]])
def test_bytes_that_are_no_pickle_are_refused(data):
    """Cut short or foreign, they are named as such."""
    with pytest.raises(UsageError, match="PickleCodec reads pickles, and these bytes are not"):
        PickleCodec.decode(data)
