"""From the tree to an sdist, and from that to a wheel that holds the dashboard: no node, no npm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UI = "trialog/_dashboard/"
LIMIT_BYTES = 1_000_000

pytest.importorskip("hatchling", reason="hatchling is in the extra test-dashboard")
pytestmark = pytest.mark.slow


def build(tree: Path, target: str, folder: Path, **environ: str):
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)]
    return subprocess.run(
        command,
        cwd=tree,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The sdist of this tree, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    done = build(ROOT, "sdist", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return archive.with_name(archive.name.removesuffix(".tar.gz"))


@pytest.fixture(scope="module")
def wheel(unpacked, tmp_path_factory) -> zipfile.ZipFile:
    """The wheel that is made of the sdist where no program and no registry is to be found."""
    folder = tmp_path_factory.mktemp("wheel")
    nowhere = {"PATH": str(folder), "npm_config_registry": "http://127.0.0.1:9/"}
    done = build(unpacked, "wheel", folder, **nowhere)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_module(wheel):
    """Ours and those of others, by every name that a module may import; the licences too."""
    held = {name.removeprefix(UI) for name in wheel.namelist() if name.startswith(UI)}
    for module in json.loads(wheel.read(UI + "vendor/manifest.json"))["modules"]:
        assert {f"vendor/{module['file']}", f"vendor/{module['licence_file']}"} <= held
    own = ROOT / "src" / "trialog" / "_dashboard"
    files = [path for path in own.rglob("*") if path.suffix in (".js", ".css", ".html", ".svg")]
    assert {path.relative_to(own).as_posix() for path in files} <= held


def test_the_wheel_holds_nothing_else(wheel):
    """What modules are fetched and checked with stays in the sdist."""
    names = {Path(name).name for name in wheel.namelist()}
    assert names & {"package.json", "package-lock.json", "tsconfig.json", ".npmrc"} == set()
    assert not any("node_modules" in name or name.endswith(".d.ts") for name in wheel.namelist())


def test_the_dashboard_is_small(wheel):
    """All of it, unpacked."""
    sizes = [each.file_size for each in wheel.infolist() if each.filename.startswith(UI)]
    assert len(sizes) > 10
    assert sum(sizes) <= LIMIT_BYTES


def test_a_registry_that_cannot_be_reached_is_said(unpacked, tmp_path):
    """A tree without the modules becomes no wheel without them; the message says what to do."""
    vendor = unpacked / "src" / "trialog" / "_dashboard" / "vendor"
    vendor.rename(tmp_path / "vendor")
    try:
        nowhere = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_fetch_retries": "0"}
        done = build(unpacked, "wheel", tmp_path, **nowhere)
    finally:
        (tmp_path / "vendor").rename(vendor)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "npm could not fetch them" in said
    assert "npm_config_registry" in said
    assert "Traceback" not in said
    assert list(tmp_path.glob("*.whl")) == []
