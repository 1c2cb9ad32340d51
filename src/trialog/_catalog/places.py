"""Where a store's caches lie: in the store, or in the user's cache folder.

A store that may not be written, or that lies on a network file system (where SQLite's locks and
shared memory can not be trusted), is overlaid: catalog and segments go to a folder of the user's,
named by the store's id.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from pathlib import Path
from typing import NamedTuple

import orjson

from trialog import _machine
from trialog._format.folders import STORE_VERSION, StoreFolder
from trialog.errors import StoreError, StoreVersionError

# Between machines, or in user space: shared memory and locks are not what SQLite needs.
_NETWORK = frozenset(
    [
        "9p",
        "acfs",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "fuse",
        "gfs",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "orangefs",
        "panfs",
        "pvfs2",
        "smb3",
        "smbfs",
        "virtiofs",
        "vboxsf",
        "drvfs",
    ]
)


class StoreDescription(NamedTuple):
    """What ``store.json`` says.

    Attributes:
        version: the layout's version; 0 where it does not say.
        id: the store's id; made of its path where there is none.
    """

    version: int
    id: str


def describe_store(home: Path) -> StoreDescription | None:
    """The description of the store at a path, or None where there is no store yet.

    Raises:
        StoreError: the path is a file, or cannot be read.
        StoreVersionError: a newer trialog made the store.
    """
    folder = StoreFolder(home)
    try:
        text = folder.description.read_bytes()
    except FileNotFoundError:
        return StoreDescription(0, _id_of(home)) if folder.namespaces.is_dir() else None
    except NotADirectoryError:
        where = "is a file" if home.is_file() else "lies in a file"
        raise StoreError(f"the store {str(home)!r} {where}; a store is a folder") from None
    except OSError as error:
        raise StoreError(f"the store {str(home)!r} cannot be read: {error}") from error
    return _parsed(home, text)


def is_described(folder: StoreFolder) -> bool:
    """Whether the store says what it is, as ``store.json`` should."""
    try:
        content = orjson.loads(folder.description.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return False
    return (
        isinstance(content, dict)
        and isinstance(content.get("format"), int)
        and isinstance(content.get("id"), str)
    )


def _parsed(home: Path, text: bytes) -> StoreDescription:
    """A damaged description is no reason not to read the runs; ``doctor`` tells of it."""
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        content = {}
    if not isinstance(content, dict):
        content = {}
    version, store_id = content.get("format", 0), content.get("id")
    if not isinstance(version, int) or version > STORE_VERSION:
        raise StoreVersionError(
            f"the store {str(home)!r} has format {version}, this trialog knows {STORE_VERSION}: "
            "upgrade trialog"
        )
    is_safe = isinstance(store_id, str) and re.fullmatch(r"[\w-]{1,64}", store_id)
    return StoreDescription(version, str(store_id) if is_safe else _id_of(home))


def _id_of(home: Path) -> str:
    return "path-" + hashlib.sha256(os.fsencode(home.absolute())).hexdigest()[:32]


def choose_caches(
    home: Path, store_id: str, *, caches: Path | None, mountinfo: str, is_writable: bool
) -> Path:
    """The folder for catalog and segments.

    Args:
        home: the store's folder.
        store_id: names the folder among the caches.
        caches: the user's cache folder; None for the default.
        mountinfo: the text of /proc/self/mountinfo.
        is_writable: whether this user may write the store.
    """
    if is_writable and not is_network(_machine.file_system_of(home, mountinfo)):
        return home
    return (default_caches() if caches is None else caches) / store_id


def default_caches() -> Path:
    """``$XDG_CACHE_HOME/trialog``, else ``~/.cache/trialog``."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "trialog"


def is_network(type_: str) -> bool:
    """Whether a file system of this type may lie on another machine."""
    return type_ in _NETWORK or type_.startswith("fuse.")


def make_shared_folder(path: Path) -> None:
    """Make a folder, and what is missing above it, that everybody may write who may its parent.

    Raises:
        OSError: it cannot be made.
    """
    if not path.is_dir():
        make_shared_folder(path.parent)
        path.mkdir(exist_ok=True)
        share(path)


def share(path: Path) -> None:
    """Give a new file or folder its folder's permissions, where a group or all may write that."""
    mode = path.parent.stat().st_mode
    if mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX:
        with contextlib.suppress(PermissionError):  # another user made it, and shared it
            path.chmod(stat.S_IMODE(mode) & (0o7777 if path.is_dir() else 0o666))
