"""Commands that are not there, and what is said instead."""

from __future__ import annotations

import pytest

import trialog


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["list"], "there is no command 'list'; did you mean `trialog run list`?"),
        (["show", "x"], "did you mean `trialog run show`?"),
        (["ls"], "did you mean `trialog run list`?"),
        (["run", "lst"], "did you mean `trialog run list`?"),
        (["run", "doctor"], "did you mean `trialog doctor`?"),
        (["docter"], "did you mean `trialog doctor`?"),
        (["dashboard"], "did you mean `trialog ui`?"),
        (["run", "qqqq"], "there are: list, show, "),
    ],
)
def test_a_command_that_is_not_there(call, arguments, said):
    """One line, exit code 2, and what was probably meant."""
    answer = call(*arguments)
    assert answer.code == 2
    (line,) = answer.stderr.splitlines()
    assert said in line


@pytest.mark.usefixtures("zoo")
def test_the_project_of_a_list_by_option(call):
    """``--project`` is the argument; both are once too many."""
    by_option = call("run", "list", "--project", "digits-sweep").json
    assert by_option == call("run", "list", "digits-sweep").json
    assert len(by_option) == 5
    answer = call("run", "list", "other", "--project", "other")
    assert (answer.code, "given twice" in answer.stderr) == (2, True)


@pytest.mark.usefixtures("zoo")
def test_a_project_is_no_run(call):
    """``run show PROJECT`` says what shows it."""
    answer = call("run", "show", "digits-sweep")
    assert answer.code == 1
    assert "'digits-sweep' is a project, not a run" in answer.stderr
    assert "`trialog run list digits-sweep`" in answer.stderr


@pytest.mark.usefixtures("zoo")
def test_the_newest_json_value_is_shown(call):
    """Of each name, on one line, in JSON too; long ones are shortened on a terminal."""
    with trialog.init("acme", "p", name="notes") as run:
        run.log("note", "cold")
        run.log("note", {"why": "warm"})
        run.log("long", "x" * 500)
    assert call("run", "show", "notes").json["last_values"]["note"] == {"why": "warm"}
    text = call("run", "show", "notes", "--table").stdout
    assert '{"why":"warm"}' in text.replace(": ", ":")
    assert "cold" not in text
    assert "x…" in text


def test_the_doctor_counts_runs(call):
    """A run of two processes is one run with two journals."""
    with trialog.init("acme", "p", id="both"), trialog.init("acme", "p", id="both"):
        pass
    assert "read 1 run (3 journals, 0 blobs, " in call("doctor", "--table").stdout
    assert call("doctor").json["runs"] == 1


@pytest.mark.parametrize("columns", [80, 100])
def test_with_a_best_run_parameters_come_before_other_metrics(call, columns):
    """What may explain the best run has room at 80 columns; other metrics give way."""
    for number in range(12):
        with trialog.init("acme", "digits", name=f"net-{16 * number}-0.003") as run:
            run.log_parameters({"lr": 0.1 / (number + 1), "depth": number})
            run.log({f"metric/{each}": each + number / 7 for each in range(8)})
            run.log("val/acc", number / 12)
    answer = call("run", "compare", "digits", "--best", "val/acc", "--table", columns=columns)
    head = answer.lines[0].split()
    assert head[:5] == ["run", "status", "max(val/acc)", "lr", "depth"]
    assert "no room for" in answer.stdout
