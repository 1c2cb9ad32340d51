"""Text as UTF-8."""

from __future__ import annotations

from typing import ClassVar

from trialog.codecs._refusals import not_taken, unreadable
from trialog.errors import InvalidTypeError


class TextCodec:
    r"""``str`` as UTF-8; every character comes back, line ends as they were.

    Example:
        >>> TextCodec.decode(TextCodec.encode("warm\r\nkühl"))
        'warm\r\nkühl'
    """

    media_type: ClassVar[str] = "text/plain;charset=utf-8"
    filename_suffix: ClassVar[str] = ".txt"

    @staticmethod
    def encode(value: str) -> bytes:
        """UTF-8, with no byte order mark.

        Raises:
            InvalidTypeError: not a str, or a lone surrogate is in it, which is no Unicode text.
        """
        if not isinstance(value, str):
            raise not_taken(TextCodec, value, "a str")
        try:
            return value.encode()
        except UnicodeEncodeError as error:
            raise InvalidTypeError(
                f"the text holds a lone surrogate at position {error.start}, which is not Unicode "
                "text; if it came from a file name, log os.fsencode(name) with BytesCodec"
            ) from None

    @staticmethod
    def decode(data: bytes) -> str:
        """The text.

        Raises:
            UsageError: the bytes are not UTF-8.
        """
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError as error:
            raise unreadable(TextCodec, "UTF-8", error) from error
