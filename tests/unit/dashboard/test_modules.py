"""The dashboard's own files: what they import is there, and they ask nobody but their server."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from trialog._dashboard import dashboard_files
from trialog._server.assets import MODULES, without_comments

ROOT = Path(str(dashboard_files()))
VENDOR = ROOT / "vendor"
SERVED = (".js", ".css", ".html", ".svg")
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["']([\w@/.-]+)["']""")
HOST = re.compile(r"(?:https?|wss?):(?:\\?/){2}\w[\w.\-:/]*|[\"'(]//\w[\w.-]*\.\w+")
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml")
MARKUP = re.compile(
    r"\b(?:innerHTML|outerHTML\s*=|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write"
    r"|eval\s*\(|new Function\b)"
)
LIMIT_BYTES = 200_000  # compressed, all pages together


def manifest():
    return json.loads((VENDOR / "manifest.json").read_bytes())


def names():
    """What modules of others are asked for by, and their files."""
    return {each["import"]: each["file"] for each in manifest()["modules"] if each["import"]}


def served():
    """Every file of our own that a browser may get."""
    return [
        path
        for path in sorted(ROOT.rglob("*"))
        if path.suffix in SERVED
        and not path.name.endswith(".d.ts")
        and not path.relative_to(ROOT).parts[0].lstrip(".").startswith("vendor")
    ]


def imports(path):
    return IMPORT.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))


def place_of(name, path):
    """The file that a module's import leads to."""
    if name.startswith("trialog/"):
        return ROOT / name.removeprefix("trialog/")
    if name.startswith("."):
        return path.parent / name
    return VENDOR / names()[name]


def test_every_import_leads_to_a_file():
    """Relative ones, those from the root, and those by a name of the import map."""
    modules = [path for path in served() if path.suffix == ".js"]
    others = [path for path in VENDOR.iterdir() if path.suffix == ".js"]
    found = [(path, name) for path in modules + others for name in imports(path)]
    assert len(found) > 5
    assert [(path, name) for path, name in found if not place_of(name, path).is_file()] == []


def test_the_server_knows_every_name():
    """The import map of the page has the names and files of what was copied, and no other."""
    assert {name: f"vendor/{file}" for name, file in names().items()} == MODULES


def test_every_licence_is_there():
    """Each module of others stands with its licence, its version and its digest."""
    for module in manifest()["modules"]:
        assert (VENDOR / module["licence_file"]).stat().st_size > 500, module
        assert module["version"] in (ROOT / "package-lock.json").read_text(encoding="utf-8")
        assert module["licence"] in ("MIT", "Apache-2.0"), module


def test_every_module_of_others_has_its_reason(page_table):
    """The page on dependencies lists them, with their licences."""
    page = page_table("explanation/dependencies.md", "modules")
    assert {(row[0], row[2]) for row in page} == {
        (module["package"], module["licence"]) for module in manifest()["modules"]
    }
    assert all(row[1] for row in page)


def test_no_other_host_is_asked():
    """No file of ours names a host: fonts, scripts, pictures and data come from the own server."""
    named = {
        (path.name, found)
        for path in served()
        for found in HOST.findall(path.read_text(encoding="utf-8"))
        if found not in NAMESPACES
    }
    assert named == set()


def test_no_text_becomes_markup_or_code():
    """What was logged is shown as text: nothing parses it as HTML, nothing runs it."""
    found = {
        (path.name, each)
        for path in served()
        if path.suffix == ".js"
        for each in MARKUP.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_the_lock_names_no_registry():
    """Whoever builds uses the registry that is set for npm."""
    packages = json.loads((ROOT / "package-lock.json").read_bytes())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)


def test_the_dashboard_stays_small():
    """All of it is a quick download, for a page that needs every module: as it is sent, joined."""
    files = [*served(), *(path for path in VENDOR.iterdir() if path.suffix in SERVED)]
    total = 0
    for suffix in SERVED:
        texts = [without_comments(path.read_bytes()) for path in files if path.suffix == suffix]
        total += len(gzip.compress(b"".join(texts), 9))
    assert 100_000 < total <= LIMIT_BYTES
