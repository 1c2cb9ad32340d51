"""Blocks to records: what counts, where a block stops, and what is damaged.

``index_block`` walks a block once and says where its records lie; ``events`` turns an index into
plain Python values, in order. Readers of many points use ``columns`` on the same index.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from zlib import crc32

from trialog._format.blocks import LAST_WORDS_START, TRAILER_BYTES, Extent, decode_trailer
from trialog._format.records import (
    FLAG_AUTO,
    FLAG_CONTINUED,
    FLAG_TYPE_SHIFT,
    GENERAL_HEAD,
    POINT,
    POINT_KINDS,
    POINTS_HEAD,
    POINTS_KINDS,
    VALUE_STRUCTS,
    WIDE_HEAD,
    WORD,
    Kind,
    record_bytes,
)


class Damage(NamedTuple):
    """Bytes of a journal that are not what was written."""

    offset: int
    size: int
    reason: str


class Fact(NamedTuple):
    """A record with a payload."""

    offset: int
    kind: Kind
    time_ns: int
    payload: bytes


class Call(NamedTuple):
    """One call of ``log``: the points of its names.

    ``step`` is None where none was given; ``continued`` says that it belongs to the call of the
    record with the same time before it, and takes that record's step.
    """

    offset: int
    time_ns: int
    names: tuple[str, ...]
    values: tuple[float, ...]
    step: int | None
    continued: bool


@dataclass(slots=True)
class BlockIndex:
    """Where the records of one block lie. Positions count from the block's first byte."""

    extent: Extent
    data: memoryview
    is_closed: bool
    stop: int = 0
    facts: list[Fact] = field(default_factory=list)
    points: dict[int, list[int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    templates: dict[int, tuple[int, ...]] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)

    def names_of(self, word: int) -> tuple[str, ...]:
        """The names of a point record, by its first word."""
        if Kind(word & 0xFF) in POINT_KINDS:
            return (self.names[word >> 8],)
        return tuple(self.names[number] for number in self.templates[word >> 8])


def index_block(
    region: bytes | bytearray | memoryview,
    extent: Extent,
    *,
    is_settled: bool,
    limit: int | None = None,
) -> BlockIndex:
    """Walk a block and say where its records lie.

    Args:
        region: the block's bytes, fewer than ``extent.size`` where the file ends before.
        extent: where the block lies in its file.
        is_settled: nothing will be written any more: what follows an unwritten gap is damage
            rather than a write under way.
        limit: count only records that end at or before this position (power loss: the last
            synced mark).

    Returns:
        The index. A damaged closed block has no records and one :class:`Damage`.
    """
    data = memoryview(region).cast("B").toreadonly()
    trailer = decode_trailer(data)
    index = BlockIndex(extent, data, is_closed=trailer is not None)
    if trailer is not None:
        if crc32(data[:-TRAILER_BYTES]) != trailer.crc:
            index.damage.append(
                Damage(extent.start, extent.size, "the block's checksum does not match its bytes")
            )
            index.stop = len(data)
            return index
        end = trailer.used
    else:
        end = len(data)
    if limit is not None:
        end = min(end, limit)
    _Walk(index, end, is_settled=is_settled).run()
    return index


_KINDS = frozenset(int(kind) for kind in Kind)
_STRETCH = 16  # records alike that are worth counting at once


class _Walk:
    """One pass over a block's records."""

    def __init__(
        self, index: BlockIndex, end: int, *, is_settled: bool, may_be_torn: bool = True
    ) -> None:
        self.may_be_torn = may_be_torn
        self.index = index
        self.end = end
        self.is_settled = is_settled
        self.words = _words(index.data[: end - end % 4])
        # word -> (append a position, length in words) of the point records met so far
        self.known: dict[int, tuple[list[int], int]] = {}

    def run(self) -> None:
        words, known, limit = self.words, self.known, len(self.words)
        is_open = not self.index.is_closed
        at = 0
        before = 0  # the word of the record before
        while at < limit:
            word = words[at]
            met = known.get(word)
            if met is None:
                ahead = self._first(word, at)
            elif word == before and (count := self._count_alike(word, at, met[1])):
                positions, length = met
                positions.extend(range(at << 2, (at + count * length) << 2, length << 2))
                ahead = count * length
            else:
                positions, length = met
                if at + length > limit or (is_open and not self._is_committed(word, at, length)):
                    ahead = self._broken(at, length)
                else:
                    positions.append(at << 2)
                    ahead = length
            if not ahead:
                break
            before = word
            at += ahead
        self.index.stop = at << 2
        for word, (positions, _) in known.items():
            if positions:
                self.index.points[word] = positions

    def _count_alike(self, word: int, at: int, length: int) -> int:
        """How many records of this word follow each other here.

        Long stretches of one metric are the common case, and are counted without a step of
        Python for each.

        Returns:
            A number of whole, committed records; 0 for fewer than 16.
        """
        checks = [0] if self.index.is_closed else [0, length - 1]
        if len(checks) > 1 and word & 0xFF not in POINT_KINDS:
            return 0
        available = (len(self.words) - at) // length
        found, count = 0, _STRETCH
        while count <= available and all(
            self.words[at + check : at + count * length : length].tolist().count(word) == count
            for check in checks
        ):
            found, count = count, count * 8
        return found

    def _first(self, word: int, at: int) -> int:
        """A word not met before: a payload record, or the first point of its kind.

        Returns:
            How many words to go on by; 0 to stop.
        """
        try:
            kind = Kind(word & 0xFF)
        except ValueError:
            return self._broken(at, 0)
        if kind is Kind.TRAILER:
            return 0
        number = word >> 8
        if kind in POINT_KINDS or kind in POINTS_KINDS:
            defined = self.index.names if kind in POINT_KINDS else self.index.templates
            if number not in defined:
                return self._broken(at, 0)
            names = len(self.index.templates[number]) if kind in POINTS_KINDS else 0
            self.known[word] = ([], record_bytes(kind, number, names) >> 2)
            return self._again(word, at)
        length = record_bytes(kind, number) >> 2
        if at + length > len(self.words) or not self._is_sealed(at, length):
            return self._broken(at, length)
        if not self._take_fact(kind, at << 2, number):
            return self._broken(at, length)
        return length

    def _again(self, word: int, at: int) -> int:
        positions, length = self.known[word]
        if at + length > len(self.words) or (
            not self.index.is_closed and not self._is_committed(word, at, length)
        ):
            return self._broken(at, length)
        positions.append(at << 2)
        return length

    def _take_fact(self, kind: Kind, at: int, size: int) -> bool:
        start = at + GENERAL_HEAD.size
        payload = bytes(self.index.data[start : start + size])
        if kind is Kind.NAME or kind is Kind.TEMPLATE:
            return self._define(kind, payload)
        time_ns = GENERAL_HEAD.unpack_from(self.index.data, at)[1]
        self.index.facts.append(Fact(self.index.extent.start + at, kind, time_ns, payload))
        return True

    def _define(self, kind: Kind, payload: bytes) -> bool:
        """Take a definition.

        Returns:
            False where it defines nothing: what a program other than a writer may have made.
        """
        if len(payload) < WORD.size:
            return False
        (number,) = WORD.unpack_from(payload)
        if kind is Kind.NAME:
            try:
                name = payload[WORD.size :].decode()
            except UnicodeDecodeError:
                return False
            return self.index.names.setdefault(number, name) == name
        if len(payload) % WORD.size:
            return False
        names = struct.unpack_from(f"<{len(payload) // WORD.size - 1}I", payload, WORD.size)
        if not self.index.names.keys() >= set(names):
            return False
        return self.index.templates.setdefault(number, names) == names

    def _is_committed(self, word: int, at: int, length: int) -> bool:
        if word & 0xFF in POINT_KINDS:
            return self.words[at + length - 1] == word
        return self._is_sealed(at, length)

    def _is_sealed(self, at: int, length: int) -> bool:
        last = at + length - 1
        return self.words[last] == crc32(self.index.data[at << 2 : last << 2])

    def _broken(self, at: int, length: int) -> int:
        """A record that does not count: the torn tail, or damage.

        Args:
            at: where it begins, in words.
            length: its length in words, 0 where unknown.

        Returns:
            How many words to skip; 0 to stop here.
        """
        data = self.index.data
        if not self.is_settled and not self.index.is_closed:
            return 0
        after = at + length if length else at + 1
        beyond = after if self.may_be_torn else at
        rest = bytes(data[beyond << 2 : self.end])
        if not self.index.is_closed and rest.count(0) == len(rest):
            return 0  # torn: nothing was written after it
        if length and after < len(self.words) and self._may_begin(self.words[after]):
            self._report(at, length << 2, "a record is damaged")
            return length
        self._report(at, self.end - (at << 2), "the rest of the block cannot be read")
        return 0

    def _report(self, at: int, size: int, reason: str) -> None:
        self.index.damage.append(Damage(self.index.extent.start + (at << 2), size, reason))

    def _may_begin(self, word: int) -> bool:
        return word in self.known or word & 0xFF in _KINDS


def index_last_words(
    region: bytes | bytearray | memoryview, *, is_settled: bool = False
) -> BlockIndex:
    """The records in the last-words area: written there when no block could be reserved.

    Each is written there at once, so none is torn: what is not a record is damage.

    Args:
        region: the area's bytes.
        is_settled: nothing will be written any more.
    """
    data = memoryview(region).cast("B").toreadonly()
    index = BlockIndex(Extent(-1, LAST_WORDS_START, len(data)), data, is_closed=False)
    _Walk(index, len(data), is_settled=is_settled, may_be_torn=False).run()
    return index


def _words(data: memoryview) -> memoryview | array[int]:
    if sys.byteorder == "little":
        return data.cast("I")
    words = array("I", data.tobytes())
    words.byteswap()
    return words


def events(index: BlockIndex) -> Iterator[Call | Fact]:
    """The records of a block as plain values, in order."""
    found: list[tuple[int, int | Fact]] = [
        (position, word) for word, positions in index.points.items() for position in positions
    ]
    found += [(fact.offset - index.extent.start, fact) for fact in index.facts]
    found.sort(key=lambda item: item[0])
    for position, what in found:
        if isinstance(what, Fact):
            yield what
        else:
            yield _decode_call(index, what, position)


def _decode_call(index: BlockIndex, word: int, position: int) -> Call:
    kind = Kind(word & 0xFF)
    names = index.names_of(word)
    offset = index.extent.start + position
    data = index.data
    if kind in (Kind.POINT_WIDE, Kind.POINTS_WIDE):
        _, flags, step, time_ns = WIDE_HEAD.unpack_from(data, position)
        first = position + WIDE_HEAD.size
        if kind is Kind.POINT_WIDE:
            types = bytes([flags >> FLAG_TYPE_SHIFT & 0xFF])
        else:
            types = bytes(data[first + 8 * len(names) : first + 9 * len(names)])
        values = tuple(
            VALUE_STRUCTS[type_].unpack_from(data, first + 8 * place)[0]
            for place, type_ in enumerate(types)
        )
        return Call(
            offset,
            time_ns,
            names,
            values,
            None if flags & FLAG_AUTO else step,
            bool(flags & FLAG_CONTINUED),
        )
    is_auto = kind in (Kind.POINT_AUTO, Kind.POINTS_AUTO)
    if kind in POINT_KINDS:
        _, step, time_ns, value, _ = POINT.unpack_from(data, position)
        return Call(offset, time_ns, names, (value,), None if is_auto else step, continued=False)
    _, step, time_ns = POINTS_HEAD.unpack_from(data, position)
    values = struct.unpack_from(f"<{len(names)}d", data, position + POINTS_HEAD.size)
    return Call(offset, time_ns, names, values, None if is_auto else step, continued=False)
