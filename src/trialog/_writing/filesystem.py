"""Which file systems keep their word about reserved space, so that a journal may be mapped."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

# A write to a mapped, reserved page of these cannot fail for want of space.
_MAPPABLE = frozenset({"ext2", "ext3", "ext4", "xfs", "tmpfs", "overlay"})


def can_map(folder: Path, mountinfo: str | None = None) -> bool:
    """Whether journals in this folder may be written through memory maps.

    Args:
        folder: an existing folder.
        mountinfo: the text of /proc/self/mountinfo; read when not given.
    """
    if not hasattr(os, "posix_fallocate") or mmap.ALLOCATIONGRANULARITY > 1 << 16:
        return False
    if mountinfo is None:
        try:
            mountinfo = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
        except OSError:
            return False
    return file_system_of(folder, mountinfo) in _MAPPABLE


def file_system_of(folder: Path, mountinfo: str) -> str:
    """The type of the file system that holds a folder; empty where unknown."""
    path = os.path.realpath(folder)
    found, length = "", -1
    for line in mountinfo.splitlines():
        mount, separator, source = line.partition(" - ")
        fields = mount.split(" ")
        if not separator or len(fields) < 5:  # noqa: PLR2004 # the mount point is field 5
            continue
        point = _unescaped(fields[4])
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= length:  # later mounts hide earlier ones
            found, length = source.split(" ")[0], len(point)
    return found


def _unescaped(path: str) -> str:
    """Mount points with octal escapes (space, tab, newline, backslash) made plain."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        path = path.replace(code, character)
    return path
