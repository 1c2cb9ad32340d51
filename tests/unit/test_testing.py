"""The store that users' tests get."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import trialog
from trialog import RunStatus, errors, testing

FILES = Path("/proc/self/fd")


def test_runs_of_the_block_go_to_a_store_that_is_gone_afterwards(store):
    """Nothing of them is in the store of the environment."""
    with testing.store() as own:
        with trialog.init("acme", "demo") as run:
            run.log("loss", 0.5)
        assert own.run().id == run.id
        assert own.run().metric("loss")["value"].tolist() == [0.5]
        assert own.run(run.name).id == run.id
        assert [each.id for each in own.runs("acme/demo", status="done")] == [run.id]
        assert [each.id for each in trialog.runs(client=own.client)] == [run.id]
    assert not own.path.exists()
    assert not store.exists()
    assert len(trialog.runs()) == 0


def test_a_store_of_a_given_path_is_kept(tmp_path):
    """To look at it after a test has failed."""
    with testing.store(tmp_path / "kept") as own, trialog.init("p", name="r"):
        pass
    assert own.run("r").status is RunStatus.COMPLETED


def test_the_environment_is_as_it_was(monkeypatch, store):
    """Set, unset and empty variables; after an exception too."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    monkeypatch.setenv("TRIALOG_PROJECT", "")
    before = {name: text for name, text in os.environ.items() if name.startswith("TRIALOG_")}

    def fail():
        with testing.store() as own:
            assert os.environ["TRIALOG_HOME"] == str(own.path)
            assert "TRIALOG_MODE" not in os.environ
            trialog.init("p").finish()
            assert len(own.runs()) == 1
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError):
        fail()
    after = {name: text for name, text in os.environ.items() if name.startswith("TRIALOG_")}
    assert after == before


def test_processes_of_the_block_log_there_too():
    """The environment is theirs as well."""
    with testing.store() as own:
        code = "import trialog; trialog.init('p', name='child').finish()"
        subprocess.run([sys.executable, "-c", code], check=True)
        assert own.run("child").status is RunStatus.COMPLETED


def test_runs_left_open_do_not_reach_the_next_test(tmp_path):
    """They are FAILED; those that were open before go on."""
    outer = trialog.init("p", name="outer")
    with testing.store(tmp_path / "kept") as own:
        left = trialog.init("p", name="left", supersede=False)
    assert left.status is RunStatus.FAILED
    assert own.run("left").reason == "left unfinished"
    assert outer.status is RunStatus.RUNNING
    assert trialog.get_active_run() is outer
    outer.finish()


def test_the_only_run_is_the_only_one():
    """None, or several: an error that names them."""
    with testing.store() as own:
        with pytest.raises(errors.NotFoundError, match="0 runs"):
            own.run()
        trialog.init("p", name="one").finish()
        trialog.init("p", name="two").finish()
        with pytest.raises(errors.NotFoundError, match=r"2 runs.*'one'"):
            own.run()
        with pytest.raises(errors.NotFoundError):
            own.run("three")


def test_stores_in_stores():
    """The innermost block counts."""
    with testing.store() as outer:
        with testing.store() as inner:
            trialog.init("p").finish()
        assert len(outer.runs()) == 0
        trialog.init("p").finish()
        assert len(outer.runs()) == 1
    assert inner.path != outer.path


def test_a_suite_of_many_stores_keeps_no_file_open():
    """What one test opened to read is closed with its store."""

    def look():
        with testing.store() as own:
            trialog.init("p").finish()
            assert len(own.runs()) == 1

    look()
    before = len(list(FILES.iterdir()))
    for _ in range(5):
        look()
    assert len(list(FILES.iterdir())) <= before
