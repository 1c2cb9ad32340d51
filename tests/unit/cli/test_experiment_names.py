"""``trialog experiment fork``, ``rename`` and ``tag``."""

from __future__ import annotations

import pytest

import trialog


@pytest.mark.usefixtures("sweeps")
def test_a_fork_goes_on(call):
    """It has the runs of the one it came from, and takes its own under the next numbers."""
    call("experiment", "commit", "sweep-1")
    made = call("experiment", "fork", "sweep-1", "longer").json
    assert (made["name"], made["project"], made["runs"]) == ("longer", "digits-sweep", 4)
    assert made["first_run_id"] == 4
    assert made["digest"] is None
    with trialog.Experiment.open("longer") as experiment, experiment.run() as run:
        assert run.run_id == 4
    shown = call("experiment", "show", "longer").json
    assert [each["run_id"] for each in shown["runs"]] == [0, 1, 2, 3, 4]
    assert {each["experiment_name"] for each in shown["runs"]} == {"longer"}
    assert shown["parent_name"] == "sweep-1"
    assert shown["runs_by_status"] == {"COMPLETED": 4, "CRASHED": 1}
    sheet = call("experiment", "show", "longer", "--table").stdout
    assert "forked from  sweep-1, runs of its own from 4 on" in sheet
    runs = call("run", "list", "--experiment", "longer").json
    assert [each["run_id"] for each in runs] == [4, 3, 2, 1, 0]
    assert [each["experiment_name"] for each in runs] == ["longer", *["sweep-1"] * 4]
    assert len(call("experiment", "compare", "longer", "sweep-1").json) == 9
    assert call("experiment", "show", "sweep-1").json["runs_by_status"]["COMPLETED"] == 3


@pytest.mark.usefixtures("sweeps")
def test_a_fork_into_another_project(call):
    """``--into`` says where; the line names both."""
    call("experiment", "commit", "sweep-1")
    line = call("experiment", "fork", "sweep-1", "--into", "bob/Other", "--table").stdout
    assert line.startswith("forked sweep-1 (acme/digits-sweep, ")
    assert ": sweep-1 (bob/other, " in line
    assert line.endswith(") goes on from its 4 runs\n")


@pytest.mark.usefixtures("sweeps")
def test_the_old_name_leads_to_it(call):
    """After ``rename`` both names do; a taken name gets a number."""
    made = call("experiment", "rename", "sweep-1", "rates of learning").json
    assert made["name"] == "rates of learning"
    assert call("experiment", "show", "sweep-1").json["id"] == made["id"]
    answer = call("experiment", "rename", "sweep-2", "rates of learning", "--table")
    assert "is called rates of learning_1 now" in answer.stdout


@pytest.mark.usefixtures("sweeps")
def test_one_more_name(call):
    """``tag`` gives one that every command takes; one that is taken is refused."""
    call("experiment", "tag", "sweep-2", "best")
    assert call("experiment", "show", "best").json["name"] == "sweep-2"
    answer = call("experiment", "tag", "sweep-1", "best")
    assert (answer.code, answer.stdout) == (1, "")
    assert "leads to the experiment 'sweep-2'" in answer.stderr
    line = call("experiment", "tag", "sweep-2", "the best", "--table").stdout
    assert line.startswith("the best leads to sweep-2 (acme/digits-sweep, ")


@pytest.mark.usefixtures("sweeps")
def test_what_cannot_be_a_name(call):
    """It is misuse, in one line."""
    for command in ("rename", "tag"):
        answer = call("experiment", command, "sweep-1", " ")
        assert (answer.code, answer.stdout) == (2, "")
        assert answer.stderr.count("\n") == 1
