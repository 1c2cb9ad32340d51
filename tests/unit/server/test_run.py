"""A run's page over HTTP: why it ended, and what it holds."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest

import trialog

PATH = "/api/v1/projects/acme/demo/runs"


@pytest.fixture
def get(server):
    """What the API says of a part of a run."""

    def get(run, part="", expected=200, **query):
        answer = server.get(f"{PATH}/{run}{part}", params=query)
        assert answer.status_code == expected, answer.text
        return answer.json()

    return get


def crash():
    with (
        suppress(ValueError),
        trialog.init("acme", "demo", name="bad", parameters={"lr": 1.0}) as run,
    ):
        run.log("loss", math.nan, step=3)
        raise ValueError("bad batch")
    return run


def test_the_reason_is_said(get):
    """Exception, line of code, alerts, and what is different from the run that completed before."""
    with trialog.init("acme", "demo", name="good", parameters={"lr": 0.5, "seed": 1}):
        pass
    crash()
    found = get("bad")
    assert found["head"]["status"] == "CRASHED"
    assert found["head"]["reason"] == "ValueError: bad batch"
    end = found["end"]
    assert end["exception"]["type"] == "ValueError"
    assert end["exception"]["traceback"].startswith("Traceback")
    assert end["place"]["text"] == 'raise ValueError("bad batch")'
    assert end["before"]["name"] == "good"
    (area,) = [each for each in end["differences"] if each["area"] == "parameters"]
    assert area["total"] == 2
    assert area["items"][0] == {"what": "lr", "before": "0.5", "after": "1.0"}
    assert [each["title"] for each in found["alerts"]] == ["metric 'loss' is NaN (step 3)"]
    assert (found["counts"]["metrics"], found["counts"]["parameters"]) == (1, 1)
    assert found["is_ended"]


def test_a_run_is_found_by_id_and_name_deleted_ones_too(get):
    """What is not there is told with 404, in words."""
    run = crash()
    trialog.get_run(run.id).delete()
    assert get(run.id)["head"]["id"] == get("bad")["head"]["id"] == run.id
    assert get(run.id)["deleted_ns"] > 0
    assert "did you mean 'bad'" in get("bas", expected=404)["error"]["message"]


def test_the_pulse_changes_with_the_run(get):
    """A page that has seen a version need not ask for more until it is another one."""
    with trialog.init("acme", "demo", name="alive") as run:
        first = get("alive", "/pulse")
        assert get("alive", "/pulse") == first
        assert get("alive")["version"] == first["version"]
        run.log("loss", 1.0)
        assert get("alive", "/pulse")["version"] != first["version"]
    assert get("alive", "/pulse")["is_ended"]


def test_an_empty_run(get):
    """A run with nothing in it is told as such: no part of it fails."""
    with trialog.init("acme", "demo", name="nothing", capture=False):
        pass
    assert set(get("nothing")["counts"].values()) == {0, 1}  # one process
    assert get("nothing", "/parameters") == {"parameters": []}
    assert get("nothing", "/summary") == {"metrics": [], "system": []}
    assert get("nothing", "/context") == {"sections": {}}
    assert get("nothing", "/files") == {"attachments": [], "values": []}
    assert get("nothing", "/console")["total"] == 0
    lineage = get("nothing", "/lineage")
    assert (lineage["parent"], lineage["children"], lineage["solves"]) == (None, [], [])
