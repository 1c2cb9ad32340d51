"""Values to bytes and back: numbers with their bits, and JSON that loses nothing.

Plain JSON has no NaN, no infinity and (in orjson) no integer beyond 64 bits; these are written as
tagged objects, ``{"$float": "NaN"}`` and ``{"$int": "36893488147419103232"}``. An object of one
key that begins with ``$`` is written as ``{"$object": {…}}``, so that no value is mistaken.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import orjson

from trialog._format.records import TYPE_FLOAT, TYPE_SIGNED, TYPE_UNSIGNED
from trialog._names import shown
from trialog.errors import InvalidTypeError, UsageError

MAX_EXACT = 2**53  # every integer up to here is a double
MIN_SIGNED, MAX_SIGNED, MAX_UNSIGNED = -(2**63), 2**63 - 1, 2**64 - 1
_MAX_DEPTH = 200
# what a conversion to a number may raise in somebody's class
_FAILURES = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
_DECIMAL_BITS = 10_000  # Python bounds conversions to decimal digits


class Number(NamedTuple):
    """The value of a point: a double, or a 64-bit integer that a double cannot hold."""

    type: int
    value: float


def to_number(value: object) -> Number | int | None:
    """The number that a value is: see :func:`to_plain`.

    Returns:
        A Number; an int where it has more than 64 bits; None where the value is no number.

    Raises:
        UsageError: a Decimal or Fraction too large for a double.
    """
    plain = value if type(value) is float else to_plain(value)
    if isinstance(plain, float):
        return Number(TYPE_FLOAT, plain)
    if isinstance(plain, int):
        return _from_int(plain)
    return None


def to_plain(value: object) -> bool | int | float | None:
    """The Python bool, int or float that a value is, with its bits; None where it is no number.

    Takes int, float, bool, Decimal, Fraction, and whatever else is a number by its manners:
    numpy and torch scalars (``item()``), objects with ``__index__`` or ``__float__``.

    Raises:
        UsageError: a Decimal or Fraction too large for a double.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Decimal | Fraction):
        return _from_exact(value)
    return _by_manners(value)


def to_double(value: object) -> float | None:
    """The double that a value is, by the quick ways; None where :func:`to_number` must look.

    Takes floats, bools, integers that a double holds exactly, and 0-dimensional numpy and torch
    values of these.
    """
    if isinstance(value, float):
        return float(value)
    if isinstance(value, int):
        return float(value) if -MAX_EXACT <= value <= MAX_EXACT else None
    try:
        if value.ndim != 0 or hasattr(value, "mask"):  # type: ignore[attr-defined]
            return None
        plain = value.item()  # type: ignore[attr-defined]
    except _FAILURES:
        return None
    if type(plain) is float:
        return plain
    if type(plain) in (int, bool) and -MAX_EXACT <= plain <= MAX_EXACT:
        return float(plain)
    return None


def to_doubles(values: Collection[Any]) -> Collection[float] | None:
    """The doubles that values are, by the quick ways; None where one of them is none.

    Comparing with NaN may give the wrong extremes, but never ones that let a large integer pass.
    """
    kinds = {*map(type, values)}
    if all(issubclass(kind, float) for kind in kinds):
        return values
    if all(issubclass(kind, float | int) for kind in kinds):
        return values if min(values) >= -MAX_EXACT and max(values) <= MAX_EXACT else None
    doubles: list[float] = []
    for value in values:
        double = to_double(value)
        if double is None:
            return None
        doubles.append(double)
    return doubles


def _from_int(value: int) -> Number | int:
    if -MAX_EXACT <= value <= MAX_EXACT:
        return Number(TYPE_FLOAT, float(value))
    if MIN_SIGNED <= value <= MAX_SIGNED:
        return Number(TYPE_SIGNED, value)
    if 0 <= value <= MAX_UNSIGNED:
        return Number(TYPE_UNSIGNED, value)
    return value


def _from_exact(value: Decimal | Fraction) -> float:
    is_infinite = isinstance(value, Decimal) and value.is_infinite()
    try:
        number = float(value) if not (isinstance(value, Decimal) and value.is_snan()) else math.nan
    except OverflowError:
        number = math.inf
    if math.isinf(number) and not is_infinite:
        raise UsageError(f"{shown(value)} is too large for a 64-bit float")
    return number


def _by_manners(value: object) -> bool | int | float | None:
    """Numpy and torch scalars, and what else behaves like a number."""
    if isinstance(value, str | bytes | bytearray | memoryview | Mapping | list | tuple | complex):
        return None
    if isinstance(value, type) or (getattr(value, "ndim", None) and not _is_single(value)):
        return None  # an array of several values is not a number
    item = getattr(value, "item", None)
    if callable(item):
        try:
            if _is_masked(value):
                return math.nan  # a value that is missing, whatever its bits are
            plain = item()
        except _FAILURES:
            return None
        if isinstance(plain, bool | int | float):
            return plain
        if type(plain) is not type(value) or _is_complex(value):  # numpy's long double gives itself
            return None
    for method, kind in (("__index__", int), ("__float__", float)):
        if hasattr(type(value), method):
            try:
                return kind(value)  # type: ignore[call-overload, arg-type]  # it has the method
            except _FAILURES:
                return None
    return None


