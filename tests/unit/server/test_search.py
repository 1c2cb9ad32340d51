"""What somebody looks for by a few letters."""

from __future__ import annotations

import pytest

import trialog


@pytest.fixture
def run(store):
    """A run in each of two projects; the one of the first."""
    with trialog.init("acme", "Demo", name="Warm start") as run:
        pass
    with trialog.init("acme", "other", name="cold"):
        pass
    return run


@pytest.mark.parametrize("text", ["warm", "START", " warm "])
def test_by_a_part_of_the_name(server, run, text):
    """Letters anywhere in a name, in any case."""
    found = server.get("/api/v1/search", params={"text": text}).json()
    assert [each["id"] for each in found["runs"]] == [run.id]


def test_by_id(server, run):
    """An id or its first letters; each run once."""
    for text in (run.id, run.id[:12]):
        found = server.get("/api/v1/search", params={"text": text}).json()
        assert run.id in [each["id"] for each in found["runs"]]


def test_projects_and_nothing(server, run):
    """A project by a part of its name; nothing for nothing, and for signs of SQL."""
    found = server.get("/api/v1/search", params={"text": "dem"}).json()
    assert found["projects"] == [{"namespace": "acme", "project": "demo"}]
    for text in ("", "  ", "%", "_'"):
        assert server.get("/api/v1/search", params={"text": text}).json()["runs"] == []
