"""Filters and orders over a store: every fact, parameters and metrics, in the calls that find."""

from __future__ import annotations

import pytest

import trialog
from trialog._filters.fields import FIELDS
from trialog.errors import FilterError, InvalidTypeError


@pytest.fixture
def sweep(monkeypatch):
    """Four runs, the oldest first: their last values are 0.6, 0.7 and 0.8; one has none."""
    for number in range(4):
        parameters = {"lr": 10.0**-number, "model": "ViT" if number % 2 else "res"}
        with trialog.init(
            "acme", "demo", name=f"r{number}", parameters=parameters, tags=["even"][number % 2 :]
        ) as run:
            for step in range(number and 3):
                run.log({"val/acc": 0.4 + number / 10 + step / 20, "loss": 1 / (step + 1)})
            if number == 3:
                run.finish(status="FAILED", reason="infeasible")
    return ["r0", "r1", "r2", "r3"]


def names(**query):
    return [run.name for run in trialog.runs(**query)]


@pytest.mark.usefixtures("sweep")
@pytest.mark.parametrize(
    "where,found",
    [
        ("lr < 0.5", ["r3", "r2", "r1"]),
        ('max("val/acc") > 0.65', ["r3", "r2"]),
        ('not max("val/acc") > 0.65', ["r1", "r0"]),
        ('last("val/acc") is None', ["r0"]),
        ('"even" in tags and "vit" not in model', ["r2", "r0"]),
        ('status == "done"', ["r2", "r1", "r0"]),
        ('status == "error" and reason == "infeasible"', ["r3"]),
        ("step_of_min(loss) == 2 and count(loss) == 3", ["r3", "r2", "r1"]),
        ("points > 0 and attempt == 1 and exit_code is None", ["r3", "r2", "r1"]),
        ('project == "demo" and namespace == "acme"', ["r3", "r2", "r1", "r0"]),
        ('age < "1h" and duration < 600 and ended >= created', ["r3", "r2", "r1", "r0"]),
        ('created < "2020-01-01"', []),
        ('matches(name, "^R[12]$")', ["r2", "r1"]),
        ("", ["r3", "r2", "r1", "r0"]),
    ],
)
def test_a_condition_chooses_runs(where, found):
    """Newest first; the ids are those of the runs."""
    assert names(where=where) == found
    assert trialog.fetch_runs(where=where) == trialog.runs("acme/demo", where=where).ids


@pytest.mark.usefixtures("sweep")
@pytest.mark.parametrize(
    "query,found",
    [
        ({"sort": "lr"}, ["r3", "r2", "r1", "r0"]),
        ({"sort": "-lr"}, ["r0", "r1", "r2", "r3"]),
        ({"sort": 'last("val/acc")'}, ["r1", "r2", "r3", "r0"]),
        ({"sort": '-last("val/acc")', "limit": 2}, ["r3", "r2"]),
        ({"sort": "-model, name", "where": "lr < 0.5"}, ["r2", "r1", "r3"]),
        ({"sort": "name", "status": "done", "tags": "even"}, ["r0", "r2"]),
        ({"where": "lr < 0.5", "limit": 1}, ["r3"]),
        ({"where": "lr < 0.5", "limit": 0}, []),
        ({"project": ["demo", "acme/demo"], "sort": "name", "limit": 3}, ["r0", "r1", "r2"]),
    ],
)
def test_an_order_goes_with_the_other_keywords(query, found):
    """What is missing comes last; the limit leaves the first."""
    assert names(**query) == found


@pytest.mark.usefixtures("sweep")
def test_deleted_runs_are_found_where_they_are_asked_for():
    """And nowhere else."""
    trialog.delete_run("r1")
    assert names(where="deleted") == ["r1"]
    assert names(where="not deleted") == ["r3", "r2", "r0"]
    assert names(where='model == "ViT"') == ["r3"]


def test_every_fact_is_known_of_every_run(sweep):
    """One that cannot be missing is not; each sorts, but tags."""
    for name, field in FIELDS.items():
        missing = names(where=f"{name} is None")
        assert field.may_lack or not missing, name
        assert sorted(missing + names(where=f"{name} is not None")) == sweep
        if name != "tags":
            assert sorted(names(sort=f"-{name}")) == sweep


@pytest.mark.usefixtures("store")
def test_steps_that_no_double_tells_apart_are_sorted():
    """A step is an integer, however large."""
    for name, more in (("a", 1), ("b", 0), ("c", 2), ("d", 0)):
        with trialog.init("acme", "demo", name=name) as run:
            run.log("loss", 0.5, 2**53 + more)
    assert names(sort="step_of_min(loss)") == ["d", "b", "a", "c"]
    assert names(sort="-step_of_max(loss)") == ["c", "a", "d", "b"]


@pytest.mark.usefixtures("sweep")
def test_what_cannot_be_understood_is_refused():
    """Before anything is read."""
    with pytest.raises(FilterError, match="did you mean ==") as caught:
        trialog.runs(where="lr = 1")
    assert isinstance(caught.value, ValueError)
    with pytest.raises(FilterError, match="asked for by what it comes to"):
        trialog.fetch_runs(sort="metrics.loss")
    with pytest.raises(InvalidTypeError, match="where must be text"):
        trialog.runs(where=["lr > 1"])


def test_a_run_that_goes_on_is_asked_whether_it_does():
    """Its status, duration and end are those of this moment."""
    with trialog.init("acme", "demo", name="living"):
        assert names(where='status == "running" and ended is None and duration <= age') == [
            "living"
        ]
        assert names(where="status != 'running'") == []
    assert names(where="ended is not None and status == 'done'") == ["living"]
