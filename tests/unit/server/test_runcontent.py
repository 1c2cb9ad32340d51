"""What a run holds, over HTTP."""

from __future__ import annotations

import math

import pytest
from starlette.testclient import TestClient

import trialog
from trialog._server.app import make_app
from trialog._server.security import Access
from trialog._server.store import Store

PATH = "/api/v1/projects/acme/demo/runs/r"


@pytest.fixture
def get(server):
    """What the API says of a part of the run."""

    def get(part, expected=200, **query):
        answer = server.get(f"{PATH}{part}", params=query)
        assert answer.status_code == expected, answer.text
        return answer.json()

    return get


def test_parameters_keep_all_digits(get):
    """As texts: no JavaScript rounds them; with the number of values that each has had."""
    parameters = {
        "big": 2**70,
        "x": 1e-5,
        "odd": math.nan,
        "flag": True,
        "text": "a",
        "m": {"d": 1},
    }
    with trialog.init("acme", "demo", name="r", parameters=parameters) as run:
        run.log_parameter("x", 0.5)
    found = {each["name"]: each for each in get("/parameters")["parameters"]}
    assert {name: (each["kind"], each["text"]) for name, each in found.items()} == {
        "big": ("int", str(2**70)),
        "x": ("float", "0.5"),
        "odd": ("float", "nan"),
        "flag": ("bool", "True"),
        "text": ("str", "a"),
        "m/d": ("int", "1"),
    }
    assert (found["x"]["changes"], found["big"]["changes"]) == (2, 1)
    history = get("/parameter", name="x")
    assert [each["text"] for each in history["moments"]] == ["1e-05", "0.5"]
    assert get("/parameter", expected=404, name="y")["error"]["kind"] == "NotFoundError"


def test_summaries_tell_what_json_cannot(get):
    """NaN and integers beyond 2**53 are texts; the machine's metrics stand apart."""
    with trialog.init("acme", "demo", name="r", capture=False) as run:
        run.log({"loss": 0.5, "count": 2**60, "system/cpu": 1.0}, step=1)
        run.log("loss", math.nan, step=2)
    found = get("/summary")
    rows = {row["name"]: row for row in found["metrics"]}
    assert (rows["loss"]["last"], rows["loss"]["min"], rows["loss"]["count"]) == ("NaN", 0.5, 2)
    assert rows["count"]["last"] == str(2**60)
    assert [row["name"] for row in found["system"]] == ["system/cpu"]


def test_values_come_in_parts(get):
    """200 at a time, from any place; a negative one counts from the end."""
    with trialog.init("acme", "demo", name="r") as run:
        for step in range(250):
            run.log("note", {"step": step}, step=step)
        run.log("long", "x" * 30_000)
    found = get("/values", name="note", start=-10)
    assert (found["total"], found["start"], len(found["values"])) == (250, 240, 10)
    assert found["values"][-1]["text"] == '{"step":249}'
    assert len(get("/values", name="note")["values"]) == 200
    (value,) = get("/values", name="long")["values"]
    assert (len(value["text"]), value["more"]) == (20_000, 10_002)


def test_lineage(get):
    """Parent, children, siblings in the experiment, and who wrote it."""
    with trialog.init("acme", "demo", name="above") as above:
        pass
    with trialog.init("acme", "demo", name="r", parent=above.id) as run:
        pass
    with trialog.init("acme", "demo", name="below", parent=run.id):
        pass
    found = get("/lineage")
    assert found["parent"]["name"] == "above"
    assert [each["name"] for each in found["children"]] == ["below"]
    assert [each["role"] for each in found["writers"]] == ["run"]
    assert found["attempts"][0]["status"] == "COMPLETED"


def test_runs_of_an_experiment_are_siblings(server):
    """They are told in the order of their numbers."""
    with trialog.Experiment("sweep", namespace="acme", project="demo") as experiment:
        for name in ("a", "b"):
            with experiment.run(name=name):
                pass
    found = server.get("/api/v1/projects/acme/demo/runs/b/lineage").json()
    assert found["experiment_name"] == "sweep"
    assert [each["name"] for each in found["siblings"]] == ["a"]
    shown = server.get("/api/v1/projects/acme/demo/runs/b").json()
    assert (shown["number"], shown["experiment_name"]) == (1, "sweep")


def test_context_is_plain(handmade):
    """What the run knows about itself, by section; what JSON has not, as texts."""
    said = {"environment": {"gpus": [{"memory_bytes": 2**60}], "load": math.inf}, "packages": {}}
    handmade.write(handmade.start() + handmade.fact(handmade.kinds.CONTEXT, said))
    app = make_app(Store.at(handmade.store.path), Access("t", frozenset()))
    with TestClient(app, headers={"authorization": "Bearer t"}) as client:
        found = client.get("/api/v1/projects/acme/demo/runs/run-1/context").json()["sections"]
    assert found["environment"] == {"gpus": [{"memory_bytes": str(2**60)}], "load": "Infinity"}
