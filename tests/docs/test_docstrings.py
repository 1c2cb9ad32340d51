"""The examples in docstrings run, and every public name has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import trialog

MODULES = sorted(each.name for each in pkgutil.walk_packages(trialog.__path__, "trialog."))


def find_examples() -> list[doctest.DocTest]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    found = []
    for name in ["trialog", *MODULES]:
        if name.endswith("__main__") or name.startswith("trialog.codecs."):
            continue  # a program; tested beside the codecs, with numpy and pandas at hand
        if name == "trialog._tracking.solving":
            continue  # tested in tests/integrations/ommx, with OMMX at hand
        found += [each for each in finder.find(importlib.import_module(name)) if each.examples]
    return found


@pytest.fixture
def run(tmp_path, monkeypatch):
    """An open run, for examples that log to one: ``getfixture("run")``."""
    monkeypatch.chdir(tmp_path)
    Path("README.md").write_text("# Read me\n")
    Path("plots").mkdir()
    Path("plots/loss.svg").write_text("<svg/>")
    run = trialog.init("acme", "examples")
    yield run
    run.finish()


@pytest.mark.parametrize("example", find_examples(), ids=lambda each: each.name)
def test_examples_give_what_they_say(example, request, tmp_path, monkeypatch):
    """Each docstring's example, in a folder and a store of its own."""
    monkeypatch.chdir(tmp_path)
    example.globs["getfixture"] = request.getfixturevalue
    if any("trialog." in each.source for each in example.examples):
        example.globs.setdefault("trialog", trialog)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    report: list[str] = []
    result = runner.run(example, out=report.append)
    assert not result.failed, "".join(report)
    assert result.attempted


def public_names():
    for name in trialog.__all__:
        if callable(value := getattr(trialog, name)):
            yield f"trialog.{name}", value
    for kind in (trialog.Run, trialog.StoredRun, trialog.Runs):
        for name, value in inspect.getmembers(kind, inspect.isfunction):
            if not name.startswith("_") and value.__module__.startswith("trialog."):
                yield f"{kind.__name__}.{name}", value


@pytest.mark.parametrize(
    "name,value", list(public_names()), ids=lambda each: each if isinstance(each, str) else ""
)
def test_every_public_name_has_an_example(name, value):
    """What users call, they can see used."""
    assert ">>>" in (inspect.getdoc(value) or ""), name
