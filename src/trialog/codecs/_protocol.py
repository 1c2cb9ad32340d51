"""What a codec is, and the check that something is one."""

from __future__ import annotations

import inspect
import re
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from trialog.errors import InvalidTypeError

T = TypeVar("T")
_MISSING = object()
_SUFFIX = re.compile(r"(\.[A-Za-z0-9_+-]+)+")
_MEMBERS = (
    "a codec is a class or an object with media_type (text), encode(value) -> bytes and "
    "decode(bytes) -> value"
)


class AttachmentCodec(Protocol[T]):
    """How objects of one type become bytes of one media type, and objects again.

    Written as a class with static or class methods (never instantiated, OMMX's manner), or as an
    object with attributes and methods of these names. Three more members are optional:
    ``filename_suffix`` (``".npy"``; none if left out), ``is_unsafe`` (``True`` where decoding can
    run code that is in the bytes; ``False`` if left out), and ``takes(value)``, by which
    ``log_value`` picks a codec that another package has registered.

    Example:
        >>> class CelsiusCodec:
        ...     media_type = "text/x-celsius"
        ...
        ...     @staticmethod
        ...     def encode(value: float) -> bytes:
        ...         return f"{value!r} C".encode()
        ...
        ...     @staticmethod
        ...     def decode(data: bytes) -> float:
        ...         return float(data.decode().removesuffix(" C"))
        >>> check_codec(CelsiusCodec).decode(CelsiusCodec.encode(36.6))
        36.6
    """

    @property
    def media_type(self) -> str:
        """The media type of the bytes; may not be empty."""
        ...

    def encode(self, value: T, /) -> bytes:
        """Bytes from which :meth:`decode` makes an equal object."""
        ...

    def decode(self, data: bytes, /) -> T:
        """The object that was encoded."""
        ...


Codec: TypeAlias = AttachmentCodec[T] | type[AttachmentCodec[T]]
"""A codec as users pass it: an object, or a class that is used as it is."""


def check_codec(codec: Codec[T]) -> AttachmentCodec[T]:
    """Give the codec back if it is one.

    Args:
        codec: a class or an object.

    Returns:
        The same object; a class is typed as what its members make it, a codec.

    Raises:
        InvalidTypeError: a member is missing or wrong; the message names codec and member.

    Example:
        >>> check_codec(TextCodec).media_type
        'text/plain;charset=utf-8'
    """
    _check_text(codec, "media_type", getattr(codec, "media_type", _MISSING))
    for member in ("encode", "decode"):
        _check_method(codec, member, getattr(codec, member, _MISSING))
    suffix = getattr(codec, "filename_suffix", "")
    if not isinstance(suffix, str) or (suffix and not _SUFFIX.fullmatch(suffix)):
        raise _wrong(codec, f"filename_suffix must be text like '.npy', not {suffix!r}")
    unsafe = getattr(codec, "is_unsafe", False)
    if not isinstance(unsafe, bool):
        raise _wrong(codec, f"is_unsafe must be True or False, not {unsafe!r}")
    return cast("AttachmentCodec[T]", codec)


def filename_suffix(codec: Codec[Any]) -> str:
    """What a file of this codec's bytes is called at its end; no text if the codec does not say.

    Example:
        >>> filename_suffix(NumpyCodec)
        '.npy'
    """
    return str(getattr(codec, "filename_suffix", ""))


def codec_name(codec: object) -> str:
    """What to call a codec in a message: its class."""
    return codec.__qualname__ if isinstance(codec, type) else type(codec).__qualname__


def _check_text(codec: object, member: str, value: object) -> None:
    if value is _MISSING:
        raise _wrong(codec, f"it has no {member}; {_MEMBERS}")
    if not isinstance(value, str):
        hint = "; pass an instance" if isinstance(codec, type) and _is_descriptor(value) else ""
        raise _wrong(codec, f"{member} must be text, not {type(value).__name__}{hint}")
    if not value.strip() or not value.isascii() or not value.isprintable():
        raise _wrong(codec, f"{member} must be printable ASCII like 'text/csv', not {value!r}")


def _check_method(codec: object, member: str, value: object) -> None:
    if value is _MISSING:
        raise _wrong(codec, f"it has no {member}; {_MEMBERS}")
    if not callable(value):
        raise _wrong(codec, f"{member} must be a function, not {type(value).__name__}")
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        return  # built-in functions may have none to look at
    try:
        signature.bind(object())
    except TypeError:
        hint = "; make it static, or pass an instance" if isinstance(codec, type) else ""
        raise _wrong(codec, f"{member}{signature} must take one argument{hint}") from None


def _is_descriptor(value: object) -> bool:
    return hasattr(type(value), "__get__")


def _wrong(codec: object, what: str) -> InvalidTypeError:
    return InvalidTypeError(f"{codec_name(codec)} is not a codec: {what}")
