"""A pandas frame as a table of another library: polars, or Arrow itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

import pyarrow as pa

from trialog.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

Library = Literal["pandas", "polars", "arrow"]


def check_library(to: str) -> None:
    """Refuse a library that there is not, before anything is read for it.

    Raises:
        UsageError: it is none of ours, or it is not installed; the message says what to do.
    """
    if to not in get_args(Library):
        raise UsageError(f"to is {to!r}; use 'pandas', 'polars' or 'arrow'")
    if to == "polars":
        _polars()


def in_library(frame: pd.DataFrame, to: str) -> Any:
    """A frame as the library that was asked for has tables.

    Args:
        frame: as pandas has it.
        to: what :func:`check_library` has let pass.

    Returns:
        A pandas.DataFrame, a polars.DataFrame or a pyarrow.Table.
    """
    if to == "pandas":
        return frame
    table = arrow_table(frame)
    return _polars().from_arrow(table) if to == "polars" else table


def table_in_library(table: pa.Table, to: str) -> Any:
    """An Arrow table as the library that was asked for has it; as :func:`in_library`."""
    if to == "pandas":
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas

        return frames.table_frame(table)
    return _polars().from_arrow(table) if to == "polars" else table


def arrow_table(frame: pd.DataFrame) -> pa.Table:
    """A frame as an Arrow table; what stands in its index comes first.

    Columns keep their types; a missing value is null, and NaN stays NaN. Numbers that no type holds
    exactly are doubles, with their digits in a column ``exact(<column>)``, null where the double
    is exact. Other mixtures are text. A column of a metric and a run is ``metric[id]``.
    """
    columns: dict[str, Any] = {}
    for name, values in _columns(frame):
        if str(getattr(values.dtype, "numpy_dtype", values.dtype)) == "object":
            columns |= _of_objects(name, [_or_none(value) for value in values])
        else:
            columns[name] = _of_array(values)
    return pa.table(columns)


def _columns(frame: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    index = frame.index
    if None not in index.names:
        for level, name in enumerate(index.names):
            yield str(name), index.get_level_values(level).array
    for place, name in enumerate(frame.columns):
        yield _heading(name), frame.iloc[:, place].array


def _heading(name: Any) -> str:
    return f"{name[0]}[{name[1]}]" if isinstance(name, tuple) else str(name)


def _of_array(values: Any) -> pa.Array:
    """An array of one type; what is missing is what its mask says, and NaN is not."""
    mask = getattr(values, "_mask", None)
    if mask is not None:
        return pa.array(values._data, mask=mask, from_pandas=False)  # noqa: SLF001 # no copy
    if values.dtype.kind == "f":
        return pa.array(values.to_numpy(), from_pandas=False)
    found = pa.array(values)
    return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found


def _or_none(value: Any) -> Any:
    """None for pandas' NA, which is equal to nothing."""
    return None if type(value).__name__ == "NAType" else value


def _of_objects(name: str, values: Sequence[Any]) -> dict[str, pa.Array]:
    """What pandas keeps as objects, in the type that says most of them."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds <= {tuple}:  # tags; a column of nothing too
        kind = pa.list_(pa.string()) if kinds else pa.string()
        return {name: pa.array([value and list(value) for value in values], kind)}
    if kinds <= {str}:
        return {name: pa.array(values, pa.string())}
    if kinds <= {int, float}:
        numbers = [None if value is None else nearest_double(value) for value in values]
        digits = [
            None if value == double or not isinstance(value, int) else str(value)
            for value, double in zip(values, numbers, strict=True)
        ]
        return {
            name: pa.array(numbers, pa.float64(), from_pandas=False),
            f"exact({name})": pa.array(digits, pa.string()),
        }
    return {name: pa.array([text_of(value) for value in values], pa.string())}


def nearest_double(value: float) -> float:
    """The double that is nearest to a number."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def text_of(value: Any) -> str | None:
    """A value among others of another type: text as it is, else as its user would write it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return repr(value)


def _polars() -> Any:
    try:
        import polars  # noqa: ICN001, PLC0415 # heavy, and not everybody's
    except ImportError as error:
        raise UsageError(
            'to="polars" needs polars, which is not installed; install it by: '
            'pip install "trialog[polars]"'
        ) from error
    return polars
