"""``trialog experiment list``, and what the lists of runs say of experiments."""

from __future__ import annotations

import pytest
from click.shell_completion import BashComplete
from rich.cells import cell_len

import trialog
from trialog._cli.commands import command_line


def _names(answer):
    return [each["name"] for each in answer.json]


@pytest.mark.usefixtures("sweeps")
def test_all_experiments_newest_first(call):
    """Experiments are listed, whatever became of them, the newest first; runs are not."""
    assert _names(call("experiment", "list")) == ["実験", "sweep-2", "sweep-1"]


@pytest.mark.usefixtures("sweeps")
@pytest.mark.parametrize(
    "arguments, expected",
    [
        (["digits-sweep"], 2),
        (["--project", "acme/digits-sweep"], 2),
        (["--status", "completed"], 2),
        (["--status", "error"], 1),
        (["--status", "running"], 0),
        (["--tag", "paper"], 1),
        (["--tag", "wide"], 0),
        (["--name", "SWEEP"], 2),
        (["--limit", "1"], 1),
        (["--deleted"], 0),
    ],
)
def test_options_narrow_the_list(call, arguments, expected):
    """Project, status, tag, name and limit each narrow the list."""
    answer = call("experiment", "list", *arguments)
    assert answer.code == 0
    assert len(answer.json) == expected


@pytest.mark.usefixtures("sweeps")
def test_what_json_says_of_one(call):
    """The facts of a run's, the runs by status, and what it was committed to."""
    found = call("experiment", "list", "--name", "sweep-1").json[0]
    assert found["runs"] == 4
    assert found["runs_by_status"] == {"COMPLETED": 3, "CRASHED": 1}
    assert found["annotations"] == {"org.example.ticket": "T-12"}
    assert (found["digest"], found["size_bytes"], found["source"]) == (None, None, None)
    assert found["tags"] == ["paper"]
    assert isinstance(found["created_ns"], int)
    assert "run_id" not in found


@pytest.mark.usefixtures("sweeps")
def test_the_table_counts_runs_and_failures(call):
    """A row says how many runs there are and how many went wrong; the note says why it ended."""
    lines = call("experiment", "list", "--table", columns=160).lines
    assert lines[0].split()[:4] == ["name", "status", "runs", "failed"]
    row = {line.split()[0]: line.split() for line in lines[2:]}
    assert row["sweep-1"][1:5] == ["✓", "COMPLETED", "4", "1"]
    assert row["sweep-2"][1:4] == ["✗", "CRASHED", "1"]
    assert "RuntimeError: the node was drained" in " ".join(row["sweep-2"])


def test_open_runs_are_counted_by_their_true_status(call):
    """Runs that go on are said to be open; such as were never ended are asked for their status."""
    with trialog.Experiment("live", "acme", "p", commit=False) as experiment:
        run = experiment.run()
        experiment.run().finish()
        (found,) = call("experiment", "list", "--status", "running").json
        assert found["runs_by_status"] == {"COMPLETED": 1, "RUNNING": 1}
        answer = call("experiment", "list", "--table")
        assert answer.lines[0].split()[:4] == ["name", "status", "runs", "open"]
        assert answer.lines[2].split()[:5] == ["live", "●", "RUNNING", "2", "1"]
        run.finish()


@pytest.mark.usefixtures("sweeps")
def test_a_table_says_how_many_more_there_are(call):
    """A table stops at its limit and tells what is beyond it."""
    answer = call("experiment", "list", "--table", "--limit", "1")
    assert answer.lines[-1] == "… and 2 older experiments: --limit 3 shows all"


def test_none_is_no_error(call, store):
    """Where nothing was recorded the table says so, and JSON is an empty array."""
    answer = call("experiment", "list", "--table")
    assert (answer.code, answer.stdout) == (0, f"no experiments yet in {store}\n")
    assert call("experiment", "list").json == []


@pytest.mark.usefixtures("sweeps")
@pytest.mark.parametrize("columns", [80, 120, 200])
def test_tables_fit_the_terminal(call, columns):
    """No line is wider than the terminal, and nothing that was logged can steer it."""
    for arguments in (["list"], ["show", "sweep-1"], ["compare"], ["compare", "sweep-1"]):
        answer = call("experiment", *arguments, "--table", columns=columns)
        assert answer.code == 0
        assert max(map(cell_len, answer.lines)) <= columns
        assert "\x1b" not in answer.stdout


