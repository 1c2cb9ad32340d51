"""The files of a layout by their names, in a folder or in a tar archive that is never extracted."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol, cast

from trialog._oci.archives import BLOBS_NAME, INDEX_NAME, LAYOUT_NAME
from trialog._oci.descriptors import is_digest
from trialog._oci.documents import shown
from trialog._oci.members import Member, MemberStream, padding_of, read_member, truncated
from trialog.errors import IntegrityError, MissingFileError, UsageError

_COMPRESSIONS = {
    b"\x1f\x8b": "gzip: gunzip",
    b"\x28\xb5\x2f\xfd": "Zstandard: unzstd",
    b"BZh": "bzip2: bunzip2",
    b"\xfd7zXZ": "xz: unxz",
}


class LayoutFiles(Protocol):
    """The files of a layout, by their names in it."""

    def has(self, name: str) -> bool: ...

    def open(self, name: str) -> tuple[BinaryIO, int] | None:
        """A stream of a file's bytes, and how many there are; None where there is no such file."""


class FilesOfFolder:
    """The files of a folder; links out of it are refused."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def has(self, name: str) -> bool:
        return (self._path / name).exists()

    def open(self, name: str) -> tuple[BinaryIO, int] | None:
        path = self._path / name
        if not path.exists():
            return None
        if not path.resolve().is_relative_to(self._path.resolve()):
            raise IntegrityError(f"{name} of {self._path} is a link that leads out of the layout")
        if not stat.S_ISREG(path.stat().st_mode):
            raise IntegrityError(f"{name} of {self._path} is not a file")
        file = path.open("rb", buffering=0)
        return cast("BinaryIO", file), os.fstat(file.fileno()).st_size


class _Place(NamedTuple):
    offset: int
    size_bytes: int


class FilesOfArchive:
    """Where each file stands in an archive; looked at again when another one is under its name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[tuple[int, ...], dict[str, _Place]] = ((), {})

    def has(self, name: str) -> bool:
        with self._opened() as file:
            return name in self._places(file)

    def open(self, name: str) -> tuple[BinaryIO, int] | None:
        with contextlib.ExitStack() as stack:
            file = stack.enter_context(self._opened())
            place = self._places(file).get(name)
            if place is None:
                return None
            stack.pop_all()
        file.seek(place.offset)
        member = Member(name, place.size_bytes, is_file=True, is_folder=False)
        stream = _BlobStream(file, member, str(self._path))
        return cast("BinaryIO", stream), place.size_bytes

    def _opened(self) -> BinaryIO:
        try:
            return self._path.open("rb")
        except FileNotFoundError:
            raise MissingFileError(f"cannot read {str(self._path)!r}: it does not exist") from None

    def _places(self, file: BinaryIO) -> dict[str, _Place]:
        status = os.fstat(file.fileno())
        identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        seen, places = self._seen
        if seen != identity:
            if not stat.S_ISREG(status.st_mode):
                raise UsageError(f"cannot read {str(self._path)!r}: it is neither file nor folder")
            places = _index(file, str(self._path))
            self._seen = identity, places
        return places


class _BlobStream(MemberStream):
    """A file of an archive; the archive's file is this stream's own."""

    def close(self) -> None:
        self._stream.close()
        super().close()


def _index(file: BinaryIO, where: str) -> dict[str, _Place]:
    """Where the files of a layout stand in an archive, by headers alone."""
    end = os.fstat(file.fileno()).st_size
    places: dict[str, _Place] = {}
    member = _first_member(file, where)
    while member is not None:
        offset = file.tell()
        lacking = offset + member.size_bytes - end
        if lacking > 0:
            raise truncated(where, member, lacking)
        name = _safe_name(member.name, where)
        if name in (LAYOUT_NAME, INDEX_NAME) or _is_blob(name):
            _check_member(member, name, places.get(name), where)
            places.setdefault(name, _Place(offset, member.size_bytes))
        file.seek(offset + member.size_bytes + padding_of(member.size_bytes))
        member = read_member(file, where)
    return places


def _first_member(file: BinaryIO, where: str) -> Member | None:
    file.seek(0)
    head = file.read(max(map(len, _COMPRESSIONS)))
    file.seek(0)
    for magic, words in _COMPRESSIONS.items():
        if head.startswith(magic):
            kind, _, command = words.partition(": ")
            raise UsageError(
                f"{where} is compressed with {kind}, so single blobs cannot be read out of it: "
                f"unpack it first, as with {command}"
            )
    try:
        return read_member(file, where)
    except IntegrityError as error:
        raise UsageError(f"{where} is no OCI image layout: it is not a tar archive") from error


def _safe_name(name: str, where: str) -> str:
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts:
        raise IntegrityError(
            f"{where} is refused: it holds the name {shown(name)}, which leads out of the archive"
        )
    return "/".join(parts)


def _check_member(member: Member, name: str, earlier: _Place | None, where: str) -> None:
    if not member.is_file:
        raise IntegrityError(f"{where} is refused: its {name} is a link, a folder or a device")
    # the same blob may be there twice; of anything else there is only one
    if earlier is not None and not (_is_blob(name) and earlier.size_bytes == member.size_bytes):
        raise IntegrityError(f"{where} is refused: it holds {name} twice, and they differ")


def _is_blob(name: str) -> bool:
    return name.startswith(BLOBS_NAME) and is_digest(f"sha256:{name.removeprefix(BLOBS_NAME)}")
