"""Making folders and files that everybody who may write the store may write."""

from __future__ import annotations

import os
import stat
from pathlib import Path

sync = getattr(os, "fdatasync", os.fsync)  # macOS has the slower one only

_SHARED = stat.S_IWGRP | stat.S_IWOTH


def make_folder(path: Path) -> bool:
    """Make a folder and what is missing above it.

    A folder made inside one that a group may write is given the same permissions, whatever the
    umask: two users of one store do not lock each other out.

    Returns:
        Whether this call made it.

    Raises:
        OSError: it cannot be made.
    """
    try:
        _make_with_parents(path)
    except FileExistsError:
        return False
    share(path)
    return True


def _make_with_parents(path: Path) -> None:
    try:
        os.mkdir(path)
    except FileNotFoundError:
        if path.parent == path or not (make_folder(path.parent) or path.parent.is_dir()):
            raise  # a dangling link stands where the folder above should be
        os.mkdir(path)  # once: /proc takes no folder, whatever there is above


def share(path: Path | str) -> None:
    """Give a new folder or file its folder's permissions, where that is shared."""
    parent = os.stat(os.path.dirname(path)).st_mode  # the quickest way
    if not parent & _SHARED or parent & stat.S_ISVTX:
        return
    mode = stat.S_IMODE(parent)
    if not os.path.isdir(path):  # as above
        mode &= 0o666
    os.chmod(path, mode)


def sync_tree(folder: Path) -> None:
    """Bring everything in a folder to the disk, and nothing else: others need not wait for it.

    Raises:
        OSError: something cannot be read, or the disk refuses it.
    """
    for root, _, files in os.walk(folder):
        for name in files:
            _sync_path(Path(root, name))
        _sync_path(Path(root))


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk.

    Raises:
        OSError: it cannot be read, or the disk refuses it.
    """
    _sync_path(folder)


def _sync_path(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
