"""The table of an experiment's runs, for whoever reads Parquet: a row for each run."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trialog._artifacts.observations import Observed
from trialog._format.values import MAX_SIGNED, MIN_SIGNED, dump_json, load_json

TABLE_TYPE = "application/vnd.apache.parquet"
_BILLION = 1_000_000_000
_EXACT = 1 << 53  # integers up to here are the same as doubles
_TIME = pa.timestamp("ns", "UTC")
_JSON = {"trialog.encoding": "json"}

_COLUMNS: dict[str, tuple[pa.DataType, Callable[[Observed], Any]]] = {
    "run_id": (pa.int64(), lambda run: run.number),
    "id": (pa.string(), lambda run: run.place.id),
    "name": (pa.string(), lambda run: run.row["name"]),
    "status": (pa.string(), lambda run: run.row["status"]),
    "reason": (pa.string(), lambda run: run.row["reason"]),
    "date_created": (_TIME, lambda run: run.row["created_ns"]),
    "date_ended": (_TIME, lambda run: run.row["ended_ns"]),
    "duration_s": (pa.float64(), lambda run: _duration_s(run.row)),
    "description": (pa.string(), lambda run: run.row["description"]),
    "tags": (pa.list_(pa.string()), lambda run: load_json(run.row["tags"].encode())),
    "exit_code": (pa.int64(), lambda run: run.row["exit_code"]),
    "exception": (pa.string(), lambda run: run.row["exception"]),
    "attempt": (pa.int64(), lambda run: run.row["attempt"]),
    "points": (pa.int64(), lambda run: run.row["points"]),
    "missing_points": (pa.int64(), lambda run: run.row["missing"]),
    "user": (pa.string(), lambda run: run.row["username"]),
    "host": (pa.string(), lambda run: run.row["host"]),
    "python": (pa.string(), lambda run: run.row["python"]),
    "trialog": (pa.string(), lambda run: run.row["trialog"]),
    "experiment": (pa.string(), lambda run: run.row["experiment"]),
}


def runs_table(runs: Sequence[Observed]) -> bytes:
    """The table in Parquet; the same runs give the same bytes.

    What is known of every run comes first. Then each parameter is a column of its name, or of
    ``parameters.<name>`` where a fixed one is called so: boolean, int64, double (of ints and floats
    together too, where none loses a digit), or text. What is none of these for all runs is JSON
    text, and the field's metadata says so. Null is a parameter that a run does not have.

    Args:
        runs: in the order of their numbers.
    """
    fields = [pa.field(name, kind) for name, (kind, _) in _COLUMNS.items()]
    arrays = [
        pa.array([value_of(run) for run in runs], kind) for kind, value_of in _COLUMNS.values()
    ]
    parameters = [run.parameters() for run in runs]
    taken = set(_COLUMNS)
    for name in sorted({name for of_run in parameters for name in of_run}):
        column = name
        while column in taken:
            column = f"parameters.{column}"
        taken.add(column)
        field, array = _parameter(column, [of_run.get(name) for of_run in parameters])
        fields.append(field)
        arrays.append(array)
    table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd", compression_level=3, write_page_checksum=True)
    return sink.getvalue()


def _parameter(name: str, values: list[Any]) -> tuple[pa.Field, pa.Array]:
    kind = _kind_of(value for value in values if value is not None)
    if kind is not None:
        return pa.field(name, kind), pa.array(values, kind, from_pandas=False)
    texts = [None if value is None else dump_json(value, name).decode() for value in values]
    return pa.field(name, pa.string(), metadata=_JSON), pa.array(texts, pa.string())


def _kind_of(values: Iterable[Any]) -> pa.DataType | None:
    """The type of a column that holds all values as they are; None where there is none."""
    types, is_long, is_exact = set(), False, True
    for value in values:
        types.add(type(value))
        if type(value) is int:
            is_long = is_long or not MIN_SIGNED <= value <= MAX_SIGNED
            is_exact = is_exact and abs(value) <= _EXACT
    if types == {bool}:
        return pa.bool_()
    if types == {int} and not is_long:
        return pa.int64()
    if types == {float} or (types == {int, float} and is_exact):
        return pa.float64()
    return pa.string() if types <= {str} else None


def _duration_s(row: Mapping[str, Any]) -> float | None:
    if row["ended_ns"] is None:
        return None
    return float(max(row["ended_ns"] - row["created_ns"], 0)) / _BILLION
