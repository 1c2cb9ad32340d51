"""The tables of runs as pandas, polars and Arrow have them: the same values in each."""

from __future__ import annotations

import math
import sys

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import trialog
from trialog.errors import UsageError


@pytest.fixture
def runs():
    with trialog.init("acme", "demo", name="a", tags=["x", "y"]) as run:
        run.log_parameters({"lr": 0.1, "n": 1, "mixed": "auto", "seed": 2**70, "odd": 2**60})
        run.log("loss", math.nan, step=1)
        run.log("loss", 0.5, step=2)
        run.log("big", 2**60 + 1, step=1)
        run.log("big", 0.5, step=2)
    with trialog.init("acme", "demo", name="b") as run:
        run.log_parameters({"lr": math.nan, "mixed": True, "seed": 1, "odd": 0.5})
    return trialog.runs("acme/demo")


def test_arrow_keeps_types_and_tells_missing_from_nan(runs):
    """The index is the first column; nothing is null that was logged."""
    table = runs.parameters_df(to="arrow")
    assert isinstance(table, pa.Table)
    types = dict(zip(table.column_names, map(str, table.schema.types), strict=True))
    assert types.pop("id") in ("string", "large_string")
    assert types.pop("mixed") == "string"
    assert types == {
        "lr": "double",
        "n": "int64",
        "seed": "double",
        "exact(seed)": "string",
        "odd": "double",
        "exact(odd)": "string",
    }
    rows = table.to_pylist()
    assert [row["id"] for row in rows] == runs.ids
    assert [row["n"] for row in rows] == [None, 1]
    assert math.isnan(rows[0]["lr"])
    assert [row["mixed"] for row in rows] == ["true", "auto"]
    assert [row["exact(seed)"] for row in rows] == [None, None]  # 2**70 is a double
    assert rows[1]["seed"] == 2**70


def test_points_beyond_doubles_have_their_digits_beside_them(runs):
    """The value is the nearest double, ``exact(value)`` says which integer it was."""
    table = runs.metrics_df("big", to="arrow")
    assert table["value"].to_pylist() == [float(2**60 + 1), 0.5]
    assert table["exact(value)"].to_pylist() == [str(2**60 + 1), None]
    assert table.schema.field("time").type == pa.timestamp("ns", "UTC")
    assert "exact(value)" not in runs.metrics_df("loss", to="arrow").column_names


def test_aligned_columns_name_metric_and_run(runs):
    """Arrow has one level of names."""
    table = runs.metrics_df("loss", align="step", to="arrow")
    assert table.column_names == ["step", f"loss[{runs[1].id}]"]
    relative = runs.metrics_df("loss", align="relative", to="arrow")
    assert relative.schema.field("relative").type == pa.duration("ns")


@pytest.mark.parametrize(
    "ask",
    [
        lambda runs, to: runs.parameters_df(to=to),
        lambda runs, to: runs.summary_df(to=to),
        lambda runs, to: runs.comparison_df(to=to),
        lambda runs, to: runs.metrics_df(to=to),
        lambda runs, to: runs.metrics_df(wide=True, to=to),
        lambda runs, to: runs.metrics_df(align="step", fill="linear", to=to),
        lambda runs, to: runs[1].metric("loss", to=to),
        lambda runs, to: trialog.sql("FROM points", to=to),
    ],
)
def test_polars_and_arrow_have_what_pandas_has(runs, ask):
    """Every table goes to every library, with as many rows."""
    frame, table, other = (ask(runs, to) for to in ("pandas", "arrow", "polars"))
    assert isinstance(frame, pd.DataFrame)
    assert isinstance(other, pl.DataFrame)
    assert other.columns == table.column_names
    assert other.height == table.num_rows == len(frame)
    assert str(other.to_arrow().to_pylist()) == str(table.to_pylist())


def test_a_run_that_keeps_nothing_has_empty_tables_too(monkeypatch):
    """TRIALOG_MODE=disabled changes no types."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    run = trialog.init("acme", "demo")
    run.log("loss", 0.5)
    assert run.metric("loss", to="polars").columns == ["step", "time", "value"]
    run.finish()


def test_another_library_is_refused(runs):
    """Before anything is read."""
    with pytest.raises(UsageError, match="'pandas', 'polars' or 'arrow'"):
        runs.parameters_df(to="numpy")


def test_polars_that_is_not_there_is_told_with_the_way_to_it(runs, monkeypatch):
    """The message can be copied into a shell."""
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(UsageError, match=r'pip install "trialog\[polars\]"'):
        runs.metrics_df("loss", to="polars")
