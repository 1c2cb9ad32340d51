"""Rush's view of a run: the seed's fields, an aligned summary, None where there is none."""

from __future__ import annotations

import dataclasses

import pytest

import trialog
from trialog import RunInfo
from trialog.errors import InvalidTypeError, UsageError


def test_a_run_has_the_seeds_fields():
    """Times are ISO 8601; what is not there is None."""
    with trialog.init("acme", "demo", name="r", tags=["a", "b"], description="text") as run:
        run.log("loss", 0.5)
        run.log("loss", 0.25)
    info = trialog.fetch_run_info(run.id)
    assert [field.name for field in dataclasses.fields(info)] == [
        *("id", "created_at", "updated_at", "status", "deleted_at", "name", "description"),
        *("tags", "result", "stdout", "trace", "walltime", "sus"),
    ]
    assert (info.name, info.status, info.description) == ("r", "COMPLETED", "text")
    assert info.tags == ["a", "b"]
    assert info.result == {"loss": 0.25}
    assert info.created_at.endswith("+00:00")
    assert info.walltime >= 0
    assert (info.deleted_at, info.trace, info.sus, info.stdout) == (None, None, None, None)


def test_an_empty_run_has_little():
    """No tags, no result, no description: None, not empty."""
    run = trialog.init("acme", "demo")
    info = trialog.fetch_run_info(run.id)
    run.finish()
    assert (info.tags, info.result, info.description) == (None, None, None)
    assert "(incomplete)" in str(info)


def test_a_crash_leaves_a_trace_and_a_deletion_its_time():
    """Deleted runs are told of too."""
    with pytest.raises(RuntimeError), trialog.init("acme", "demo", name="r"):
        raise RuntimeError("boom")
    run = trialog.get_run("r")
    trialog.delete_run(run.id)
    info = trialog.fetch_run_info(run.id)
    assert info.trace["type"] == "RuntimeError"
    assert info.trace["message"] == "boom"
    assert "RuntimeError: boom" in info.trace["traceback"]
    assert info.deleted_at is not None


def test_the_summary_is_aligned():
    """Labels stand in one column, empty ones are left out."""
    info = RunInfo("id", "2024", "2025", "RUNNING", tags=["a", "b"], walltime=2.5, sus={"x": 3.0})
    assert str(info).splitlines() == [
        "Run info for (unnamed)",
        "  id:         id",
        "  status:     RUNNING",
        "  created_at: 2024",
        "  updated_at: 2025",
        "  tags:       a, b",
        "  walltime:   2.5 (incomplete)",
        "  x SUs:      3 (incomplete)",
    ]


def test_an_unknown_id_is_none():
    """A name or a beginning is no id."""
    trialog.init("acme", "demo", name="named", id="abcdef-1").finish()
    for wrong in ("named", "abcdef", "", "nothing"):
        assert trialog.fetch_run_info(wrong) is None


@pytest.mark.parametrize(
    "keywords, error",
    [
        ({"status": "nonsense"}, UsageError),
        ({"status": 3}, InvalidTypeError),
        ({"limit": -1}, UsageError),
        ({"limit": True}, InvalidTypeError),
        ({"limit": "3"}, InvalidTypeError),
        ({"tags": 3}, InvalidTypeError),
        ({"tags": [3]}, InvalidTypeError),
        ({"name": 3}, InvalidTypeError),
        ({"name_contains": b"x"}, InvalidTypeError),
    ],
)
def test_a_query_that_means_nothing_is_refused(keywords, error):
    """Before the store is read."""
    with pytest.raises(error, match=next(iter(keywords))):
        trialog.fetch_runs(**keywords)


def test_the_limit_counts_true_statuses():
    """Runs that only look as if they matched do not use it up."""
    ended = trialog.init("acme", "demo")
    ended.finish()
    with trialog.init("acme", "demo"):
        assert trialog.fetch_runs(status="done", limit=1) == [ended.id]
        assert trialog.fetch_runs(status="done", limit=0) == []
