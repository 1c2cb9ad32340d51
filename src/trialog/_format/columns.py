"""Many points at once: the records of a block as numpy arrays. Imported by readers only."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trialog._format.decoding import BlockIndex
from trialog._format.records import (
    FLAG_AUTO,
    FLAG_CONTINUED,
    FLAG_TYPE_SHIFT,
    POINT_KINDS,
    POINTS_HEAD,
    TYPE_FLOAT,
    TYPE_SIGNED,
    WIDE_HEAD,
    Kind,
    record_bytes,
)

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_POINT = np.dtype(
    [("word", "<u4"), ("step", "<i4"), ("time", "<i8"), ("value", "<f8"), ("end", "<u4")]
)
_WIDE = np.dtype([("word", "<u4"), ("flags", "<u4"), ("step", "<i8"), ("time", "<i8")])
_HEAD = np.dtype([("word", "<u4"), ("step", "<i4"), ("time", "<i8")])


@dataclass(slots=True)
class Calls:
    """All calls of one block that name the same metrics in the same record kind.

    Attributes:
        names: the metrics, m of them.
        offsets: where each of the n records lies in the file, ascending.
        steps: n steps; 0 where none was given.
        is_auto: n flags: no step was given.
        is_continued: n flags: takes the step of the record with the same time.
        times_ns: n times.
        values: n × m doubles.
        exact: the integers that a double cannot hold, by (row, column).
    """

    names: tuple[str, ...]
    offsets: Integers
    steps: Integers
    is_auto: Flags
    is_continued: Flags
    times_ns: Integers
    values: Floats
    exact: dict[tuple[int, int], int] = field(default_factory=dict)


def calls(index: BlockIndex) -> list[Calls]:
    """The points of a block, one :class:`Calls` for each distinct first word."""
    found = []
    raw = np.frombuffer(index.data, np.uint8)
    for word, positions in index.points.items():
        kind, names = Kind(word & 0xFF), index.names_of(word)
        at = np.asarray(positions, np.int64)
        rows = _gather(raw, at, record_bytes(kind, word >> 8, len(names)))
        found.append(_decode(kind, names, at + index.extent.start, rows))
    return found


def _gather(raw: NDArray[np.uint8], at: Integers, size: int) -> NDArray[np.uint8]:
    """The n records of one length as n × size bytes; without a copy where they lie together."""
    count = len(at)
    if int(at[-1]) - int(at[0]) == (count - 1) * size:
        start = int(at[0])
        return raw[start : start + count * size].reshape(count, size)
    rows: NDArray[np.uint8] = raw[at[:, None] + np.arange(size)]
    return rows


def _decode(
    kind: Kind, names: tuple[str, ...], offsets: Integers, rows: NDArray[np.uint8]
) -> Calls:
    count, no = len(rows), np.zeros(len(rows), np.bool_)
    if kind in (Kind.POINT_WIDE, Kind.POINTS_WIDE):
        return _decode_wide(kind, names, offsets, rows)
    is_auto = np.full(count, kind in (Kind.POINT_AUTO, Kind.POINTS_AUTO))
    if kind in POINT_KINDS:
        table = rows.reshape(-1).view(_POINT)
        values = table["value"].astype(np.float64).reshape(count, 1)
    else:
        size = POINTS_HEAD.size
        table = np.ascontiguousarray(rows[:, :size]).view(_HEAD).reshape(count)
        values = np.ascontiguousarray(rows[:, size:-4]).view("<f8")
    return Calls(
        names,
        offsets,
        table["step"].astype(np.int64),
        is_auto,
        no,
        table["time"].astype(np.int64),
        values,
    )


def _decode_wide(
    kind: Kind, names: tuple[str, ...], offsets: Integers, rows: NDArray[np.uint8]
) -> Calls:
    count, width, size = len(rows), len(names), WIDE_HEAD.size
    table = np.ascontiguousarray(rows[:, :size]).view(_WIDE).reshape(count)
    bits = np.ascontiguousarray(rows[:, size : size + 8 * width])
    if kind is Kind.POINT_WIDE:
        types = (table["flags"] >> FLAG_TYPE_SHIFT & 0xFF).astype(np.uint8).reshape(count, 1)
    else:
        types = rows[:, size + 8 * width : size + 9 * width]
    values = bits.view("<f8").copy()
    exact: dict[tuple[int, int], int] = {}
    signed, unsigned = bits.view("<i8"), bits.view("<u8")
    for row, column in np.argwhere(types != TYPE_FLOAT).tolist():
        source = signed if types[row, column] == TYPE_SIGNED else unsigned
        exact[row, column] = int(source[row, column])
        values[row, column] = float(exact[row, column])
    return Calls(
        names,
        offsets,
        table["step"].astype(np.int64),
        (table["flags"] & FLAG_AUTO) != 0,
        (table["flags"] & FLAG_CONTINUED) != 0,
        table["time"].astype(np.int64),
        values,
        exact,
    )
