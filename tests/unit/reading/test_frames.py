"""DataFrames: the narrowest nullable types that lose nothing, one row for every run."""

from __future__ import annotations

import math
import struct

import numpy as np
import pandas as pd
import pytest

import trialog
from trialog._reading.frames import MISSING, column
from trialog.errors import NotFoundError


@pytest.mark.parametrize(
    "values, dtype",
    [
        ([True, MISSING, None], "boolean"),
        ([1, MISSING], "Int64"),
        ([1, 2.5], "Float64"),
        ([0.5, None], "Float64"),
        (["a", None, MISSING], "string"),
        ([1, "a"], "object"),
        ([True, 1], "object"),
        ([2**70, 1], "object"),
        ([2**53 + 1, 0.5], "object"),
        ([2**53, 0.5], "Float64"),
        ([-(2**63), 2**63 - 1], "Int64"),
        ([None, MISSING], "object"),
        ([], "object"),
        ([["list"], 1], "object"),
    ],
)
def test_a_column_has_the_narrowest_type_that_loses_nothing(values, dtype):
    """What is missing is NA, and nothing is rounded."""
    found = pd.Series(column(values))
    assert str(found.dtype) == dtype
    for value, given in zip(found, values, strict=True):
        if given is None or given is MISSING:
            assert value is pd.NA
        else:
            assert value == given
            assert type(value) is not bool or type(given) is bool


def test_nan_stays_beside_na():
    """A value that is NaN was logged; NA was not."""
    found = column([math.nan, MISSING, 1.0])
    assert found.isna().tolist() == [False, True, False]
    assert np.isnan(found.to_numpy("float64", na_value=0.0)).tolist() == [True, False, False]


@pytest.fixture
def runs():
    described = {
        "a": {"lr": 0.1, "n": 1, "status": "mine", "id": 7, "last(loss)": "odd"},
        "b": {"lr": 1, "n": 2**60, "flag": True},
        "c": {"lr": "auto", "n": None},
        "d": {},
    }
    for name, parameters in described.items():
        with trialog.init("acme", "demo", name=name, parameters=parameters) as run:
            if name in "ab":
                run.log("loss", 0.5, step=1)
                run.log("loss", math.nan, step=1)
                run.log("loss", 0.25, step=3)
            if name == "b":
                run.log("big", 2**60 + 1, step=3)
    return trialog.runs("acme/demo")


def test_parameters_are_typed_by_column(runs):
    """Mixtures make an object column instead of an error; the index has the parameter's name."""
    frame = runs.parameters_df()
    assert frame.index.tolist() == runs.ids
    assert frame.index.name == "id"
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    assert types == {
        "parameters.id": "Int64",
        "status": "string",
        "n": "Int64",
        "lr": "object",
        "flag": "boolean",
        "last(loss)": "string",
    }
    assert frame["n"].tolist()[:2] == [pd.NA, pd.NA]
    assert frame["n"].tolist()[2] == 2**60


def test_clashes_put_the_parameter_aside(runs):
    """A column of ours keeps its name, whichever it is."""
    frame = runs.comparison_df()
    by_name = frame.set_index("name")
    assert by_name.loc["a", "status"] == "COMPLETED"
    assert by_name.loc["a", "parameters.status"] == "mine"
    assert by_name.loc["a", "parameters.last(loss)"] == "odd"
    assert by_name.loc["a", "last(loss)"] == 0.25
    assert list(frame.columns[:5]) == ["name", "status", "date_created", "duration", "tags"]
    assert str(frame["date_created"].dtype) == "datetime64[ns, UTC]"
    assert str(frame["duration"].dtype) == "Float64"


def test_summaries_of_runs_without_the_metric_are_missing(runs):
    """Exact integers stay integers."""
    frame = runs.summary_df()
    assert len(frame) == 4
    assert frame["count(loss)"].tolist() == [pd.NA, pd.NA, 3, 3]
    assert frame["max(big)"].tolist()[2] == 2**60 + 1
    assert frame["mean(loss)"].tolist()[3] == 0.375
    assert frame["step_of_min(loss)"].tolist()[3] == 3
    assert str(frame["step_of_min(loss)"].dtype) == "Int64"


