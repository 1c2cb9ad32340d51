"""pandas frames as Arrow tables that come back equal.

Arrow and Parquet know nothing of categories that are no text, of seconds, of labels that are
numbers or tuples, of two columns of one name. What they lose is noted beside the table, in its
metadata under ``trialog``, and put right when it is read; every other reader of Parquet sees a
plain table with text for names.
"""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from trialog._format.values import dump_json, load_json
from trialog.errors import InvalidTypeError

if TYPE_CHECKING:
    Values: TypeAlias = "pd.Series[Any] | pd.Index[Any]"

_KEY = b"trialog"
_VERSION = 1
_RESTORED = ("datetime64[", "timedelta64[", "string[")  # dtypes that Parquet may alter


def write_frame(value: Any) -> bytes:
    """The Parquet file of a DataFrame or a Series.

    Raises:
        InvalidTypeError: a label or an attribute that has no form as JSON.
        Exception: what pyarrow raises for columns it cannot hold.
    """
    buffer = io.BytesIO()
    pq.write_table(_to_table(value), buffer, compression="zstd")
    return buffer.getvalue()


def read_frame(data: bytes) -> Any:
    """The DataFrame or Series of a Parquet file; one that trialog did not write is a DataFrame.

    Raises:
        pyarrow.ArrowException: the bytes are not Parquet.
    """
    # pandas tells Arrow of periods and intervals when it first hands one over; until then Arrow
    # reads them as numbers, and a process that only reads would never see what they are
    pa.array(pd.array([None], dtype=pd.PeriodDtype("D")))
    return _from_table(pq.ParquetFile(pa.BufferReader(data)).read())


def _to_table(value: Any) -> pa.Table:
    is_series = isinstance(value, pd.Series)
    frame = value.to_frame("values") if is_series else pd.DataFrame(value).copy(deep=False)
    index_levels = _levels(frame.index)
    notes: dict[str, Any] = {
        "version": _VERSION,
        "labels": _note_labels(pd.Index([value.name])) if is_series else None,
        "is_series": is_series,
        "attrs": dict(value.attrs),
        "columns": [_note_values(frame.iloc[:, i]) for i in range(frame.shape[1])],
        "index": [_note_values(level) for level in index_levels],
        "is_multi_index": isinstance(frame.index, pd.MultiIndex),
        "index_names": [_note_name(name) for name in frame.index.names],
    }
    if not is_series and not _is_plain(frame.columns):
        notes["labels"] = _note_labels(frame.columns)
        frame.columns = pd.Index(_text_names(frame.columns))
    for position, note in enumerate(notes["columns"]):
        if note["dtype"] == "category":
            frame.isetitem(position, _dense(frame.iloc[:, position]))
    frame.index = _plain_index(frame, index_levels)
    frame.attrs = {}  # they are in the notes
    keep_range = True if frame.columns.empty else None  # of no columns Parquet counts no rows
    table = pa.Table.from_pandas(frame, preserve_index=keep_range)
    text = dump_json(notes, "the frame")
    return table.replace_schema_metadata({**(table.schema.metadata or {}), _KEY: text})


def _from_table(table: pa.Table) -> Any:
    frame = table.to_pandas(integer_object_nulls=True)
    text = (table.schema.metadata or {}).get(_KEY)
    if text is None:
        return frame
    notes = load_json(text)
    for position, note in enumerate(notes["columns"]):
        values = frame.iloc[:, position]
        mended = _mend(values, note, table.column(position))
        if mended is not values:
            frame.isetitem(position, mended)
    levels = [
        pd.Index(_mend(frame.index.get_level_values(i), note))
        for i, note in enumerate(notes["index"])
    ]
    is_multi = notes["is_multi_index"]
    frame.index = pd.MultiIndex.from_arrays(levels) if is_multi else levels[0]
    frame.index.names = [_read_name(note) for note in notes["index_names"]]
    labels = None if notes["labels"] is None else _read_labels(notes["labels"])
    if notes["is_series"]:
        frame = frame.iloc[:, 0].rename(labels.tolist()[0] if labels is not None else None)
    elif labels is not None:
        frame.columns = labels
    frame.attrs = notes["attrs"]
    return frame


# Columns and index levels: what their values were


def _note_values(values: Values) -> dict[str, Any]:
    dtype: Any = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return {
            "dtype": "category",
            "ordered": bool(dtype.ordered),
            "categories": _nest(dtype.categories),
            "categories_name": _note_name(dtype.categories.name),
        }
    if pd.api.types.is_object_dtype(dtype):
        return {"dtype": "object", "has_containers": _has_containers(values)}
    return {"dtype": _dtype_name(dtype)}


