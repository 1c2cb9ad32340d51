"""Calling a codec that somebody else wrote: what is checked before and after."""

from __future__ import annotations

from trialog.codecs._media_types import is_same_media_type
from trialog.codecs._protocol import Codec, T, check_codec, codec_name
from trialog.codecs._safety import require_safe
from trialog.errors import InvalidTypeError, UsageError


def encode_with(codec: Codec[T], value: T) -> bytes:
    """The bytes of a value.

    What the codec itself raises passes through unchanged.

    Raises:
        InvalidTypeError: the codec is none, or gave something other than bytes.

    Example:
        >>> encode_with(TextCodec, "warm")
        b'warm'
    """
    data: object = check_codec(codec).encode(value)
    if isinstance(data, bytes):
        return data
    if isinstance(data, bytearray | memoryview):
        return bytes(data)
    raise InvalidTypeError(
        f"{codec_name(codec)}.encode gave {type(data).__name__} for a {type(value).__name__}; "
        "it must give bytes"
    )


def decode_with(
    codec: Codec[T], data: bytes, *, media_type: str | None = None, allow_unsafe: bool = False
) -> T:
    """The value that the bytes hold.

    What the codec itself raises passes through unchanged.

    Args:
        codec: how to read them.
        data: what :func:`encode_with` gave.
        media_type: the media type that was stored with them; None is not compared.
        allow_unsafe: whether code in the bytes may run.

    Raises:
        InvalidTypeError: the codec is none.
        UsageError: the stored media type is not the codec's.
        UnsafeCodecError: the codec is unsafe, and ``allow_unsafe`` is not True.

    Example:
        >>> decode_with(TextCodec, b"warm", media_type="text/plain")
        'warm'
    """
    checked = check_codec(codec)
    if media_type is not None and not is_same_media_type(media_type, checked.media_type):
        raise UsageError(
            f"{codec_name(codec)} reads the media type {checked.media_type!r}, "
            f"but this is {media_type!r}"
        )
    require_safe(codec, allow_unsafe)
    return checked.decode(data)
