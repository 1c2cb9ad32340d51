"""The page about performance shows what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_the_tables_of_experiments_hold_what_was_measured(monkeypatch: pytest.MonkeyPatch):
    """They are written by benchmarks/experiments_page.py."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import experiments_page

    path = BENCHMARKS / "results" / "experiments.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert experiments_page.tables(results) in experiments_page.PAGE.read_text(encoding="utf-8")
    assert all(each["values"] == _ours(each)["values"] for each in results["harms"].values())


def test_the_tables_of_dashboards_hold_what_was_measured(monkeypatch: pytest.MonkeyPatch):
    """They are written by benchmarks/dashboards_page.py."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import dashboards_page

    path = BENCHMARKS / "results" / "dashboard.json"
    results = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert dashboards_page.tables(results) in dashboards_page.PAGE.read_text(encoding="utf-8")
    ours = results["of"]["trialog"]
    assert all(ours[letter]["spikes"] == ours[letter]["spikes_of"] for letter in "AB")


def _ours(harm: dict) -> dict:
    return harm["of"]["trialog, capture off"]
