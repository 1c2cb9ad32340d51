"""Frames to Parquet and back, with the proof that they come back equal."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from trialog.codecs._frames import read_frame, write_frame
from trialog.errors import InvalidTypeError


def encode_frame(value: Any) -> bytes:
    """The Parquet file of a DataFrame or a Series, read back and compared.

    Raises:
        InvalidTypeError: Parquet would not give it back equal; the message names the column.
    """
    try:
        data = write_frame(value)
    except InvalidTypeError:
        raise
    except (pa.ArrowException, ArithmeticError, TypeError, ValueError) as error:
        raise _refusal(f"{_culprit(value)} cannot be written as Parquet", error) from error
    try:
        _compare(value, read_frame(data))
    except (pa.ArrowException, AssertionError, TypeError, ValueError) as error:
        kind = type(value).__name__
        raise _refusal(f"the {kind} would not come back from Parquet", error) from error
    return data


def decode_frame(data: bytes) -> Any:
    """The DataFrame or Series of a Parquet file.

    Raises:
        ValueError: the bytes are not Parquet.
    """
    try:
        return read_frame(data)
    except pa.ArrowException as error:
        raise ValueError(str(error)) from error


def _compare(value: Any, again: Any) -> None:
    """Raise AssertionError where the two differ; pandas says where."""
    value = value.copy(deep=False)
    if isinstance(value.index, pd.MultiIndex):
        value.index = value.index.remove_unused_levels()  # only values are compared
    options: Any = {"check_exact": True, "check_freq": False, "check_flags": False}
    if isinstance(value, pd.Series):
        pd.testing.assert_series_equal(pd.Series(value), again, **options)
    else:
        pd.testing.assert_frame_equal(pd.DataFrame(value), again, **options)


def _culprit(value: Any) -> str:
    """The first column or index level that Arrow does not take."""
    index = value.index.to_frame(index=False)
    frame = value.to_frame() if value.ndim == 1 else value
    for what, part in (("column", frame), ("index level", index)):
        for position, label in enumerate(part.columns):
            values = part.iloc[:, position]
            try:
                pa.array(values, from_pandas=True)
            except (pa.ArrowException, ArithmeticError, TypeError, ValueError):
                return f"{what} {label!r} (dtype {values.dtype})"
    return f"the {type(value).__name__}"


def _refusal(what: str, error: BaseException) -> InvalidTypeError:
    is_pair = len(error.args) == len(("reason", "column"))  # pyarrow's
    text = str(error.args[0] if is_pair else error)
    reason = " ".join(text.split())[:300]
    return InvalidTypeError(
        f"{what}: {reason}; give the cells one type that Parquet has (astype), leave the column "
        "out, or log it with PickleCodec"
    )
