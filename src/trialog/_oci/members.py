"""The members of a tar archive: their headers, written always the same and read with distrust.

Of the formats that are about, it reads ustar, pax (POSIX.1-2001, names and sizes) and GNU's long
names and large sizes. It writes ustar, and pax where a size needs it.
"""

from __future__ import annotations

import io
import tarfile
from typing import Any, BinaryIO, NamedTuple

from trialog._oci.documents import MAX_INTEGER, shown
from trialog.errors import IntegrityError

BLOCK_BYTES = 512
END = bytes(2 * BLOCK_BYTES)
_MAX_EXTENSION_BYTES = 1 << 20  # a long name, or pax records
_MAX_LENGTH_DIGITS = 7
_CHUNK_BYTES = 1 << 20
_MODE = 0o644
_WITHOUT_BYTES = (
    tarfile.LNKTYPE,
    tarfile.SYMTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.DIRTYPE,
    tarfile.FIFOTYPE,
)
_PAX, _PAX_ALL, _LONG_NAME, _LONG_LINK = b"x", b"g", b"L", b"K"


class Member(NamedTuple):
    """What stands in an archive under a name."""

    name: str
    size_bytes: int
    is_file: bool
    is_folder: bool


class _Extension(NamedTuple):
    """What the headers before a member say of it."""

    name: str | None = None
    size_bytes: int | None = None


class MemberStream(io.RawIOBase):
    """A member's bytes, of a stream that stands before them; closing it leaves that one open."""

    def __init__(self, stream: BinaryIO, member: Member, where: str) -> None:
        self._stream = stream
        self._member = member
        self._where = where
        self._left_bytes = member.size_bytes

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(_CHUNK_BYTES), b""))
        data = self._stream.read(min(size, self._left_bytes))
        if not data and size and self._left_bytes:
            raise truncated(self._where, self._member, self._left_bytes)
        self._left_bytes -= len(data)
        return data

    def readinto(self, buffer: Any, /) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def skip(self) -> None:
        """Read what nobody has read."""
        while self.read(_CHUNK_BYTES):
            pass


def truncated(where: str, member: Member, missing_bytes: int) -> IntegrityError:
    """The error that an archive ends within a member."""
    return IntegrityError(
        f"{where} is truncated: the last {missing_bytes} of the {member.size_bytes} bytes of "
        f"{shown(member.name)} are missing, and what should follow"
    )


def header_of(name: str, size_bytes: int) -> bytes:
    """The header of a file: the same for the same name and size, whoever writes it and when."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = size_bytes, _MODE
    try:
        return member.tobuf(tarfile.USTAR_FORMAT, "utf-8", "strict")
    except ValueError:  # too long a name, or more than 8 GiB
        return member.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")


def padding_of(size_bytes: int) -> int:
    """How many zero bytes follow a member's bytes."""
    return -size_bytes % BLOCK_BYTES


def read_member(stream: BinaryIO, where: str) -> Member | None:
    """The member whose header the stream stands before; its bytes come next, then the padding.

    Args:
        stream: what is read.
        where: what it is, for messages.

    Returns:
        The member, or None at the mark that ends an archive.

    Raises:
        IntegrityError: there is no header, or it says what cannot be.
    """
    extension = _Extension()
    while True:
        block = _read_exactly(stream, BLOCK_BYTES, where)
        if not block.strip(b"\0"):
            return None
        try:
            header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
        except tarfile.HeaderError as error:
            raise IntegrityError(f"{where} is damaged: a header of the archive: {error}") from None
        if header.type in (_PAX, _PAX_ALL, _LONG_NAME, _LONG_LINK):
            data = _read_extension(stream, header, where)
            if header.type == _PAX:
                extension = _parse_pax(data, extension, where)
            elif header.type == _LONG_NAME:
                name = data.split(b"\0")[0].decode("utf-8", "surrogateescape")
                extension = extension._replace(name=name)
            continue
        return _member(header, extension, where)


def _member(header: tarfile.TarInfo, extension: _Extension, where: str) -> Member:
    name = header.name if extension.name is None else extension.name
    size = header.size if extension.size_bytes is None else extension.size_bytes
    if not 0 <= size <= MAX_INTEGER:
        raise IntegrityError(f"{where} is damaged: its member {shown(name)} has {size} bytes")
    if header.type == tarfile.GNUTYPE_SPARSE:
        raise IntegrityError(
            f"{where} cannot be read: its member {shown(name)} is a sparse file; make the archive "
            "without --sparse"
        )
    return Member(
        name=name,
        size_bytes=0 if header.type in _WITHOUT_BYTES else size,
        is_file=header.type in (tarfile.REGTYPE, tarfile.AREGTYPE),
        is_folder=header.isdir(),
    )


def _read_exactly(stream: BinaryIO, size: int, where: str) -> bytes:
    data = stream.read(size)
    while data and len(data) < size:
        more = stream.read(size - len(data))
        if not more:
            break
        data += more
    if len(data) < size:
        raise IntegrityError(
            f"{where} is truncated: it ends where a member should begin, without the mark that "
            "ends an archive"
        )
    return data


def _read_extension(stream: BinaryIO, header: tarfile.TarInfo, where: str) -> bytes:
    if not 0 <= header.size <= _MAX_EXTENSION_BYTES:
        raise IntegrityError(
            f"{where} is damaged: a header of {header.size} bytes; at most {_MAX_EXTENSION_BYTES} "
            "are read"
        )
    padded = header.size + padding_of(header.size)
    return _read_exactly(stream, padded, where)[: header.size]


def _parse_pax(data: bytes, extension: _Extension, where: str) -> _Extension:
    """Take name and size out of records such as ``18 path=runs/a.txt``."""
    at = 0
    while at < len(data):
        space = data.find(b" ", at, at + _MAX_LENGTH_DIGITS + 1)
        length = data[at : max(at, space)]
        end = at + int(length) if length.isdigit() else at
        if not at < space < end <= len(data):
            raise IntegrityError(f"{where} is damaged: the pax record {shown(data[at:][:40])}")
        key, _, value = data[space + 1 : end - 1].partition(b"=")
        if key == b"path":
            extension = extension._replace(name=value.decode("utf-8", "surrogateescape"))
        elif key == b"size":
            if not value.isdigit() or len(value) > len(str(MAX_INTEGER)):
                raise IntegrityError(f"{where} is damaged: a member has {shown(value)} bytes")
            extension = extension._replace(size_bytes=int(value))
        at = end
    return extension
