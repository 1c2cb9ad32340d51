"""Saved views over HTTP, and in the project's journals."""

from __future__ import annotations

import pytest

import trialog
from trialog._format.folders import StoreFolder
from trialog._reading.views import read_views
from trialog._tracking.projects import save_view
from trialog.errors import InvalidNameError, NotFoundError, UsageError

PATH = "/api/v1/projects/acme/demo/views"


@pytest.fixture(autouse=True)
def _project(store):
    with trialog.init("acme", "Demo"):
        pass


def test_save_replace_delete(server):
    """The newest of a name counts; what is taken away is gone."""
    server.put(f"{PATH}/best runs", json={"content": {"where": "lr > 1"}})
    server.put(f"{PATH}/all", json={"content": {}})
    found = server.put(f"{PATH}/best runs", json={"content": {"where": "lr > 2"}}).json()["views"]
    assert [(each["name"], each["content"]) for each in found] == [
        ("all", {}),
        ("best runs", {"where": "lr > 2"}),
    ]
    left = server.request("DELETE", f"{PATH}/all").json()["views"]
    assert [each["name"] for each in left] == ["best runs"]
    assert server.get(PATH).json()["views"] == left


def test_a_name_with_a_slash(server):
    """It is a name like any other."""
    found = server.put(f"{PATH}/lr%201%2F2", json={"content": {}}).json()["views"]
    assert [each["name"] for each in found] == ["lr 1/2"]
    assert server.delete(f"{PATH}/lr%201%2F2").json() == {"views": []}


def test_views_outlive_the_caches(server, store):
    """A view is a record in a journal: nothing that can be deleted as a cache holds it."""
    server.put(f"{PATH}/kept", json={"content": {"a": [1, None, "ü"]}})
    (store / "catalog.db").unlink()
    assert read_views(StoreFolder(store), "acme", "demo")[0].content == {"a": [1, None, "ü"]}
    trialog.get_run(trialog.fetch_runs()[0])  # the project is read as before
    assert trialog.runs("acme/demo")[0].project.display_name == "Demo"


def test_what_cannot_be_kept(store):
    """A name that is none, a project that is none, a content that is too large."""
    with pytest.raises(InvalidNameError):
        save_view(store, "acme", "demo", "", {})
    with pytest.raises(NotFoundError, match="acme/other"):
        save_view(store, "acme", "other", "x", {})
    with pytest.raises(UsageError, match="'big' is larger"):
        save_view(store, "acme", "demo", "big", {"runs": ["x" * 26] * 400})
    assert read_views(StoreFolder(store), "acme", "demo") == []
