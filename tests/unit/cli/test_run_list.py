"""``trialog run list``."""

from __future__ import annotations

import os

import pytest
from click.shell_completion import BashComplete

import trialog
from trialog._cli.commands import command_line


def _names(answer):
    return [run["name"] for run in answer.json]


@pytest.mark.usefixtures("zoo")
def test_all_runs_newest_first(call):
    """Every run of the store is listed, whatever became of it, the newest first."""
    answer = call("run", "list")
    assert answer.code == 0
    assert _names(answer) == ["実験_長い名前", "empty", "crashed", "good_2", "good_1", "good_0"]


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["digits-sweep"], 5),
        (["Digits sweep"], 5),
        (["acme/digits-sweep"], 5),
        (["--status", "completed"], 4),
        (["--status", "CrAsHeD"], 1),
        (["--status", "done"], 4),
        (["--status", "error"], 2),
        (["--status", "failed,crashed"], 2),
        (["--status", "failed", "--status", "crashed"], 2),
        (["--status", "running"], 0),
        (["--tag", "good"], 4),
        (["--tag", "good", "--tag", "wide"], 1),
        (["--name", "GOOD"], 3),
        (["--name", "実験"], 1),
        (["--limit", "2"], 2),
        (["--limit", "0"], 0),
        (["--limit", "2", "--status", "done"], 2),
        (["acme/digits-sweep", "--name", "good", "--status", "done", "--tag", "good"], 3),
        (["--deleted"], 0),
        (["--where", 'status == "done" and "good" in tags'], 4),
        (["--where", "'good' in name", "--status", "done", "--limit", "2"], 2),
        (["--where", 'age < "1h"', "digits-sweep"], 5),
        (["--where", "deleted"], 0),
    ],
)
def test_options_narrow_the_list(call, arguments, expected):
    """Project, status, tag, name and limit each narrow the list, and all hold together."""
    answer = call("run", "list", *arguments)
    assert answer.code == 0
    assert len(answer.json) == expected


@pytest.mark.usefixtures("zoo")
def test_a_list_has_the_order_that_is_asked_for(call):
    """What --sort says comes before what is newest, and --limit leaves the first."""
    names = _names(call("run", "list", "--sort", "name", "--where", "'good' in name"))
    assert names == ["good_0", "good_1", "good_2"]
    assert _names(call("run", "list", "--sort", "-name", "--limit", "2")) == [
        "実験_長い名前",
        "good_2",
    ]
    with_table = call("run", "list", "--table", "--sort", "name", "--limit", "1")
    assert with_table.lines[-1] == "… and 5 more runs: --limit 6 shows all"
    assert "crashed" in with_table.stdout
    assert "good_0" not in with_table.stdout


@pytest.mark.usefixtures("zoo")
def test_a_filter_that_cannot_be_understood_is_shown(call):
    """As misuse: what is wrong, the text, and carets under the place."""
    answer = call("run", "list", "--where", "name = 'x'")
    assert answer.code == 2
    assert answer.stderr.splitlines() == [
        "error: '=' does not compare: did you mean ==?",
        "  name = 'x'",
        "       ^",
    ]


@pytest.mark.usefixtures("zoo")
def test_a_filter_that_finds_nothing_says_why(call):
    """The name in it that no run has, and the nearest."""
    answer = call("run", "list", "--table", "--where", "no_such_name > 1")
    assert answer.code == 0
    assert "no run has a parameter 'no_such_name'" in answer.stdout


def test_times_are_exact_and_readable(call, zoo):
    """A time is an integer in nanoseconds, and beside it the same moment in ISO 8601."""
    run = call("run", "list", "--limit", "1").json[0]
    for moment in ("created", "updated", "ended"):
        assert isinstance(run[f"{moment}_ns"], int)
        assert run[f"date_{moment}"].endswith("+00:00")
    assert run["created_ns"] <= run["ended_ns"]
    assert run["created_ns"] // 1000 * 1000 == _nanoseconds(run["date_created"])
    assert run["deleted_ns"] is None


def _nanoseconds(text):
    from datetime import UTC, datetime, timedelta

    moment = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return moment // timedelta(microseconds=1) * 1000


@pytest.mark.usefixtures("zoo")
def test_a_table_says_how_many_more_there_are(call):
    """A table stops at its limit, tells what is beyond it, and how to see that."""
    answer = call("run", "list", "--table", "--limit", "2")
    assert "empty" in answer.stdout
    assert "good_2" not in answer.stdout
    assert answer.lines[-1] == "… and 4 older runs: --limit 6 shows all"


