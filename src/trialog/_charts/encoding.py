"""A chart as bytes: ``application/vnd.trialog.chart``, normative.

All numbers are little-endian. The answer is::

    offset 0   b"TRC1"
    offset 4   uint32: length of the header in bytes, n
    offset 8   the header: UTF-8 JSON, padded with spaces so that 8 + n is a multiple of 8
    offset 8+n the buffers, each from a multiple of 8 on

``arrays`` of the header says where each array lies: ``{"name", "dtype", "shape", "layout",
"offset", "bytes"}``, the offset counted from the start of the answer; ``dtype`` is ``f8``
(float64), ``f4`` (float32), ``u4`` (uint32) or ``u1`` (uint8). Arrays of two dimensions lie row
after row. ``layout`` is

* ``split``: the first bytes of all numbers of the array, then all second bytes, and so on; so what
  they have in common stands together, and gzip finds it;
* ``sparse``, of f4 and f8 where many are missing: one bit for each number, 1 where it is there (bit
  i % 8 of byte i // 8), padded to a multiple of 8 bytes, then those that are there, split; all
  others are NaN.

**Slots.** All lines share one x grid of k *slots*, ascending (equal neighbours where a line has
several points at one x). ``is_exact``: each slot is a place where points are, and each value a
logged (or smoothed) one. Else the window is cut into ``columns`` columns of equal width; each has
two slots, at a quarter and three quarters of it: the first of its least and greatest value, then
the other, in the order of their places; where they are one point the second slot is missing.
``borders`` is ``[left, right]``: where true, the first (last) slot is the window's edge, and its
values are where lines cross it, by interpolation between the points on both sides: draw them, never
show them as points.

**Arrays.** k slots, n lines, g groups, c columns:

====================  ======  ========  ==========================================================
name                  dtype   shape     is
====================  ======  ========  ==========================================================
``x``                 f8      [k]       the places of the slots
``y``                 f4/f8   [n, k]    values of lines, smoothed where asked for; NaN: missing
``raw``               f4/f8   [n, k]    as logged; only with a smoothing and ``raw``
``breaks``            u1      [n, b]    bit slot % 8 of byte slot // 8, b = ceil(k/8): only values
                                        that are not finite stand there; do not draw across. Absent
                                        where there is none
``center``            f4/f8   [g, k]    of groups: mean or median
``low``, ``high``     f4/f8   [g, k]    of their bands; absent with ``band`` "none"
``members``           u4      [g, k]    how many members have a value there; binned: the least and
                                        the greatest number in the column
``facts``             f8      [n, f]    numbers of each line, named by the header's ``facts``
``first``, ``last``   f8      [n, c]    of each column, finite values; only with ``details``
``count``, ``nan``    u4      [n, c]    its points, and those that are no finite number; likewise
====================  ======  ========  ==========================================================

Values are f4 where that moves none by more than 1/65,536 of the fitted range (on a log
scale: of itself), else f8. Within the same bound, values of an answer that is not exact are rounded
to multiples of a power of two, or to 15 bits of fraction where these are finer (on a log scale:
always), which gzip makes small: none moves by more than 1/65,536 of itself either.
Never rounded: exact answers, smoothed lines, each line's least and greatest value in the window,
and all that lies beyond the fitted range.
Missing values are NaN: no point of the line stands there; join the neighbours unless ``breaks``.

**Header.** ``format`` 1; ``answer`` is "whole", "delta" or "same"; ``version`` (a text to send
back as ``since``); ``x``: ``{"kind": "step"|"time"|"relative"|"metric", "metric": name|null,
"extent": [lo, hi]|null, "window": [lo, hi]|null}`` (times in seconds); ``y``: ``{"full": [lo, hi],
"fit": [lo, hi], "positive": least value above 0, "undrawable": how many are not}`` (each null where
there is none; ``fit`` holds all but half a percent on each side of the points in the window);
``is_exact``, ``columns``, ``borders``; ``points``: ``{"total", "window", "represented"}``;
``lines``: ``[{"run", "name", "label", "group": index|null, "attempt": n|null, "rank": n|null}]``;
``facts``: ``["total", "window", "nan", "positive_infinities", "negative_infinities", "unplaced",
"min_x", "min", "max_x", "max", "last_x", "last", "above", "below"]`` (NaN where there is none;
``above`` and ``below``: how many points lie beyond ``fit``; the extremes are those of the window);
``groups``: ``[{"label", "runs": [ids], "lines": number}]``; ``marks``: ``{"shown": [{"line",
"slot", "x", "kind": "nan"|"inf"|"-inf"}], "more": number}``: places of values that are not finite.

**Delta.** Applies to the answer whose version was sent as ``since``. It has a whole header
(``arrays`` aside). Keep the first ``keep`` slots of all arrays with slots; append the ``x`` given.
Of ``y``, ``raw``, ``center``, ``low``, ``high`` and ``members`` it has only the rows that
``<name>_rows`` (u4) lists; of other rows the old slots stay, and new ones are missing (0 for
``members``). ``breaks`` and ``facts`` are whole where they are there. "same": nothing but the
header; all stays as it is.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MEDIA_TYPE = "application/vnd.trialog.chart"
MAGIC = b"TRC1"

_ALIGNMENT = 8
_HEAD_BYTES = len(MAGIC) + 4
_MUCH_LESS = 0.75
_LaidOut = tuple[dict[str, Any], bytes]
_DTYPES = {"f8": "<f8", "f4": "<f4", "u4": "<u4", "u1": "|u1"}


def encode(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A chart as bytes.

    Args:
        header: what is said of it, without ``arrays``.
        arrays: by name; of float64, float32, uint32 or uint8.
    """
    kept = {name: _laid_out(_little_endian(array)) for name, array in arrays.items()}
    length = 0
    while True:  # until the offsets in the header are those of a header of its own length
        head = _header(header, kept, _HEAD_BYTES + length)
        needed = _padded(_HEAD_BYTES + len(head)) - _HEAD_BYTES
        if needed <= length:
            break
        length = needed
    parts = [MAGIC, length.to_bytes(4, "little"), head.ljust(length)]
    for _, data in kept.values():
        parts += [data, b"\0" * (_padded(len(data)) - len(data))]
    return b"".join(parts)


