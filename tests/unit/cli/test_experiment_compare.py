"""``trialog experiment compare``."""

from __future__ import annotations

import pytest


@pytest.mark.usefixtures("sweeps")
def test_json_has_every_run_of_each(call):
    """As ``run compare``: facts, parameters and metrics, with experiment and number."""
    runs = call("experiment", "compare", "sweep-2", "sweep-1").json
    assert [(run["experiment_name"], run["run_id"]) for run in runs] == [
        ("sweep-2", 0), ("sweep-1", 0), ("sweep-1", 1), ("sweep-1", 2), ("sweep-1", 3),
    ]  # fmt: skip
    assert runs[0]["parameters"] == {"lr": 0.5, "batch": 32}
    assert runs[0]["metrics"]["acc"]["last"] == 0.9


@pytest.mark.usefixtures("sweeps")
def test_the_tables(call):
    """A row for each experiment with what differs, then one for each run; names stand once."""
    lines = call("experiment", "compare", "digits-sweep", "--table").lines
    assert lines[0].split() == ["experiment", "status", "runs", "failed", "seed", "started"]
    assert lines[2].split()[:5] == ["sweep-2", "✗", "CRASHED", "1", "2"]
    assert lines[3].split()[:6] == ["sweep-1", "✓", "COMPLETED", "4", "1", "1"]
    start = lines.index("") + 1
    assert lines[start].split()[:4] == ["experiment", "run_id", "status", "lr"]
    assert lines[start + 2].split()[:2] == ["sweep-2", "0"]
    assert lines[start + 3].split()[:2] == ["sweep-1", "0"]
    assert lines[start + 4].split()[0] == "1"
    assert "the same in all 5: batch=32" in lines


@pytest.mark.usefixtures("sweeps")
def test_the_best_run_of_all(call):
    """It comes first and is marked; the line below names it by experiment and number."""
    arguments = ["experiment", "compare", "sweep-1", "sweep-2", "--best", "acc"]
    lines = call(*arguments, "--table").lines
    start = lines.index("") + 1
    assert lines[start + 2].split()[:3] == ["sweep-2", "*", "0"]
    assert "* best max(acc): sweep-2/0 (0.9)" in lines
    assert [run["is_best"] for run in call(*arguments).json] == [True, *[False] * 4]


@pytest.mark.usefixtures("sweeps")
def test_one_alone_and_some_of_its_runs(call):
    """A single experiment has no table of its own; statuses and the limit choose among the runs."""
    lines = call("experiment", "compare", "sweep-1", "--table", "--limit", "2").lines
    assert lines[-1] == "… and 2 more runs: --limit 4 shows all"
    assert "" not in lines
    (run,) = call("experiment", "compare", "sweep-1", "--status", "error").json
    assert run["name"] == "odd"
    answer = call("experiment", "compare", "実験", "--table")
    assert (answer.code, answer.stdout) == (0, "no such runs\n")


def test_of_nothing(call, store):
    """A store without experiments is no error."""
    answer = call("experiment", "compare", "--table")
    assert (answer.code, answer.stdout) == (0, f"no such experiments in {store}\n")


@pytest.mark.usefixtures("sweeps")
@pytest.mark.parametrize(
    "arguments, code",
    [
        (["sweep-1", "--best", "nope"], 1),
        (["sweep-1", "--goal", "max"], 2),
        (["sweep-1", "--best", "acc", "--sort", "lr"], 2),
        (["nope"], 1),
    ],
)
def test_misuse(call, arguments, code):
    """What cannot be meant is one line, with the exit codes of other commands."""
    answer = call("experiment", "compare", *arguments)
    assert (answer.code, answer.stdout) == (code, "")
    assert answer.stderr.count("\n") == 1
