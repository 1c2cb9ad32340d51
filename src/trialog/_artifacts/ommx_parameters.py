"""The parameters of OMMX's runs: one column a name, in MessagePack.

``{"columns": {name: {"type": "int64", "values": {run id: value, …}}, …}}``
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from trialog._artifacts.ommx_experiments import OmmxScalar
from trialog._artifacts.ommx_names import parameter_names
from trialog._oci.documents import Fields, shown
from trialog.errors import IntegrityError

PARAMETERS_TYPE = "application/org.ommx.v1.experiment.run-parameters+msgpack"
MAX_PARAMETERS_BYTES = 64 << 20
_WHAT = "the run parameters"
_TYPES: dict[str, Callable[[Any], bool]] = {
    "bool": lambda value: isinstance(value, bool),
    "int64": lambda value: type(value) is int and -(2**63) <= value < 2**63,
    "float64": lambda value: type(value) is float,
    "string": lambda value: isinstance(value, str),
}


def read_parameters(data: bytes, numbers: Iterable[int]) -> dict[int, dict[str, OmmxScalar]]:
    """The parameters of each run.

    Args:
        data: the layer.
        numbers: of the runs that there are.

    Raises:
        IntegrityError: it is damaged, or speaks of other runs; the message says where.
        ModuleNotFoundError: msgpack is not installed.
    """
    runs: dict[int, dict[str, OmmxScalar]] = {number: {} for number in numbers}
    content = Fields(_unpack(data), _WHAT)
    columns = content.raw("columns")
    if not isinstance(columns, dict):
        raise content.wrong("columns", "a mapping of names to columns")
    names = parameter_names()
    for name, column in columns.items():
        if not isinstance(name, str):
            raise IntegrityError(f"{_WHAT} have the name {shown(name)}, not text")
        _read_column(Fields(column, f"the parameter {shown(name)}"), names.give(name), runs)
    return runs


def _read_column(column: Fields, name: str, runs: dict[int, dict[str, OmmxScalar]]) -> None:
    kind = column.text("type")
    if kind not in _TYPES:
        raise column.wrong("type", f"one of {', '.join(_TYPES)}")
    values = column.raw("values")
    if not isinstance(values, dict):
        raise column.wrong("values", "a mapping of runs to values")
    for number, value in values.items():
        if type(number) is not int or number not in runs:
            raise IntegrityError(
                f"{column.where} is of the run {shown(number)}, which is not there"
            )
        if not _TYPES[kind](value):
            raise IntegrityError(
                f"{column.where} of the run {number} is {shown(value)}, not of the type {kind}"
            )
        runs[number][name] = value


def write_parameters(runs: Mapping[int, Mapping[str, OmmxScalar]]) -> bytes:
    """The layer of the parameters of each run, by its number.

    A column has one type: where runs differ, that of all their values; an integer of more than 64
    bits is text.

    Raises:
        ModuleNotFoundError: msgpack is not installed.
    """
    names = sorted({name for parameters in runs.values() for name in parameters})
    columns = {}
    for name in names:
        given = {number: runs[number][name] for number in sorted(runs) if name in runs[number]}
        kind = _common_type(given.values())
        values = {number: _WRITERS[kind](value) for number, value in given.items()}
        columns[name] = {"type": kind, "values": values}
    packed: bytes = _import_msgpack().packb({"columns": columns})
    return packed


def _common_type(values: Iterable[OmmxScalar]) -> str:
    found = {next((kind for kind in _TYPES if _TYPES[kind](value)), "string") for value in values}
    if len(found) == 1:
        return found.pop()
    return "float64" if found == {"int64", "float64"} else "string"


def _text(value: OmmxScalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _unpack(data: bytes) -> object:
    msgpack = _import_msgpack()
    try:
        return msgpack.unpackb(data, strict_map_key=False, object_pairs_hook=_mapping)
    except (ValueError, TypeError, RecursionError, msgpack.UnpackException) as error:
        raise IntegrityError(f"{_WHAT} are not MessagePack: {error}") from None


def _import_msgpack() -> Any:
    try:
        return importlib.import_module("msgpack")
    except ModuleNotFoundError as error:
        if error.name != "msgpack":
            raise
        raise ModuleNotFoundError(
            "an experiment of OMMX's holds MessagePack, which needs msgpack: "
            'pip install "trialog[ommx]"',
            name="msgpack",
        ) from None


def _mapping(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in one mapping")
    return found


_WRITERS: dict[str, Callable[[OmmxScalar], OmmxScalar]] = {
    "bool": bool,
    "int64": int,
    "float64": float,
    "string": _text,
}