class Encoded:
    """A chart's bytes, and the same compressed, once somebody has asked for that."""

    def __init__(self, data: bytes) -> None:
        """Of bytes."""
        self._data: bytes | None = data
        self._gzipped: bytes | None = None

    @property
    def data(self) -> bytes:
        """As they are."""
        data, packed = self._data, self._gzipped
        return data if data is not None else gzip.decompress(packed or b"")

    @property
    def kept_bytes(self) -> int:
        """How much memory it takes, once it is compressed."""
        kept = (self._data, self._gzipped or self._data)
        return sum(len(each) for each in kept if each is not None)

    def pack(self) -> None:
        """Keep the compressed bytes alone."""
        self.gzipped()
        self._data = None

    def gzipped(self) -> bytes:
        """Compressed, quickly: the network may be none at all."""
        if self._gzipped is None:
            self._gzipped = gzip.compress(self.data, 1, mtime=0)
        return self._gzipped


def decode(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header and the arrays of a chart.

    Raises:
        ValueError: it is no chart.
    """
    if data[: len(MAGIC)] != MAGIC:
        raise ValueError("this is no chart: it does not begin with TRC1")
    length = int.from_bytes(data[len(MAGIC) : _HEAD_BYTES], "little")
    header = json.loads(data[_HEAD_BYTES : _HEAD_BYTES + length])
    arrays = {}
    for each in header["arrays"]:
        buffer = np.frombuffer(data, np.uint8, each["bytes"], each["offset"])
        arrays[each["name"]] = _array_of(buffer, each)
    return header, arrays


def _header(header: Mapping[str, Any], arrays: Mapping[str, _LaidOut], start: int) -> bytes:
    described = []
    for name, (entry, data) in arrays.items():
        described.append({"name": name, **entry, "offset": start, "bytes": len(data)})
        start += _padded(len(data))
    content = {**header, "arrays": described}
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode()


def _laid_out(array: NDArray[Any]) -> _LaidOut:
    """What is said of an array, and its bytes: sparse where that is much less."""
    entry = {"dtype": array.dtype.str[1:], "shape": list(array.shape), "layout": "split"}
    if array.dtype.kind == "f" and array.ndim > 1:
        is_there = ~np.isnan(array)
        bits = _padded(-(-array.size // 8))
        size = bits + int(np.count_nonzero(is_there)) * array.dtype.itemsize
        if size < _MUCH_LESS * array.nbytes:
            entry["layout"] = "sparse"
            mask = np.packbits(is_there, bitorder="little").tobytes().ljust(bits, b"\0")
            return entry, mask + _split(array[is_there])
    return entry, _split(array)


def _array_of(buffer: NDArray[np.uint8], entry: Mapping[str, Any]) -> NDArray[Any]:
    dtype, shape = np.dtype(_DTYPES[entry["dtype"]]), entry["shape"]
    if entry["layout"] == "split":
        return _joined(buffer, dtype).reshape(shape)
    if entry["layout"] != "sparse":
        raise ValueError(f"there is no layout {entry['layout']!r}")
    count = int(np.prod(shape, dtype=np.int64))
    bits = _padded(-(-count // 8))
    found = np.full(count, np.nan, dtype)
    is_there = np.unpackbits(buffer[:bits], count=count, bitorder="little").view(np.bool_)
    found[is_there] = _joined(buffer[bits:], dtype)
    return found.reshape(shape)


def _split(array: NDArray[Any]) -> bytes:
    return array.reshape(-1, 1).view(np.uint8).T.tobytes()


def _joined(planes: NDArray[np.uint8], dtype: np.dtype[Any]) -> NDArray[Any]:
    numbers = np.ascontiguousarray(planes.reshape(dtype.itemsize, -1).T)
    return numbers.reshape(-1).view(dtype)


def _padded(size: int) -> int:
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def _little_endian(array: NDArray[Any]) -> NDArray[Any]:
    wanted = array.dtype.newbyteorder("<")
    if wanted.str[1:] not in _DTYPES:
        raise ValueError(f"arrays of {array.dtype} are not sent")
    return np.ascontiguousarray(array, wanted)
