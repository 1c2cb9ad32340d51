"""What one run holds, as users ask for it."""

from __future__ import annotations

import math

import pytest

import trialog
from trialog.errors import NotFoundError


@pytest.fixture
def run():
    with trialog.init("acme", "demo", name="r", parameters={"lr": 0.1}) as run:
        run.log_parameter("lr", 0.2)
        run.log("loss", 0.5)
        run.log("loss", math.nan)
        run.log("note", "text")
        run.log("note", {"a": [1]}, step=7)
    return trialog.get_run("r")


def test_a_parameter_keeps_its_history(run):
    """The newest value counts."""
    assert run.parameters == {"lr": 0.2}
    history = run.parameter_history("lr")
    assert [each.value for each in history] == [0.1, 0.2]
    assert history[0].time <= history[1].time
    assert history[0].time.tzinfo is not None
    with pytest.raises(NotFoundError, match="did you mean 'lr'"):
        run.parameter_history("lrr")


def test_a_series_comes_as_a_frame(run):
    """step, time, value; a name that is no metric is told."""
    frame = run.metric("loss")
    assert list(frame.columns) == ["step", "time", "value"]
    assert frame["step"].tolist() == [0, 1]
    with pytest.raises(NotFoundError, match="did you mean 'loss'"):
        run.metric("lss")
    with pytest.raises(NotFoundError, match="values"):
        run.metric("note")


def test_a_summary_skips_nan(run):
    """It counts as a point."""
    summary = run.summary["loss"]
    assert (summary["count"], summary["min"], summary["mean"]) == (2, 0.5, 0.5)
    assert math.isnan(summary["last"])


def test_json_values_have_steps_and_times(run):
    """In the order they were logged."""
    assert [(each.step, each.value) for each in run.values("note")] == [
        (0, "text"),
        (7, {"a": [1]}),
    ]
    with pytest.raises(NotFoundError, match="did you mean 'note'"):
        run.values("not")


def test_a_large_value_comes_from_its_blob():
    """More than a record holds goes to the store of blobs, and comes back the same."""
    value = {"text": "é" * 50_000, "list": list(range(1000))}
    with trialog.init("acme", "demo") as run:
        run.log("big", value)
        run.log_parameter("long", "x" * 100_000)
    stored = trialog.get_run(run.id)
    assert stored.values("big")[0].value == value
    assert stored.parameters["long"] == "x" * 100_000


def test_a_run_that_was_removed_from_the_disk_is_told(store):
    """Nothing is made up for it."""
    import shutil

    run = trialog.init("acme", "demo", parameters={"lr": 1})
    run.finish()
    stored = trialog.get_run(run.id)
    shutil.rmtree(store / "namespaces")
    with pytest.raises(NotFoundError, match="not in the store any more"):
        _ = stored.parameters


def test_the_attempts_of_a_resumed_run_are_one_series():
    """Steps go on from the highest of the attempts before."""
    with trialog.init("acme", "demo", name="r") as run:
        run.log("loss", 1.0)
        run.log("loss", 2.0)
    with trialog.init("acme", "demo", resume="r") as run:
        run.log("loss", 3.0)
        assert run.metric("loss")["step"].tolist() == [0, 1, 2]
    assert trialog.get_run("r").metric("loss")["value"].tolist() == [1.0, 2.0, 3.0]
    assert trialog.get_run("r").attempt == 2


def test_numbering_goes_on_however_often_a_resumed_run_is_read():
    """A metric that the new attempt logs late is numbered like one that it logs at once."""
    with trialog.init("acme", "demo", name="r") as run:
        run.log({"a": 1.0, "b": 1.0}, step=9)
    with trialog.init("acme", "demo", resume="r") as run:
        run.log("a", 2.0)
        assert run.summary["a"]["step_of_max"] == 10
        run.log("b", 2.0)
        assert run.metric("b")["step"].tolist() == [9, 10]
        assert run.summary["b"]["step_of_max"] == 10


def test_a_run_that_goes_on_from_a_checkpoint_shows_each_step_once():
    """The summary is of what is shown; what was replaced can still be read."""
    with trialog.init("acme", "demo", name="r") as run:
        for step in range(6):
            run.log({"loss": 10.0 - step, "acc": step / 10}, step)
        run.log("loss", 99.0, 5)
    with trialog.init("acme", "demo", resume="r") as run:
        run.log("loss", 0.5, 4)
    run = trialog.get_run("r")
    assert run.metric("loss")["value"].tolist() == [10.0, 9.0, 8.0, 7.0, 0.5]
    assert run.metric("acc")["step"].tolist() == [0, 1, 2, 3, 4, 5]
    assert (run.summary["loss"]["max"], run.summary["loss"]["count"]) == (10.0, 5)
    assert run.metric("loss", attempt="all")["value"].max() == 99.0
    runs = trialog.runs("acme/demo")
    assert runs.comparison_df()["max(loss)"].tolist() == [10.0]
    assert runs.summary_df("loss")["step_of_min(loss)"].tolist() == [4]
    assert runs.best("loss").summary["loss"]["max"] == 10.0
    assert trialog.fetch_run_info(run.id).result == {"loss": 0.5, "acc": 0.5}
    assert run.points == 14
