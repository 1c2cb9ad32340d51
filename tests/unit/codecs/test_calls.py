"""Calling a codec that somebody else wrote."""

import pytest

from trialog.codecs import PickleCodec, TextCodec, decode_with, encode_with
from trialog.errors import InvalidTypeError, UnsafeCodecError, UsageError


class GivesWhatItIsGiven:
    media_type = "application/x-mine"

    @staticmethod
    def encode(value):
        return value

    @staticmethod
    def decode(data):
        return data


class Fails:
    media_type = "application/x-mine"

    @staticmethod
    def encode(value):
        raise ZeroDivisionError(value)

    decode = encode


@pytest.mark.parametrize("data", [b"ab", bytearray(b"ab"), memoryview(b"axbx")[::2]])
def test_bytes_like_results_become_bytes(data):
    """A codec may give any kind of bytes; what is stored is bytes."""
    encoded = encode_with(GivesWhatItIsGiven, data)
    assert type(encoded) is bytes
    assert encoded == b"ab"


@pytest.mark.parametrize("wrong", ["text", None, 3, [b"ab"]])
def test_an_encode_that_gives_no_bytes_is_named(wrong):
    """The message names the codec, what it gave, and for what."""
    with pytest.raises(InvalidTypeError, match=r"GivesWhatItIsGiven\.encode gave \w+ for a \w+"):
        encode_with(GivesWhatItIsGiven, wrong)


def test_what_is_no_codec_is_refused_before_anything_is_called():
    """Both directions check the codec first."""
    with pytest.raises(InvalidTypeError, match="has no media_type"):
        encode_with(object(), 1)
    with pytest.raises(InvalidTypeError, match="has no media_type"):
        decode_with(object(), b"")


def test_the_errors_of_a_codec_pass_through():
    """A codec's own error is its author's business and reaches the caller as it is."""
    with pytest.raises(ZeroDivisionError):
        encode_with(Fails, 1)
    with pytest.raises(ZeroDivisionError):
        decode_with(Fails, b"")


def test_another_media_type_is_refused():
    """Bytes of one media type are not decoded by the codec of another."""
    with pytest.raises(UsageError, match=r"TextCodec reads .* but this is 'image/png'"):
        decode_with(TextCodec, b"warm", media_type="image/png")


@pytest.mark.parametrize(
    "media_type", [None, "text/plain", "TEXT/plain; charset=UTF-8", "text/plain;charset=us-ascii"]
)
def test_the_same_media_type_in_other_words_is_taken(media_type):
    """Case, blanks and the names of UTF-8 do not matter; no media type is not compared."""
    assert decode_with(TextCodec, b"warm", media_type=media_type) == "warm"


def test_an_unsafe_codec_decodes_only_when_allowed():
    """``decode_with`` never runs code from the bytes unasked."""
    data = encode_with(PickleCodec, {1, 2})
    with pytest.raises(UnsafeCodecError, match="allow_unsafe=True"):
        decode_with(PickleCodec, data)
    assert decode_with(PickleCodec, data, allow_unsafe=True) == {1, 2}
