"""Charts of runs in a store: what is read, kept, told apart, and answered again."""

from __future__ import annotations

import math

import numpy as np
import pytest

import trialog
from trialog._charts.charts import Chart
from trialog._charts.deltas import apply_delta
from trialog._charts.smoothing import Smoothing
from trialog._charts.wishes import ChartWish
from trialog._filters import RunFilter
from trialog._reading import longlines
from trialog._reading.catalogs import catalog_of
from trialog._reading.chartgroups import group_runs
from trialog._reading.charting import ChartReader
from trialog._reading.chartquestions import Asked
from trialog._reading.finding import find


@pytest.fixture
def reader(store):
    return ChartReader(catalog_of(store))


def _draw(reader, metric="loss", split=None, group=None, since=None, **wish) -> Chart:
    catalog = reader._catalog
    records = find(catalog, RunFilter.parse(sort="name"))
    groups = None if group is None else group_runs(catalog, records, group)
    asked = Asked(metric, ChartWish(is_grouped=group is not None, **wish), split)
    return reader.chart(records.rows, asked, groups, since)


def _log(name, values, **init):
    with trialog.init("acme", "demo", name=name, **init) as run:
        for step, value in enumerate(values):
            run.log("loss", value, step=step)
    return run.id


def test_runs_are_lines_in_the_order_they_are_asked_for(reader):
    """Runs without the metric have no line."""
    first, second = _log("a", [1, 2]), _log("b", [3.0, 4.0, 5.0])
    _log("c", [])
    chart = _draw(reader)
    assert [line["run"] for line in chart.header["lines"]] == [first, second]
    assert [line["name"] for line in chart.header["lines"]] == ["a", "b"]
    assert chart.arrays["x"].tolist() == [0, 1, 2]
    assert chart.arrays["y"][1].tolist() == [3, 4, 5]
    assert chart.header["points"] == {"total": 5, "window": 5, "represented": 5}


def test_what_was_read_is_kept_until_more_is_logged(reader, monkeypatch):
    """Zooming and smoothing read no point again; a new point is seen at once."""
    run = trialog.init("acme", "demo", name="a")
    run.log("loss", 1.0)
    reads = []
    points = reader._catalog.points
    monkeypatch.setattr(
        reader._catalog, "points", lambda *given, **more: reads.append(1) or points(*given, **more)
    )
    _draw(reader)
    _draw(reader, x0=0, x1=1)
    _draw(reader, smoothing=Smoothing("ema", 0.5))
    assert len(reads) == 1
    run.log("loss", 2.0)
    assert _draw(reader).arrays["y"].tolist() == [[1, 2]]
    assert len(reads) == 2
    run.finish()


def test_an_answer_that_is_known_is_told_as_such_and_a_later_one_as_a_delta(reader):
    """The version says what the asker has."""
    run = trialog.init("acme", "demo", name="a")
    for step in range(20):
        run.log("loss", step / 4, step=step)
    whole = _draw(reader)
    same = _draw(reader, since=whole.header["version"])
    assert same.header["answer"] == "same"
    assert not same.arrays
    run.log("loss", 7.25, step=20)
    delta = _draw(reader, since=whole.header["version"])
    fresh = _draw(reader)
    assert (delta.header["answer"], delta.header["keep"]) == ("delta", 20)
    assert delta.arrays["y"].tolist() == [[7.25]]
    applied = apply_delta(whole, delta)
    assert applied.header == fresh.header
    for name, array in fresh.arrays.items():
        assert applied.arrays[name].tobytes() == array.tobytes()
    run.finish()


def test_two_who_look_at_once_get_deltas_to_their_own_answers(reader, monkeypatch):
    """A point that comes while one of them is answered is missing for neither."""
    run = trialog.init("acme", "demo", name="a")
    for step in range(20):
        run.log("loss", step / 4, step=step)
    first = _draw(reader)
    reader._cache._entries.clear()  # the other's question came at the same moment
    points = reader._catalog.points

    def points_later(*given, **more):
        run.log("loss", 7.25, step=20)
        reader._catalog.refresh()
        return points(*given, **more)

    monkeypatch.setattr(reader._catalog, "points", points_later)
    second = _draw(reader)
    monkeypatch.undo()
    assert (len(first.arrays["x"]), len(second.arrays["x"])) == (20, 21)
    fresh = _draw(ChartReader(reader._catalog))
    for held in (first, second):
        answer = _draw(reader, since=held.header["version"])
        now = apply_delta(held, answer) if answer.header["answer"] == "delta" else answer
        assert now.arrays["x"].tolist() == fresh.arrays["x"].tolist()
        assert now.arrays["y"].tolist() == fresh.arrays["y"].tolist()
    run.finish()


