"""The memory of charts is bounded."""

from __future__ import annotations

from trialog._reading.chartcache import ChartCache


def test_the_longest_unused_goes_first():
    """A value that was looked at stays; all together are never more than the bound."""
    cache = ChartCache(max_bytes=5000)
    for key in "abc":
        cache.put(key, 1, key.upper(), 1000)
    assert cache.get("a", 1) == "A"
    cache.put("d", 1, "D", 1000)
    assert [cache.get(key, 1) for key in "abcd"] == ["A", None, "C", "D"]
    assert cache.size_bytes <= 5000


def test_a_value_of_another_state_is_none():
    """What was made of fewer points is not given for more."""
    cache = ChartCache()
    cache.put("a", 1, "old", 10)
    assert cache.get("a", 2) is None
    cache.put("a", 2, "new", 10)
    assert (cache.get("a", 1), cache.get("a", 2)) == (None, "new")


def test_what_is_larger_than_all_may_be_is_not_kept():
    """It would only push out the rest."""
    cache = ChartCache(max_bytes=2000)
    cache.put("a", 1, "A", 100)
    cache.put("b", 1, "B", 3000)
    assert (cache.get("a", 1), cache.get("b", 1)) == ("A", None)
