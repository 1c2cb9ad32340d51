"""Names of layers: each its own, and all of them possible as files side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trialog._artifacts.titles import Titles

PARTS = st.lists(st.sampled_from(["a", "b", "a@1", "runs"]), min_size=1, max_size=3)


def test_a_name_that_is_free_stays_as_it_is():
    """One that is taken gets a number."""
    titles = Titles(["taken"])
    assert titles.give("a/b") == "a/b"
    assert titles.give("taken") == "taken@1"
    assert titles.give("taken") == "taken@2"
    assert titles.give("a") == "a@1"
    assert titles.give("taken/deep") == "taken@3/deep"


def test_several_of_one_kind_are_numbered():
    """As ``metrics.parquet`` and ``metrics-1.parquet``."""
    titles = Titles(["m.parquet"])
    assert titles.give_numbered("m", ".parquet") == "m-1.parquet"
    assert titles.give_numbered("m", ".parquet") == "m-2.parquet"
    assert titles.give_numbered("n", ".parquet") == "n.parquet"


@given(st.lists(PARTS.map("/".join), max_size=30))
def test_all_of_them_can_be_files(wishes):
    """No two are the same, and none is a folder of another."""
    titles = Titles()
    given = [titles.give(wish) for wish in wishes]
    assert len(set(given)) == len(given)
    folders = {path[:at] for path in given for at, letter in enumerate(path) if letter == "/"}
    assert folders.isdisjoint(given)
