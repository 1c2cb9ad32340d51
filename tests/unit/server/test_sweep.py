"""A sweep over HTTP."""

from __future__ import annotations

import math

import pytest

import trialog

RATES = (0.1, 0.2, 0.3, 0.4)


@pytest.fixture
def sweep(store):
    """Sixteen runs: the rate decides all, the colour nothing; one that has no value, one NaN."""
    for number in range(16):
        parameters = {
            "lr": RATES[number % 4],
            "colour": ("red", "blue")[number // 4 % 2],
            "same": 1,
        }
        with trialog.init("acme", "demo", name=f"r{number:02}", parameters=parameters) as run:
            run.log("val/acc", RATES[number % 4] * 2 + number / 10_000)
    with trialog.init("acme", "demo", name="nothing", parameters={"lr": 9.0}):
        pass
    with trialog.init("acme", "demo", name="nan", parameters={"lr": 8.0}) as run:
        run.log("val/acc", math.nan)


def read(server, **asked):
    return server.post("/api/v1/sweep", json={"selection": {"project": "acme/demo"}, **asked})


def importances(server):
    answer = server.post("/api/v1/sweep/importances", json={"selection": {"project": "acme/demo"}})
    return answer.json()


def test_objective_goal_and_best(server, sweep):
    """The objective is found where none is said; the best run and the best so far are told."""
    found = read(server).json()
    assert (found["objective"], found["goal"]) == ('max("val/acc")', "max")
    names = [each["name"] for each in found["runs"]]
    assert names[0] == "r00"
    assert names[found["best"]] == "r15"
    assert found["best_so_far"][:3] == pytest.approx([0.2, 0.4001, 0.6002])
    assert found["best_so_far"][-1] == found["best_so_far"][-3]
    assert found["outcomes"][-2:] in ([None, "NaN"], [None, None])
    least = read(server, goal="min").json()
    assert names[least["best"]] == "r00"


def test_only_what_differs_is_a_column(server, sweep):
    """Parameters that are the same in all runs tell nothing."""
    columns = {each["name"]: each for each in read(server).json()["columns"]}
    assert columns["lr"]["type"] == "number"
    assert columns["colour"]["type"] == "text"
    same = read(server, selection={"project": "acme/demo", "where": 'name.startswith("r")'})
    assert "same" not in {each["name"] for each in same.json()["columns"]}


def test_what_else_is_asked_for(server, sweep):
    """Any operand of the filter language, for every run; a name says how it is asked for again."""
    found = read(server, measures=['count("val/acc")', "duration"]).json()
    count, duration = found["measures"]
    assert (count["text"], count["type"], count["values"][0]) == ('count("val/acc")', "number", 1)
    assert len(duration["values"]) == found["total"] == 18
    assert {each["text"] for each in found["columns"]} == {"lr", "colour", "same"}


def test_importance(server, sweep):
    """What decides comes first, with nearly all of the share."""
    pytest.importorskip("sklearn")
    found = importances(server)
    first = found["parameters"][0]
    assert first["name"] == "lr"
    assert first["share"] > 0.8
    assert found["explained"] > 0.5
    assert found["runs"] == 16


def test_too_few_runs(server, store):
    """Few runs tell nothing, and that is said instead of false precision."""
    with trialog.init("acme", "demo", parameters={"lr": 1}) as run:
        run.log("loss", 1.0)
    found = read(server).json()
    told = importances(server)
    assert told["parameters"] == []
    assert "too few" in told["note"]
    assert (found["objective"], found["goal"]) == ("min(loss)", "min")


def test_a_wrong_objective(server, sweep):
    """A text that cannot be understood is told with its place."""
    answer = read(server, objective="max(")
    assert answer.status_code == 400
    assert answer.json()["error"]["kind"] == "FilterError"
