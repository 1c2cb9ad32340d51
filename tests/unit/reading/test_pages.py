"""Pages of runs, and how many there are of each status."""

from __future__ import annotations

import pytest

import trialog
from trialog._catalog import refreshing
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._reading import manyrows, records
from trialog._reading.catalogs import catalog_of
from trialog._reading.pages import count_statuses, find_keys, find_page


@pytest.fixture
def sweep(store):
    """Nine runs: three learning rates, three losses each; the last one FAILED."""
    for number in range(9):
        run = trialog.init("acme", "demo", name=f"run {number}", parameters={"lr": number % 3})
        run.log("loss", float(number))
        run.finish(status="FAILED" if number == 8 else "COMPLETED")
    return catalog_of(store)


def test_pages_make_up_the_whole(sweep):
    """Each run once, in order; beyond the end there is nothing."""
    wanted = RunFilter.parse(where="last(loss) < 7", sort="lr, -last(loss)")
    keys = find_keys(sweep, wanted)
    assert len(keys) == 7
    pages = [find_page(sweep, wanted, offset, 3) for offset in (0, 3, 6, 9)]
    assert [key for page in pages for key in page.records.keys] == keys
    assert [page.total for page in pages] == [7] * 4
    names = [record.name for page in pages for record in page.records]
    assert names == ["run 6", "run 3", "run 0", "run 4", "run 1", "run 5", "run 2"]


def test_statuses_are_counted_of_what_is_found(sweep):
    """A running run has its own; a filter leaves some out."""
    with trialog.init("acme", "demo", parameters={"lr": 1}):
        assert count_statuses(sweep, RunFilter()) == {
            RunStatus.COMPLETED: 8,
            RunStatus.FAILED: 1,
            RunStatus.RUNNING: 1,
        }
        found = count_statuses(sweep, RunFilter.parse(where="lr == 1"))
        assert found == {RunStatus.COMPLETED: 3, RunStatus.RUNNING: 1}
        found = count_statuses(sweep, RunFilter.parse(where="lr != 1"))
        assert found == {RunStatus.COMPLETED: 5, RunStatus.FAILED: 1}


def test_rows_of_very_many_runs_are_read_when_they_are_looked_at(sweep, monkeypatch):
    """And say the same, the running one too."""
    with trialog.init("acme", "demo", name="running"):
        few = find_page(sweep, RunFilter()).records
        monkeypatch.setattr(records, "MANY", 3)
        monkeypatch.setattr(manyrows, "_PART", 4)
        many = find_page(sweep, RunFilter()).records
        for name in ("keys", "ids", "names", "numbers", "created_ns"):
            assert getattr(many, name) == getattr(few, name)
        assert [record.status for record in many] == [record.status for record in few]
        assert [record.id for record in many[2:7]] == few.ids[2:7]
        assert many[-1].id == few[-1].id
        assert len(trialog.runs().parameters_df()) == 10


def test_a_crowd_of_new_runs_is_put_into_order_at_the_end(sweep, store, monkeypatch):
    """The answers are those of runs that came one by one."""
    wanted = RunFilter.parse(where="lr > 0 and last(loss) > 1", sort="-last(loss)")
    expected = find_keys(sweep, wanted)
    monkeypatch.setattr(refreshing, "_MANY", 5)
    sweep.rebuild()
    assert find_keys(sweep, wanted) == expected
