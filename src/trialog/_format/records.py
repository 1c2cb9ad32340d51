"""What stands in a block: the kinds of records and their layouts. All integers little-endian.

Every record begins with a word whose low 8 bits are its kind. A word of 0 is where nothing has
been written yet.

=================  =====================================================================  ==========
record             layout                                                                 bytes
=================  =====================================================================  ==========
POINT              word, i32 step, i64 time_ns, f64 value, word again                     28
POINT_AUTO         the same, step 0: no step was given                                    28
POINT_WIDE         word, u32 flags, i64 step, i64 time_ns, 8 bytes value, word again      36
POINTS             word, i32 step, i64 time_ns, n × f64, crc32                            20 + 8n
POINTS_AUTO        the same, step 0                                                       20 + 8n
POINTS_WIDE        word, u32 flags, i64 step, i64 time_ns, n × 8 bytes, n × u8 type,      28 + 9n
                   padding to 4, crc32
all others         word, i64 time_ns, payload, padding to 4, crc32                        16 + m
=================  =====================================================================  ==========

The high 24 bits of a word are the name's number (POINT…), the template's number (POINTS…), or the
payload's length m. A point counts once its last word equals its first; all others once their CRC
is right. Numbers of names and templates are defined by NAME and TEMPLATE records in the same
block: each block can be read alone.
"""

from __future__ import annotations

import struct
from enum import IntEnum


class Kind(IntEnum):
    """The low 8 bits of a record's first word."""

    POINT = 1
    POINT_AUTO = 2
    POINT_WIDE = 3
    POINTS = 4
    POINTS_AUTO = 5
    POINTS_WIDE = 6
    NAME = 16
    TEMPLATE = 17
    START = 32
    PARAMETERS = 33
    VALUE = 34
    ATTACHMENT = 35
    EDIT = 36
    TROUBLE = 37
    CELL = 38
    CONTEXT = 39
    CONSOLE = 40
    ALERT = 41
    WITNESSED = 42
    CANCEL = 43
    SOLVE = 44
    COMMIT = 45
    VIEW = 46
    HEARTBEAT = 48
    SYNCED = 49
    LEAVE = 62
    END = 63
    TRAILER = 255


FORMAT_VERSION = 1

NUMBER_BITS = 24
MAX_NUMBER = (1 << NUMBER_BITS) - 1
MAX_PAYLOAD_BYTES = 16 * 1024  # larger values become blobs; a record always fits the first block

FLAG_AUTO = 1  # no step was given
FLAG_CONTINUED = 2  # belongs to the call of the record with the same time, and takes its step
TYPE_FLOAT, TYPE_SIGNED, TYPE_UNSIGNED = 0, 1, 2  # what the 8 bytes of a value are
FLAG_TYPE_SHIFT = 8

POINT = struct.Struct("<IiqdI")
WIDE_HEAD = struct.Struct("<IIqq")
POINTS_HEAD = struct.Struct("<Iiq")
GENERAL_HEAD = struct.Struct("<Iq")
WORD = struct.Struct("<I")
VALUE_STRUCTS = {
    TYPE_FLOAT: struct.Struct("<d"),
    TYPE_SIGNED: struct.Struct("<q"),
    TYPE_UNSIGNED: struct.Struct("<Q"),
}
POINT_BYTES = POINT.size
WIDE_BYTES = WIDE_HEAD.size + 12

MIN_NARROW_STEP, MAX_NARROW_STEP = -(2**31), 2**31 - 1
MIN_STEP, MAX_STEP = -(2**63), 2**63 - 1

POINT_KINDS = frozenset({Kind.POINT, Kind.POINT_AUTO, Kind.POINT_WIDE})
POINTS_KINDS = frozenset({Kind.POINTS, Kind.POINTS_AUTO, Kind.POINTS_WIDE})
GENERAL_KINDS = frozenset(Kind) - POINT_KINDS - POINTS_KINDS - {Kind.TRAILER}


def make_word(kind: Kind, number: int) -> int:
    """A record's first word."""
    return kind | number << 8


def padding(size: int) -> int:
    """How many zero bytes bring a size to a multiple of 4."""
    return -size % 4


def record_bytes(kind: Kind, number: int, names: int = 0) -> int:
    """The length of a whole record.

    Args:
        kind: the record's kind.
        number: the high 24 bits of its word.
        names: how many names its template has (POINTS kinds).
    """
    if kind is Kind.POINT_WIDE:
        return WIDE_BYTES
    if kind in POINT_KINDS:
        return POINT_BYTES
    if kind is Kind.POINTS_WIDE:
        size = WIDE_HEAD.size + 9 * names
        return size + padding(size) + 4
    if kind in POINTS_KINDS:
        return POINTS_HEAD.size + 8 * names + 4
    size = GENERAL_HEAD.size + number
    return size + padding(size) + 4
