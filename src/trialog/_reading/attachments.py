"""Attachments of a run: what they are, their versions, and their bytes."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from trialog._display.tables import table_document
from trialog._format.folders import StoreFolder
from trialog._format.times import date_of
from trialog._journals.blobs import CHUNK_BYTES, open_blob
from trialog._names import nearest
from trialog.errors import AttachmentExistsError, NotFoundError, UsageError


@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    """Named bytes: what they are, not the bytes themselves.

    Attributes:
        name: the attachment's name.
        version: 1 for the first of that name.
        media_type: what the bytes are.
        size_bytes: how many.
        sha256: their digest, hexadecimal.
        filename: what the file was called, without its folder.
        step: what it belongs to, or None.
        codec: what made it of an object, or None.
        date_created: when it was logged, UTC.
    """

    name: str
    version: int
    media_type: str
    size_bytes: int
    sha256: str
    filename: str
    step: int | None
    codec: str | None
    date_created: datetime


class Attachments(Mapping[str, AttachmentInfo]):
    """A run's attachments, by name; the newest version of each."""

    def __init__(self, rows: Iterable[Any]) -> None:
        """Make it of rows of the catalog, in order."""
        self._versions: dict[str, list[AttachmentInfo]] = {}
        for row in rows:
            versions = self._versions.setdefault(row.name, [])
            versions.append(
                AttachmentInfo(
                    row.name,
                    len(versions) + 1,
                    row.media_type,
                    row.size_bytes,
                    row.sha256,
                    row.filename,
                    row.step,
                    row.codec,
                    date_of(row.time_ns),
                )
            )

    def __getitem__(self, name: str) -> AttachmentInfo:
        return self._versions[name][-1]

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)

    def __repr__(self) -> str:
        return f"<Attachments: {', '.join(self) or 'none'}>"

    def _repr_html_(self) -> str:
        from trialog._reading.showing import attachments_table  # noqa: PLC0415 # it knows this one

        return table_document(attachments_table(self))

    def versions(self, name: str) -> tuple[AttachmentInfo, ...]:
        """All versions of an attachment, oldest first.

        Raises:
            NotFoundError: there is none of that name.
        """
        if name not in self._versions:
            guess = nearest(name, self._versions)
            hint = f"; did you mean {guess!r}?" if guess else f"; there are: {list(self)}"
            raise NotFoundError(f"there is no attachment {name!r}{hint}")
        return tuple(self._versions[name])

    def find(self, name: str, version: int | None = None) -> AttachmentInfo:
        """One version of an attachment, the newest where none is asked for.

        Raises:
            NotFoundError: there is no such attachment or version.
        """
        versions = self.versions(name)
        if version is None:
            return versions[-1]
        if not 1 <= version <= len(versions):
            raise NotFoundError(
                f"attachment {name!r} has the versions 1 to {len(versions)}, not {version}"
            )
        return versions[version - 1]


def write_blob(
    store: StoreFolder, info: AttachmentInfo, path: str | os.PathLike[str], *, overwrite: bool
) -> Path:
    """Write an attachment's bytes to a file, checked on the way, in constant memory.

    Args:
        store: where the bytes lie.
        info: the attachment.
        path: the file, or a folder (one that is there, or ends in a slash): then the stored file
            name is used there. Folders on the way are made.
        overwrite: replace a file that is there.

    Returns:
        The file's path.

    Raises:
        AttachmentExistsError: the file is there and ``overwrite`` is False.
        IntegrityError: the bytes are missing or not what was logged; nothing is written then.
        OSError: the file cannot be written.
    """
    target = Path(path).expanduser()
    if target.is_dir() or os.fspath(path).endswith("/"):
        target /= _leaf(info)
    if not overwrite and os.path.lexists(target):
        raise _is_there(target)
    temporary = target.with_name(f".{os.urandom(8).hex()}.tmp")
    try:
        with open_blob(store, info.sha256) as source:
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("xb") as file:
                shutil.copyfileobj(source, file, CHUNK_BYTES)
        if overwrite:
            temporary.replace(target)
        else:
            _publish(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return target


def _publish(temporary: Path, target: Path) -> None:
    """Give a file its name, unless somebody else has taken it meanwhile."""
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise _is_there(target) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        with contextlib.suppress(FileNotFoundError):  # a file system without links
            temporary.rename(target)


def _leaf(info: AttachmentInfo) -> str:
    """A file name without any folder, whatever the journal says."""
    for candidate in (info.filename, info.name):
        leaf = PurePosixPath(candidate.replace("\\", "/")).name
        if leaf not in ("", ".", "..") and "\0" not in leaf:
            return leaf
    raise UsageError(f"attachment {info.name!r} has no file name; give the path of a file")


def _is_there(target: Path) -> AttachmentExistsError:
    return AttachmentExistsError(
        errno.EEXIST, "the file is there already; pass overwrite=True to replace it", str(target)
    )


def open_checked(store: StoreFolder, info: AttachmentInfo) -> BinaryIO:
    """An attachment's bytes as a stream that is checked as it is read.

    Raises:
        IntegrityError: they are missing; at the end of the stream: they are not what was logged.
    """
    return open_blob(store, info.sha256)