@pytest.mark.usefixtures("sweeps")
def test_runs_tell_their_experiment(call):
    """``run list`` says which run of which experiment; a store without any has no such column."""
    runs = {run["name"]: run for run in call("run", "list").json}
    (owner,) = call("experiment", "list", "--name", "sweep-1").json
    assert runs["odd"]["experiment"] == owner["id"]
    assert (runs["odd"]["experiment_name"], runs["odd"]["run_id"]) == ("sweep-1", 3)
    assert (runs["lone"]["experiment"], runs["lone"]["run_id"]) == (None, None)
    table = call("run", "list", "--table", columns=160)
    assert "experiment" in table.lines[0].split()
    assert any("sweep-1, run 3" in line for line in table.lines)
    assert "experiment" not in call("run", "list", "--name", "lone", "--table").lines[0].split()
    assert "experiment  sweep-1, run 3" in call("run", "show", "odd", "--table").stdout
    assert "experiment " not in call("run", "show", "lone", "--table").stdout


@pytest.mark.usefixtures("sweeps")
def test_the_runs_of_one_experiment(call):
    """``run list --experiment`` has its runs alone; other filters hold too."""
    answer = call("run", "list", "--experiment", "sweep-1")
    assert _names(answer) == ["odd", "sweep-1/2", "sweep-1/1", "sweep-1/0"]
    assert _names(call("run", "list", "--experiment", "sweep-1", "--tag", "wide")) == ["odd"]
    assert _names(call("run", "list", "--experiment", "sweep-2")) == ["sweep-2/0"]
    assert "no such runs" in call("run", "list", "--experiment", "実験", "--table").stdout


@pytest.mark.usefixtures("sweeps")
@pytest.mark.parametrize(
    "arguments, said",
    [
        (["experiment", "show", "lone"], "is a run, not an experiment; look at it by `trialog run"),
        (["experiment", "show", "digits-sweep"], "is a project, not an experiment"),
        (["run", "show", "sweep-1"], "is an experiment, not a run; look at it by `trialog exp"),
        (["experiment", "show", "sweep-3"], "did you mean 'sweep-"),
        (["run", "list", "--experiment", "lone"], "is a run, not an experiment"),
        (["experiment", "show", "sweep-1", "--project", "digitsweep"], "there is no project"),
    ],
)
def test_what_is_not_an_experiment(call, arguments, said):
    """One line says what it is and which command shows it; the exit code is 1."""
    answer = call(*arguments)
    assert (answer.code, answer.stdout) == (1, "")
    assert said in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["experiment", "ls"], "did you mean `trialog experiment list`?"),
        (["experiment", "lst"], "did you mean `trialog experiment list`?"),
        (["experiments"], "did you mean `trialog experiment list`?"),
        (["push"], "did you mean `trialog experiment push`?"),
        (["experiment", "why"], "did you mean `trialog run why`?"),
    ],
)
def test_a_command_that_is_not_there(call, arguments, said):
    """One line, exit code 2, and what was probably meant."""
    answer = call(*arguments)
    assert answer.code == 2
    assert said in answer.stderr


@pytest.mark.usefixtures("sweeps")
@pytest.mark.parametrize(
    "words, incomplete, expected",
    [
        (["experiment", "show"], "sw", {"sweep-1", "sweep-2"}),
        (["experiment", "list", "--tag"], "", {"paper", "wide"}),
        (["experiment", "compare"], "digits", {"digits-sweep"}),
        (["experiment", "push"], "実", {"実験"}),
        (["run", "list", "--experiment"], "", {"sweep-1", "sweep-2", "実験"}),
        (["run", "show"], "sweep-1/", {"sweep-1/0", "sweep-1/1", "sweep-1/2"}),
    ],
)
def test_the_shell_completes(words, incomplete, expected):
    """Names of experiments where experiments are meant, and those of runs where runs are."""
    shell = BashComplete(command_line, {}, "trialog", "_TRIALOG_COMPLETE")
    assert {each.value for each in shell.get_completions(words, incomplete)} == expected
