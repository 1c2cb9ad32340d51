"""What there is in a project, over HTTP."""

from __future__ import annotations

import trialog


def test_overview(server):
    """Runs are counted by status, deleted ones apart; parameters that differ come first."""
    for number in range(3):
        parameters = {"same": "x", "lr": 0.1 * number, "flag": True, "odd": ("a", 1)[number % 2]}
        with trialog.init("acme", "Vision Lab", tags=["t"], parameters=parameters) as run:
            run.log({"loss": 1.0, "system/cpu": 2.0})
    trialog.delete_run(run.id)
    found = server.get("/api/v1/projects/acme/vision-lab").json()
    assert found["project_name"] == "Vision Lab"
    assert (found["runs"], found["deleted"], found["statuses"]) == (2, 1, {"COMPLETED": 2})
    heads = {each["name"]: (each["type"], each["distinct"]) for each in found["parameters"]}
    assert list(heads)[:2] == ["lr", "odd"]
    assert heads == {
        "same": ("text", 1),
        "lr": ("number", 2),
        "flag": ("flag", 1),
        "odd": ("mixed", 2),
    }
    assert found["metrics"] == ["loss", "system/cpu"]
    assert (found["tags"], found["is_whole"]) == (["t"], True)


def test_no_such_project(server):
    """A project that is not there is named, with the nearest that is."""
    with trialog.init("acme", "vision"):
        pass
    answer = server.get("/api/v1/projects/acme/vison")
    assert answer.status_code == 404
    assert "acme/vision" in answer.json()["error"]["message"]
