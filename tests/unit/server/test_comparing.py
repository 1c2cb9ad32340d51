"""Runs side by side over HTTP."""

from __future__ import annotations

import pytest

import trialog


@pytest.fixture
def runs(store):
    """Two runs that differ in some things."""
    made = []
    for rate in (0.1, 0.2):
        with trialog.init("acme", "demo", parameters={"lr": rate, "depth": 3}) as run:
            run.log("loss", rate * 2)
            picture = b"\x89PNG\r\n\x1a\n" + bytes(8)
            run.log_attachment("sample", "image/png", picture + str(rate).encode())
        made.append(run)
    with trialog.init("acme", "demo", parameters={"lr": 0.1, "depth": 3, "extra": True}) as run:
        pass
    return [*made, run]


def compare(server, runs):
    return server.post(
        "/api/v1/compare", json={"project": "acme/demo", "runs": [each.id for each in runs]}
    )


def rows(answer, area):
    (found,) = [each for each in answer.json()["areas"] if each["name"] == area]
    return {each["name"]: (each["values"], each["differs"]) for each in found["rows"]}


def test_what_differs_is_marked(server, runs):
    """Values in the order asked for; a row differs where two say different things."""
    answer = compare(server, runs[1::-1])
    assert [each["id"] for each in answer.json()["runs"]] == [runs[1].id, runs[0].id]
    assert rows(answer, "parameters") == {"depth": ([3, 3], False), "lr": ([0.2, 0.1], True)}
    metrics = rows(answer, "metrics")
    assert metrics["last(loss)"] == ([0.4, 0.2], True)
    assert list(metrics) == ["last(loss)", "min(loss)", "max(loss)"]


def test_what_one_lacks_differs(server, runs):
    """A run without a parameter differs from one that has it."""
    found = rows(compare(server, [runs[0], runs[2]]), "parameters")
    assert found["extra"] == ([None, True], True)
    assert found["lr"] == ([0.1, 0.1], False)


def test_pictures(server, runs):
    """Pictures of one name stand side by side, and can be fetched."""
    (picture,) = compare(server, runs).json()["pictures"]
    assert picture["steps"] == [None]
    urls = [each[0] for each in picture["urls"]]
    assert urls[2] is None
    assert server.get(urls[1]).content.endswith(b"0.2")


def test_too_few_and_too_many(server, runs):
    """No run, none that is there, too many: each is told."""
    assert compare(server, []).status_code == 400
    assert compare(server, runs * 70).status_code == 400
    answer = server.post("/api/v1/compare", json={"project": "acme/demo", "runs": ["none"]})
    assert answer.status_code == 404