def _mend(values: Any, note: dict[str, Any], stored: pa.ChunkedArray | None = None) -> Any:
    """The values as they were; the same object where Parquet kept them."""
    name = note["dtype"]
    if name == "category":
        categories = _unnest(note["categories"]).rename(_read_name(note["categories_name"]))
        return pd.Categorical(values, categories=categories, ordered=note["ordered"])
    if name == "object":
        if note["has_containers"] and stored is not None:
            return pd.Series(stored.to_pylist(), index=values.index, dtype=object)
        if pd.api.types.is_object_dtype(values.dtype):
            return values
        return values.astype(object).where(values.notna(), None)
    if name.startswith(_RESTORED) and name != _dtype_name(values.dtype):
        return values.astype(name)
    return values


def _dtype_name(dtype: Any) -> str:
    """The name from which pandas makes the dtype, with where its text lies."""
    name = str(dtype)
    return f"string[{dtype.storage}]" if name == "string" else name


def _has_containers(values: Values) -> bool:
    """Whether the cells are lists or dicts, which pyarrow would give back as arrays."""
    return isinstance(next(iter(values.dropna()), None), list | dict)


def _dense(values: Any) -> Any:
    """What a categorical says, row by row, for readers who know no categories."""
    categorical = values.array
    return pd.array(categorical.categories).take(categorical.codes, allow_fill=True)


def _levels(index: pd.Index[Any]) -> list[pd.Index[Any]]:
    """The values of each level; without its name, which could be taken for a position."""
    bare = index.set_names([None] * index.nlevels)
    return [bare.get_level_values(position) for position in range(index.nlevels)]


def _plain_index(frame: pd.DataFrame, levels: list[Any]) -> pd.Index[Any]:
    """The frame's index with text names that no column has, and without categories."""
    names: list[str | None] = []
    for name in frame.index.names:
        if isinstance(name, str) and name not in frame.columns and name not in names:
            names.append(name)
        else:
            names.append(None)
    if any(isinstance(level.dtype, pd.CategoricalDtype) for level in levels):
        levels = [
            pd.Index(_dense(level)) if isinstance(level.dtype, pd.CategoricalDtype) else level
            for level in levels
        ]
        if isinstance(frame.index, pd.MultiIndex):
            return pd.MultiIndex.from_arrays(levels, names=names)
        level: pd.Index[Any] = levels[0].rename(names[0])
        return level
    return frame.index.set_names(names)


# Labels and names: any hashable may be one


def _is_plain(columns: pd.Index[Any]) -> bool:
    """Whether Parquet keeps the labels by itself: different texts, and nothing more."""
    return (
        columns.dtype == pd.Index(["text"]).dtype
        and columns.nlevels == 1
        and columns.is_unique
        and all(isinstance(label, str) for label in columns)
        and (columns.name is None or isinstance(columns.name, str))
    )


def _text_names(columns: pd.Index[Any]) -> list[str]:
    names: dict[str, None] = {}
    for label in columns:
        name = str(label)
        while name in names:
            name += "_"
        names[name] = None
    return list(names)


def _note_labels(labels: pd.Index[Any]) -> dict[str, Any]:
    return {
        "is_multi": isinstance(labels, pd.MultiIndex),
        "levels": [_note_level(level) for level in _levels(labels)],
        "names": [_note_name(name) for name in labels.names],
    }


def _read_labels(note: dict[str, Any]) -> pd.Index[Any]:
    levels = [_read_level(level) for level in note["levels"]]
    labels = pd.MultiIndex.from_arrays(levels) if note["is_multi"] else levels[0]
    labels.names = [_read_name(name) for name in note["names"]]
    return labels


def _note_level(level: pd.Index[Any]) -> dict[str, Any]:
    dtype: Any = level.dtype
    is_text = pd.api.types.is_object_dtype(dtype) or str(dtype) in ("str", "string")
    if is_text or dtype.kind in "biuf":
        values = level.tolist()
        for label in values:
            if not (label is None or isinstance(label, str | int | float)):
                raise InvalidTypeError(
                    f"the label {label!r} ({type(label).__name__}) stands among labels of other "
                    "types, which Parquet cannot keep; rename it to text, or log it with "
                    "PickleCodec"
                )
        return {"dtype": _dtype_name(dtype), "values": values}
    return {"nested": _nest(level)}


def _read_level(note: dict[str, Any]) -> pd.Index[Any]:
    if "nested" in note:
        return _unnest(note["nested"])
    labels: Any = pd.Index(note["values"], dtype=object, tupleize_cols=False)
    level: pd.Index[Any] = labels.astype(note["dtype"])
    return level


def _note_name(name: object) -> Any:
    return name if name is None or isinstance(name, str) else _note_labels(pd.Index([name]))


def _read_name(note: Any) -> Any:
    return note if note is None or isinstance(note, str) else _read_labels(note).tolist()[0]


def _nest(labels: pd.Index[Any]) -> str:
    """An index as a Parquet file of its own, in text."""
    return base64.b64encode(write_frame(labels.to_frame(index=False, name="labels"))).decode()


def _unnest(text: str) -> pd.Index[Any]:
    labels: pd.Index[Any] = pd.Index(read_frame(base64.b64decode(text))["labels"])
    return labels.rename(None)
