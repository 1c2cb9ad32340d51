"""Bytes as they are."""

from __future__ import annotations

from typing import ClassVar

from trialog.codecs._refusals import not_taken


class BytesCodec:
    r"""``bytes``, ``bytearray`` or ``memoryview``; always ``bytes`` when it comes back.

    Example:
        >>> BytesCodec.decode(BytesCodec.encode(bytearray(b"\x00\xff")))
        b'\x00\xff'
    """

    media_type: ClassVar[str] = "application/octet-stream"
    filename_suffix: ClassVar[str] = ".bin"

    @staticmethod
    def encode(value: bytes | bytearray | memoryview) -> bytes:
        """The bytes, copied unless they are bytes already.

        Raises:
            InvalidTypeError: not bytes-like.
        """
        if not isinstance(value, bytes | bytearray | memoryview):
            raise not_taken(BytesCodec, value, "bytes, a bytearray or a memoryview")
        return bytes(value)

    @staticmethod
    def decode(data: bytes) -> bytes:
        """The bytes."""
        return bytes(data)
