"""Media types as texts: ``type/subtype;parameter=value``."""

from __future__ import annotations

from typing import NamedTuple

_UTF8 = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})  # ASCII is UTF-8


class MediaType(NamedTuple):
    """The two parts that decide how bytes are read."""

    essence: str
    charset: str

    @property
    def is_utf8(self) -> bool:
        """Whether text of this type can be read as UTF-8; where none is named, it can."""
        return self.charset in _UTF8


def parse_media_type(text: str) -> MediaType:
    """The parts of a media type, in lower case.

    Example:
        >>> parse_media_type('Text/Plain; charset="UTF-8"')
        MediaType(essence='text/plain', charset='utf-8')
    """
    essence, *parameters = text.split(";")
    charset = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip("\"'").lower()
    return MediaType(essence.strip().lower(), charset)


def is_same_media_type(left: str, right: str) -> bool:
    """Whether bytes of the one can be read as the other: case and UTF-8's names are no matter."""
    one, other = parse_media_type(left), parse_media_type(right)
    same_charset = one.charset == other.charset or (one.is_utf8 and other.is_utf8)
    return one.essence == other.essence and same_charset
