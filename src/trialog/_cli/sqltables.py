"""Arrow tables as they are printed: for people, as JSON, as files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import csv, parquet
from rich.text import Text

from trialog._cli.output import array_bytes, write_rich, write_text
from trialog._cli.tables import Column, fit, stdout_width, table_of
from trialog._cli.words import parameter_value, printable
from trialog._format.values import dump_json
from trialog._reading.sqlviews import SQL_TYPES, VIEWS

_WIDEST, _LEAST = 60, 10


def views_table() -> pa.Table:
    """All views with their columns."""
    rows = [
        {
            "view": name,
            "column": column.name,
            "type": SQL_TYPES[column.type],
            "meaning": column.meaning,
        }
        for name, view in VIEWS.items()
        for column in view.columns
    ]
    return pa.Table.from_pylist(rows)


def answer_table(answer: pa.Table) -> None:
    """Print a table for people; the first columns are the last that go where it is too wide."""
    if not answer.num_columns:
        write_text("no columns\n")
        return
    columns = [
        _column(name, answer.column(place).to_pylist(), answer.schema.types[place], place)
        for place, name in enumerate(answer.column_names)
    ]
    widths = fit(columns, stdout_width())
    write_rich(table_of(columns, widths))
    hidden = [columns[place].title for place in range(len(columns)) if place not in widths]
    if not answer.num_rows:
        write_text("no rows\n")
    if hidden:
        write_text(f"not shown, for want of room: {', '.join(hidden)}\n")


def _column(name: str, values: Sequence[Any], kind: pa.DataType, place: int) -> Column:
    is_number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    cells = [Text(_shown(value)) for value in values]
    least = None if is_number else _LEAST
    return Column(printable(name), cells, least, _WIDEST, is_right=is_number, rank=place)


def _shown(value: Any) -> str:
    """A value on one line; what is missing is empty."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ").removesuffix("+00:00")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        return ", ".join(
            f"{printable(name)}: {_shown(each)}" for name, each in value.items() if each is not None
        )
    return parameter_value(value) if value != "" else ""


def answer_bytes(answer: pa.Table, form: str) -> bytes:
    """A table as a file.

    Args:
        answer: the table.
        form: json, csv, parquet or arrow.
    """
    if form == "json":
        names = answer.column_names
        columns = [map(_plain, column.to_pylist()) for column in answer.columns]
        return array_bytes(dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    stream = io.BytesIO()
    if form == "csv":
        csv.write_csv(_flat(answer), stream)
    elif form == "parquet":
        parquet.write_table(answer, stream, compression="zstd")
    else:
        with pa.ipc.new_file(stream, answer.schema) as writer:
            writer.write_table(answer)
    return stream.getvalue()


def _flat(answer: pa.Table) -> pa.Table:
    """A table of which every column can stand in CSV: what is nested is JSON."""
    columns = []
    for column in answer.columns:
        if pa.types.is_nested(column.type):
            texts = [
                None if value is None else dump_json(_plain(value), "a cell").decode()
                for value in column.to_pylist()
            ]
            columns.append(pa.array(texts, pa.string()))
        else:
            columns.append(column)
    return pa.table(columns, answer.column_names)


def _plain(value: Any) -> Any:
    """A value as JSON has it; times are ISO 8601, lengths of time seconds."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value.total_seconds() if hasattr(value, "total_seconds") else str(value)
