"""Opening a store to write: versions, paths that are something else, names, the folder itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import trialog
from trialog import errors
from trialog._format.folders import StoreFolder
from trialog._writing.folders import make_folder
from trialog._writing.store import open_store

NOBODY = 65_534


def test_a_store_describes_itself_once(store):
    """Many openings, one description: whoever is first wins, and all agree."""
    code = f"""
from pathlib import Path
from trialog._writing.store import open_store
print(open_store(Path({str(store)!r}), 1).description.read_text())
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    texts = {process.communicate()[0] for process in processes}
    assert len(texts) == 1
    assert json.loads(texts.pop())["format"] == 1
    assert [each.name for each in store.iterdir()] == ["store.json"]


@pytest.mark.parametrize("version", [2, 9, "1", None, [1]])
def test_a_store_of_a_newer_version_is_left_alone(store, version):
    """The message has both versions, the folder, and what to do; no file is touched."""
    store.mkdir()
    (store / "store.json").write_text(json.dumps({"format": version, "id": "x"}))
    with pytest.raises(errors.StoreVersionError, match="upgrade trialog") as caught:
        trialog.init("p")
    for text in (str(store), f"version {version}", "knows 1"):
        assert text in str(caught.value)
    assert [each.name for each in store.iterdir()] == ["store.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"id": "x"}', b"\xff\x00"])
def test_a_description_that_is_none(store, content):
    """Somebody else's file, or half of one: it is named, and not overwritten."""
    store.mkdir()
    (store / "store.json").write_bytes(content)
    with pytest.raises(errors.StoreError, match="not a store's description"):
        trialog.init("p")
    assert (store / "store.json").read_bytes() == content


@pytest.mark.parametrize("below", ["", "under/it"])
def test_a_path_that_is_a_file(tmp_path, monkeypatch, below):
    """The path itself, or one above it."""
    (tmp_path / "file").write_text("text")
    home = tmp_path / "file" / below
    monkeypatch.setenv("TRIALOG_HOME", str(home))
    with pytest.raises(errors.StoreError, match=r"is a file or lies in one.*TRIALOG_HOME"):
        trialog.init("p")
    assert (tmp_path / "file").read_text() == "text"


@pytest.mark.parametrize("below", ["", "under/it"])
def test_a_path_that_is_a_dangling_link(tmp_path, monkeypatch, below):
    """A mount that is missing: an error that names the path, and no endless search."""
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    monkeypatch.setenv("TRIALOG_HOME", str(tmp_path / "link" / below))
    with pytest.raises(errors.StoreError, match="link"):
        trialog.init("p")


def test_a_link_to_a_folder_is_a_store(tmp_path, monkeypatch):
    """Its target holds the runs."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.setenv("TRIALOG_HOME", str(tmp_path / "link"))
    with trialog.init("p", name="r"):
        pass
    assert (tmp_path / "real/store.json").exists()
    assert trialog.get_run("r").status is trialog.RunStatus.COMPLETED


ROOT_ONLY = pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")


@ROOT_ONLY
def test_a_store_that_may_not_be_written(open_folder, act_as, monkeypatch):
    """Another user's: init() says so, and what to do instead."""
    store = open_folder / "store"
    monkeypatch.setenv("TRIALOG_HOME", str(store))
    with trialog.init("p", name="r"):
        pass
    said = act_as(NOBODY, "trialog.init('p')")
    assert said.startswith(f"StoreError [Errno 13] the store {str(store)!r} cannot be written")
    assert "Permission denied" in said
    assert "TRIALOG_MODE=disabled" in said


@ROOT_ONLY
def test_a_user_without_a_home(act_as):
    """No TRIALOG_HOME, no HOME, no entry in passwd (a container's user): what to set is said."""
    hidden = ("HOME", "TRIALOG_HOME", "LOGNAME", "USER")
    environ = {key: text for key, text in os.environ.items() if key not in hidden}
    said = act_as(54_321, "trialog.init('p')", environ=environ)
    assert "TRIALOG_HOME" in said
    said = act_as(54_321, "trialog.init('p')", environ=environ | {"TRIALOG_HOME": "~/store"})
    assert "TRIALOG_HOME" in said


def test_folders_of_a_shared_store_are_shared(tmp_path):
    """Made inside a group's folder under a strict umask, they are the group's as well."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o2775)
    before = os.umask(0o077)
    try:
        assert make_folder(shared / "a/b/c")
        assert not make_folder(shared / "a/b/c")
        own = tmp_path / "own"
        make_folder(own)
    finally:
        os.umask(before)
    assert {(shared / each).stat().st_mode & 0o7777 for each in ("a", "a/b", "a/b/c")} == {0o2775}
    assert own.stat().st_mode & 0o777 == 0o700


def test_opening_a_store_touches_nothing_but_its_description(tmp_path):
    """No run, no folder of one."""
    home = tmp_path / "store"
    assert open_store(home, 1) == StoreFolder(Path(home))
    assert [each.name for each in home.rglob("*")] == ["store.json"]


def test_a_folder_that_cannot_be_made_is_a_clear_error():
    """/proc takes none, whatever is above it: it is said once, not by a thousand calls."""
    with pytest.raises(errors.StoreError, match="/proc/trialog"):
        open_store(Path("/proc/trialog/store"), 1)
