"""JSON documents that somebody else wrote: read field by field, and refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

import orjson

from trialog.errors import IntegrityError

MAX_INTEGER = 2**63 - 1
_MAX_SHOWN = 120
Item = TypeVar("Item")


def shown(value: object) -> str:
    """A value as a message shows it: bounded, and on one line."""
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"


class Fields:
    """The fields of one JSON object, taken out by name and kind.

    What a document holds beside the fields that are asked for is left alone.
    """

    def __init__(self, value: object, where: str) -> None:
        """Look at a value.

        Args:
            value: what should be an object.
            where: what it is, for messages: "layers[3] of the manifest".

        Raises:
            IntegrityError: it is no object.
        """
        if not isinstance(value, dict):
            raise IntegrityError(f"{where} is {shown(value)}, not a JSON object")
        self._members: dict[str, Any] = value
        self.where = where

    @classmethod
    def parse(cls, data: bytes, where: str, limit_bytes: int) -> Self:
        """The object that JSON text holds.

        Raises:
            IntegrityError: the text is too long, is no JSON, says a key twice, or is no object.
        """
        if len(data) > limit_bytes:
            raise IntegrityError(f"{where} has {len(data)} bytes; at most {limit_bytes} are read")
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise IntegrityError(f"{where} is not JSON: {error}") from None
        try:
            is_plain = orjson.dumps(value) == data
        except orjson.JSONEncodeError:
            raise IntegrityError(f"{where} is nested too deeply") from None
        if not is_plain:  # what comes out again as it went in says no key twice
            _refuse_duplicates(data, where)
        return cls(value, where)

    def __contains__(self, name: str) -> bool:
        """Whether the field is there, and not null."""
        return self._members.get(name) is not None

    def wrong(self, name: str, wanted: str) -> IntegrityError:
        """The error that a field is not what it should be."""
        if name not in self._members:
            return IntegrityError(f"{self.where} has no {name!r}, which should be {wanted}")
        found = shown(self._members[name])
        return IntegrityError(f"{name!r} of {self.where} is {found}, not {wanted}")

    def text(self, name: str) -> str:
        """A field of text."""
        value = self._members.get(name)
        if not isinstance(value, str):
            raise self.wrong(name, "text")
        return value

    def text_or_none(self, name: str) -> str | None:
        """A field of text that may be null or absent."""
        return self.text(name) if name in self else None

    def integer(self, name: str, least: int = 0, most: int = MAX_INTEGER) -> int:
        """A field that is an integer in a range, its ends included."""
        value = self._members.get(name)
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(name, f"an integer from {least} to {most}")
        return value

    def integer_or_none(self, name: str, least: int = 0) -> int | None:
        """A field that is an integer in a range, null or absent."""
        return self.integer(name, least) if name in self else None

    def texts(self, name: str) -> Mapping[str, str]:
        """A field that maps text to text; empty where it is null or absent."""
        value = self._members[name] if name in self else {}
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            raise self.wrong(name, "an object of texts")
        return value

    def words(self, name: str) -> list[str]:
        """A field that is a list of texts."""
        value = self.items(name)
        if not all(isinstance(one, str) for one in value):
            raise self.wrong(name, "a list of texts")
        return value

    def items(self, name: str, most: int | None = None) -> list[Any]:
        """A field that is a list.

        Args:
            name: the field.
            most: how many items it may have.
        """
        value = self._members.get(name)
        if not isinstance(value, list):
            raise self.wrong(name, "a list")
        if most is not None and len(value) > most:
            raise IntegrityError(
                f"{name!r} of {self.where} has {len(value)} items; at most {most} are read"
            )
        return value

    def raw(self, name: str) -> Any:
        """A field as it is; None where it is absent."""
        return self._members.get(name)

    def each(
        self, name: str, read: Callable[[object, str], Item], most: int | None = None
    ) -> list[Item]:
        """What a function makes of each item of a list, with what the item is called."""
        return [
            read(item, f"{name}[{index}] of {self.where}")
            for index, item in enumerate(self.items(name, most))
        ]


def _refuse_duplicates(data: bytes, where: str) -> None:
    def check(pairs: list[tuple[str, Any]]) -> None:
        names = set()
        for name, _ in pairs:
            if name in names:
                raise IntegrityError(f"{where} says the key {shown(name)} twice in one object")
            names.add(name)

    try:
        json.loads(data, object_pairs_hook=check)
    except (RecursionError, ValueError) as error:
        raise IntegrityError(f"{where} is not JSON that can be read: {error}") from None
