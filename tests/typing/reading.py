"""Never run: what type checkers must accept of reading runs."""

from pathlib import Path
from typing import assert_type

import pandas as pd
import polars as pl
import pyarrow as pa

import trialog
from trialog import RunStatus
from trialog.codecs import TextCodec


def one(client: trialog.LocalClient) -> None:
    run = trialog.get_run("name", "acme/p", client=client)
    assert_type(run, trialog.StoredRun)
    assert_type(run.metrics, list[str])
    assert_type(run.metric("loss"), pd.DataFrame)
    assert_type(run.metric("loss", attempt="all", rank=[0, 1]), pd.DataFrame)
    assert_type(run.metric("loss", to="polars"), pl.DataFrame)
    assert_type(run.metric("loss", to="arrow"), pa.Table)
    assert_type(run.attempts[0].status, RunStatus)
    assert_type(run.get_attachment("a", version=1), bytes)
    assert_type(run.get_with_codec(TextCodec, "text"), str)
    assert_type(run.write_attachment("a", Path("folder"), overwrite=True), Path)
    with run.open_attachment("a") as stream:
        assert_type(stream.read(), bytes)
    run.get_json("j")
    run.get_value("v", version=1)
    for name, info in run.attachments.items():
        assert_type(name, str)
        assert_type(info.sha256, str)
    for moment in run.parameter_history("lr"):
        assert_type(moment.time.year, int)
    run.add_tags("a", ["b"])
    run.remove_tags("a")
    run.set_description(None)
    run.delete()
    assert_type(run.cancel("too slow", signal="SIGTERM").signaled, tuple[int, ...])
    run.restore()


def many(client: trialog.LocalClient) -> None:
    runs = trialog.runs("acme/p", name="x", name_contains="x", status="done", tags="a", limit=3)
    assert_type(runs, trialog.Runs[trialog.StoredRun])
    trialog.runs(["a", "acme/b"], limit=3)
    trialog.runs(where="lr < 0.1", sort="-max(acc)")
    trialog.fetch_runs(where="lr < 0.1", sort="lr")
    trialog.delete_run(runs[0])
    trialog.runs(status=["done", RunStatus.FAILED], tags=["a", "b"], client=client)
    assert_type(runs[0], trialog.StoredRun)
    assert_type(runs[:2], trialog.Runs[trialog.StoredRun])
    assert_type(runs.ids, list[str])
    assert_type(len(runs), int)
    assert_type(runs.comparison_df(), pd.DataFrame)
    assert_type(runs.comparison_df(["loss"]), pd.DataFrame)
    assert_type(runs.parameters_df(), pd.DataFrame)
    assert_type(runs.summary_df(), pd.DataFrame)
    assert_type(runs.metrics_df("loss", wide=True), pd.DataFrame)
    assert_type(runs.metrics_df("loss", attempt=2, rank=0), pd.DataFrame)
    assert_type(runs.summary_df(["loss"]), pd.DataFrame)
    assert_type(runs.metrics_df("loss", align="step", fill="linear"), pd.DataFrame)
    assert_type(runs.metrics_df("loss", align="relative", to="polars"), pl.DataFrame)
    assert_type(runs.metrics_df(to="arrow"), pa.Table)
    assert_type(runs.parameters_df(to="polars"), pl.DataFrame)
    assert_type(runs.summary_df("loss", to="polars"), pl.DataFrame)
    assert_type(runs.comparison_df(to="pandas"), pd.DataFrame)
    assert_type(runs.best("accuracy", goal="max"), trialog.StoredRun)
    for run in runs:
        assert_type(run, trialog.StoredRun)


def in_sql(client: trialog.LocalClient) -> None:
    assert_type(trialog.sql("FROM runs"), pd.DataFrame)
    assert_type(trialog.sql("FROM runs", to="polars", client=client), pl.DataFrame)
    assert_type(trialog.sql("FROM runs", to="arrow"), pa.Table)


def as_rush_asks() -> None:
    ids = trialog.fetch_runs(name="x", status=RunStatus.FAILED, tags=["a"], limit=0)
    assert_type(ids, list[str])
    assert_type(trialog.fetch_runs(name_contains="x"), list[str])
    info = trialog.fetch_run_info(ids[0])
    assert_type(info, trialog.RunInfo | None)
    trialog.delete_run(ids[0])
