"""Metrics of one run as lines of one chart."""

from __future__ import annotations

import math

import numpy as np
import pytest

import trialog
from trialog._catalog import Catalog
from trialog._charts.wishes import ChartWish
from trialog._filters import RunFilter
from trialog._reading.catalogs import catalog_of
from trialog._reading.charting import ChartReader
from trialog._reading.chartquestions import Asked
from trialog._reading.finding import find
from trialog._reading.metriccurves import chart_of_metrics


@pytest.fixture
def records(store):
    """Of a run with three metrics, as different as they come."""
    with trialog.init("acme", "demo", name="r", capture=False) as run:
        for step in range(4):
            run.log("tokens", step * 1e9, step=step)
        run.log({"tiny": 1e-9, "odd": math.nan}, step=1)
        run.log({"tiny": 2e-9}, step=3)
    return find(catalog_of(store), RunFilter.parse())


def test_metrics_are_lines_on_one_axis(store, records):
    """In the order that is asked for, none rounded by others; one without points is left out."""
    catalog = catalog_of(store)
    names = ["tiny", "nobody", "tokens", "odd"]
    reader = ChartReader(catalog)
    chart = chart_of_metrics(catalog, reader, records[0].key, names, ChartWish())
    assert [line["label"] for line in chart.header["lines"]] == ["tiny", "tokens", "odd"]
    assert chart.arrays["x"].tolist() == [0, 1, 2, 3]
    tiny, tokens, odd = chart.arrays["y"]
    assert tiny[[1, 3]] == pytest.approx([1e-9, 2e-9], rel=1e-6)
    assert np.isnan(tiny[[0, 2]]).all()
    assert tokens.tolist() == [0, 1e9, 2e9, 3e9]
    assert np.isnan(odd).all()


def test_a_metric_s_own_chart_reads_nothing_again(store, records, monkeypatch):
    """What its small curve was made of is kept."""
    catalog, reads = catalog_of(store), []
    points = Catalog.points
    monkeypatch.setattr(Catalog, "points", lambda *given: reads.append(given[2]) or points(*given))
    reader = ChartReader(catalog)
    chart_of_metrics(catalog, reader, records[0].key, ["tokens"], ChartWish(pixels=20))
    own = reader.chart(records.rows, Asked("tokens", ChartWish()))
    assert own.arrays["y"].tolist() == [[0, 1e9, 2e9, 3e9]]
    assert reads == [["tokens"]]