@pytest.mark.usefixtures("zoo")
def test_what_is_beyond_the_limit_is_counted_among_statuses(call):
    """With a status asked for, only runs of that status are counted."""
    answer = call("run", "list", "--table", "--limit", "1", "--status", "done")
    assert answer.lines[-1] == "… and 3 older runs: --limit 4 shows all"


def test_a_live_run_is_counted_by_its_true_status(call):
    """A run that goes on is RUNNING, for the filter, the count and the table."""
    with trialog.init("acme", "live", name="first"), trialog.init("acme", "live", name="second"):
        answer = call("run", "list", "--status", "running", "--table", "--limit", "1")
        assert "● RUNNING" in answer.stdout
        assert answer.lines[-1] == "… and 1 older run: --limit 2 shows all"
        assert _names(call("run", "list", "--status", "running")) == ["second", "first"]
    assert call("run", "list", "--status", "running").json == []


def test_an_empty_store_is_no_error(call, store):
    """Where nothing was logged yet the table says so, and JSON is an empty array."""
    answer = call("run", "list", "--table")
    assert (answer.code, answer.stdout) == (0, f"no runs yet in {store}\n")
    assert call("run", "list").json == []


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize("columns", [30, 60, 80, 120, 200])
def test_a_table_is_never_wider_than_the_terminal(call, columns):
    """Lines fit the width, wide letters counted as two; name and status are always there."""
    from rich.cells import cell_len

    answer = call("run", "list", "--table", columns=columns)
    if columns >= 60:
        assert all(cell_len(line) <= columns for line in answer.lines)
        assert "crashed" in answer.stdout
    assert "✗ CRASHED" in answer.stdout
    assert ("infeasible" in answer.stdout) == (columns >= 80)


@pytest.mark.usefixtures("zoo")
def test_what_was_logged_cannot_steer_the_terminal(call):
    """Escape sequences and markup in a message stand in the table as text."""
    answer = call("run", "list", "--table", "--name", "crashed", columns=200)
    assert "\x1b" not in answer.stdout
    assert r"too \x1b[31mred" in answer.stdout
    assert "[bold]" in call("run", "show", "crashed", "--table").stdout


@pytest.mark.usefixtures("zoo")
def test_an_unknown_project_names_the_nearest(call):
    """A project that is not there is an error of one line, with what was probably meant."""
    answer = call("run", "list", "digits-swep")
    assert (answer.code, answer.stdout) == (1, "")
    assert answer.stderr == (
        "error: there is no project 'digits-swep'; did you mean 'digits-sweep'?\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [["--status", "bogus"], ["--limit", "-1"], ["--limit", "x"], ["--nope"], ["a", "b"]],
    ids=" ".join,
)
def test_misuse_ends_with_2_and_one_line(call, arguments):
    """Wrong options end with 2; stderr has one line that says where help is."""
    answer = call("run", "list", *arguments)
    assert (answer.code, answer.stdout) == (2, "")
    assert answer.stderr.startswith("error: ")
    assert answer.stderr.count("\n") == 1
    assert "trialog run list --help" in answer.stderr


def test_the_store_is_taken_before_and_after_the_command(call, store, monkeypatch, tmp_path):
    """``--store`` wins over TRIALOG_HOME, wherever it stands; a path with nothing is an error."""
    with trialog.init("acme", "demo", name="here"):
        pass
    monkeypatch.setenv("TRIALOG_HOME", str(tmp_path / "elsewhere"))
    assert call("run", "list").json == []
    assert _names(call("--store", str(store), "run", "list")) == ["here"]
    assert _names(call("run", "list", "--store", str(store))) == ["here"]
    answer = call("run", "list", "--store", str(tmp_path / "nothing"))
    assert answer.code == 1
    assert answer.stderr == f"error: there is no store at {str(tmp_path / 'nothing')!r}\n"


def test_a_store_that_is_a_file_is_one_line(call, tmp_path):
    """A store that cannot be used ends with 1 and one line, never a traceback."""
    path = tmp_path / "file"
    path.write_text("x")
    answer = call("--store", os.fspath(path), "run", "list")
    assert answer.code == 1
    assert answer.stderr.startswith("error: ")
    assert answer.stderr.count("\n") == 1


@pytest.mark.usefixtures("zoo")
@pytest.mark.parametrize(
    "option,incomplete,expected",
    [
        ("--where", "sta", "status"),
        ("--where", 'status == "done" and "goo', 'status == "done" and "good" in tags'),
        ("--sort", "dur", "duration"),
    ],
)
def test_the_shell_completes_a_filter(option, incomplete, expected):
    """With what is typed before it, since the shell replaces all of the word."""
    shell = BashComplete(command_line, {}, "trialog", "_TRIALOG_COMPLETE")
    found = shell.get_completions(["run", "list", option], incomplete)
    assert expected in [item.value for item in found]
