"""Where the points of runs are: in which journals, how far, and what later attempts replace."""

from __future__ import annotations

import pytest

from trialog._catalog.plans import plan_points
from trialog._journals.addresses import ProjectPlace, RunPlace

PROJECT = ProjectPlace("acme", "demo")


def key(run="run-1"):
    return RunPlace(PROJECT, "named", run).key


@pytest.fixture
def plan(handmade):
    """The plans of some runs, as the catalog knows them now."""

    def plan_runs(*runs, cut=()):
        catalog = handmade.open()
        catalog.refresh()
        found = catalog.ask(plan_points, [key(run) for run in runs], cut)
        catalog.close()
        return found

    return plan_runs


def test_runs_are_planned_in_the_order_asked_for(handmade, plan):
    """Those nobody knows are left out; one without points has no journals."""
    handmade.write(handmade.start("a") + handmade.points([0.5, 1.5]), run="a")
    handmade.write(handmade.start("b"), run="b")
    found = plan("b", "unknown", "a")
    assert list(found) == [key("b"), key("a")]
    assert (found[key("b")].points, found[key("b")].offsets) == (0, {})
    assert found[key("a")].points == 2
    assert list(found[key("a")].offsets) == ["w1"]
    assert found[key("a")].segment is None


def test_only_what_has_ended_is_final(handmade, plan):
    """What may still grow is never put into a segment."""
    handmade.write(handmade.start("a") + handmade.points([0.5]), run="a")
    handmade.write(
        handmade.start("b") + handmade.points([0.5]) + handmade.end(), run="b", is_open=False
    )
    found = plan("a", "b")
    assert [each.is_final for each in found.values()] == [False, True]


def test_cuts_are_of_the_attempts_of_a_run(handmade, plan):
    """From the lowest step of all writers of the later attempt; a witness cuts nothing."""
    kinds = {
        "w1": ("run", 1, range(10)),
        "w2": ("run", 2, [7, 8]),
        "w3": ("attach", 2, [6]),
        "w4": ("witness", 2, [0]),
    }
    for writer, (role, attempt, steps) in kinds.items():
        data = handmade.start(writer=writer, role=role, attempt=attempt, rank=1)
        data += handmade.logged("loss", steps)
        handmade.write(data + handmade.logged("only", [attempt], 1), writer=writer)
    (found,) = plan("run-1", cut=["loss", "none"]).values()
    assert found.cuts == {"loss": {1: 6}}
    assert [each.attempt for each in found.journals] == [1, 2, 2, 2]
    assert [each.is_outside for each in found.journals] == [False, False, False, True]
    assert {each.rank for each in found.journals} == {1}
    (found,) = plan("run-1", cut=["only"]).values()
    assert found.cuts == {"only": {1: 2}}
    (found,) = plan("run-1").values()
    assert found.cuts == {}


def test_a_rank_that_joins_a_later_attempt_goes_on_numbering(handmade, plan):
    """From the highest step of any process of the attempts before; else it would cut them."""
    handmade.write(handmade.start() + handmade.logged("loss", [3, 9]))
    rank = handmade.start(writer="w2", role="attach", attempt=1) + handmade.logged("loss", [None])
    handmade.write(rank, writer="w2")
    second = handmade.start(writer="w3", attempt=2) + handmade.logged("loss", [None])
    handmade.write(second, writer="w3")
    rank = handmade.start(writer="w4", role="attach", attempt=2) + handmade.logged("loss", [None])
    handmade.write(rank, writer="w4")
    (found,) = plan("run-1", cut=["loss"]).values()
    assert [dict(each.seed) for each in found.journals] == [{}, {}, {"loss": 9}, {"loss": 9}]
    assert found.cuts == {"loss": {1: 10}}
