"""The examples do what they say, seen through the public interface alone."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import trialog
from trialog import RunStatus

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
pytestmark = pytest.mark.timeout(
    300
)  # a sweep of 25 models takes half a minute on a free processor


def run_example(name, home, folder, *options):
    """Run an example without a terminal; what it printed."""
    return subprocess.run(
        [sys.executable, str(EXAMPLES / name), *options],
        check=True,
        capture_output=True,
        text=True,
        timeout=280,
        cwd=folder,
        env=os.environ | {"TRIALOG_HOME": str(home), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
    ).stdout


@pytest.fixture(scope="module")
def example():
    """The sweep's own functions."""
    pytest.importorskip("sklearn", reason="needs scikit-learn: pip install '.[examples]'")
    spec = importlib.util.spec_from_file_location("digits_sweep", EXAMPLES / "digits_sweep.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def swept(tmp_path_factory, example):
    """The whole sweep, run once for all tests: the store, and what was printed."""
    home, folder = tmp_path_factory.mktemp("sweep") / "store", tmp_path_factory.mktemp("empty")
    printed = run_example("digits_sweep.py", home, folder)
    assert not list(folder.iterdir())
    return home, printed


@pytest.fixture
def digits(swept, monkeypatch):
    monkeypatch.setenv("TRIALOG_HOME", str(swept[0]))
    return trialog.runs("digits")


@pytest.mark.slow
def test_every_combination_is_a_run_with_its_parameters(digits, example):
    """24 good runs of two families and one that crashed, each with the parameters it was given."""
    assert Counter(run.status for run in digits) == {RunStatus.COMPLETED: 24, RunStatus.CRASHED: 1}
    assert Counter(run.tags[0] for run in digits) == {"net": 13, "boost": 12}
    combinations = list(example.combinations())
    for run, wanted in zip(reversed(digits), combinations, strict=True):
        flat = {f"model/{key}": value for key, value in wanted["model"].items()}
        assert run.parameters == flat | {"lr": wanted["lr"]}


@pytest.mark.slow
def test_the_crash_is_visible_and_keeps_what_came_before(digits):
    """Type, message and traceback of the failure, and the epochs until then."""
    (crashed,) = (run for run in digits if run.status is RunStatus.CRASHED)
    assert crashed.parameters["lr"] == 1000
    assert crashed.exception.type == "ValueError"
    assert "non-finite" in crashed.exception.message
    assert "partial_fit" in crashed.exception.traceback
    assert crashed.reason.startswith("ValueError: Solver produced")
    epochs = list(crashed.metric("val/acc")["step"])
    assert 0 < len(epochs) < 30
    assert epochs == list(range(len(epochs)))
    assert all(name.startswith("code/") for name in crashed.attachments)


@pytest.mark.slow
def test_last_and_best_are_those_of_the_points(digits):
    """comparison_df says what all points, grouped by hand, say."""
    frame = digits.comparison_df()
    points = digits.metrics_df()
    grouped = points.sort_values("step", kind="stable").groupby(["id", "metric"])["value"]
    for statistic in ("last", "min", "max"):
        by_hand = grouped.agg(statistic).unstack()
        for metric in ("loss", "acc", "val/loss", "val/acc"):
            column = frame[f"{statistic}({metric})"].astype(float)
            assert column.to_dict() == by_hand[metric].to_dict()
    completed = points[points["id"].isin(frame.index[frame["status"] == "COMPLETED"])]
    assert set(completed.groupby(["id", "metric"]).size()) == {30}
    best = digits.best("val/acc")
    assert best.summary["val/acc"]["max"] == points[points["metric"] == "val/acc"]["value"].max()
    assert best.summary["val/acc"]["max"] > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("family", ["net", "boost"])
def test_the_model_predicts_with_the_logged_accuracy(digits, example, tmp_path, family):
    """The stored file is the model after its last epoch; the matrix counts its predictions."""
    import joblib

    run = next(run for run in digits if family in run.tags and run.status is RunStatus.COMPLETED)
    model = joblib.load(run.write_attachment("model", tmp_path / "model.joblib"))
    _, (pixels, truth) = example.load(seed=0)
    right = np.mean(model.predict(pixels) == truth)
    confusion = np.array(run.get_json("confusion"))
    assert right == run.summary["val/acc"]["last"]
    assert confusion.shape == (10, 10)
    assert confusion.sum(axis=1).tolist() == np.bincount(truth).tolist()
    assert confusion.trace() / confusion.sum() == pytest.approx(right)


@pytest.mark.slow
def test_every_good_run_has_a_picture(digits):
    """A PNG of some size that Pillow reads, of another look in every run."""
    from PIL import Image

    digests = set()
    for run in digits:
        if run.status is RunStatus.COMPLETED:
            info = run.attachments["picture"]
            digests.add(info.sha256)
            assert info.media_type == "image/png"
    assert len(digests) == 24
    with Image.open(io.BytesIO(digits.best("val/acc").get_attachment("picture"))) as picture:
        assert picture.format == "PNG"
        assert picture.width > picture.height > 300


@pytest.mark.slow
def test_the_comparison_is_printed(swept, digits):
    """A line of progress and a row of the table for each run, in 80 columns; then the way on."""
    printed = swept[1].splitlines()
    for run in digits:
        assert sum(line.split()[:1] == [run.name] for line in printed) == 2, run.name
        row = next(line for line in reversed(printed) if line.startswith(f"{run.name} "))
        assert run.status.value in row
        assert f"{run.summary['val/acc']['max']:.4g}" in row
        assert len(row) <= 80
    best = digits.best("val/acc").name
    assert any(line.startswith(f"Best: {best}, ") for line in printed)
    assert f"  trialog run show {best}" in printed
    assert "  trialog run why net-64-1000" in printed
    assert f"  export TRIALOG_HOME={swept[0]}" in printed


@pytest.mark.slow
def test_another_sweep_is_told_apart_and_learns_the_same(swept, digits, tmp_path):
    """Taken names get a number, only its own runs are compared, and seeds make epochs repeat."""
    with trialog.init("again", name="net-16-0.003"):
        pass
    printed = run_example("digits_sweep.py", swept[0], tmp_path, "--quick", "--project", "again")
    assert "\n9 runs, " in printed
    assert not any(line.startswith("net-16-0.003 ") for line in printed.splitlines())
    *again, taken = trialog.runs("again")
    assert taken.name == "net-16-0.003"
    assert again[-1].name == "net-16-0.003_1"
    assert len(again) == 9
    first = {run.name: list(run.metric("val/loss")["value"]) for run in digits}
    for run in again:
        values = list(run.metric("val/loss")["value"])
        assert values == pytest.approx(first[run.name.removesuffix("_1")][: len(values)])


def test_quickstart_keeps_one_run(store, tmp_path):
    """Ten lines leave a finished run with its parameters, points and JSON."""
    folder = tmp_path / "empty"
    folder.mkdir()
    printed = run_example("quickstart.py", store, folder)
    (run,) = trialog.runs("quickstart")
    assert run.status is RunStatus.COMPLETED
    assert run.parameters == {"lr": 0.1, "model/depth": 3}
    assert list(run.metric("loss")["value"]) == [1 / (step + 1) for step in range(10)]
    assert run.get_json("confusion") == {"cat": {"cat": 9, "dog": 1}}
    assert printed.startswith(f"{run.name}: COMPLETED")
    assert not list(folder.iterdir())


def test_solver_runs_end_as_the_solver_says(store, tmp_path):
    """Solutions fit the bag and reach the value; the infeasible one is FAILED, with its log."""
    run_example("solver_runs.py", store, tmp_path)
    runs = trialog.runs("knapsack")
    assert len(runs) == 4
    for run in runs:
        log = run.get_attachment("solver.log").decode().splitlines()
        value = run.summary["value"]["last"]
        assert len(log) == run.parameters["items"]
        assert log[-1].endswith(f"best value so far {value:.0f}")
        if run.status is RunStatus.FAILED:
            assert run.reason == "infeasible"
            assert value < run.parameters["least_value"]
            continue
        taken, instance = run.get_json("solution"), run.get_json("instance")
        assert run.status is RunStatus.COMPLETED
        assert sum(instance["weights"][item] for item in taken) <= run.parameters["capacity"]
        assert sum(instance["values"][item] for item in taken) == value
        assert value >= run.parameters["least_value"]
    assert [run.name for run in runs if run.status is RunStatus.FAILED] == ["60-items"]


def test_the_tutorial_shows_what_its_code_prints(capsys):
    """Each output on the page is that of the code above it, to the letter."""
    page = (ROOT / "docs" / "tutorial.md").read_text()
    blocks = re.findall(r"^```(python|text)\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    namespace, printed, shown = {}, "", 0
    for language, text in blocks:
        if language == "python":
            assert not printed, f"the page does not show {printed!r}"
            exec(text, namespace)
            printed = capsys.readouterr().out
        else:
            assert text == printed
            printed, shown = "", shown + 1
    assert not printed
    assert shown > 5