def test_groups_have_all_their_members(reader):
    """Runs with one value of a parameter are one line, in the order of the values."""
    for seed in range(4):
        _log(f"r{seed}", [seed, seed + 2], parameters={"lr": 0.1 * (1 + seed % 2)})
    _log("other", [9.0])
    chart = _draw(reader, group="lr", band="minmax")
    labels = [each["label"] for each in chart.header["groups"]]
    assert labels == ["0.1", "0.2", "missing"]
    assert [each["lines"] for each in chart.header["groups"]] == [2, 2, 1]
    assert chart.arrays["center"][:2].tolist() == [[1, 3], [2, 4]]
    assert chart.arrays["low"][0].tolist() == [0, 2]
    assert chart.arrays["high"][0].tolist() == [2, 4]
    assert chart.arrays["members"].tolist() == [[2, 2], [2, 2], [1, 0]]
    assert "y" not in chart.arrays
    with_members = _draw(reader, group="lr", with_members=True)
    assert len(with_members.arrays["y"]) == 5
    assert {line["group"] for line in with_members.header["lines"]} == {0, 1, 2}


def test_attempts_are_told_apart_without_what_was_replaced(reader):
    """The earlier attempt ends where the later one begins."""
    run_id = _log("a", [1, 2, 3, 4])
    with trialog.init("acme", "demo", resume=run_id) as run:
        run.log("loss", 30.0, step=2)
    together = _draw(reader)
    assert together.arrays["y"].tolist() == [[1, 2, 30]]
    chart = _draw(reader, split="attempt")
    assert [line["attempt"] for line in chart.header["lines"]] == [1, 2]
    assert [line["label"] for line in chart.header["lines"]] == ["a, attempt 1", "a, attempt 2"]
    assert np.nan_to_num(chart.arrays["y"], nan=-1).tolist() == [[1, 2, -1], [-1, -1, 30]]


def test_another_metric_may_be_the_axis(reader):
    """Points are placed by its value at their step; those without one are counted."""
    with trialog.init("acme", "demo", name="a") as run:
        for step in range(3):
            run.log({"loss": step / 2, "epoch": step * 10}, step=step)
        run.log("loss", 9.0, step=3)
    chart = _draw(reader, x="metric:epoch")
    assert chart.arrays["x"].tolist() == [0, 10, 20]
    assert chart.arrays["y"].tolist() == [[0, 0.5, 1]]
    assert chart.arrays["facts"][0, chart.header["facts"].index("unplaced")] == 1


def test_relative_times_begin_with_the_run(reader):
    """Seconds, small and not negative."""
    _log("a", [1, 2])
    chart = _draw(reader, x="relative")
    assert 0 <= chart.arrays["x"][0] <= chart.arrays["x"][1] < 60


@pytest.mark.parametrize("smoothing", [None, "ema:0.9", "window:5"])
@pytest.mark.parametrize("steps", ["forwards", "backwards"])
def test_a_long_line_in_files_is_the_line_in_memory(reader, monkeypatch, smoothing, steps):
    """What is kept in files gives the same answers; it is made again where it was deleted."""
    with trialog.init("acme", "demo", name="a") as run:
        for step in range(700):
            value = math.nan if step % 97 == 5 and steps == "forwards" else math.sin(step)
            run.log("loss", value, step=step if steps == "forwards" else -step)
    wish = {"pixels": 40, "smoothing": Smoothing.parse(smoothing), "raw": True}
    windows = [{}, {"x0": -350.5, "x1": 400.0}, {"x0": 10.0, "x1": 20.0}, {"x0": -20.0}]
    plain = [_draw(reader, **wish, **window) for window in windows]
    monkeypatch.setattr("trialog._reading.charting.LONG", 100)
    charts = reader._catalog.caches.charts
    for _ in range(2):
        fresh = ChartReader(reader._catalog)
        for window, expected in zip(windows, plain, strict=True):
            found = _draw(fresh, **wish, **window)
            assert found.header == expected.header
            for name, array in expected.arrays.items():
                assert np.array_equal(found.arrays[name], array, equal_nan=True), name
        assert list(charts.glob("*.npz"))
        for path in charts.iterdir():
            path.unlink()


def test_files_that_are_not_what_was_written_are_made_again(reader, monkeypatch):
    """A torn pyramid, points that are missing: neither is drawn."""
    _log("a", range(500))
    monkeypatch.setattr("trialog._reading.charting.LONG", 100)
    expected = _draw(reader).arrays["y"].tobytes()
    charts = reader._catalog.caches.charts
    for suffix in (".npz", ".y", ".x"):
        (path,) = charts.glob(f"*{suffix}")
        path.write_bytes(path.read_bytes()[:-8])
        assert _draw(ChartReader(reader._catalog)).arrays["y"].tobytes() == expected


def test_a_long_line_needs_no_folder(reader, monkeypatch):
    """Where files cannot be kept, memory does."""
    _log("a", range(500))
    monkeypatch.setattr("trialog._reading.charting.LONG", 100)
    monkeypatch.setattr(longlines, "_opened", lambda *_: None)
    assert _draw(reader, pixels=1000).arrays["y"].shape == (1, 500)


def test_rebuilding_removes_what_charts_were_made_of(reader, monkeypatch):
    """They are caches, as the catalog is."""
    _log("a", range(500))
    monkeypatch.setattr("trialog._reading.charting.LONG", 100)
    _draw(reader)
    charts = reader._catalog.caches.charts
    assert charts.is_dir()
    reader._catalog.rebuild()
    assert not charts.exists()
