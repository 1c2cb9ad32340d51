"""The main job: runs are recorded, read back and compared."""

from __future__ import annotations

import math
import shutil

import numpy as np
import pandas as pd
import pytest

import trialog
from trialog import RunStatus, errors


@pytest.fixture
def sweep():
    """Four runs: two good ones, a crashed one, and an empty one."""
    for depth, rate in ((1, 0.1), (2, 0.2)):
        with trialog.init("acme", "Sweep", name=f"d{depth}", tags=["good"]) as run:
            run.log_parameters({"model": {"depth": depth}, "lr": rate, "status": "clash"})
            for step in range(10):
                run.log({"loss": 1 / (step + depth), "acc": step * rate}, step=step)
            run.log_json("confusion", {"cat": [1, math.nan]})
            run.log_value("weights", np.arange(3.0))
    with pytest.raises(ValueError, match="boom"), trialog.init("acme", "sweep", name="bad") as run:  # noqa: PT012
        run.log_parameters({"lr": "mixed"})
        run.log("loss", math.nan)
        raise ValueError("boom")
    trialog.init("acme", "sweep", name="empty").finish("FAILED", reason="infeasible")


def test_one_row_for_every_run(sweep):
    """Failed and empty runs too; mixed types make an object column, clashes a prefix."""
    frame = trialog.runs("acme/Sweep").comparison_df().set_index("name")
    assert list(frame.index) == ["empty", "bad", "d2", "d1"]
    assert list(frame["status"]) == ["FAILED", "CRASHED", "COMPLETED", "COMPLETED"]
    assert list(frame["lr"])[1:] == ["mixed", 0.2, 0.1]
    assert frame["lr"].dtype == object
    assert frame["model/depth"].dtype == pd.Int64Dtype()
    assert frame.loc["d1", "parameters.status"] == "clash"
    assert frame.loc["d2", "min(loss)"] == pytest.approx(1 / 11)
    assert frame.loc["d2", "last(acc)"] == pytest.approx(1.8)


def test_the_best_run_and_its_points(sweep):
    """``best`` follows its goal; series come back exactly, also after compaction and deletion."""
    runs = trialog.runs("acme/sweep")
    assert runs.best("loss", goal="min").name == "d2"
    assert runs.best("acc").name == "d2"
    first = runs.metrics_df("loss")
    assert set(first["id"]) == set(runs.ids[1:])
    series = trialog.get_run("d1").metric("loss")
    assert list(series["value"]) == [1 / (step + 1) for step in range(10)]
    assert list(series["step"]) == list(range(10))


def test_everything_is_rebuilt_from_journals(sweep, store):
    """Catalog and segments can be deleted at any time: every answer stays the same."""
    runs = trialog.runs("acme/sweep")
    before = [runs.comparison_df(), runs.metrics_df("loss"), runs.parameters_df()]
    for cache in store.glob("catalog.db*"):
        cache.unlink()
    shutil.rmtree(store / "segments", ignore_errors=True)
    runs = trialog.runs("acme/sweep")
    after = [runs.comparison_df(), runs.metrics_df("loss"), runs.parameters_df()]
    for old, new in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(old, new)


def test_a_run_is_read_while_it_is_recorded():
    """The run itself and other readers see what was logged."""
    with trialog.init("acme", "live", parameters={"lr": 0.1}) as run:
        run.log("loss", 0.5)
        run.log("loss", 0.25)
        assert list(run.metric("loss")["value"]) == [0.5, 0.25]
        assert list(run.metric("loss")["step"]) == [0, 1]
        assert run.parameters == {"lr": 0.1}
        assert trialog.get_run(run.id).status is RunStatus.RUNNING
        run.log("loss", 0.125, step=10)
        run.log("loss", 0.1)
        assert list(run.metric("loss")["step"]) == [0, 1, 10, 11]
    assert trialog.get_run(run.id).status is RunStatus.COMPLETED


def test_attachments_come_back(sweep, tmp_path):
    """JSON with NaN, arrays by codec, bytes, files that do not overwrite."""
    run = trialog.get_run("d1")
    confusion = run.get_json("confusion")
    assert confusion["cat"][0] == 1
    assert math.isnan(confusion["cat"][1])
    array = run.get_with_codec(trialog.codecs.NumpyCodec, "weights")
    assert array.tolist() == [0.0, 1.0, 2.0]
    run.write_attachment("confusion", tmp_path / "c.json")
    with pytest.raises(FileExistsError):
        run.write_attachment("confusion", tmp_path / "c.json")
    with pytest.raises(errors.NotFoundError, match="confusion"):
        run.get_json("confusoin")


def test_a_changed_blob_is_found(sweep, store):
    """Bytes are verified when they are read."""
    run = trialog.get_run("d1")
    info = run.attachments["weights"]
    blob = store / "blobs/sha256" / info.sha256[:2] / info.sha256
    data = bytearray(blob.read_bytes())
    data[-1] ^= 1
    blob.write_bytes(bytes(data))
    with pytest.raises(errors.IntegrityError, match=info.sha256[:12]):
        run.get_attachment("weights")


def test_rushs_queries(sweep):
    """Ids only, newest first; names without regard to case; status words; all tags; limit 0."""
    ids = trialog.runs().ids
    assert trialog.fetch_runs() == ids
    assert trialog.fetch_runs(name="D1") == [trialog.get_run("d1").id]
    assert trialog.fetch_runs(name_contains="%") == []
    assert trialog.fetch_runs(status="done") == ids[2:]
    assert trialog.fetch_runs(status=["crashed", RunStatus.FAILED]) == ids[:2]
    assert trialog.fetch_runs(tags=["good"], limit=1) == ids[2:3]
    assert trialog.fetch_runs(limit=0) == []
    with pytest.raises(errors.UsageError):
        trialog.fetch_runs(limit=-1)


def test_a_run_can_be_tagged_described_deleted_and_restored(sweep):
    """Edits from outside are records too; deletion is soft."""
    run = trialog.get_run("d1")
    run.add_tags("kept", ["and", "more"])
    run.set_description("the first")
    again = trialog.get_run("d1")
    assert again.tags == ("good", "kept", "and", "more")
    assert again.description == "the first"
    trialog.delete_run(run.id)
    assert run.id not in trialog.fetch_runs()
    trialog.get_run(run.id).restore()
    assert run.id in trialog.fetch_runs()


def test_run_info_prints_a_summary(sweep):
    """None where there is no run; aligned lines otherwise."""
    assert trialog.fetch_run_info("01aaaaaaaaaaaaaaaaaaaaaaaa") is None
    info = trialog.fetch_run_info(trialog.get_run("d1").id)
    assert info.status == "COMPLETED"
    assert str(info).startswith("Run info for d1\n")


def test_a_killed_run_is_failed_and_read(script):
    """Any reader derives it: FAILED, killed, and every point there."""
    script("""
        import os, signal, trialog
        run = trialog.init("acme", "demo", name="r")
        for step in range(10_000): run.log("x", 0.5, step)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    run = trialog.get_run("r")
    assert (run.status, run.reason) == (RunStatus.FAILED, "killed")
    assert len(run.metric("x")) == 10_000


def test_a_nested_reader_error_names_the_nearest():
    """A misspelt name is answered with the nearest."""
    with trialog.init("acme", "demo", name="first"):
        trialog.log("loss", 0.5)
    with pytest.raises(LookupError, match="first"):
        trialog.get_run("frist")
    with pytest.raises(LookupError, match="loss"):
        trialog.get_run("first").metric("lsos")
