"""pandas DataFrames and Series as Parquet."""

from __future__ import annotations

from typing import Any, ClassVar

from trialog.codecs._origin import comes_from
from trialog.codecs._refusals import not_taken, unreadable


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
        from trialog.codecs._parquet import encode_frame  # noqa: PLC0415 # loads pandas, pyarrow

        return encode_frame(value)

    @staticmethod
    def decode(data: bytes) -> Any:
        """The DataFrame or the Series; Parquet that trialog did not write is a DataFrame.

        Raises:
            UsageError: the bytes are not a Parquet file.
        """
        from trialog.codecs._parquet import decode_frame  # noqa: PLC0415 # loads pandas, pyarrow

        try:
            return decode_frame(data)
        except ValueError as error:
            raise unreadable(PandasCodec, "Parquet files", error) from error
