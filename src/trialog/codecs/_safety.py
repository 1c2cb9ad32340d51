"""Codecs whose bytes can run code: only for readers who say that they trust the writer."""

from __future__ import annotations

from typing import Any

from trialog.codecs._protocol import Codec, codec_name
from trialog.errors import UnsafeCodecError


def is_unsafe(codec: Codec[Any]) -> bool:
    """Whether decoding with this codec can run code that is in the bytes.

    Example:
        >>> is_unsafe(PickleCodec), is_unsafe(NumpyCodec)
        (True, False)
    """
    return bool(getattr(codec, "is_unsafe", False))


def require_safe(codec: Codec[Any], allow_unsafe: bool) -> None:
    """Refuse to go on with an unsafe codec that nobody has allowed.

    Args:
        codec: what is about to decode.
        allow_unsafe: what the caller said.

    Raises:
        UnsafeCodecError: the codec is unsafe and ``allow_unsafe`` is not True itself (a truthy
            value that slipped into the argument is no permission).

    Example:
        >>> require_safe(NumpyCodec, allow_unsafe=False)
        >>> require_safe(PickleCodec, allow_unsafe=True)
    """
    if is_unsafe(codec) and allow_unsafe is not True:
        raise UnsafeCodecError(
            f"{codec_name(codec)} runs code from the bytes it decodes; if you trust whoever logged "
            "them, pass allow_unsafe=True; the bytes themselves can be read without decoding"
        )
