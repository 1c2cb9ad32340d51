"""JSON that keeps NaN, infinities and integers of any size."""

from __future__ import annotations

from typing import Any, ClassVar

from trialog._format.values import dump_json, load_json
from trialog.codecs._refusals import unreadable


class JsonCodec:
    """None, bool, numbers, text, lists and mappings, in the JSON that ``log_json`` writes.

    Tuples come back as lists and keys as text, as in all JSON; numpy and torch scalars come back
    as plain numbers.

    Example:
        >>> JsonCodec.decode(JsonCodec.encode({"loss": float("nan"), "big": 2**70, "t": (1, 2)}))
        {'loss': nan, 'big': 1180591620717411303424, 't': [1, 2]}
    """

    media_type: ClassVar[str] = "application/json"
    filename_suffix: ClassVar[str] = ".json"

    @staticmethod
    def encode(value: Any) -> bytes:
        """UTF-8 JSON text.

        Raises:
            InvalidTypeError: something inside is not JSON; the message names where and the type.
        """
        return dump_json(value, "the value")

    @staticmethod
    def decode(data: bytes) -> Any:
        """The value.

        Raises:
            UsageError: the bytes are not JSON.
        """
        try:
            return load_json(data)
        except ValueError as error:
            raise unreadable(JsonCodec, "JSON", error) from error
