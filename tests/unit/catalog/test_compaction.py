"""Compacting: ended runs only, each point once, many stripes and segments where there is much."""

from __future__ import annotations

import pandas as pd
import pytest

import trialog
from trialog._catalog import compaction, segments
from trialog._reading.catalogs import catalog_of


def log(name, count, value=lambda step: step / 3):
    with trialog.init("acme", "demo", name=name) as run:
        for step in range(count):
            run.log("loss", value(step), step)
            if step % 3 == 0:
                run.log({"acc": step / 7, "big": 2**60 + step}, step=step)


def keys():
    return [record.key for record in trialog.runs()._records]


def test_running_runs_are_left_out(store):
    """Only what nobody can add to goes into a segment."""
    log("ended", 10)
    with trialog.init("acme", "demo", name="live") as run:
        run.log("loss", 1.0)
        sealed = catalog_of(store).compact(keys())
    assert (sealed.runs, sealed.segments) == (1, 1)
    assert catalog_of(store).compact(keys()).runs == 1
    assert catalog_of(store).compact(keys()) == (0, 0, 0)


@pytest.mark.parametrize("stripe, group", [(7, 5), (50, 1000), (10**6, 3)])
def test_stripes_and_row_groups_change_nothing(store, monkeypatch, stripe, group):
    """However small the pieces, the points are those of the journals."""
    monkeypatch.setattr(compaction, "POINTS_A_STRIPE", stripe)
    monkeypatch.setattr(segments, "ROWS_A_GROUP", group)
    for name, count in (("one", 40), ("two", 1), ("three", 23)):
        log(name, count)
    trialog.init("acme", "demo", name="empty").finish()
    before = trialog.runs().metrics_df()
    assert catalog_of(store).compact(keys()).runs == 3
    pd.testing.assert_frame_equal(trialog.runs().metrics_df(), before)
    pd.testing.assert_frame_equal(
        trialog.runs().metrics_df("acc"),
        before[before["metric"] == "acc"].reset_index(drop=True),
        check_dtype=False,
    )
    assert catalog_of(store).verify().findings == ()


def test_many_runs_make_several_segments(store, monkeypatch):
    """Progress is told for each."""
    monkeypatch.setattr(compaction, "RUNS_A_SEGMENT", 2)
    for number in range(5):
        log(f"r{number}", 3)
    seen = []
    sealed = catalog_of(store).compact(keys(), lambda done, count: seen.append((done, count)))
    assert (sealed.runs, sealed.segments) == (5, 3)
    assert seen == [(2, 5), (4, 5), (5, 5)]
    assert len(trialog.runs().metrics_df("loss")) == 15


def test_a_query_of_many_ended_runs_compacts_them_first(store, monkeypatch):
    """So that the next one costs a tenth."""
    monkeypatch.setattr(compaction, "WORTH_RUNS", 4)
    for number in range(3):
        log(f"r{number}", 3)
    trialog.runs().metrics_df("loss")
    assert not list(store.glob("segments/*.parquet"))
    log("r3", 3)
    trialog.runs().metrics_df("loss")
    assert len(list(store.glob("segments/*.parquet"))) == 1


def test_a_run_that_grew_after_it_was_compacted_is_read_from_journals(store):
    """Late data are never hidden by a segment."""
    log("r", 5)
    catalog_of(store).compact(keys())
    with trialog.init("acme", "demo", resume="r") as run:
        run.log("loss", 99.0)
    frame = trialog.get_run("r").metric("loss")
    assert frame["value"].tolist()[-1] == 99.0
    assert frame["step"].tolist()[-1] == 5
    assert catalog_of(store).compact(keys()).runs == 1
    assert trialog.get_run("r").metric("loss").equals(frame)
