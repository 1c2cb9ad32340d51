"""Which file systems are mapped: by what the kernel says of them, or by not knowing."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialog._machine import file_system_of
from trialog._writing.filesystem import can_map

MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:21 / /proc rw - proc proc rw
30 22 0:40 / {0}/nfs rw shared:1 - nfs4 server:/export rw
31 30 0:41 / {0}/nfs/scratch rw - xfs /dev/vdb rw
32 22 0:42 / {0}/with\\040space rw - tmpfs tmpfs rw
33 22 0:43 / {0}/twice rw - ext4 /dev/vdc rw
34 22 0:44 / {0}/twice rw - fuse.sshfs host: rw
35 22 0:45 / {0}/btrfs rw - btrfs /dev/vdd rw
36 22 0:46 / {0}/overlay rw - overlay overlay rw,lowerdir=/a - b
a broken line
37 22 - short
"""


@pytest.mark.parametrize(
    "folder,kind,mapped",
    [
        ("plain", "ext4", True),
        ("nfs", "nfs4", False),
        ("nfs/deep/er", "nfs4", False),
        ("nfs/scratch/x", "xfs", True),
        ("nfs-is-not-above", "ext4", True),
        ("with space/x", "tmpfs", True),
        ("twice", "fuse.sshfs", False),
        ("btrfs", "btrfs", False),
        ("overlay", "overlay", True),
    ],
)
def test_the_innermost_mount_decides(tmp_path, folder, kind, mapped):
    """The longest mount point, the last where two are equal; copy-on-write and networks are out."""
    text = MOUNTS.format(tmp_path)
    (tmp_path / folder).mkdir(parents=True)
    assert file_system_of(tmp_path / folder, text) == kind
    assert can_map(tmp_path / folder, text) is mapped


def test_a_link_is_followed_to_where_it_leads(tmp_path):
    """A store linked from a home folder to a network disk lies on the network disk."""
    (tmp_path / "nfs").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "nfs")
    assert not can_map(tmp_path / "link", MOUNTS.format(tmp_path))


@pytest.mark.parametrize("text", ["", "nonsense\n", "1 2 3 - ext4"])
def test_what_is_unknown_is_not_mapped(text):
    """No mount table, or one that means nothing: records are appended instead."""
    assert file_system_of(Path("/"), text) == ""
    assert not can_map(Path("/"), text)
