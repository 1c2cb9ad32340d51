"""``TRIALOG_MODE=disabled``: nothing is kept, every mistake is still told."""

from __future__ import annotations

import threading

import pytest

import trialog
from trialog import errors


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.init("acme", "demo", name="x") as run:
        yield run


def test_nothing_is_written_and_nothing_runs(monkeypatch, store, tmp_path):
    """No file, no thread, whatever is logged."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    threads = threading.active_count()
    (tmp_path / "file").write_text("content")
    with trialog.init("acme", "demo", parameters={"lr": 0.1}, tags=["a"]) as run:
        for step in range(3000):
            run.log("loss", 0.5, step)
            run.log({"loss": 0.5, "acc": 2**60}, step=step)
        run.log("text", "some")
        run.log_json("j", {"a": "x" * 100_000})
        run.log_file("f", tmp_path / "file")
        run.log_directory("d", tmp_path)
        run.log_attachment("a", "text/plain", b"bytes")
        run.log_value("v", [1, 2])
        run.add_tags("b")
        assert run.tags == ("a", "b")
    assert threading.active_count() <= threads
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]
    assert not store.exists()


@pytest.mark.parametrize(
    "call,error",
    [
        (lambda run: run.log("", 1.0), errors.InvalidNameError),
        (lambda run: run.log("x", object()), errors.InvalidTypeError),
        (lambda run: run.log("x", 1.0, step=0.5), errors.InvalidTypeError),
        (lambda run: run.log_parameter("p", object()), errors.InvalidTypeError),
        (lambda run: run.log_json("j", {1, 2}), errors.InvalidTypeError),
        (lambda run: run.log_file("f", "nowhere.txt"), errors.MissingFileError),
        (lambda run: run.log_file("f", "/"), errors.UnreadableFileError),
        (lambda run: run.log_attachment("a", "no type", b""), errors.InvalidNameError),
        (lambda run: run.add_tags(3), errors.InvalidTypeError),
    ],
)
def test_every_mistake_is_told(run, call, error):
    """So that a run in earnest meets no surprise."""
    with pytest.raises(error):
        call(run)


def test_it_lives_and_ends_as_any_run(run):
    """It is the active one, has a status, and takes nothing after its end."""
    assert trialog.get_active_run() is run
    assert (run.name, run.status) == ("x", trialog.RunStatus.RUNNING)
    run.finish("FAILED", reason="enough")
    assert (run.status, run.reason) == (trialog.RunStatus.FAILED, "enough")
    for call in (
        lambda: run.log("x", 1.0),
        lambda: run.log("x", 1.0, 3),
        lambda: run.log({"x": 1.0, "y": 2.0}),
        lambda: run.log("x", 2**60),
        lambda: run.log_parameter("p", 1),
    ):
        with pytest.raises(errors.RunFinishedError):
            call()


def test_a_crash_is_a_crash(monkeypatch):
    """The user's exception comes through as it is."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with pytest.raises(ZeroDivisionError), trialog.init("acme", "demo") as run:
        1 / 0  # noqa: B018
    assert run.status is trialog.RunStatus.CRASHED
