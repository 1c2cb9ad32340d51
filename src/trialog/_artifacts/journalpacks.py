"""Many journals in one blob: a tar archive of ``runs/<run id>/<writer>.journal``, zstd-compressed.

The same journals give the same bytes (with the same version of zstd): members in the order of
their names, headers without times or users, and frames of a fixed length. Any ``tar --zstd`` reads
a pack. Memory is constant both ways.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import pyarrow as pa

from trialog._format.folders import JOURNAL_SUFFIX, RUN_ID
from trialog._oci.descriptors import Descriptor
from trialog._oci.documents import MAX_INTEGER, shown
from trialog._oci.members import (
    BLOCK_BYTES,
    END,
    Member,
    MemberStream,
    header_of,
    padding_of,
    read_member,
)
from trialog.errors import IntegrityError, TrialogError, UsageError

PACK_TYPE = "application/vnd.trialog.journals.v1.tar+zstd"
_FRAME_BYTES = 4 << 20
_CHUNK_BYTES = 1 << 20
_LEVEL = 3
_NAME = re.compile(rf"runs/({RUN_ID.pattern})/({RUN_ID.pattern}){re.escape(JOURNAL_SUFFIX)}")


class JournalKey(NamedTuple):
    """Which journal of which run."""

    run_id: str
    writer: str

    @property
    def member_name(self) -> str:
        """What it is called in a pack."""
        return f"runs/{self.run_id}/{self.writer}{JOURNAL_SUFFIX}"


class JournalPart(NamedTuple):
    """The beginning of a journal: as much of it as is packed."""

    key: JournalKey
    path: Path
    size_bytes: int


def pack_journals(parts: Iterable[JournalPart], sink: BinaryIO) -> Descriptor:
    """Write a pack of journals.

    Args:
        parts: which ones, in any order, each once.
        sink: where the pack is written.

    Returns:
        What was written.

    Raises:
        IntegrityError: a journal is shorter than it should be.
        UsageError: a journal is given twice.
        OSError: a journal cannot be read, or the pack not be written.
    """
    pack = _PackWriter(sink)
    ordered = sorted(parts)
    if len({part.key for part in ordered}) < len(ordered):
        raise UsageError("a journal is to be packed twice")
    for part in ordered:
        pack.write(header_of(part.key.member_name, part.size_bytes))
        with open(part.path, "rb", buffering=0) as journal:  # noqa: PTH123 # thousands of them
            left = part.size_bytes
            while left:
                chunk = journal.read(min(left, _CHUNK_BYTES))
                if not chunk:
                    raise IntegrityError(
                        f"the journal {part.path} ends {left} bytes before its {part.size_bytes}"
                    )
                pack.write(chunk)
                left -= len(chunk)
        pack.write(bytes(padding_of(part.size_bytes)))
    pack.write(END)
    return pack.finish()


def unpacked_bytes(sizes_bytes: Iterable[int]) -> int:
    """How long a pack of journals of these sizes is before it is compressed, at most."""
    # a journal of more than 8 GiB has three headers
    return len(END) + sum(4 * BLOCK_BYTES + size + padding_of(size) for size in sizes_bytes)


def unpack_journals(
    stream: BinaryIO, where: str, limit_bytes: int
) -> Iterator[tuple[JournalKey, int, BinaryIO]]:
    """The journals in a pack, one after the other.

    Args:
        stream: the pack's bytes; wrapped in ``verified``, they are the ones that are meant.
        where: what it is, for messages.
        limit_bytes: the pack may be as long as this once it is decompressed, and no longer.

    Yields:
        Which journal, how many bytes it has, and a stream of them, until the next one is asked for.

    Raises:
        IntegrityError: the pack is truncated, damaged or too long, or holds what is no journal.
    """
    content = cast("BinaryIO", reader := _PackReader(stream, where, limit_bytes))
    before: JournalKey | None = None
    while (member := read_member(content, where)) is not None:
        key = _key(member, where)
        if before is not None and key <= before:
            raise IntegrityError(
                f"{where} is refused: {member.name} stands after {before.member_name}, where it "
                "has no place"
            )
        before = key
        journal = MemberStream(content, member, where)
        yield key, member.size_bytes, cast("BinaryIO", journal)
        journal.skip()
        reader.read_zeros(padding_of(member.size_bytes))
    reader.read_zeros(MAX_INTEGER)


def _key(member: Member, where: str) -> JournalKey:
    found = _NAME.fullmatch(member.name)
    if found is None:
        raise IntegrityError(f"{where} is refused: {shown(member.name)} names no run's journal")
    if not member.is_file:
        raise IntegrityError(f"{where} is refused: {member.name} is not a file")
    return JournalKey(*found.groups())


class _PackWriter:
    """Compresses what is written, in frames of a fixed length, however it is written."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._codec = pa.Codec("zstd", _LEVEL)
        self._waiting = bytearray()
        self._hasher = hashlib.sha256()
        self._size_bytes = 0

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) >= _FRAME_BYTES:
            self._compress(bytes(self._waiting[:_FRAME_BYTES]))
            del self._waiting[:_FRAME_BYTES]

    def finish(self) -> Descriptor:
        if self._waiting:
            self._compress(bytes(self._waiting))
        return Descriptor(PACK_TYPE, f"sha256:{self._hasher.hexdigest()}", self._size_bytes)

    def _compress(self, frame: bytes) -> None:
        compressed = self._codec.compress(frame, asbytes=True)
        self._sink.write(compressed)
        self._hasher.update(compressed)
        self._size_bytes += len(compressed)


class _PackReader:
    """Decompresses, up to a limit."""

    def __init__(self, stream: BinaryIO, where: str, limit_bytes: int) -> None:
        self._content = pa.CompressedInputStream(pa.PythonFile(stream, "r"), "zstd")
        self._where = where
        self._limit_bytes = self._left_bytes = limit_bytes

    def read(self, size: int) -> bytes:
        try:
            data: bytes = self._content.read(min(size, self._left_bytes + 1))
        except OSError as error:  # what zstd says; errors of the stream beneath are as they were
            if isinstance(error, TrialogError):
                raise
            raise IntegrityError(f"{self._where} is truncated or damaged: {error}") from error
        self._left_bytes -= len(data)
        if self._left_bytes < 0:
            raise IntegrityError(
                f"{self._where} has more than the {self._limit_bytes} bytes that it should have "
                "once it is decompressed"
            )
        return data

    def read_zeros(self, size_bytes: int) -> None:
        """Read what fills up a block, or what follows the mark at the end."""
        while size_bytes and (data := self.read(min(size_bytes, _CHUNK_BYTES))):
            if data.strip(b"\0"):
                raise IntegrityError(f"{self._where} is damaged: bytes stand between its journals")
            size_bytes -= len(data)
