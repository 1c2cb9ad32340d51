"""ARCHITECTURE.md, CONTRIBUTING.md and the reference tables say what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from trialog import errors

ROOT = Path(__file__).parents[2]
PATH = re.compile(
    r"`((?:src|tests|docs|scripts|benchmarks|examples)/[^`*…]*|[A-Z]+\.md|pyproject\.toml)`"
)


@pytest.mark.parametrize("page", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_every_path_exists(page):
    """What the page names is there; folders end in a slash."""
    paths = PATH.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(paths) > 10
    for path in paths:
        assert (ROOT / path).exists(), path
        assert (ROOT / path).is_dir() == path.endswith("/"), path


def test_every_package_and_layer_is_on_the_page():
    """Nothing in the package that ARCHITECTURE.md does not name."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    package = ROOT / "src" / "trialog"
    for each in package.iterdir():
        if each.name.startswith((".", "__pycache__")):
            continue
        if each.is_dir():
            assert f"`src/trialog/{each.name}/`" in text, each
        elif each.suffix == ".py" and each.name not in ("__init__.py", "_version.py"):
            assert f"`src/trialog/{each.name}`" in text, each


def test_every_folder_says_what_it_is_for():
    """Each package's docstring: what it is, what it may not do, where to start reading."""
    for init in (ROOT / "src" / "trialog").rglob("*/__init__.py"):
        text = init.read_text(encoding="utf-8")
        assert len(text.split('"""')[1].split()) > 10, init


def test_every_script_is_described_and_short():
    """CONTRIBUTING.md lists them all."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for script in (ROOT / "scripts").iterdir():
        assert f"`sh scripts/{script.name}`" in text
        assert script.read_text(encoding="utf-8").startswith("#!/bin/sh\n# ")


def test_every_environment_variable_is_documented(page_table):
    """Those of the code and those of the page are the same."""
    source = "".join(each.read_text() for each in (ROOT / "src").rglob("*.py"))
    used = set(re.findall(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"", source))
    documented = {row[0].strip("`") for row in page_table("reference/environment.md", "variables")}
    foreign = {"NO_COLOR", "TERM", "COLUMNS", "FORCE_COLOR"}  # of the terminal: see cli.md
    assert used - foreign == documented


def test_every_error_is_documented_with_its_bases(page_table):
    """The table of errors.md is the tree of errors.py."""
    documented = {row[0].strip("`"): row[1] for row in page_table("reference/errors.md", "errors")}
    assert set(documented) == set(errors.__all__) - {"TrialogError"}
    for name, also in documented.items():
        bases = [base.__name__ for base in getattr(errors, name).__bases__]
        expected = [also] if also else []
        assert [base for base in bases if base != "TrialogError"] == expected, name


def test_every_dependency_has_its_reason(page_table):
    """pyproject.toml and dependencies.md name the same packages and extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.match(r"[\w-]+", each)[0] for each in project["dependencies"]}
    page = "explanation/dependencies.md"
    assert {row[0] for row in page_table(page, "dependencies")} == needed
    assert {row[0] for row in page_table(page, "extras")} == set(project["optional-dependencies"])
    assert all(all(row) for row in page_table(page, "dependencies"))