def _is_masked(value: object) -> bool:
    """Whether it is a value of a masked array (numpy), and masked."""
    return hasattr(value, "mask") and bool(value.mask)


def _is_complex(value: object) -> bool:
    return getattr(getattr(value, "dtype", None), "kind", "c") == "c"


def _is_single(value: object) -> bool:
    """Whether an array-like (numpy, torch) holds exactly one value."""
    size = getattr(value, "size", None)
    if callable(size):  # torch
        size = getattr(value, "numel", lambda: None)()
    return size == 1


def dump_json(value: object, what: str) -> bytes:
    """JSON text (UTF-8) from which :func:`load_json` makes an equal value.

    Takes None, bool, int of any size, float, str, lists, tuples (they become lists) and mappings
    with text, number, bool or None keys (they become text); numbers by their manners.

    Args:
        value: what to write.
        what: what is being logged, for the message ("parameter 'lr'").

    Raises:
        InvalidTypeError: something inside is not JSON; the message names the key and the type.
    """
    try:
        return orjson.dumps(_tag(value, what, 0))
    except RecursionError:
        raise InvalidTypeError(f"{what} is nested too deeply for JSON") from None


def load_json(data: bytes | bytearray | memoryview) -> Any:
    """The value that :func:`dump_json` wrote.

    Raises:
        ValueError: the bytes are not JSON, or hold a tag that it never writes.
    """
    try:
        if type(data) is bytes and b'"$' not in data and b"\\" not in data:
            return orjson.loads(data)  # nothing in it is tagged
        return _untag(orjson.loads(data))
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def _tag(value: object, path: str, depth: int) -> Any:  # a line for each kind
    if value is None or value is True or value is False:
        return value
    if type(value) is str:
        return _checked_text(value, path)
    if type(value) is int:
        if MIN_SIGNED <= value <= MAX_UNSIGNED:
            return value
        return {"$int": _digits(value)}
    if type(value) is float:
        return value if math.isfinite(value) else {"$float": _float_name(value)}
    if depth > _MAX_DEPTH:
        raise InvalidTypeError(f"{path} is nested more than {_MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        return _tag_members(value, path, depth)
    if isinstance(value, list | tuple):
        return [_tag(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, str):
        return _checked_text(str.__str__(value), path)  # of an enum that is text, its value
    plain = to_plain(value)
    if plain is None:
        raise InvalidTypeError(
            f"{path} is a {type(value).__module__}.{type(value).__qualname__}, which is not JSON; "
            "log it with log_value or log_with_codec, or convert it first"
        )
    return _tag(plain, path, depth)


def _tag_members(value: Mapping[Any, object], path: str, depth: int) -> dict[str, Any]:
    tagged: dict[str, Any] = {}
    for key, item in value.items():
        text = key if type(key) is str and key.isascii() else _key(key, path)
        if text in tagged:
            raise InvalidTypeError(f"{path} has two keys that become the text {text!r}")
        is_plain = _is_plain(item)
        tagged[text] = item if is_plain else _tag(item, f"{path}[{shown(key)}]", depth + 1)
    if len(tagged) == 1 and next(iter(tagged)).startswith("$"):
        return {"$object": tagged}
    return tagged


def _is_plain(value: object) -> bool:
    """Whether a value is written as it is; of most, this is told without its path."""
    if type(value) is str:
        return value.isascii()
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is int:
        return MIN_SIGNED <= value <= MAX_UNSIGNED
    return value is None or type(value) is bool


def _untag(value: Any) -> Any:
    if isinstance(value, list):
        return [_untag(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, item),) = value.items()
        if key == "$float":
            return float(_tagged(key, item, str))
        if key == "$int":
            return _from_digits(_tagged(key, item, str))
        if key == "$object":
            return {name: _untag(inner) for name, inner in _tagged(key, item, dict).items()}
    return {name: _untag(inner) for name, inner in value.items()}


def _tagged(tag: str, item: Any, kind: type) -> Any:
    if type(item) is not kind:
        raise ValueError(f"{tag} stands before {str(item)[:60]!r}, not {kind.__name__}")
    return item


def writable_text(text: str) -> str:
    r"""Text that JSON can hold, whatever it is: lone surrogates are told as ``\udc80``."""
    return text.encode("utf-8", "backslashreplace").decode()


def _checked_text(text: str, path: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidTypeError(
            f"{path} holds a lone surrogate at position {error.start}, which is not Unicode text"
        ) from None
    return text


def _key(key: object, path: str) -> str:
    if isinstance(key, str):
        return _checked_text(str.__str__(key), f"a key of {path}")
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    if isinstance(key, int | float):
        return _digits(key) if isinstance(key, int) else repr(key)
    raise InvalidTypeError(
        f"{path} has the key {shown(key)} ({type(key).__name__}); keys must be text"
    )


def _float_name(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _digits(value: int) -> str:
    """Decimal while Python allows it, else hexadecimal."""
    return str(value) if value.bit_length() < _DECIMAL_BITS else hex(value)


def _from_digits(text: str) -> int:
    return int(text, 16 if "x" in text else 10)
