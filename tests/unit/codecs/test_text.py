"""Text as UTF-8."""

import enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialog.codecs import TextCodec
from trialog.errors import InvalidTypeError, UsageError


class Colour(enum.StrEnum):
    RED = "red"


@given(st.text())
def test_every_text_comes_back(text):
    """Line ends, nulls, byte order marks and characters beyond the BMP included."""
    assert TextCodec.decode(TextCodec.encode(text)) == text


@pytest.mark.parametrize(
    "text, data",
    [
        ("", b""),
        ("warm\r\n", b"warm\r\n"),
        ("\ufeffx", b"\xef\xbb\xbfx"),
        ("kühl 🌡", "kühl 🌡".encode()),
        (Colour.RED, b"red"),
    ],
)
def test_text_is_written_as_utf8(text, data):
    """The bytes are what any other program reads as text."""
    assert TextCodec.encode(text) == data


@pytest.mark.parametrize("wrong", [b"bytes", None, 3, ["a"]])
def test_what_is_no_text_is_refused(wrong):
    """The message names the codec and the type."""
    with pytest.raises(
        InvalidTypeError, match=f"TextCodec takes a str, not a {type(wrong).__name__}"
    ):
        TextCodec.encode(wrong)


def test_a_lone_surrogate_is_refused():
    """It stands for no character, and could not be read back."""
    with pytest.raises(InvalidTypeError, match="lone surrogate at position 2"):
        TextCodec.encode("ab\udcff")


@pytest.mark.parametrize("data", [b"\xff", "kühl".encode("latin-1"), b"\xed\xa0\x80"])
def test_bytes_that_are_not_utf8_are_refused(data):
    """They are never guessed at or replaced."""
    with pytest.raises(UsageError, match="TextCodec reads UTF-8, and these bytes are not"):
        TextCodec.decode(data)
