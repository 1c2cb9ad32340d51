"""Experiments as they are read: runs in order, tables of one and of several."""

from __future__ import annotations

import math
import time

import pandas as pd
import pytest

import trialog
from trialog import errors


@pytest.fixture
def mixed():
    """Five runs: of mixed types, of names that clash, one that failed, one without anything."""
    with trialog.Experiment("mixed", project="acme/demo", commit=False) as experiment:
        for value in (1, "a", True, 2.5):
            with experiment.run() as run:
                run.log_parameters({"k": value, "run_id": 99, "n": 1})
                run.log("loss", 0.5)
        with pytest.raises(ValueError), experiment.run() as run:  # noqa: PT011 # the user's
            raise ValueError("boom\nline 2")
        with experiment.run():
            pass
    yield experiment
    experiment.finish()


def test_every_run_is_a_row_whatever_it_logged(mixed):
    """Mixed types are a column like others, and a parameter called run_id breaks nothing."""
    frame = mixed.run_parameters_df()
    assert frame.index.name == "run_id"
    assert frame.index.tolist() == [0, 1, 2, 3, 4, 5]
    assert frame["k"].tolist()[:4] == [1, "a", True, 2.5]
    assert frame["k"].isna().tolist() == [False] * 4 + [True] * 2
    assert frame["parameters.run_id"].tolist()[:4] == [99] * 4
    assert str(frame["n"].dtype) == "Int64"


def test_columns_are_of_the_narrowest_type_that_loses_nothing():
    """Int64 with holes, Float64 of ints and floats, boolean, string; NaN is no hole."""
    with trialog.Experiment("typed", commit=False) as experiment:
        for index in range(3):
            with experiment.run() as run:
                run.log_parameters({"i": index, "f": index / 2 if index else 1, "s": str(index)})
                run.log_parameter("b", index > 0)
                run.log_parameter("nan", math.nan)
                if index:
                    run.log_parameter("hole", index)
        frame = experiment.run_parameters_df()
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert types == {
        "i": "Int64",
        "f": "Float64",
        "s": "string",
        "b": "boolean",
        "nan": "Float64",
        "hole": "Int64",
    }
    assert frame["hole"].isna().tolist() == [True, False, False]
    assert not frame["nan"].isna().any() or all(map(math.isnan, frame["nan"].to_numpy(float)))
    experiment.finish()


def test_statuses_times_and_metrics_are_asked_for(mixed):
    """They come before the parameters, and the metrics after them."""
    frame = mixed.run_parameters_df(status=True, times=True, metrics=True)
    assert list(frame.columns) == [
        "status",
        "reason",
        "date_created",
        "date_ended",
        "duration",
        "k",
        "parameters.run_id",
        "n",
        "last(loss)",
    ]
    assert frame["status"].tolist() == ["COMPLETED"] * 4 + ["CRASHED", "COMPLETED"]
    assert frame["reason"][4].startswith("ValueError: boom")
    assert (frame["date_ended"] >= frame["date_created"]).all()
    assert (frame["duration"] >= 0).all()
    assert frame["last(loss)"].tolist()[:4] == [0.5] * 4
    named = mixed.run_parameters_df(metrics=["loss"])
    assert list(named.columns) == ["k", "parameters.run_id", "n", "last(loss)"]


def test_open_runs_are_in_the_table():
    """With what they have logged until now."""
    with trialog.Experiment("open", commit=False) as experiment, experiment.run() as run:
        run.log_parameter("lr", 0.1)
        frame = experiment.run_parameters_df(status=True, times=True)
        assert frame["status"].tolist() == ["RUNNING"]
        assert frame["lr"].tolist() == [0.1]
        assert frame["date_ended"].isna().all()
    experiment.finish()


def test_several_experiments_are_one_table(mixed):
    """In one call, across projects; the index says which."""
    with trialog.Experiment("other", project="acme/else", commit=False) as other:
        other.run(parameters={"k": 3, "experiment": "x"}).finish()
    other.finish()
    frame = trialog.experiments().run_parameters_df(status=True)
    assert frame.index.names == ["experiment", "run_id"]
    assert frame.loc["other"]["k"].tolist() == [3]
    assert len(frame.loc["mixed"]) == 6
    assert frame.loc["other"]["parameters.experiment"].tolist() == ["x"]


