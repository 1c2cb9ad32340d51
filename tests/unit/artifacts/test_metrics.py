"""Points in Parquet: all of them, exactly, in layers that stay small."""

from __future__ import annotations

import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import trialog
from trialog._artifacts import metrics, observations
from trialog._artifacts.observations import Observer
from trialog._catalog.segments import SegmentReader
from trialog._format.folders import StoreFolder
from trialog._reading import catalog_of
from trialog._tracking import active
from trialog._writing.blobs import BlobWriter


@pytest.fixture
def observed(store):
    """The runs of a store, as they are read to be sealed."""

    def observe():
        active.session.steward.drain()
        catalog = catalog_of(store)
        observer = Observer(StoreFolder(store), catalog.clock())
        places = [run.record.place for run in trialog.runs()]
        return [observer.observe(place, number) for number, place in enumerate(places)]

    return observe


def write(store, runs):
    """The paths of the layers that runs give."""
    folder = StoreFolder(store)
    layers = metrics.write_metrics(BlobWriter(folder), folder, runs)
    return [folder.blob(layer.digest.removeprefix("sha256:")) for layer in layers]


def points_in(paths):
    """(run, metric, step, value, exact) of all points."""
    found = []
    for path in paths:
        with path.open("rb") as file:
            table = pq.read_table(file).to_pydict()
        names = ("run", "metric", "step", "value", "exact")
        found += zip(*(table[name] for name in names), strict=True)
    return found


def test_every_point_is_there_exactly(store, observed):
    """Of all runs, those of the machine too; integers that a double cannot hold beside it."""
    with trialog.init("acme", "demo", name="one") as one:
        one.log("loss", 0.5, step=3)
        one.log({"loss": math.inf, "system/cpu": 7.0}, step=4)
    with trialog.init("acme", "demo", name="two") as two:
        two.log("count", 2**60 + 1)
        two.log("auto", -0.0)
        two.log("auto", math.nan)
    with trialog.init("acme", "demo", name="none"):
        pass
    (path,) = write(store, observed())
    found = points_in([path])
    assert sorted(found[:3] + found[4:5], key=str) == sorted(
        [
            (one.id, "loss", 3, 0.5, None),
            (one.id, "loss", 4, math.inf, None),
            (one.id, "system/cpu", 4, 7.0, None),
            (two.id, "auto", 1, found[4][3], None),
        ],
        key=str,
    )
    assert math.isnan(found[4][3])
    assert found[5] == (two.id, "count", 0, float(2**60), str(2**60 + 1))
    with SegmentReader(path) as reader:
        assert {run.place.id for run in reader.runs()} == {one.id, two.id}


def test_no_points_no_layer(store, observed):
    """There is no empty table."""
    trialog.init("acme", "demo").finish()
    assert write(store, observed()) == []


@pytest.mark.parametrize("kept", [observations.KEPT_POINTS, 0])
def test_many_points_come_in_several_layers(store, observed, monkeypatch, kept):
    """Cut where one is full, in the middle of a run too; read again where they were too many."""
    monkeypatch.setattr(metrics, "ROWS_A_LAYER", 100)
    monkeypatch.setattr(observations, "KEPT_POINTS", kept)
    for name, count in (("a", 40), ("b", 50), ("c", 270), ("d", 60)):
        with trialog.init("acme", "demo", name=name) as run:
            for step in range(count):
                run.log("x" if step % 3 else "y", float(step))
    paths = write(store, observed())
    sizes = [pq.read_metadata(path).num_rows for path in paths]
    assert sizes == [90, 100, 100, 70, 60]
    found = points_in(paths)
    assert len(set(found)) == len(found) == 420
    whole = []
    for path in paths:
        with SegmentReader(path) as reader:
            whole += [bool(run.journals) for run in reader.runs()]
    assert whole == [True, True, False, False, False, True]


def test_points_are_the_same_read_once_or_twice(store, observed, monkeypatch):
    """With resumed runs, whose steps are numbered on, and several writers."""
    for _ in range(2):
        with trialog.init("acme", "demo", id="resumed") as run:
            for _ in range(5):
                run.log("loss", 0.5)
    once = points_in(write(store, observed()))
    monkeypatch.setattr(observations, "KEPT_POINTS", 0)
    again = observed()
    assert again[0].series is None
    assert points_in(write(store, again)) == once
    assert sorted(point[2] for point in once) == list(range(10))


def test_every_layer_has_one_schema(store, observed):
    """Other tools read them together."""
    with trialog.init("acme", "demo") as run:
        run.log("loss", 0.5)
    (path,) = write(store, observed())
    schema = pq.read_schema(path)
    assert schema.names == ["run", "metric", "writer", "step", "time_ns", "value", "exact"]
    assert schema.field("exact").type == pa.string()
