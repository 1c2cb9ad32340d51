"""Any picklable object, for readers who trust the writer."""

from __future__ import annotations

import pickle
from typing import Any, ClassVar

from trialog.codecs._origin import type_name
from trialog.codecs._refusals import unreadable
from trialog.errors import InvalidTypeError

_PROTOCOL = 5  # fixed: the same object gives the same bytes under a newer Python, too


class PickleCodec:
    """Python's own format. Unsafe: whoever wrote the bytes decides what decoding runs.

    No value is ever pickled unasked, and readers have to pass ``allow_unsafe=True``. Reading also
    needs the classes importable, at versions that still understand each other: prefer a codec
    whose format outlives the program.

    Example:
        >>> PickleCodec.decode(PickleCodec.encode({1, 2}))
        {1, 2}
    """

    media_type: ClassVar[str] = "application/x-python-pickle"
    filename_suffix: ClassVar[str] = ".pickle"
    is_unsafe: ClassVar[bool] = True

    @staticmethod
    def encode(value: Any) -> bytes:
        """The pickle, protocol 5.

        Raises:
            InvalidTypeError: the object, or one inside it, cannot be pickled.
        """
        try:
            return pickle.dumps(value, protocol=_PROTOCOL)
        except (pickle.PicklingError, AttributeError, TypeError, RecursionError) as error:
            raise InvalidTypeError(
                f"a {type_name(value)} cannot be pickled: {str(error) or type(error).__name__}"
            ) from error

    @staticmethod
    def decode(data: bytes) -> Any:
        """The object. This runs code that the bytes name: see ``require_safe``.

        Raises:
            UsageError: the bytes are not a pickle, or only the beginning of one.
        """
        try:
            return pickle.loads(data)  # noqa: S301  # is_unsafe: readers have opted in
        except (pickle.UnpicklingError, EOFError) as error:
            raise unreadable(PickleCodec, "pickles", error) from error
