"""Where caches lie: in the store, or in the user's cache folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialog._catalog.places import choose_caches, default_caches, is_network
from trialog._machine import file_system_of

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw shared:2 - nfs4 server:/home rw
31 30 0:41 / /home/me/my\\040disk rw - xfs /dev/sdb rw
32 22 0:42 / /mnt/box rw - fuse.sshfs box: rw
broken line
"""


@pytest.mark.parametrize(
    "path, expected",
    [
        ("/var/x", "ext4"),
        ("/home/me/store", "nfs4"),
        ("/homes/x", "ext4"),
        ("/home/me/my disk/store", "xfs"),
        ("/mnt/box", "fuse.sshfs"),
    ],
)
def test_the_longest_mount_counts(path, expected):
    """Escapes of the table are undone; a mount is a folder, not a beginning of text."""
    assert file_system_of(Path(path), MOUNTS) == expected


@pytest.mark.parametrize("type_", ["nfs", "nfs4", "cifs", "9p", "fuse.sshfs", "lustre"])
def test_network_file_systems_are_overlaid(type_):
    """Locks and shared memory may not work between machines."""
    assert is_network(type_)
    mounts = f"1 0 0:1 / / rw - {type_} x rw\n"
    found = choose_caches(Path("/s"), "id", caches=Path("/c"), mountinfo=mounts, is_writable=True)
    assert found == Path("/c/id")


@pytest.mark.parametrize("mounts", [MOUNTS, ""])
def test_a_local_store_keeps_its_own_caches(mounts):
    """So does one of which nothing is known; one that may not be written does not."""
    store = Path("/var/store")
    ask = {"caches": None, "mountinfo": mounts}
    assert choose_caches(store, "id", is_writable=True, **ask) == store
    assert choose_caches(store, "id", is_writable=False, **ask) == default_caches() / "id"


def test_the_cache_folder_is_the_users(monkeypatch, tmp_path):
    """As freedesktop.org says; a relative path means nothing."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_caches() == tmp_path / "trialog"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert default_caches() == Path.home() / ".cache" / "trialog"
