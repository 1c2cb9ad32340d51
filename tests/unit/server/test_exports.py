"""Tables of runs and points as files."""

from __future__ import annotations

import io
import math

import pandas as pd
import pytest
from pyarrow import parquet

import trialog


@pytest.fixture(autouse=True)
def _runs(store):
    """Two runs with awkward points, a third without any."""
    for number in range(2):
        with trialog.init("acme", "demo", name=f"r{number}", tags=["a", "b"]) as run:
            run.log_parameter("lr", 0.1 * number)
            for step, value in enumerate((0.1 + 0.2, math.nan, math.inf, -0.0)):
                run.log("loss", value, step=step)
    with trialog.init("acme", "demo", name="empty"):
        pass


def export(server, **asked):
    return server.post("/api/v1/exports", json={"selection": {"project": "acme/demo"}, **asked})


def test_runs(server):
    """A row for each run, with its parameters, as CSV and as Parquet."""
    answer = server.get(export(server).json()["url"])
    assert "attachment" in answer.headers["content-disposition"]
    frame = pd.read_csv(io.BytesIO(answer.content))
    assert frame["name"].tolist() == ["empty", "r1", "r0"]
    assert frame["lr"].tolist()[1:] == [0.1, 0.0]
    assert frame["tags"].tolist()[1] == "a,b"
    answer = server.get(export(server, format="parquet").json()["url"])
    table = parquet.read_table(io.BytesIO(answer.content))
    assert table["tags"].to_pylist()[1] == ["a", "b"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_points(server, form):
    """Every point with all its bits, whatever it is."""
    asked = export(server, content="points", format=form, metrics=["loss"])
    data = io.BytesIO(server.get(asked.json()["url"]).content)
    frame = pd.read_csv(data) if form == "csv" else pd.read_parquet(data)
    assert len(frame) == 8
    values = frame[frame["name"] == "r0"].sort_values("step")["value"].tolist()
    assert values[0] == 0.1 + 0.2
    assert math.isnan(values[1])
    assert values[2] == math.inf
    assert math.copysign(1, values[3]) == -1


def test_some_runs(server):
    """The runs of a selection alone, in its order."""
    ids = trialog.runs("acme/demo", name_contains="r").ids
    selection = {"project": "acme/demo", "runs": ids[::-1]}
    answer = server.post("/api/v1/exports", json={"selection": selection})
    frame = pd.read_csv(io.BytesIO(server.get(answer.json()["url"]).content))
    assert frame["name"].tolist() == ["r0", "r1"]
    where = {"project": "acme/demo", "where": "lr > 0.05"}
    answer = server.post("/api/v1/exports", json={"selection": where})
    frame = pd.read_csv(io.BytesIO(server.get(answer.json()["url"]).content))
    assert frame["name"].tolist() == ["r1"]


def test_many_chosen_runs(server):
    """Thousands of runs chosen one by one are exported: the address stays short."""
    ids = trialog.runs("acme/demo", name_contains="r").ids
    selection = {"project": "acme/demo", "runs": [*ids, *(f"{n:026}" for n in range(5000))]}
    url = server.post("/api/v1/exports", json={"selection": selection}).json()["url"]
    assert len(url) < 8000
    frame = pd.read_csv(io.BytesIO(server.get(url).content))
    assert frame["name"].tolist() == ["r1", "r0"]


def test_a_metric_that_none_of_many_runs_has(server):
    """It is said in words, however many runs there are."""
    for number in range(65):
        with trialog.init("acme", "many", name=f"m{number}"):
            pass
    asked = {"selection": {"project": "acme/many"}, "content": "points", "metrics": ["los"]}
    answer = server.get(server.post("/api/v1/exports", json=asked).json()["url"])
    assert answer.status_code == 404
    assert "'los'" in answer.json()["error"]["message"]


def test_an_export_is_no_file(server):
    """A ticket for a table opens no attachment."""
    ticket = export(server).json()["url"].split("/")[2]
    assert server.get(f"/files/{ticket}/x.csv").status_code == 404


def test_what_cannot_be_exported(server):
    """No run, no metric, a metric that nobody has, a ticket that nobody made."""
    selection = {"project": "acme/demo", "where": "lr > 5"}
    assert server.post("/api/v1/exports", json={"selection": selection}).status_code == 404
    assert export(server, content="points").status_code == 400
    url = export(server, content="points", metrics=["los"]).json()["url"]
    assert "loss" in server.get(url).json()["error"]["message"]
    assert server.get("/exports/x/y.csv").status_code == 404
