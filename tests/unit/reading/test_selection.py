"""``attempt=`` and ``rank=``: what they may be, and what a frame then tells of each point."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import trialog
from trialog.errors import InvalidTypeError, NotFoundError, UsageError


@pytest.fixture
def run(handmade, monkeypatch):
    """Two ranks, of which rank 0 alone has logged in the second attempt, from step 2 on."""
    writers = {
        "w1": ("run", 1, 0, [0, 1, 2, 3]),
        "w2": ("attach", 1, 1, [0, 1, 2, 3]),
        "w3": ("run", 2, 0, [2]),
        "w4": ("attach", 2, None, []),
    }
    for place, (writer, (role, attempt, rank, steps)) in enumerate(writers.items()):
        data = handmade.start(writer=writer, role=role, attempt=attempt, rank=rank)
        data += handmade.logged("loss", steps, time_ns=handmade.now_ns + 10 * place)
        data += handmade.logged("only", [5] if writer == "w2" else [], 1)
        handmade.write(data, writer=writer)
    monkeypatch.setenv("TRIALOG_HOME", str(handmade.store.path))
    return trialog.get_run("run-1")


@pytest.mark.parametrize(
    "asked, steps",
    [
        ({}, [0, 1, 0, 1, 2]),
        ({"attempt": "all"}, [0, 1, 2, 3, 0, 1, 2, 3, 2]),
        ({"attempt": 1}, [0, 1, 2, 3, 0, 1, 2, 3]),
        ({"attempt": np.int64(2)}, [2]),
        ({"rank": 1}, [0, 1]),
        ({"rank": [0]}, [0, 1, 2]),
        ({"rank": np.array([0, 1])}, [0, 1, 0, 1, 2]),
        ({"rank": range(2), "attempt": 2}, [2]),
        ({"rank": 1, "attempt": 2}, []),
        ({"rank": []}, []),
    ],
)
def test_points_of_some_attempts_and_ranks(run, asked, steps):
    """The same of one run and of many, with the columns that tell them apart."""
    frame = run.metric("loss", **asked)
    assert frame["step"].tolist() == steps
    assert list(frame.columns) == ["step", "time", "value", "rank", "attempt"]
    assert [str(frame[name].dtype) for name in ("rank", "attempt")] == ["Int64", "Int64"]
    long = trialog.runs().metrics_df("loss", **asked)
    assert list(long.columns) == ["id", "name", "metric", *frame.columns]
    assert long["step"].tolist() == steps
    wide = trialog.runs().metrics_df("loss", wide=True, **asked)
    assert [step for _, step in wide.index] == sorted(set(steps))


def test_a_frame_tells_of_each_point_whose_it_is(run):
    """Rank and attempt beside the value; where a process is no rank, NA."""
    frame = run.metric("loss")
    assert frame["rank"].tolist() == [0, 0, 1, 1, 0]
    assert frame["attempt"].tolist() == [1, 1, 1, 1, 2]
    with trialog.init("acme", "demo", name="plain") as plain:
        plain.log("loss", 1.0, 7)
    frame = trialog.runs().metrics_df("loss").set_index("name")
    assert frame.loc["plain", "rank"] is pd.NA
    assert frame.loc["plain", "attempt"] == 1


def test_without_ranks_and_attempts_a_frame_has_no_such_columns(run):
    """Unless they are asked for."""
    with trialog.init("acme", "demo", name="plain") as plain:
        plain.log("loss", 1.0)
    assert list(plain.metric("loss").columns) == ["step", "time", "value"]
    assert plain.metric("loss", attempt=1)["attempt"].tolist() == [1]
    assert "rank" not in plain.metric("loss", attempt="all")
    assert list(plain.metric("loss", rank=[]).columns) == ["step", "time", "value", "rank"]


def test_of_several_ranks_the_last_by_time_stands_in_the_wide_form(run):
    """Without ``rank=`` one of them wins: which, the clock says."""
    both = trialog.runs().metrics_df("loss", wide=True, attempt=1)["loss"]
    assert both.tolist() == [0.0, 1.0, 2.0, 3.0]
    assert run.metric("loss", attempt=1)["rank"].tolist() == [0] * 4 + [1] * 4


@pytest.mark.parametrize(
    "asked, error, text",
    [
        ({"attempt": 3}, NotFoundError, r"has no attempt 3; there are: 1, 2$"),
        ({"attempt": 0}, NotFoundError, r"no attempt 0"),
        ({"rank": 2}, NotFoundError, r"has no rank 2; there are: 0, 1$"),
        ({"rank": [0, 7]}, NotFoundError, r"no rank 7"),
        ({"attempt": "latest"}, UsageError, r"attempt is 'latest'; use a number, 'all', or None"),
        ({"attempt": 1.0}, InvalidTypeError, r"attempt must be .* not float"),
        ({"attempt": True}, InvalidTypeError, r"attempt must be .* not True"),
        ({"attempt": [1]}, InvalidTypeError, r"attempt must be .* not list"),
        ({"rank": "0"}, InvalidTypeError, r"rank must be .* not str"),
        ({"rank": [0, None]}, InvalidTypeError, r"rank must be .* not NoneType"),
        ({"rank": False}, InvalidTypeError, r"rank must be .* not False"),
    ],
)
def test_what_cannot_be_asked_for(run, asked, error, text):
    """It is told at the call, of one run and of many."""
    with pytest.raises(error, match=text):
        run.metric("loss", **asked)
    with pytest.raises(error, match=text.replace("has no", "(have|has) no")):
        trialog.runs().metrics_df("loss", **asked)


def test_many_ranks_are_not_all_listed(handmade, monkeypatch):
    """The first ones and the last are enough to know which there are."""
    for rank in range(12):
        data = handmade.start(writer=f"w{rank}", role="attach" if rank else "run", rank=rank)
        handmade.write(data + handmade.logged("loss", [0]), writer=f"w{rank}")
    monkeypatch.setenv("TRIALOG_HOME", str(handmade.store.path))
    with pytest.raises(NotFoundError, match=r"there are: 0, 1, .*, 9, … 11$"):
        trialog.get_run("run-1").metric("loss", rank=12)
    with pytest.raises(NotFoundError, match=r"the runs have no attempt 2; there are: none"):
        trialog.runs("acme/nowhere").metrics_df(attempt=2)


def test_a_metric_that_is_not_of_the_attempt_has_no_points_there(run):
    """It is a metric of the run all the same: no error; a name nobody logged is one."""
    assert run.metric("only", attempt=2).empty
    assert run.metric("only")["step"].tolist() == [5]
    with pytest.raises(NotFoundError, match="did you mean 'only'"):
        run.metric("onlz", attempt=2)
