"""``trialog run compare``."""

from __future__ import annotations

import pytest

import trialog


def _names(answer):
    return [run["name"] for run in answer.json]


@pytest.mark.usefixtures("zoo")
def test_json_has_all_parameters_and_metrics(call):
    """Each run stands with all its parameters and summaries, also the failed and empty ones."""
    runs = {run["name"]: run for run in call("run", "compare", "acme/digits-sweep").json}
    assert set(runs) == {"good_0", "good_1", "good_2", "crashed", "empty"}
    assert runs["good_1"]["parameters"] == {"model": "mlp", "lr": 0.1, "batch": 32}
    assert runs["good_1"]["metrics"]["val/acc"]["max"] == pytest.approx(0.2)
    assert runs["empty"]["metrics"] == {}
    assert "is_best" not in runs["empty"]


@pytest.mark.usefixtures("zoo")
def test_parameters_that_are_the_same_stand_below(call):
    """Columns are what differs; what is the same in all is one line, unless --all is given."""
    arguments = ["run", "compare", "digits-sweep", "--name", "good", "--table"]
    answer = call(*arguments, columns=200)
    assert "lr" in answer.lines[0].split()
    assert "model" not in answer.lines[0].split()
    assert "the same in all 3: model=mlp, batch=32" in answer.lines
    answer = call(*arguments, "--all", columns=200)
    assert {"lr", "model", "batch"} <= set(answer.lines[0].split())
    assert "the same" not in answer.stdout


def test_one_and_one_point_zero_are_the_same(call):
    """Equal numbers do not differ by their type; True is no number."""
    for number, value in enumerate((1, 1.0)):
        trialog.init("acme", "demo", name=f"n{number}", parameters={"a": value}).finish()
    assert "the same in all 2: a=1" in call("run", "compare", "demo", "--table").stdout
    trialog.init("acme", "demo", name="bool", parameters={"a": True}).finish()
    assert "the same" not in call("run", "compare", "demo", "--table").stdout


@pytest.mark.usefixtures("zoo")
def test_the_best_run_is_first_and_marked(call):
    """``--best`` sorts by the best value at any step; NaN and missing values are last."""
    runs = call("run", "compare", "digits-sweep", "--best", "loss", "--goal", "min").json
    assert [run["name"] for run in runs][:3] == ["good_2", "good_1", "good_0"]
    assert [run["is_best"] for run in runs] == [True, False, False, False, False]
    assert _names(call("run", "compare", "digits-sweep", "--best", "loss"))[0] == "good_0"
    answer = call(
        "run", "compare", "digits-sweep", "--best", "loss", "--goal", "min", "--table", columns=200
    )
    assert answer.lines[2].startswith("* good_2")
    assert "min(loss)" in answer.lines[0]
    assert "* best min(loss): good_2 (0.2)" in answer.stdout


def test_of_equal_runs_the_oldest_is_best(call):
    """Two runs of one value: the older one is marked, as in ``Runs.best``."""
    for name in ("older", "newer"):
        with trialog.init("acme", "demo", name=name) as run:
            run.log("acc", 0.5)
    runs = call("run", "compare", "demo", "--best", "acc").json
    assert [(run["name"], run["is_best"]) for run in runs] == [("older", True), ("newer", False)]
    assert trialog.runs("acme/demo").best("acc").name == "older"


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize(
    "column, expected",
    [
        ("name", ["crashed", "empty", "good_0", "good_1", "good_2"]),
        ("-name", ["good_2", "good_1", "good_0", "empty", "crashed"]),
        ("created", ["good_0", "good_1", "good_2", "crashed", "empty"]),
        ("lr", ["good_2", "good_1", "good_0", "crashed", "empty"]),
        ("-lr", ["crashed", "good_0", "good_1", "good_2", "empty"]),
        ("loss", ["good_2", "good_1", "good_0", "empty", "crashed"]),
        ("-max(loss)", ["good_0", "good_1", "good_2", "empty", "crashed"]),
        ("count(val/acc)", ["good_2", "good_1", "good_0", "empty", "crashed"]),
    ],
)
def test_any_column_sorts(call, column, expected):
    """Facts, parameters and statistics sort; what has no value, or NaN, is last."""
    assert _names(call("run", "compare", "digits-sweep", "--sort", column)) == expected


@pytest.mark.usefixtures("zoo")
def test_metrics_are_chosen(call):
    """``--metric`` keeps those metrics, with last, min and max."""
    runs = call("run", "compare", "digits-sweep", "--metric", "loss").json
    assert set().union(*(run["metrics"] for run in runs)) == {"loss"}
    head = call("run", "compare", "digits-sweep", "--metric", "loss", "--table", columns=200)
    for title in ("last(loss)", "min(loss)", "max(loss)"):
        assert title in head.lines[0]
    assert "val/acc" not in head.stdout


