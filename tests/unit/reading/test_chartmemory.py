"""How the points of charts lie in memory."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from trialog._charts.rows import ArrayRows
from trialog._reading.chartmemory import SharedPlaces, portions


def test_equal_places_are_in_memory_once():
    """The second line has the places of the first, and says so."""
    places = SharedPlaces()
    one = places.own(ArrayRows(np.arange(5.0), np.ones(5)))
    two = places.own(ArrayRows(np.arange(5.0), np.zeros(5)))
    other = places.own(ArrayRows(np.arange(5.0) + 1, np.zeros(5)))
    assert two.x is one.x
    assert other.x is not one.x
    assert [each.is_shared for each in (one, two, other)] == [False, True, False]


def test_nothing_around_the_points_is_held():
    """Parts of larger arrays are copied."""
    large = np.arange(1000.0)
    kept = SharedPlaces().own(ArrayRows(large[10:20], large[500:510]))
    assert kept.x.base is None
    assert kept.y.base is None
    assert kept.y.tolist() == list(range(500, 510))


def test_portions_have_about_so_many_points():
    """Each has at least one run, and all have their turn."""
    runs = [SimpleNamespace(facts=SimpleNamespace(points=count)) for count in (5, 5, 100, 1, 2)]
    found = [[run.facts.points for run in some] for some in portions(runs, 10)]
    assert found == [[5, 5], [100], [1, 2]]
