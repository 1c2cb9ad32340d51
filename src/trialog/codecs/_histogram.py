"""Histograms: how many values lie between which edges."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from trialog._format.values import dump_json, load_json
from trialog.codecs._numpy import as_array
from trialog.codecs._origin import comes_from
from trialog.codecs._refusals import not_taken, unreadable
from trialog.errors import InvalidTypeError, UsageError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_TAKES = "a Histogram, or what numpy.histogram gives"
_MAX_BINS = 100_000


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values lie in each bin; a bin reaches from one edge up to the next.

    Attributes:
        counts: n numbers: how many, or what they weigh.
        edges: n + 1 finite numbers, ascending.
        nan_count: how many values were NaN, and so lie in no bin.
        infinity_count: how many were infinite, likewise.

    Example:
        >>> Histogram.of([1.0, 2.0, 2.5, 9.0], bins=2)
        Histogram(counts=(3, 1), edges=(1.0, 5.0, 9.0), nan_count=0, infinity_count=0)
    """

    counts: tuple[float, ...]
    edges: tuple[float, ...]
    nan_count: int = 0
    infinity_count: int = 0

    def __init__(
        self,
        counts: ArrayLike,
        edges: ArrayLike,
        nan_count: int = 0,
        infinity_count: int = 0,
    ) -> None:
        """Make one of counts that are known.

        Raises:
            UsageError: not one edge more than counts, or edges that do not ascend.
        """
        object.__setattr__(self, "counts", _numbers("counts", counts))
        object.__setattr__(self, "edges", _numbers("edges", edges))
        object.__setattr__(self, "nan_count", int(nan_count))
        object.__setattr__(self, "infinity_count", int(infinity_count))
        _check(self)

    @classmethod
    def of(
        cls,
        values: Any,
        bins: int | str | Sequence[float] = 64,
        range: tuple[float, float] | None = None,  # noqa: A002 # numpy's word
    ) -> Self:
        """Count raw values: an array of any shape, a torch tensor, a list.

        Args:
            values: numbers; NaN and infinities are counted apart.
            bins: how many, the edges themselves, or a rule of numpy's such as ``"auto"``.
            range: least and greatest edge; the values' own where not given. What lies outside is
                in no bin.

        Raises:
            InvalidTypeError: the values are no numbers.
            UsageError: bins that cannot be.
        """
        import numpy as np  # noqa: PLC0415  # heavy: only for whoever counts

        given = values if isinstance(values, list | tuple) else as_array(cls, values)
        array = np.asarray(given)
        if array.dtype.kind not in "biuf":
            raise InvalidTypeError(f"Histogram.of takes numbers, not an array of {array.dtype}")
        flat = array.reshape(-1)
        flat = flat.astype(np.float64) if flat.dtype.kind in "bf" else flat
        is_finite = np.isfinite(flat)
        nan_count = int(np.isnan(flat).sum()) if flat.dtype.kind == "f" else 0
        try:
            counts, edges = np.histogram(flat[is_finite], bins, range)
        except ValueError as error:
            raise UsageError(f"these bins cannot be: {error}") from error
        return cls(counts, edges, nan_count, int((~is_finite).sum()) - nan_count)

    @property
    def total(self) -> float:
        """The sum of all counts.

        Example:
            >>> Histogram([3, 1], [0, 1, 2]).total
            4
        """
        return sum(self.counts)


class HistogramCodec:
    """Histograms as JSON: ``counts``, ``edges``, ``nan_count``, ``infinity_count``.

    Takes a :class:`Histogram`, and the pair of arrays that ``numpy.histogram`` gives; a
    :class:`Histogram` comes back.

    Example:
        >>> data = HistogramCodec.encode(numpy.histogram([1, 2, 2, 3], bins=2))
        >>> HistogramCodec.decode(data).counts
        (1, 3)
    """

    media_type: ClassVar[str] = "application/vnd.trialog.histogram+json"
    filename_suffix: ClassVar[str] = ".histogram.json"

    @staticmethod
    def encode(value: Any) -> bytes:
        """UTF-8 JSON text.

        Raises:
            InvalidTypeError: not a histogram.
            UsageError: not one edge more than counts, or edges that do not ascend.
        """
        if is_numpy_histogram(value):
            value = Histogram(*value)
        if not isinstance(value, Histogram):
            raise not_taken(
                HistogramCodec, value, _TAKES, "Histogram.of(values) makes one of raw values"
            )
        content = {
            "counts": list(value.counts),
            "edges": list(value.edges),
            "nan_count": value.nan_count,
            "infinity_count": value.infinity_count,
        }
        return dump_json(content, "the histogram")

    @staticmethod
    def decode(data: bytes) -> Histogram:
        """The histogram.

        Raises:
            UsageError: the bytes are not one.
        """
        try:
            content = load_json(data)
            return Histogram(
                content["counts"],
                content["edges"],
                content.get("nan_count", 0),
                content.get("infinity_count", 0),
            )
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise unreadable(HistogramCodec, "histograms", error) from error


def is_numpy_histogram(value: object) -> bool:
    """Whether a value is the pair of arrays that ``numpy.histogram`` gives."""
    if not isinstance(value, tuple) or len(value) != 2:  # noqa: PLR2004 # a pair
        return False
    counts, edges = value
    are_arrays = comes_from(counts, "numpy", "ndarray") and comes_from(edges, "numpy", "ndarray")
    if not are_arrays or counts.ndim != 1 or edges.ndim != 1:
        return False
    return bool(len(edges) == len(counts) + 1)


def _numbers(what: str, given: Any) -> tuple[float, ...]:
    listed: NDArray[Any] | list[Any] = given if hasattr(given, "tolist") else list(given)
    numbers = listed.tolist() if hasattr(listed, "tolist") else listed
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise InvalidTypeError(f"a histogram's {what} must be numbers, not {number!r}")
        if not math.isfinite(number):
            raise UsageError(f"a histogram's {what} must be finite, not {number!r}")
    return tuple(numbers)


def _check(histogram: Histogram) -> None:
    bins = len(histogram.counts)
    if not 1 <= bins <= _MAX_BINS:
        raise UsageError(f"a histogram has 1 to {_MAX_BINS:,} bins, not {bins:,}")
    if len(histogram.edges) != bins + 1:
        raise UsageError(f"{bins} counts lie between {bins + 1} edges, not {len(histogram.edges)}")
    rising = zip(histogram.edges, histogram.edges[1:], strict=False)
    if not all(left < right for left, right in rising):
        raise UsageError("a histogram's edges must ascend")