@pytest.mark.usefixtures("zoo")
def test_single_runs_are_compared(call):
    """Runs by name and id, from several projects; each is there once."""
    id_ = call("run", "show", "good_0").json["id"]
    answer = call("run", "compare", "good_1", id_, "実験_長い名前", "good_0")
    assert _names(answer) == ["good_1", "good_0", "実験_長い名前"]


@pytest.mark.usefixtures("zoo")
def test_the_default_is_the_project_of_the_environment(call, monkeypatch):
    """With nothing said it is TRIALOG_PROJECT, else the whole store."""
    assert len(call("run", "compare").json) == 6
    monkeypatch.setenv("TRIALOG_PROJECT", "other")
    assert _names(call("run", "compare")) == ["実験_長い名前"]


def test_what_has_no_room_is_named(call):
    """Where there are many columns for a narrow terminal, those left out are named below."""
    for number in range(8):
        parameters = {f"parameter_{each}": each * number for each in range(40)}
        trialog.init("acme", "wide", name=f"run_{number}", parameters=parameters).finish()
    answer = call("run", "compare", "wide", "--table", columns=80)
    assert all(len(line) <= 80 for line in answer.lines)
    assert "parameter_1" in answer.lines[0]
    assert any(line.startswith("no room for ") for line in answer.lines)


def test_few_runs_with_much_stand_side_by_side(call):
    """Two runs with 40 parameters become two columns, so that nothing is left out."""
    for number in (1, 2):
        parameters = {f"parameter_{each}": each * number + 0.5 for each in range(40)}
        trialog.init("acme", "wide", name=f"run_{number}", parameters=parameters).finish()
    answer = call("run", "compare", "run_1", "run_2", "--table", columns=80)
    assert answer.lines[0].split() == ["run_1", "run_2"]
    rows = [line.split() for line in answer.lines]
    assert ["parameter_39", "39.5", "78.5"] in rows
    assert "no room" not in answer.stdout


def test_a_limit_counts_after_sorting(call):
    """``--best NAME --limit 1`` is the best run of all, not of the newest."""
    for number in range(4):
        with trialog.init("acme", "demo", name=f"run_{number}") as run:
            run.log("acc", -number)
    assert _names(call("run", "compare", "demo", "--best", "acc", "--limit", "1")) == ["run_0"]
    answer = call("run", "compare", "demo", "--best", "acc", "--limit", "1", "--table")
    assert "… and 3 more runs: --limit 4 shows all" in answer.stdout


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize(
    "arguments, code, message",
    [
        (["--goal", "min"], 2, "--best NAME"),
        (["--best", "loss", "--sort", "lr"], 2, "either --best or --sort"),
        (["--sort", "lsos"], 2, "did you mean 'loss'"),
        (["--best", "lsos"], 1, "did you mean 'loss'"),
        (["--metric", "lsos"], 1, "did you mean 'loss'"),
        (["nothing-like-it"], 1, "no project of that name"),
        (["--best", "loss", "--goal", "middle"], 2, "middle"),
    ],
)
def test_errors_are_one_line(call, arguments, code, message):
    """What cannot be compared is said in one line that helps."""
    answer = call("run", "compare", *arguments)
    assert (answer.code, answer.stdout) == (code, "")
    assert message in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_no_runs_is_no_error(call):
    """Comparing nothing answers with an empty array, or says so."""
    assert call("run", "compare").json == []
    assert "no such runs" in call("run", "compare", "--table").stdout


def test_metrics_of_the_machine_are_compared_where_they_are_asked_for(call):
    """By --metric, --best or --sort; else neither the table nor JSON has them."""
    for number in range(2):
        with trialog.init("acme", "demo", name=f"r{number}") as run:
            run.log({"loss": 0.5 + number, "system/cpu": 3.0 - number})
    compare = ("run", "compare", "acme/demo")
    assert "system" not in call(*compare, "--table").stdout
    assert [list(run["metrics"]) for run in call(*compare).json] == [["loss"], ["loss"]]
    asked = call(*compare, "--metric", "system/cpu")
    assert [list(run["metrics"]) for run in asked.json] == [["system/cpu"], ["system/cpu"]]
    best = call(*compare, "--best", "system/cpu").json
    assert [(run["name"], run["is_best"]) for run in best] == [("r0", True), ("r1", False)]
    assert best[0]["metrics"]["system/cpu"]["max"] == 3.0
    assert "max(system/cpu)" in call(*compare, "--best", "system/cpu", "--table").stdout
    ordered = call(*compare, "--sort", "min(system/cpu)").json
    assert [run["name"] for run in ordered] == ["r1", "r0"]


def test_what_a_later_attempt_replaced_is_not_compared(call):
    """As in DataFrames."""
    with trialog.init("acme", "demo", name="r") as run:
        for step in range(4):
            run.log("loss", float(step), step)
    with trialog.init("acme", "demo", resume="r") as run:
        run.log("loss", 0.5, 2)
    (found,) = call("run", "compare", "acme/demo").json
    assert (found["metrics"]["loss"]["max"], found["metrics"]["loss"]["count"]) == (1.0, 3)
