"""The block a journal is writing: a piece of memory that takes whole records.

``Block.write`` is the bound C method ``mmap.write``: it copies a record to the current position
and moves the position on, in one step that no thread, signal handler or exception can divide, and
raises ValueError where the record does not fit. So ``log`` needs no lock, makes no system call and
cannot tear a record. A block that is sealed has its position at its end: nothing fits any more.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable
from itertools import count
from struct import Struct
from typing import NamedTuple

from trialog._format.blocks import LAST_WORDS_END, PAGE_BYTES, SHORT_BYTES, TRAILER_BYTES, Extent
from trialog._format.decoding import Fact, index_block
from trialog._format.encoding import encode_name, encode_template
from trialog._format.records import (
    MAX_NUMBER,
    POINT_KINDS,
    POINTS_HEAD,
    POINTS_KINDS,
    WIDE_HEAD,
    WORD,
    Kind,
    make_word,
    record_bytes,
)
from trialog._writing.descriptors import above_standard


class BlockFullError(ValueError):
    """A record does not fit into the block; nothing of it was written."""


class NameWords(NamedTuple):
    """The first words of a metric's points in one block."""

    number: int
    stepped: int
    auto: int


class Template(NamedTuple):
    """The first words of a call with these names in one block, and how its record is packed."""

    number: int
    stepped: int
    auto: int
    pack: Callable[..., bytes]


class Block:
    """A block under way.

    Attributes:
        extent: where it lies in its file.
        write: takes one whole record, or raises ValueError where it does not fit.
        words: the metrics defined in this block so far.
        templates: the calls of several metrics defined in this block so far.
        numbers, template_numbers: give the next of each a number.
    """

    __slots__ = (
        "_memory",
        "_sealing_at",
        "_used",
        "extent",
        "numbers",
        "template_numbers",
        "templates",
        "words",
        "write",
    )

    def __init__(self, extent: Extent, memory: mmap.mmap) -> None:
        self.extent = extent
        self.words: dict[object, NameWords] = {}
        self.templates: dict[tuple[object, ...], Template] = {}
        self.write: Callable[[bytes], object] = memory.write
        self._memory = memory
        self._used: int | None = None
        self._sealing_at: int | None = None
        self.numbers = count()
        self.template_numbers = count()

    def put(self, record: bytes) -> None:
        """Write a record as ``write`` does, for those who may be interrupted.

        Raises:
            BlockFullError: it does not fit. What else comes out, a ValueError too, was raised by a
                signal handler; the record may then be written.
        """
        try:
            self.write(record)
        except ValueError as error:
            if self.refused(error, len(record)):
                raise BlockFullError from None
            raise

    def refused(self, error: Exception, size: int) -> bool:
        """Whether an error that came out of ``write`` means that so many bytes do not fit.

        A signal handler may raise an error of the same class just after the record was written;
        that one has been through the frame of the handler.
        """
        if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
            return False
        if self._used is not None or self._memory.closed:
            return True
        return len(self._memory) - self._memory.tell() < size

    def define(self, name: str, time_ns: int) -> NameWords:
        """The words of a metric, defined now where they were not.

        Raises:
            BlockFullError: the definition does not fit any more.
        """
        words = self.words.get(name)
        if words is None:
            number = next(self.numbers)
            if number > MAX_NUMBER:
                raise BlockFullError
            self.put(encode_name(number, name, time_ns))
            words = NameWords(
                number, make_word(Kind.POINT, number), make_word(Kind.POINT_AUTO, number)
            )
            self.words[name] = words
        return words

    def define_template(self, names: tuple[str, ...], time_ns: int) -> Template:
        """The words of a call with these names, defined now where they were not.

        Raises:
            BlockFullError: the definition does not fit any more.
        """
        template = self.templates.get(names)
        if template is None:
            numbers = [self.define(name, time_ns).number for name in names]
            number = next(self.template_numbers)
            self.put(encode_template(number, numbers, time_ns))
            template = Template(
                number,
                make_word(Kind.POINTS, number),
                make_word(Kind.POINTS_AUTO, number),
                Struct(f"<Iiq{len(names)}d").pack,
            )
            self.templates[names] = template
        return template

    @property
    def position(self) -> int:
        """How many bytes are records."""
        return self._memory.tell() if self._used is None else self._used

    def seal(self) -> int:
        """Let nothing more in; a second time changes nothing.

        Returns:
            How many bytes are records.
        """
        while self._used is None:
            used, at = self._memory.tell(), self._sealing_at
            if at is not None and at < used == len(self._memory) and not self._memory[at]:
                self._used = at  # sealed, and a signal handler raised before that was noted
                break
            self._sealing_at = used
            try:
                # one step: where a record came in between, the zeros do not fit any more
                self.put(bytes(len(self._memory) - used))
            except BlockFullError:
                continue
            self._used = used
        return self._used

    def go_on_from(self, beginning: ShortBlock) -> None:
        """Take over what the beginning of this block holds, and let nothing more into that.

        What is defined there is shared, for a thread may be just about to note a definition.
        """
        self._memory.seek(beginning.seal())
        self.words, self.templates = beginning.words, beginning.templates
        self.numbers, self.template_numbers = beginning.numbers, beginning.template_numbers

    def memory(self) -> mmap.mmap:
        """The block's bytes without its trailer."""
        return self._memory

    def close(self) -> None:
        """Give the memory back."""
        self._memory.close()


