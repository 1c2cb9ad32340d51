"""What runs have to ask for, and what a filter that finds nothing misses."""

from __future__ import annotations

import pytest

import trialog
from trialog._filters import RunFilter, parse_filter
from trialog._reading import catalog_of, find, read_known_names, unknown_name
from trialog.errors import FilterError


@pytest.fixture(autouse=True)
def _runs():
    for number in range(3):
        with trialog.init(
            "acme", "demo", name=f"r{number}", parameters={"lr": number / 10}, tags=[f"t{number}"]
        ) as run:
            run.log({"system/cpu": 1, "loss": 0.5})


def test_names_tags_and_values_are_those_of_the_runs(store):
    """Metrics of the machine come last; values in the order of the runs."""
    catalog = catalog_of(store)
    known = read_known_names(catalog, find(catalog, RunFilter()))
    assert known.parameters == ["lr"]
    assert known.metrics == ["loss", "system/cpu"]
    assert known.tags == ["t0", "t1", "t2"]
    assert known.values["lr"] == [0.2, 0.1, 0.0]
    assert known.values["name"] == ["r2", "r1", "r0"]
    assert known.values["project"] == ["demo"]


def test_nothing_found_is_explained():
    """By the name that no run has, and the nearest; not where all names are there."""
    assert "no run has a parameter 'rl', did you mean lr?" in repr(trialog.runs(where="rl > 1"))
    assert "a metric 'los', did you mean last(loss)?" in repr(trialog.runs(where="last(los) > 1"))
    assert repr(trialog.runs(where="lr > 1")) == "<Runs: none>"
    assert "no project 'nowhere'" in repr(trialog.runs("nowhere", where="rl > 1"))


def test_a_metric_asked_for_as_a_parameter_is_an_error():
    """Where nothing is found, and no run has such a parameter."""
    with pytest.raises(FilterError, match=r"did you mean last\(loss\)"):
        trialog.runs(where="loss > 1")
    assert len(trialog.runs(where="loss != 1")) == 3


@pytest.mark.parametrize(
    "where, is_whole, guess",
    [
        ("rl > 1", True, "lr"),
        ("rl > 1", False, None),
        ("loss > 1", False, "last(loss)"),
        ("lr > 1", True, None),
    ],
)
def test_of_names_that_older_runs_may_have_nothing_is_said(store, where, is_whole, guess):
    """But where the newest runs have it as a metric."""
    catalog = catalog_of(store)
    known = read_known_names(catalog, find(catalog, RunFilter()))
    wrong = unknown_name(parse_filter(where), known, where, is_whole=is_whole)
    assert (wrong and wrong.suggestion) == guess
