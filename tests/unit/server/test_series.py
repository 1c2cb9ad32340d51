"""The endpoint of charts: which runs are meant, and what is refused."""

from __future__ import annotations

import pytest

import trialog
from trialog._charts.encoding import MEDIA_TYPE, decode
from trialog._server.series import draw_chart
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
    return decode(answer.data)


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


def test_what_cannot_be_understood_is_refused(store, ids):
    """By the filter language, and by the chart."""
    with pytest.raises(FilterError):
        _ask(store, Selection(), group="lr >")
    with pytest.raises(UsageError, match="smoothing is"):
        _ask(store, Selection(), smoothing="much")
