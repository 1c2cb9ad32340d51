"""Which file systems keep their word about reserved space, so that a journal may be mapped."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from trialog import _machine

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
        mountinfo = _machine.mountinfo()
    return _machine.file_system_of(folder, mountinfo) in _MAPPABLE
