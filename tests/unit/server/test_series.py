"""The endpoint of charts: which runs are meant, and what is refused."""

from __future__ import annotations

import gzip
import subprocess
import sys

import msgspec
import numpy as np
import pytest

import trialog
from trialog._catalog import queries
from trialog._charts.encoding import MEDIA_TYPE, decode
from trialog._filters import RunFilter
from trialog._server.answers import answer_of
from trialog._server.runshapes import CurvesQuery
from trialog._server.selecting import is_lasting, select
from trialog._server.series import draw_chart, draw_curves
from trialog._server.shapes import ChartQuery, Selection
from trialog._server.store import Store
from trialog.errors import FilterError, UsageError


@pytest.fixture
def ids(store):
    found = []
    for number in range(3):
        with trialog.init("acme", "demo", name=f"r{number}", parameters={"lr": number}) as run:
            run.log("loss", number / 2, step=0)
            run.log("loss", number / 4, step=1)
        found.append(run.id)
    return found


def _ask(store, selection, **more):
    answer = draw_chart(Store.at(store), ChartQuery(selection=selection, metric="loss", **more))
    assert answer.media_type == MEDIA_TYPE
    return decode(answer.content)


def test_runs_are_selected_by_the_filter_language(store, ids):
    """In the order that is asked for."""
    selection = Selection(project="acme/demo", where="lr > 0", sort="-lr")
    header, arrays = _ask(store, selection)
    assert [line["run"] for line in header["lines"]] == [ids[2], ids[1]]
    assert arrays["y"].tolist() == [[1, 0.5], [0.5, 0.25]]


def test_runs_are_selected_by_id(store, ids):
    """In the order of the ids; ids that nobody knows are left out."""
    header, _ = _ask(store, Selection(runs=[ids[1], "nobody", ids[0], ids[1]]))
    assert [line["run"] for line in header["lines"]] == [ids[1], ids[0]]


def test_groups_are_made_by_the_filter_language(store, ids):
    """By a parameter, or by what a metric comes to."""
    header, arrays = _ask(store, Selection(project="acme/demo"), group="last(loss)")
    assert [each["label"] for each in header["groups"]] == ["0", "0.25", "0.5"]
    assert arrays["center"].shape == (3, 2)


def test_what_was_chosen_holds_until_anything_changes(store, ids, monkeypatch):
    """The charts of a page choose their runs once; a run more, or another name, is seen."""
    served, chosen = Store.at(store), []
    monkeypatch.setattr(
        "trialog._server.series.select", lambda *given: chosen.append(1) or select(*given)
    )

    def lines(**more):
        query = ChartQuery(selection=Selection(project="acme/demo", **more), metric="loss")
        return [line["name"] for line in decode(draw_chart(served, query).content)[0]["lines"]]

    assert lines() == lines() == ["r2", "r1", "r0"]
    assert len(chosen) == 1
    with trialog.init("acme", "demo", name="r3") as run:
        run.log("loss", 1)
    assert lines() == ["r3", "r2", "r1", "r0"]
    trialog.get_run(ids[0]).rename("first")
    assert lines() == ["r3", "r2", "r1", "first"]


@pytest.mark.parametrize(
    "asked,expected",
    [
        ({}, True),
        ({"where": "lr > 0", "sort": "-lr"}, True),
        ({"where": "status == 'RUNNING'"}, False),
        ({"sort": "duration"}, False),
        ({"where": "lr > 0 and not age < '2d'"}, False),
    ],
)
def test_what_depends_on_the_clock_is_chosen_anew(asked, expected):
    """Ages, and what is asked of processes that run, change while nobody writes anything."""
    assert is_lasting(Selection(**asked)) is expected
    assert not is_lasting(Selection(), "status")


def test_the_first_curves_of_a_run_come_at_once(store):
    """A metric a line, those without a section first; neither a peak nor a small value is lost."""
    with trialog.init("acme", "demo", name="r", capture=False) as run:
        for step in range(500):
            peak = {"spike": float(step == 321)}
            run.log(
                {"b/acc": step, "tokens": step * 1e9, "tiny": 1 + step / 1e4, **peak}, step=step
            )
        run.log({"loss": 0.5, "system/cpu": 1.0}, step=499)
        run.log("words", {"a": "b"})
    query = CurvesQuery(namespace="acme", project="demo", run="r", count=4, pixels=20)
    header, arrays = decode(draw_curves(Store.at(store), query).content)
    assert [line["label"] for line in header["lines"]] == ["loss", "spike", "tiny", "tokens"]
    assert {line["run"] for line in header["lines"]} == {run.id}
    assert (arrays["y"].shape, header["is_exact"]) == ((4, 40), False)
    assert np.nanmax(arrays["y"][1]) == 1.0
    assert arrays["y"][2][[0, -1]] == pytest.approx([1, 1.0499], abs=1e-4)
    every = draw_curves(Store.at(store), msgspec.structs.replace(query, count=10**6))
    assert [line["label"] for line in decode(every.content)[0]["lines"]][-1] == "b/acc"


def test_an_answer_comes_compressed_as_it_was_kept(store, ids):
    """The same bytes, made once."""
    served, query = Store.at(store), ChartQuery(selection=Selection(), metric="loss")
    one, two = draw_chart(served, query), draw_chart(served, query)
    assert one.data is two.data
    assert gzip.decompress(one.data.gzipped()) == one.content
    assert one.data.gzipped() is one.data.gzipped()
    assert answer_of(one, is_compressed=True).headers["content-encoding"] == "gzip"
    assert answer_of(one).body == one.content


def test_what_cannot_be_understood_is_refused(store, ids):
    """By the filter language, and by the chart."""
    with pytest.raises(FilterError):
        _ask(store, Selection(), group="lr >")
    with pytest.raises(UsageError, match="smoothing is"):
        _ask(store, Selection(), smoothing="much")


LIGHT = """
import sys
from pathlib import Path
import msgspec
from trialog._server.series import draw_chart
from trialog._server.shapes import ChartQuery
from trialog._server.store import Store

asked = {"selection": {"project": "acme/demo"}, "metric": "loss"}
found = draw_chart(Store.at(Path(sys.argv[1])), msgspec.convert(asked, ChartQuery))
assert len(found.content) > 100
print("pandas" in sys.modules)
"""


def test_a_chart_loads_no_pandas(store, ids):
    """It would take the server 40 MB, and its first chart a quarter of a second."""
    catalog = Store.at(store).catalog
    catalog.refresh()
    runs = [row.key for row in catalog.ask(queries.find_runs, RunFilter(kind=None))]
    assert catalog.compact(runs).runs == len(ids)
    command = [sys.executable, "-c", LIGHT, str(store)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "False\n", done.stderr
