"""Folders and files of a store: made with what is above them, shared as their folder is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from trialog._writing.folders import make_folder, share


def mode_of(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def strict_umask():
    """A user whose files are for nobody else."""
    before = os.umask(0o077)
    yield
    os.umask(before)


def test_a_folder_is_made_with_what_is_above_it(tmp_path):
    """And once: the second call says that it was there."""
    folder = tmp_path / "a" / "b" / "c"
    assert make_folder(folder)
    assert folder.is_dir()
    assert not make_folder(folder)


def test_a_file_in_its_place_is_left_alone(tmp_path):
    """Nothing was made; nothing can be made below it."""
    (tmp_path / "a").write_text("kept")
    assert not make_folder(tmp_path / "a")
    with pytest.raises(NotADirectoryError):
        make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a").read_text() == "kept"


@pytest.mark.timeout(10)
def test_where_no_folder_can_be_made(tmp_path):
    """A link that leads nowhere, /proc: an error, not an endless search."""
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for path in (tmp_path / "link" / "a" / "b", Path("/proc/trialog-test/a")):
        with pytest.raises(OSError, match=r"No such file|not permitted|denied|exists"):
            make_folder(path)


@pytest.mark.parametrize("mode", [0o770, 0o777, 0o2775])
def test_what_is_made_in_a_shared_folder_is_shared(tmp_path, strict_umask, mode):
    """Whatever the umask: two users of one store do not lock each other out."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(mode)
    make_folder(shared / "a" / "b")
    assert mode_of(shared / "a") == mode_of(shared / "a" / "b") == mode
    file = shared / "file"
    file.touch()
    share(file)
    assert mode_of(file) == mode & 0o666


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o1777])
def test_elsewhere_the_umask_decides(tmp_path, strict_umask, mode):
    """In one's own folder, and in one like /tmp, where all write and each owns his own."""
    own = tmp_path / "own"
    own.mkdir()
    own.chmod(mode)
    make_folder(own / "a")
    (own / "file").touch()
    share(own / "file")
    assert mode_of(own / "a") == 0o700
    assert mode_of(own / "file") == 0o600
