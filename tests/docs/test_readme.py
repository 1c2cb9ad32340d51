"""The README: what it shows is what happens, and what was measured."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def text_of(kind: str) -> str:
    """The first block of a kind in the README."""
    found = re.search(rf"```{kind}\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert found
    return found[1]


def test_the_ten_lines_print_what_the_readme_shows(capsys):
    """Run as they stand, in an empty store."""
    exec(text_of("python"), {})
    printed = capsys.readouterr().out.splitlines()
    shown = text_of("text").splitlines()
    assert [line.rstrip() for line in printed] == [line.rstrip() for line in shown]


def test_the_table_holds_what_was_measured():
    """It is written by benchmarks/readme_table.py."""
    path = ROOT / "benchmarks/readme_table.py"
    spec = importlib.util.spec_from_file_location("readme_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    results = json.loads((ROOT / "benchmarks/results/peers.json").read_text())["results"]
    assert module.table(results) in (ROOT / "README.md").read_text()


def test_it_fits_a_screen():
    """What, install, ten lines, picture, figures, experiments: no more."""
    assert len((ROOT / "README.md").read_text().splitlines()) <= 90
