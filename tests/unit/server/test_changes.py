"""Changes to runs over HTTP."""

from __future__ import annotations

import pytest

import trialog


@pytest.fixture
def run(store):
    """A finished run."""
    with trialog.init("acme", "demo", name="first", tags=["old"]) as run:
        run.log("loss", 0.5)
    return run


def change(server, *runs, **changes):
    return server.post("/api/v1/changes", json={"runs": [each.id for each in runs], **changes})


def test_tags_name_and_description(server, run):
    """What is asked is changed, the rest stays."""
    answer = change(
        server, run, add_tags=["new"], remove_tags=["old"], name="second", description="d"
    )
    assert answer.json() == {"runs": [{"id": run.id, "name": "second", "error": None}]}
    stored = trialog.get_run(run.id)
    assert (stored.tags, stored.name, stored.description) == (("new",), "second", "d")
    change(server, run, description="")
    assert trialog.get_run(run.id).description is None
    assert trialog.get_run(run.id).tags == ("new",)


def test_delete_and_restore(server, run):
    """A deleted run is hidden and comes back."""
    change(server, run, delete=True)
    assert trialog.fetch_runs() == []
    change(server, run, restore=True)
    assert trialog.fetch_runs() == [run.id]


def test_one_that_cannot_be_changed_keeps_no_other(server, run):
    """Each run's trouble is told beside what was done to the others."""
    missing = type("Missing", (), {"id": "nowhere"})
    found = change(server, missing, run, cancel=True, add_tags=["new"]).json()["runs"]
    assert "nowhere" in found[0]["error"]
    assert "has ended already" in found[1]["error"]
    assert trialog.get_run(run.id).tags == ("old", "new")


def test_cancel(server, store):
    """A run under way is asked to stop."""
    with trialog.init("acme", "demo") as run:
        assert (
            change(server, run, cancel=True, reason="too slow").json()["runs"][0]["error"] is None
        )
        assert str(trialog.get_run(run.id).status) == "CANCELING"


def test_one_name_for_several_is_refused(server, run):
    """A name is one run's."""
    answer = change(server, run, run, name="x")
    assert answer.status_code == 400
    assert "'x'" in answer.json()["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"runs": "x"}', b'{"runs": [1]}'])
def test_bad_bodies(server, body):
    """A body that means nothing is told what is wrong with it."""
    answer = server.post("/api/v1/changes", content=body)
    assert answer.status_code == 400
    assert "/changes" in answer.json()["error"]["message"]
