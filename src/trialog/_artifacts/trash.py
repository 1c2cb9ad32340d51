"""What was cleaned up, and can be put back: a folder for each time, with a list of what it holds.

::

    trash/<time>/list.jsonl            a line for each: its path within the store, its size
    trash/<time>/files/<path>          what was moved there
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import orjson

from trialog._format.folders import StoreFolder
from trialog._oci.documents import Fields
from trialog._writing.folders import make_folder
from trialog.errors import IntegrityError

FOLDER = "trash"
_LIST = "list.jsonl"
_FILES = "files"
_MAX_LINE_BYTES = 1 << 16


class Item(NamedTuple):
    """A file or folder of a store.

    Attributes:
        path: within the store.
        size_bytes: of all that is in it.
    """

    path: str
    size_bytes: int


class Trash:
    """The trash of a store."""

    def __init__(self, store: StoreFolder) -> None:
        self._home = store.path
        self._folder = store.path / FOLDER

    def throw(
        self, items: Iterable[Item], now_ns: int, may_go: Callable[[Path], bool]
    ) -> list[Item]:
        """Move things into the trash. The list of them is on the disk before the first is moved.

        Args:
            items: what goes.
            now_ns: the time that it is called after.
            may_go: asked once more about each, where it is and then where it has gone: who has
                need of it since gets it back.

        Returns:
            What went.

        Raises:
            OSError: the store cannot be written.
        """
        items = list(items)
        folder = self._folder / f"{now_ns:020d}"
        make_folder(folder)
        with (folder / _LIST).open("xb") as file:
            file.writelines(orjson.dumps(item._asdict()) + b"\n" for item in items)
            file.flush()
            os.fsync(file.fileno())
        return [item for item in items if self._move(item, folder / _FILES, may_go)]

    def put_back(self) -> list[Item]:
        """Put back what went the last time; what is there again stays as it is.

        Returns:
            What came back; nothing where the trash is empty.

        Raises:
            IntegrityError: the list is damaged.
            OSError: the store cannot be written.
        """
        folder = next(iter(sorted(self._batches(), reverse=True)), None)
        if folder is None:
            return []
        returned = []
        for item in reversed(list(_read_list(folder))):  # blobs before the runs that name them
            source, target = folder / _FILES / item.path, self._home / item.path
            if source.exists() and not target.exists():
                make_folder(target.parent)
                source.rename(target)
                returned.append(item)
        shutil.rmtree(folder)
        return returned

    def empty(self, before_ns: int) -> int:
        """Delete for good what went before a time.

        Returns:
            How many bytes that was.

        Raises:
            OSError: the store cannot be written.
        """
        freed_bytes = 0
        for folder in self._batches():
            if int(folder.name) < before_ns:
                freed_bytes += size_of(folder / _FILES)
                shutil.rmtree(folder)
        return freed_bytes

    def _move(self, item: Item, files: Path, may_go: Callable[[Path], bool]) -> bool:
        source, target = self._home / item.path, files / item.path
        with contextlib.suppress(FileNotFoundError):  # somebody else cleans up too
            if not may_go(source):
                return False
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
            if may_go(target):
                return True
            target.rename(source)
        return False

    def _batches(self) -> list[Path]:
        try:
            return [each for each in self._folder.iterdir() if each.name.isdecimal()]
        except FileNotFoundError:
            return []


def size_of(path: Path) -> int:
    """How many bytes a file has, or all files in a folder."""
    if not path.is_dir():
        return path.stat().st_size if path.exists() else 0
    return sum(
        (Path(folder) / name).lstat().st_size
        for folder, _, names in os.walk(path)
        for name in names
    )


def _read_list(folder: Path) -> Iterator[Item]:
    where = str(folder / _LIST)
    for line in (folder / _LIST).read_bytes().splitlines():
        fields = Fields.parse(line, where, _MAX_LINE_BYTES)
        path = fields.text("path")
        if Path(path).is_absolute() or ".." in path.split("/"):
            raise IntegrityError(f"{where} names {path!r}, which is not in the store")
        yield Item(path, fields.integer("size_bytes"))