def test_long_points_have_a_row_each(runs):
    """In the runs' order, then the metrics', then as they were logged; times in UTC."""
    frame = runs.metrics_df("loss")
    assert list(frame.columns) == ["id", "name", "metric", "step", "time", "value"]
    assert frame["name"].tolist() == ["b", "b", "b", "a", "a", "a"]
    assert frame["step"].tolist() == [1, 1, 3] * 2
    assert [str(frame[name].dtype) for name in ("step", "time", "value")] == [
        "int64",
        "datetime64[ns, UTC]",
        "float64",
    ]
    both = runs.metrics_df(["big", "loss"])
    assert both["metric"].tolist() == ["big", "loss", "loss", "loss", "loss", "loss", "loss"]
    assert both["value"].dtype == object
    assert both["value"][0] == 2**60 + 1


def test_wide_points_have_a_row_for_each_step(runs):
    """The last of equal steps stands there; what a step lacks is NA, not NaN."""
    frame = runs.metrics_df(["loss", "big"], wide=True)
    assert frame.index.names == ["id", "step"]
    assert [step for _, step in frame.index] == [1, 3, 1, 3]
    loss = frame["loss"].tolist()
    assert math.isnan(loss[0])
    assert loss[1] == 0.25
    assert frame["big"].tolist()[0] is pd.NA
    assert frame["big"].tolist()[1] == 2**60 + 1
    alone = runs.metrics_df("loss", wide=True)
    assert str(alone["loss"].dtype) == "Float64"


def test_metrics_of_the_machine_are_left_out_unless_asked_for():
    """They say how the machine did, and would bury what runs are compared by."""
    with trialog.init("acme", "demo") as run:
        run.log({"loss": 0.5, "system/cpu": 3.0, "systematic": 1.0}, step=0)
    runs = trialog.runs()
    assert list(runs.comparison_df().columns[5:8]) == ["last(loss)", "min(loss)", "max(loss)"]
    assert "last(systematic)" in runs.comparison_df()
    for frame in (runs.comparison_df(), runs.summary_df(), runs.metrics_df(wide=True)):
        assert not [name for name in frame.columns if "system/" in name]
    assert runs.metrics_df()["metric"].tolist() == ["loss", "systematic"]
    assert runs.comparison_df("system/cpu")["max(system/cpu)"].tolist() == [3.0]
    assert runs.summary_df(["system/cpu"]).columns[0] == "last(system/cpu)"
    assert runs.metrics_df(["system/cpu", "loss"])["metric"].tolist() == ["system/cpu", "loss"]
    assert runs.best("system/cpu").id == run.id
    assert (run.metrics[1], run.summary["system/cpu"]["last"]) == ("system/cpu", 3.0)
    assert trialog.fetch_run_info(run.id).result == {"loss": 0.5, "systematic": 1.0}
    with pytest.raises(NotFoundError, match="did you mean 'system/cpu'"):
        runs.summary_df("system/cpv")


def test_frames_of_nothing_are_empty_frames():
    """With their columns, so that code goes on."""
    runs = trialog.runs("acme/nowhere")
    assert list(runs.metrics_df().columns) == ["id", "name", "metric", "step", "time", "value"]
    assert runs.metrics_df(wide=True).index.names == ["id", "step"]
    assert runs.comparison_df().columns[0] == "name"
    assert runs.parameters_df().empty
    assert runs.summary_df().index.name == "id"


def test_bits_of_nan_survive():
    """A payload of NaN is data to somebody."""
    (odd,) = struct.unpack("<d", bytes.fromhex("010203040506f8ff"))
    with trialog.init("acme", "demo") as run:
        run.log("x", odd)
    for frame in (trialog.runs().metrics_df("x"), trialog.runs()[0].metric("x")):
        assert struct.pack("<d", frame["value"].to_numpy()[0]).hex() == "010203040506f8ff"


def test_a_metric_called_like_the_index_has_a_column_of_its_own():
    """So the index can become columns."""
    with trialog.init("acme", "demo") as run:
        run.log({"step": 1.0, "loss": 0.5}, step=3)
    frame = trialog.runs().metrics_df(wide=True).reset_index()
    assert frame[["step", "loss", "metrics.step"]].to_numpy().tolist() == [[3, 0.5, 1.0]]
