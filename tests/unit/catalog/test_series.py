"""The points of a run from its journals: what its catalog knows of, and no more."""

from __future__ import annotations

import pytest

from trialog._catalog.plans import plan_points
from trialog._catalog.series import journal_points, read_from_journals
from trialog._journals.addresses import ProjectPlace, RunPlace

PROJECT = ProjectPlace("acme", "demo")


def key(run="run-1"):
    return RunPlace(PROJECT, "named", run).key


@pytest.fixture
def plan(handmade):
    """The plans of some runs, as the catalog knows them now."""

    def plan_runs(*runs):
        catalog = handmade.open()
        catalog.refresh()
        found = catalog.ask(plan_points, [key(run) for run in runs])
        catalog.close()
        return found

    return plan_runs


def test_writers_are_merged_by_time(handmade, plan):
    """Each metric on its own; names that were not asked for are not read."""
    now = handmade.now_ns
    late = handmade.points([1.0], time_ns=now + 2) + handmade.points([9.0], "acc", 1, now)
    handmade.write(handmade.start() + late)
    second = handmade.start(writer="w2", role="attach") + handmade.points([2.0, 3.0], time_ns=now)
    handmade.write(second, writer="w2")
    (found,) = plan("run-1").values()
    points = read_from_journals(handmade.store, found, ["loss", "unknown"])
    assert list(points) == ["loss"]
    assert points["loss"].values.tolist() == [2.0, 3.0, 1.0]
    assert points["loss"].steps.tolist() == [0, 1, 0]


def test_what_came_after_the_plan_is_left_out(handmade, plan):
    """A query reads what its catalog knows: one state."""
    begun = handmade.start() + handmade.points([0.5])
    handmade.write(begun)
    (found,) = plan("run-1").values()
    handmade.write(begun + handmade.points([1.5], "acc", 1) + handmade.points([2.5]))
    points = read_from_journals(handmade.store, found, ["loss", "acc"])
    assert {name: each.values.tolist() for name, each in points.items()} == {"loss": [0.5]}


def test_all_metrics_of_a_journal_block_by_block(handmade, plan):
    """As compacting reads them, exact integers beside the doubles."""
    handmade.write(handmade.start() + handmade.points([2**60, 0.5]) + handmade.points([1], "n", 1))
    (found,) = plan("run-1").values()
    (block,) = journal_points(handmade.store, found, found.journals[0])
    assert sorted(block) == ["loss", "n"]
    assert block["loss"].exact == {0: 2**60}
    assert found.journals[0].has_exact


def test_a_journal_that_is_gone_is_an_error(handmade, plan):
    """Who asks decides what that means."""
    path = handmade.write(handmade.start() + handmade.points([0.5]))
    (found,) = plan("run-1").values()
    path.unlink()
    with pytest.raises(FileNotFoundError):
        read_from_journals(handmade.store, found, ["loss"])
