"""The two errors that every codec here raises, in one wording."""

from __future__ import annotations

from trialog.codecs._origin import type_name
from trialog.errors import InvalidTypeError, UsageError


def not_taken(codec: type, value: object, takes: str, instead: str = "") -> InvalidTypeError:
    """The codec does not take values of this type.

    Args:
        codec: who refuses.
        value: what was given.
        takes: what it takes, with an article ("a str").
        instead: what to do instead, where the type alone does not say it.
    """
    hint = f"; {instead}" if instead else ""
    return InvalidTypeError(f"{codec.__name__} takes {takes}, not a {type_name(value)}{hint}")


def unreadable(codec: type, form: str, error: Exception) -> UsageError:
    """The bytes are not in the codec's form: they were written by another, or are damaged."""
    return UsageError(f"{codec.__name__} reads {form}, and these bytes are not: {error}")
