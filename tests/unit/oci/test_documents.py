"""JSON documents of others: what is wrong is refused, and named."""

from __future__ import annotations

import pytest

from trialog._oci.documents import Fields, shown
from trialog.errors import IntegrityError

WHERE = "the paper"


def fields(**members):
    return Fields(members, WHERE)


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "the paper is not JSON"),
        (b"{", "the paper is not JSON"),
        (b"[]", r"the paper is \[\], not a JSON object"),
        (b'{"a": NaN}', "the paper is not JSON"),
        (b'"\xff"', "the paper is not JSON"),
        (b'{"a": "\\ud800"}', "the paper is not JSON"),
        (b'{"a":1,"a":1}', "the paper says the key 'a' twice in one object"),
        (b'{"a": [{"b": 1, "c": 2, "b": 3}]}', "the paper says the key 'b' twice"),
        (b'{"a":"\\u0061","\\u0061":1}', "the paper says the key 'a' twice"),
        (b'{"a":' + b"[" * 300 + b"]" * 300 + b"}", "the paper is nested too deeply"),
        (b"[" * 100_000, "the paper is not JSON: depth limit"),
        (b'{"a":"' + b"x" * 1000 + b'"}', "the paper has 1008 bytes; at most 1000 are read"),
    ],
)
def test_text_that_is_no_document(data, message):
    """It is refused before any field is looked at."""
    limit = 1000 if b"x" * 1000 in data else 1 << 20
    with pytest.raises(IntegrityError, match=message):
        Fields.parse(data, WHERE, limit)


@pytest.mark.parametrize(
    "data", [b'{"a":1}', b' {"a" : 1,\n"b":1.50} ', b'{"a":12345678901234567890123}']
)
def test_documents_of_any_manner(data):
    """Spaces, line ends, odd numbers: whatever JSON is."""
    assert "a" in Fields.parse(data, WHERE, 1000)


@pytest.mark.parametrize(
    "value, call",
    [
        (1, lambda one: one.text("x")),
        (None, lambda one: one.text("x")),
        (["a"], lambda one: one.text_or_none("x")),
        ("1", lambda one: one.integer("x")),
        (True, lambda one: one.integer("x")),
        (1.0, lambda one: one.integer("x")),
        (-1, lambda one: one.integer("x")),
        (2**63, lambda one: one.integer("x")),
        (0, lambda one: one.integer("x", least=1)),
        (-1, lambda one: one.integer_or_none("x")),
        ({"a": 1}, lambda one: one.texts("x")),
        (["a"], lambda one: one.texts("x")),
        ({}, lambda one: one.items("x")),
        (None, lambda one: one.items("x")),
        (["a", 1], lambda one: one.words("x")),
    ],
)
def test_a_field_of_another_kind(value, call):
    """The message names the field, the document, and what stands there."""
    with pytest.raises(IntegrityError) as caught:
        call(fields(x=value))
    assert str(caught.value).startswith(f"'x' of the paper is {shown(value)}, not ")


def test_a_field_that_is_absent():
    """It is said to be absent, not null."""
    with pytest.raises(IntegrityError, match="the paper has no 'x', which should be text"):
        fields().text("x")


def test_what_may_be_absent():
    """Null and absent are one."""
    for given in (fields(x=None), fields()):
        assert given.text_or_none("x") is None
        assert given.integer_or_none("x") is None
        assert given.texts("x") == {}
        assert "x" not in given


def test_items_are_bounded_and_named():
    """An item that is wrong is named by its place."""
    with pytest.raises(IntegrityError, match="'x' of the paper has 3 items; at most 2 are read"):
        fields(x=[1, 2, 3]).items("x", 2)
    with pytest.raises(IntegrityError, match=r"x\[1\] of the paper is 7, not a JSON object"):
        fields(x=[{}, 7]).each("x", Fields)


def test_what_is_shown_is_bounded():
    """A message never holds a whole document."""
    assert len(shown("x" * 10_000)) < 200