def test_an_experiment_without_runs_is_an_empty_table():
    """Of the same shape."""
    with trialog.Experiment("empty", commit=False) as experiment:
        frame = experiment.run_parameters_df(status=True)
        several = trialog.experiments("nowhere").run_parameters_df()
        assert "none yet" in repr(experiment.runs)
    assert (len(frame), frame.index.name, list(frame.columns)) == (
        0,
        "run_id",
        ["status", "reason"],
    )
    assert (len(several), several.index.names) == (0, ["experiment", "run_id"])
    experiment.finish()


def test_experiments_are_found_like_runs():
    """By name, part of it, status, tags, project; newest first; failed and running ones too."""
    for name, tags in (("lr sweep", ["a"]), ("Depth sweep", ["a", "b"]), ("other", [])):
        experiment = trialog.Experiment(name, project="acme/demo", tags=tags)
        experiment.finish("FAILED" if name == "other" else None)
    with trialog.Experiment("now", project="acme/demo", commit=False):
        found = trialog.experiments
        assert [each.name for each in found()] == ["now", "other", "Depth sweep", "lr sweep"]
        assert [each.name for each in found(name_contains="SWEEP")] == ["Depth sweep", "lr sweep"]
        assert [each.name for each in found(tags=["a", "b"])] == ["Depth sweep"]
        assert [each.name for each in found(status="failed")] == ["other"]
        assert [each.name for each in found(status="running")] == ["now"]
        assert [each.name for each in found("acme/demo", name="OTHER")] == ["other"]
        assert [each.name for each in found(limit=1)] == ["now"]
        assert found("acme/nowhere")[:] == []
        assert repr(found(limit=2)) == "<Experiments: 2 (now, other)>"
    with pytest.raises(errors.UnknownKeywordError, match="did you mean 'status'"):
        trialog.experiments(stats="done")
    experiment.finish()


def test_a_deleted_run_is_in_no_table(mixed):
    """Until it is restored; the numbers of the others stay."""
    run = mixed.runs[1]
    run.delete()
    assert [each.run_id for each in mixed.runs] == [0, 2, 3, 4, 5]
    assert mixed.run_parameters_df().index.tolist() == [0, 2, 3, 4, 5]
    run.restore()
    assert len(mixed.runs) == 6


def test_a_table_costs_as_much_as_its_runs():
    """Not as much as the store has: an experiment of 3 among 300 runs reads 3."""
    with trialog.Experiment("many", commit=False) as many:
        for index in range(300):
            with many.run() as run:
                run.log_parameter("index", index)
    many.finish()
    with trialog.Experiment("few", commit=False) as few:
        for index in range(3):
            few.run(parameters={"index": index}).finish()
    few.finish()
    assert len(many.run_parameters_df()) == 300
    frame = few.run_parameters_df()
    assert isinstance(frame, pd.DataFrame)
    assert frame["index"].tolist() == [0, 1, 2]
    began = time.perf_counter()
    few.run_parameters_df()
    assert time.perf_counter() - began < 5


def test_a_solve_that_was_recorded_is_read_back():
    """What a SOLVE record says, with its times; the table has one row of it."""
    from trialog._format.records import Kind

    with trialog.Experiment("solved", commit=False) as experiment, experiment.run() as run:
        run.log_attachment("instance", "text/plain", b"min x")
        blob = run.attachments["instance"]
        fact = {
            "adapter": "some.Adapter",
            "options": {"time_limit": 3},
            "status": "infeasible",
            "input": {"sha256": blob.sha256, "size_bytes": 5, "media_type": "text/plain"},
            "began_ns": 1_700_000_000_000_000_000,
            "duration_ns": 1_500_000_000,
            "exception": {"type": "Infeasible", "message": "no", "traceback": ""},
        }
        run._append_fact(Kind.SOLVE, fact, "a solve")
        (solve,) = run.solves
    assert (solve.adapter, solve.options, solve.seconds) == ("some.Adapter", {"time_limit": 3}, 1.5)
    assert (solve.date_ended - solve.date_began).total_seconds() == 1.5
    assert solve.exception.type == "Infeasible"
    assert solve.get_input() == "min x"
    with pytest.raises(errors.NotFoundError, match=r"nothing came out of some\.Adapter"):
        solve.get_output()
    frame = experiment.solves_df()
    assert frame.loc[0, ["run_id", "adapter", "status", "seconds"]].tolist() == [
        0,
        "some.Adapter",
        "infeasible",
        1.5,
    ]
    assert frame["objective"].isna().tolist() == [True]
    assert list(trialog.experiments().solves_df().columns)[:2] == ["experiment", "run_id"]
    experiment.finish()
