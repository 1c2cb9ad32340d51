"""Media types as texts."""

import pytest

from trialog.codecs._media_types import is_same_media_type, parse_media_type


@pytest.mark.parametrize(
    "text, essence, charset",
    [
        ("text/plain", "text/plain", ""),
        ("Text/Plain;charset=utf-8", "text/plain", "utf-8"),
        (' text/plain ; format=flowed; Charset = "UTF-8" ', "text/plain", "utf-8"),
        ("text/plain;charset", "text/plain", ""),
        ("", "", ""),
        (";;;", "", ""),
    ],
)
def test_a_media_type_has_an_essence_and_a_charset(text, essence, charset):
    """Other parameters, blanks, quotes and case are no matter; nothing is too odd to parse."""
    assert parse_media_type(text) == (essence, charset)


@pytest.mark.parametrize(
    "left, right, is_same",
    [
        ("image/png", "IMAGE/PNG", True),
        ("image/png", "image/jpeg", False),
        ("text/plain", "text/plain;charset=utf8", True),
        ("text/plain;charset=latin-1", "text/plain", False),
        ("text/plain;charset=latin-1", "text/plain; charset=Latin-1", True),
    ],
)
def test_media_types_are_compared_by_what_decides_the_reading(left, right, is_same):
    """The same essence and the same charset, all names of UTF-8 being one."""
    assert is_same_media_type(left, right) is is_same
    assert is_same_media_type(right, left) is is_same