class MappedBlock(Block):
    """A block whose memory is the file itself, its space reserved."""

    __slots__ = ()

    @classmethod
    def reserve(cls, fd: int, extent: Extent) -> MappedBlock:
        """Reserve the block's space in the file, and map it.

        Raises:
            OSError: the space cannot be reserved (a full disk, a quota), or not mapped.
        """
        os.posix_fallocate(fd, extent.start, extent.size)
        with above_standard():  # a map keeps a copy of the file's number
            memory = mmap.mmap(fd, extent.size - TRAILER_BYTES, offset=extent.start)
        return cls(extent, memory)


class ShortBlock(MappedBlock):
    """The first page of block 0, for a journal that is short as a rule; the rest is not reserved.

    It takes little time to make and to cut. A part of the page is left for the end.
    """

    __slots__ = ()

    @classmethod
    def reserve(cls, fd: int, extent: Extent) -> ShortBlock:
        """Reserve the page in the file, and map it.

        Raises:
            OSError: as :meth:`MappedBlock.reserve`.
        """
        os.posix_fallocate(fd, extent.start, PAGE_BYTES)
        with above_standard():
            return cls(extent, mmap.mmap(fd, SHORT_BYTES, offset=extent.start))


class Unwritten(NamedTuple):
    """Records that no disk has taken: how many points, and the facts."""

    points: int
    facts: list[Fact]


class BufferedBlock(Block):
    """A block in plain memory, copied to the file when it can be.

    Used where the file system may not be mapped, and while a disk is full.
    """

    __slots__ = ("flushed",)

    def __init__(self, extent: Extent) -> None:
        super().__init__(extent, mmap.mmap(-1, extent.size - TRAILER_BYTES))
        self.flushed = 0

    def flush(self, fd: int) -> None:
        """Copy what is new to the file.

        Raises:
            OSError: the file cannot be written now; nothing is lost, call again.
        """
        position = self.position
        while self.flushed < position:
            data = self._memory[self.flushed : position]
            self.flushed += os.pwrite(fd, data, self.extent.start + self.flushed)

    def unwritten(self) -> Unwritten:
        """What is in memory only, a record that is written in part included."""
        index = index_block(self._memory[: self.position], self.extent, is_settled=True)
        points = 0
        for word, places in index.points.items():
            names = index.names_of(word)
            size = record_bytes(Kind(word & 0xFF), word >> 8, len(names))
            points += len(names) * sum(place + size > self.flushed for place in places)
        reached = self.extent.start + self.flushed
        facts = [
            fact
            for fact in index.facts
            if fact.offset + record_bytes(fact.kind, len(fact.payload)) > reached
        ]
        return Unwritten(points, facts)


class HeldBlock(BufferedBlock):
    """Block 0 where the disk has room for its first page only: the rest waits in memory.

    Attributes:
        has_room: whether the rest has room in the file by now, and last words too.
    """

    __slots__ = ("has_room",)

    def __init__(self, extent: Extent) -> None:
        super().__init__(extent)
        self.has_room = False

    def go_on_from(self, beginning: ShortBlock) -> None:
        """As a block does; what the beginning holds stands in the file already."""
        used = beginning.seal()
        with memoryview(beginning.memory()) as memory, memoryview(self._memory) as ours:
            ours[:used] = memory[:used]
        super().go_on_from(beginning)
        self.flushed = used

    def flush(self, fd: int) -> None:
        """Reserve the rest, and copy what is new to it: the room for an end is left as it is.

        Raises:
            OSError: as :meth:`BufferedBlock.flush`.
        """
        if not self.has_room:
            os.posix_fallocate(fd, 0, LAST_WORDS_END)
            self.has_room = True
        super().flush(fd)


class ShutBlock:
    """Stands in where nothing may be written: before the first block, after the end, after a fork.

    It refuses as a full block does, so that the writer looks for the next one.
    """

    def __init__(self, index: int = -1) -> None:
        self.extent = Extent(index, 0, 0)
        self.words: dict[object, NameWords] = {}
        self.templates: dict[tuple[object, ...], Template] = {}

    def write(self, record: bytes) -> object:
        """Refuse."""
        raise BlockFullError

    def put(self, record: bytes) -> None:
        """Refuse, or do what a subclass does with a record."""
        self.write(record)

    def refused(self, error: Exception, size: int) -> bool:
        """Whether an error came from here."""
        return isinstance(error, BlockFullError)

    def define(self, name: str, time_ns: int) -> NameWords:
        """Refuse."""
        raise BlockFullError

    def define_template(self, names: tuple[str, ...], time_ns: int) -> Template:
        """Refuse."""
        raise BlockFullError


class DroppingBlock(ShutBlock):
    """Stands in while memory is used up: keeps nothing, and counts the points it could not keep."""

    def __init__(self, index: int, time_ns: int) -> None:
        super().__init__(index)
        self.since_ns = time_ns
        self.missing = 0

    def write(self, record: bytes) -> object:
        """Count the points of a record."""
        kind, size = record[0], len(record)
        if kind in POINT_KINDS:
            self.missing += 1
        elif kind == Kind.POINTS_WIDE:
            self.missing += (size - WIDE_HEAD.size - WORD.size) // 9
        elif kind in POINTS_KINDS:
            self.missing += (size - POINTS_HEAD.size - WORD.size) // 8
        return None

    def define(self, name: str, time_ns: int) -> NameWords:
        """Words that nobody will read, not kept: each call comes here again."""
        return NameWords(0, make_word(Kind.POINT, 0), make_word(Kind.POINT_AUTO, 0))

    def define_template(self, names: tuple[str, ...], time_ns: int) -> Template:
        """Words that nobody will read, not kept."""
        return Template(
            0,
            make_word(Kind.POINTS, 0),
            make_word(Kind.POINTS_AUTO, 0),
            Struct(f"<Iiq{len(names)}d").pack,
        )
