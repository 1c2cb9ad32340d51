"""The dashboard's own files: what they import is there, and they ask nobody but their server."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from trialog._dashboard import dashboard_files
from trialog._server.assets import MODULES, without_comments
from trialog._server.offline import _REPLACED as REPLACED

ROOT = Path(str(dashboard_files()))
VENDOR = ROOT / "vendor"
SERVED = (".js", ".css", ".html", ".svg")
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)
IMPORT = re.compile(r"""\b(?:from|import)\s*\(?\s*["']([\w@/.-]+)["']""")
STATIC = re.compile(r'^(?:import|export)\b[^;]*?["\'](trialog/[\w./-]+)["\'];', re.MULTILINE)
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


def room_of(path):
    """Which room a module is in: a page is one of its own."""
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2]) if parts[0] == "pages" else parts[0]


def test_imports_go_downwards():
    """Logic knows no other room, data no component, components no page, and pages no other page.

    The shell loads pages by their addresses, when they are asked for: that is no import.
    """
    floors = {"logic": 0, "data": 1, "parts": 2, "shell": 2, "charts": 3, "plots": 3}
    found = set()
    for path in served():
        if path.suffix == ".js" and path.parent != ROOT:
            own = room_of(path)
            for name in STATIC.findall(path.read_text(encoding="utf-8")):
                if (other := room_of(place_of(name, path))) != own:
                    is_below = floors.get(other, 4) <= floors.get(own, 4)
                    is_page = other.startswith("pages/") and not other.endswith(".js")
                    if not is_below or is_page:
                        found.add((path.name, name))
    assert found == set()


def test_logic_is_pure():
    """It neither asks the page nor keeps signals: node alone runs it."""
    asked = re.compile(r"\b(?:document|localStorage|navigator)\b|\bfetch\(|preact")
    found = {
        (path.name, each)
        for path in sorted((ROOT / "logic").glob("*.js"))
        for each in asked.findall(COMMENT.sub("", path.read_text(encoding="utf-8")))
    }
    assert found == set()


def test_what_stands_in_for_the_server_has_all_that_is_asked_of_it():
    """A page in a file takes from its modules what the others' importers take."""
    declared = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
    taken = re.compile(r'^import \{([^}]*)\} from "(trialog/[\w./-]+)";', re.MULTILINE)
    wanted = {name: set() for name in REPLACED}
    waiting, seen = ["trialog/export/main.js"], set()
    while waiting:
        name = waiting.pop()
        seen.add(name)
        text = (ROOT / REPLACED.get(name, name.removeprefix("trialog/"))).read_text("utf-8")
        for names, other in taken.findall(text):
            if other in wanted:
                wanted[other] |= {each.split()[0] for each in names.split(",") if each.strip()}
        waiting += [other for other in STATIC.findall(text) if other not in seen]
    assert wanted["trialog/data/api.js"]
    for name, names_taken in wanted.items():
        given = declared.findall((ROOT / REPLACED[name]).read_text("utf-8"))
        assert names_taken <= set(given), name


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
