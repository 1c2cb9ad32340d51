"""Records to bytes.

The two hot layouts (POINT, POINTS) are packed in place by the writer with the structs of
``records``; everything else is made here.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache
from zlib import crc32

from trialog._format.records import (
    FLAG_AUTO,
    FLAG_CONTINUED,
    FLAG_TYPE_SHIFT,
    GENERAL_HEAD,
    MAX_NARROW_STEP,
    MAX_PAYLOAD_BYTES,
    MIN_NARROW_STEP,
    POINT,
    POINTS_HEAD,
    TYPE_FLOAT,
    VALUE_STRUCTS,
    WIDE_HEAD,
    WORD,
    Kind,
    make_word,
    padding,
)
from trialog._format.values import Number


def encode_general(kind: Kind, time_ns: int, payload: bytes) -> bytes:
    """A record with a payload.

    Raises:
        ValueError: the payload is too long for a record; it should have become a blob.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"a payload of {len(payload)} bytes is too long for a record")
    head = GENERAL_HEAD.pack(make_word(kind, len(payload)), time_ns) + payload
    return _sealed(head)


def encode_name(number: int, name: str, time_ns: int) -> bytes:
    """The definition of a metric's number within its block."""
    return encode_general(Kind.NAME, time_ns, WORD.pack(number) + name.encode())


def encode_template(number: int, names: Sequence[int], time_ns: int) -> bytes:
    """The definition of a template: the numbers of its names, in order."""
    return encode_general(
        Kind.TEMPLATE, time_ns, struct.pack(f"<{len(names) + 1}I", number, *names)
    )


def encode_point(
    number: int, value: Number, step: int | None, time_ns: int, *, continued: bool = False
) -> bytes:
    """One point of one metric, in the narrowest record that holds it."""
    narrow = step is None or MIN_NARROW_STEP <= step <= MAX_NARROW_STEP
    if narrow and value.type == TYPE_FLOAT and not continued:
        word = make_word(Kind.POINT_AUTO if step is None else Kind.POINT, number)
        return POINT.pack(word, step or 0, time_ns, value.value, word)
    word = make_word(Kind.POINT_WIDE, number)
    flags = _flags(step, continued=continued) | value.type << FLAG_TYPE_SHIFT
    return (
        WIDE_HEAD.pack(word, flags, step or 0, time_ns)
        + VALUE_STRUCTS[value.type].pack(value.value)
        + WORD.pack(word)
    )


def encode_points(
    number: int,
    values: Sequence[Number],
    step: int | None,
    time_ns: int,
    *,
    continued: bool = False,
) -> bytes:
    """One call's points of all names of a template, in the narrowest record that holds them."""
    narrow = step is None or MIN_NARROW_STEP <= step <= MAX_NARROW_STEP
    if narrow and not continued and all(value.type == TYPE_FLOAT for value in values):
        word = make_word(Kind.POINTS_AUTO if step is None else Kind.POINTS, number)
        head = POINTS_HEAD.pack(word, step or 0, time_ns)
        return _sealed(head + doubles(len(values)).pack(*[value.value for value in values]))
    word = make_word(Kind.POINTS_WIDE, number)
    head = WIDE_HEAD.pack(word, _flags(step, continued=continued), step or 0, time_ns)
    body = b"".join(VALUE_STRUCTS[value.type].pack(value.value) for value in values)
    return _sealed(head + body + bytes(value.type for value in values))


@lru_cache(maxsize=256)
def doubles(count: int) -> struct.Struct:
    """The struct of ``count`` doubles."""
    return struct.Struct(f"<{count}d")


def _flags(step: int | None, *, continued: bool) -> int:
    return (FLAG_AUTO if step is None else 0) | (FLAG_CONTINUED if continued else 0)


def _sealed(record: bytes) -> bytes:
    record += bytes(padding(len(record)))
    return record + WORD.pack(crc32(record))
