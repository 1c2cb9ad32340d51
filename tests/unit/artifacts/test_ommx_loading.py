"""Experiments of OMMX's become experiments here: read, gone on with, committed as ours."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pytest

import trialog
from trialog.errors import NotFoundError, UsageError

GOLDEN = Path(__file__).parent / "golden"
EXPERIMENT = GOLDEN / "ommx-3.0.0b7-experiment.ommx"
PLAIN = GOLDEN / "ommx-2.9.3-plain.ommx"


def test_an_experiment_of_ommx_is_read_whole(store):
    """Runs with their numbers, parameters, attachments, calls and statuses."""
    experiment = trialog.Experiment.load(EXPERIMENT)
    assert (experiment.name, experiment.status) == ("ommx-3.0.0b7-experiment", "COMPLETED")
    assert not experiment.is_committed
    assert not store.exists()
    assert [run.run_id for run in experiment.runs] == [0, 1, 2]
    assert [run.status for run in experiment.runs] == ["COMPLETED", "COMPLETED", "CRASHED"]
    assert experiment.runs[2].reason == "ValueError: boom"
    parameters = dict(experiment.runs[0].parameters)
    assert math.isnan(parameters.pop("nan"))
    assert parameters == {"label": "α", "n": 6, "on": True, "x": 0.5}
    assert experiment.annotations["org.example.driver"] == "night"
    assert experiment.annotations["vnd.trialog.source"].startswith("sha256:1a12833683ac8c1b")
    assert experiment.attachments["problem"].media_type == "application/org.ommx.v2.instance"
    assert len(experiment.get_attachment("problem")) == 200
    odd = experiment.runs[0].attachments["__/odd_"]
    assert odd.media_type == "text/plain"
    assert len(experiment.runs[0].get_attachment("__/odd_")) == odd.size_bytes
    solves = experiment.solves_df()
    assert solves["status"].tolist() == ["finished", "finished"]
    assert solves["adapter"].tolist()[0] == "ommx_highs_adapter.adapter.OMMXHighsAdapter"


def test_a_plain_artifact_is_an_experiment_without_runs():
    """Its layers are attachments."""
    experiment = trialog.Experiment.load(str(PLAIN))
    assert len(experiment.runs) == 0
    assert sorted(experiment.attachments) == ["hi.txt", "j", "knap", "solution"]
    assert experiment.get_attachment("hi.txt") == b"hi"


def test_the_same_artifact_is_the_same_experiment(tmp_path, monkeypatch):
    """Loaded twice, from wherever, it is there once."""
    one = trialog.Experiment.load(EXPERIMENT)
    assert len(one.runs) == 3
    copy = shutil.copy(EXPERIMENT, tmp_path / "copy.ommx")
    monkeypatch.setenv("TRIALOG_PROJECT", "another")
    two = trialog.Experiment.load(copy)
    assert len(two.runs) == 3
    assert (one.id, one.name) == (two.id, two.name)
    assert len(trialog.experiments()) == 1


def test_what_was_not_fetched_is_asked_of_where_it_was_last(tmp_path):
    """Attachments stay in the archive until they are read, and follow where it is loaded next."""
    moved = tmp_path / "moved.ommx"
    first = shutil.copy(EXPERIMENT, tmp_path / "first.ommx")
    assert len(trialog.Experiment.load(first).runs) == 3
    Path(first).rename(moved)
    experiment = trialog.Experiment.open("first")
    with pytest.raises(NotFoundError, match=r"200 bytes.*first\.ommx"):
        experiment.get_attachment("problem")
    assert len(trialog.Experiment.load(moved).get_attachment("problem")) == 200


def test_it_is_committed_as_ours(elsewhere, tmp_path):
    """A commit seals all of it, and then it can be saved, loaded, forked like any other."""
    experiment = trialog.Experiment.load(EXPERIMENT)
    with pytest.raises(UsageError, match="not committed, so it cannot be saved"):
        experiment.save(tmp_path / "ours.tar")
    with experiment.run() as run:
        run.log_parameter("n", 8)
    assert run.run_id == 3
    digest = experiment.commit()
    assert experiment.digest == digest != experiment.annotations["vnd.trialog.source"]
    loaded = trialog.Experiment.load(experiment.save(tmp_path / "ours.tar"), client=elsewhere)
    assert loaded.run_parameters_df()["n"].tolist()[:2] == [6, 7]
    assert len(loaded.get_attachment("problem")) == 200
    assert loaded.verify().blobs > 5
    with loaded.fork("more") as more, more.run() as run:
        pass
    assert run.run_id == 4


def test_killed_in_the_middle_it_is_done_again(store, script):
    """Runs that were there already stay; the experiment appears last."""
    for count in (2, 6, 11, 15):
        done = script(f"""
            import os, signal, sys
            import trialog, trialog._artifacts.opening, trialog._reading

            left = {count}

            def kill(event, args):
                global left
                if event in ("os.rename", "os.mkdir") and "store" in str(args):
                    left -= 1
                    if not left:
                        os.kill(os.getpid(), signal.SIGKILL)

            experiment = trialog.Experiment.load({str(EXPERIMENT)!r})
            sys.addaudithook(kill)
            experiment.runs
        """)
        assert done.returncode == -9, done.stderr
        assert len(trialog.experiments()) == 0
    experiment = trialog.Experiment.load(EXPERIMENT)
    assert [run.status for run in experiment.runs] == ["COMPLETED", "COMPLETED", "CRASHED"]
    assert len(trialog.experiments()) == 1
