"""Which points a view shows: the latest attempt after the cut, all, or some."""

from __future__ import annotations

import numpy as np
import pytest

from trialog._catalog.plans import JournalPoints, PointsPlan
from trialog._catalog.views import LATEST, View, journals_of, merge_view
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.stretches import NO_RANK, Stretch


def journal(writer, attempt=1, rank=None, *, is_outside=False):
    return JournalPoints(
        writer, attempt, rank, is_outside, 0, has_auto=False, has_exact=False, points=4, seed={},
        is_rebooted=False,
    )  # fmt: skip


def points(*steps, from_ns=0):
    steps = np.array(steps, np.int64)
    return Stretch(steps, from_ns + np.arange(len(steps)), steps / 2)


@pytest.fixture
def plan():
    """Two attempts of two ranks, and a witness; the second attempt begins at step 2."""
    place = RunPlace(ProjectPlace("acme", "demo"), "named", "r")
    journals = [
        journal("a", 1, 0),
        journal("b", 1, 1),
        journal("c", 2, 0),
        journal("d", 2),
        journal("w", 1, is_outside=True),
    ]
    return PointsPlan(place, is_final=True, journals=journals, cuts={"loss": {1: 2}})


def shown(plan, view):
    every = {
        "a": points(0, 1, 2, 3),
        "b": points(1, 2, 3, from_ns=10),
        "c": points(2, 3, from_ns=20),
        "d": points(2, from_ns=30),
        "w": points(5, from_ns=40),
    }
    parts = [(each, every[each.writer]) for each in journals_of(plan, view)]
    return merge_view(plan, "loss", parts, view)


@pytest.mark.parametrize(
    "view, steps",
    [
        (LATEST, [0, 1, 1, 2, 3, 2, 5]),
        (View("all"), [0, 1, 2, 3, 1, 2, 3, 2, 3, 2, 5]),
        (View(1), [0, 1, 2, 3, 1, 2, 3, 5]),
        (View(2), [2, 3, 2]),
        (View(ranks=frozenset({1})), [1]),
        (View("all", frozenset({1})), [1, 2, 3]),
        (View(2, frozenset({0, 1})), [2, 3]),
        (View(9), []),
    ],
)
def test_attempts_and_ranks_are_chosen(plan, view, steps):
    """The cut is of all ranks: those of rank 1 end where rank 0 went on."""
    found = shown(plan, view)
    assert found.steps.tolist() == steps
    assert found.ranks is found.attempts is None


def test_a_view_tells_whose_a_point_is(plan):
    """Beside each: its attempt, and its rank or that it has none."""
    found = shown(plan, View(2, tells_ranks=True, tells_attempts=True))
    assert found.ranks.tolist() == [0, 0, NO_RANK]
    assert found.attempts.tolist() == [2, 2, 2]
    assert shown(plan, View(2, tells_ranks=True)).attempts is None
