"""Parameters: whatever users configure with, as flat names and scalars.

=====================================  =========================================================
given                                  kept as
=====================================  =========================================================
bool, int of any size, float, str      themselves
None                                   null (missing in tables)
numpy and torch scalars                the Python number
Decimal, Fraction                      float
enum                                   its value where that is a scalar, else its name
path                                   text
date, time, datetime                   ISO 8601 text
timedelta                              seconds
function, class                        "module.name"
list, tuple, set                       JSON text (sets sorted)
mapping, argparse Namespace,           flat: nested names joined with "/"; empty ones "{}"
dataclass, attrs, OmegaConf,
pydantic model, named tuple
=====================================  =========================================================
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import os
from collections.abc import Iterator, Mapping, Set
from pathlib import PurePath
from typing import Any, TypeAlias, cast

from trialog._format.values import dump_json, to_plain
from trialog._names import check_name, shown
from trialog.errors import InvalidNameError, InvalidTypeError, TrialogError, UsageError

Scalar: TypeAlias = bool | int | float | str | None
_MAX_DEPTH = 50


def flatten(given: object) -> tuple[dict[str, Scalar], list[TrialogError]]:
    """The parameters of a configuration, and what could not be taken of it.

    Returns:
        The good ones by name, and an error for each of the bad.

    Raises:
        InvalidTypeError: it is not a configuration at all.
    """
    members = _members(given)
    if members is None:
        raise InvalidTypeError(
            f"log_parameters takes a mapping, argparse Namespace, dataclass, attrs class or "
            f"OmegaConf, not {type(given).__name__}: {str(given)[:80]!r}"
        )
    good: dict[str, Scalar] = {}
    bad: list[TrialogError] = []
    for name, value in _walk("", members, 0, bad):
        try:
            checked = check_name(name, "parameter")
            if checked in good:
                raise InvalidNameError(f"parameter {name!r} is there twice; the first is kept")
            good[checked] = to_scalar(name, value)
        except TrialogError as error:
            bad.append(error)
    return good, bad


def flatten_one(name: str, value: object) -> tuple[dict[str, Scalar], list[TrialogError]]:
    """One parameter of a good name, or the several that a nested value makes."""
    if value is None or type(value) in (bool, int, float):
        return {name: cast("Scalar", value)}, []
    return flatten({name: value})


def to_scalar(name: str, value: object) -> Scalar:
    """The scalar that a parameter's value is kept as.

    Raises:
        InvalidTypeError: it has no such form; the message names the parameter.
    """
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        return _text(name, value)
    if value is None or type(value) in (bool, int, float):
        return cast("Scalar", value)
    if _is_omegaconf(value):
        return to_scalar(name, _plain_omegaconf(value))
    if isinstance(value, list | tuple | Set):
        return dump_json(_jsonable(name, value, 0), f"parameter {name!r}").decode()
    if isinstance(value, Mapping):
        return "{}"  # only empty ones come here
    scalar = _special(name, value)
    if scalar is not _NOTHING:
        return cast("Scalar", scalar)
    if hasattr(value, "tolist") and getattr(value, "ndim", None):  # an array: as the list it holds
        return to_scalar(name, value.tolist())
    try:
        plain = to_plain(value)
    except UsageError as error:
        raise UsageError(f"parameter {name!r}: {error}") from None
    if plain is not None:
        return plain
    raise InvalidTypeError(
        f"parameter {name!r} is a {type(value).__module__}.{type(value).__qualname__}, which is no "
        "scalar; log a number or text, or the object itself with log_value"
    )


_NOTHING: Any = object()


def _special(name: str, value: object) -> Any:
    """The forms of enums, paths, dates, functions and dtypes."""
    if isinstance(value, enum.Enum):
        inner = value.value
        if isinstance(inner, str):
            return _text(name, inner)
        return inner if isinstance(inner, bool | int | float) else value.name
    if isinstance(value, PurePath | os.PathLike):
        return _text(name, os.fsdecode(value))
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, type) or (callable(value) and hasattr(value, "__qualname__")):
        module = getattr(value, "__module__", None)  # None for methods of built-in types
        return f"{module}.{value.__qualname__}" if module else str(value.__qualname__)
    if not {"dtype", "device"}.isdisjoint(kind.__name__ for kind in type(value).__mro__):
        return str(value)  # numpy's and torch's
    return _NOTHING


def _text(name: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InvalidTypeError(
            f"parameter {name!r} holds a lone surrogate at position {error.start}, which is not "
            "Unicode text"
        ) from None
    return str.__str__(text)  # of an enum that is text, its value


def _jsonable(name: str, value: object, depth: int) -> object:
    """A list's content with every scalar in its defined form."""
    if depth > _MAX_DEPTH:
        raise UsageError(f"parameter {name!r} is nested more than {_MAX_DEPTH} deep")
    if isinstance(value, Set):
        return sorted((_jsonable(name, item, depth + 1) for item in value), key=shown)
    if isinstance(value, list | tuple):
        return [_jsonable(name, item, depth + 1) for item in value]
    if _is_omegaconf(value):
        return _jsonable(name, _plain_omegaconf(value), depth)
    members = _members(value)
    if members is not None:
        texts: dict[str, object] = {}
        for key, item in members.items():
            text = _text_of(key)
            if text in texts:
                raise InvalidNameError(f"parameter {name!r} has two keys that become {text!r}")
            texts[text] = _jsonable(name, item, depth + 1)
        return texts
    return to_scalar(name, value)


def _walk(
    prefix: str, members: Mapping[Any, Any], depth: int, bad: list[TrialogError]
) -> Iterator[tuple[str, object]]:
    for key, value in members.items():
        name = f"{prefix}{_text_of(key)}"
        inner = _members(value)
        if depth > _MAX_DEPTH:
            bad.append(UsageError(f"parameter {name[:80]!r} is nested more than {_MAX_DEPTH} deep"))
        elif inner:
            yield from _walk(f"{name}/", inner, depth + 1, bad)
        else:
            yield name, ({} if inner is not None else value)


def _text_of(key: object) -> str:
    try:
        return key if isinstance(key, str) else str(key)
    except ValueError:  # an integer of more digits than Python converts to text
        return shown(key)


def _members(value: object) -> Mapping[Any, Any] | None:  # one line for each kind
    """The named members of a configuration, or None for other things."""
    if _is_omegaconf(value):
        content = _plain_omegaconf(value)
        return content if isinstance(content, Mapping) else None
    if isinstance(value, Mapping):
        return value
    if isinstance(value, type) or value is None or isinstance(value, str | int | float):
        return None
    if dataclasses.is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    attributes = getattr(type(value), "__attrs_attrs__", None)
    if attributes is not None:
        return {each.name: getattr(value, each.name) for each in attributes}
    for method in ("model_dump", "_asdict"):  # pydantic, named tuples
        dump = getattr(value, method, None)
        if callable(dump):
            dumped = dump()
            return dumped if isinstance(dumped, Mapping) else None
    if type(value).__name__ == "Namespace" or type(value).__module__ == "argparse":
        return vars(value)
    return None


def _is_omegaconf(value: object) -> bool:
    """Whether it is one of OmegaConf's containers, which look like mappings and sequences."""
    return type(value).__module__.split(".")[0] == "omegaconf"


def _plain_omegaconf(value: object) -> object:
    from omegaconf import OmegaConf  # noqa: PLC0415 # loaded already, since the value is one of its

    return OmegaConf.to_container(cast("Any", value), resolve=True)
