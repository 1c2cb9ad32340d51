"""pandas DataFrames and Series as Parquet."""

from __future__ import annotations

from typing import Any, ClassVar

from trialog.codecs._frames import read_frame, write_frame
from trialog.codecs._origin import comes_from
from trialog.codecs._refusals import not_taken, unreadable
from trialog.errors import InvalidTypeError


class PandasCodec:
    """A DataFrame or a Series with its index, dtypes, labels, names and ``attrs``.

    Encoding reads the bytes back and compares, so that a frame either comes back equal or is
    refused where it is logged. Equal means ``pandas.testing.assert_frame_equal`` with exact
    values, less three things: the ``freq`` of a DatetimeIndex is not kept, a missing cell in a
    column of objects comes back as None, and a subclass comes back as the plain class.

    Example:
        >>> frame = pandas.DataFrame({"lr": [0.1, 0.2]}, index=["first", "second"])
        >>> PandasCodec.decode(PandasCodec.encode(frame))
                 lr
        first   0.1
        second  0.2
    """

    media_type: ClassVar[str] = "application/vnd.apache.parquet"
    filename_suffix: ClassVar[str] = ".parquet"

    @staticmethod
    def encode(value: Any) -> bytes:
        """The Parquet file, compressed with zstd.

        Raises:
            InvalidTypeError: neither DataFrame nor Series, or one that Parquet would not give
                back equal (cells of several types in a column, complex numbers, sparse columns);
                the message names the column.
        """
        if not comes_from(value, "pandas", "DataFrame", "Series"):
            raise not_taken(
                PandasCodec, value, "a pandas DataFrame or Series", "index.to_series() makes one"
            )
        import pyarrow as pa  # noqa: PLC0415  # heavy: only for whoever logs frames

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

    @staticmethod
    def decode(data: bytes) -> Any:
        """The DataFrame or the Series; Parquet that trialog did not write is a DataFrame.

        Raises:
            UsageError: the bytes are not a Parquet file.
        """
        import pyarrow as pa  # noqa: PLC0415  # heavy: only for whoever reads frames

        try:
            return read_frame(data)
        except pa.ArrowException as error:
            raise unreadable(PandasCodec, "Parquet files", error) from error


def _compare(value: Any, again: Any) -> None:
    """Raise AssertionError where the two differ; pandas says where."""
    import pandas as pd  # noqa: PLC0415  # loaded by write_frame already

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
    import pyarrow as pa  # noqa: PLC0415  # loaded by encode already

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
