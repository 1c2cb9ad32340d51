"""``trialog run delete`` and ``trialog run restore``."""

from __future__ import annotations

import pytest

import trialog


def _names(answer):
    return [run["name"] for run in answer.json]


@pytest.mark.usefixtures("zoo")
def test_deleted_runs_are_hidden_and_come_back(call):
    """Deleting hides runs, by name or id; the line it prints brings them back."""
    id_ = call("run", "show", "good_1").json["id"]
    answer = call("run", "delete", "good_0", id_, "--table")
    assert answer.code == 0
    assert "deleted good_0 (acme/digits-sweep, " in answer.lines[0]
    assert set(_names(call("run", "list", "--name", "good"))) == {"good_2"}
    assert set(_names(call("run", "list", "--deleted"))) == {"good_0", "good_1"}
    assert "deleted" in call("run", "list", "--deleted", "--table", columns=200).stdout
    way_back = answer.lines[-1].partition(": trialog ")[2].split()
    restored = call(*way_back)
    assert _names(restored) == ["good_0", "good_1"]
    assert all(run["deleted_ns"] is None for run in restored.json)
    assert len(call("run", "list", "--name", "good").json) == 3
    assert call("run", "list", "--deleted").json == []


@pytest.mark.usefixtures("zoo")
def test_the_answer_in_json_has_the_new_state(call):
    """JSON has each run as it is afterwards: when it was deleted, and by whom."""
    (run,) = call("run", "delete", "empty").json
    assert isinstance(run["deleted_ns"], int)
    assert run["date_deleted"].endswith("+00:00")


@pytest.mark.usefixtures("zoo")
def test_nothing_changes_where_one_is_not_found(call):
    """All runs are found before the first one is deleted."""
    answer = call("run", "delete", "good_0", "nothing-like-it")
    assert answer.code == 1
    assert call("run", "list", "--deleted").json == []


@pytest.mark.usefixtures("zoo")
def test_doing_it_twice_is_said(call):
    """A run that is deleted already, or was not deleted, is no error."""
    call("run", "delete", "good_0")
    answer = call("run", "delete", "good_0", "--table")
    assert (answer.code, "was deleted already" in answer.stdout) == (0, True)
    call("run", "restore", "good_0")
    answer = call("run", "restore", "good_0", "--table")
    assert (answer.code, "was not deleted" in answer.stdout) == (0, True)


def test_the_id_of_one_and_the_name_of_another_deletes_neither(call):
    """Both are named; ``--project`` decides."""
    trialog.init("acme", "a", id="exp1", name="first").finish()
    trialog.init("acme", "b", name="exp1").finish()
    answer = call("run", "delete", "exp1")
    assert answer.code == 2
    assert "'exp1' is the id of a run of acme/a ('first') and the name" in answer.stderr
    assert len(call("run", "list").json) == 2
    assert _names(call("run", "delete", "exp1", "--project", "b")) == ["exp1"]
    assert _names(call("run", "delete", "exp1", "--project", "a")) == ["first"]


def test_a_name_in_several_projects_needs_the_project(call):
    """An ambiguous name deletes nothing; ``--project`` decides."""
    for project in ("one", "two"):
        trialog.init("acme", project, name="same").finish()
    assert call("run", "delete", "same").code == 2
    assert [run["project"] for run in call("run", "delete", "same", "--project", "two").json] == [
        "two"
    ]
    # Now only one of that name is to be seen.
    assert [run["project"] for run in call("run", "delete", "same").json] == ["one"]


def test_a_run_that_goes_on_can_be_hidden(call):
    """Deleting a run under way says that it goes on."""
    with trialog.init("acme", "demo", name="live") as run:
        assert "it goes on" in call("run", "delete", "live", "--table").stdout
        run.log("loss", 1.0)
    assert call("run", "show", "live").json["points"] == 1


def test_a_run_must_be_named():
    """Neither command does anything to no run at all."""
    from click.testing import CliRunner

    from trialog._cli.commands import command_line

    for command in ("delete", "restore"):
        assert CliRunner().invoke(command_line, ["run", command]).exit_code == 2
