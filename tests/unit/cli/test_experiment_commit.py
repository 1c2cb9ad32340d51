"""``trialog experiment commit``."""

from __future__ import annotations

import pytest

import trialog
from trialog.errors import SealedError


@pytest.mark.usefixtures("sweeps")
def test_an_experiment_is_sealed(call):
    """It says the digest; the list and the sheet show it, and nothing more can be logged."""
    line = call("experiment", "commit", "sweep-1", "--table").lines[0]
    (found,) = call("experiment", "list", "--name", "sweep-1").json
    digest = trialog.Experiment.open("sweep-1").digest
    assert found["digest"] == digest
    assert line.startswith("sweep-1 (acme/digits-sweep, ")
    assert digest in line
    assert "(4 runs, " in line
    assert found["size_bytes"] > 0
    assert digest[7:19] in call("experiment", "list", "--table").stdout
    sheet = call("experiment", "show", digest, "--table").stdout
    assert f"sha256       {digest[7:]}" in sheet
    assert "committed    by " in sheet
    with pytest.raises(SealedError):
        trialog.Experiment.open("sweep-1").run()


@pytest.mark.usefixtures("sweeps")
def test_several_and_again(call):
    """JSON has each with its digest; a second time changes nothing, and is said."""
    first = call("experiment", "commit", "sweep-1", "sweep-2").json
    assert [each["name"] for each in first] == ["sweep-1", "sweep-2"]
    again = call("experiment", "commit", "sweep-2", "sweep-1", "sweep-2").json
    assert [each["digest"] for each in again] == [each["digest"] for each in reversed(first)]
    assert "was committed already" in call("experiment", "commit", "sweep-1", "--table").stdout


@pytest.mark.usefixtures("sweeps")
def test_one_with_open_runs_is_left_as_it_is(call):
    """The others are committed; the error names the open run, and the exit code is 1."""
    with trialog.Experiment("live", "acme", "p", commit=False) as experiment:
        run = experiment.run("still going")
        answer = call("experiment", "commit", "live", "sweep-1")
        assert answer.code == 1
        assert [each["name"] for each in answer.json] == ["sweep-1"]
        assert "still going" in answer.stderr
        assert answer.stderr.count("\n") == 1
        run.finish()
    assert call("experiment", "show", "live").json["digest"] is None


@pytest.mark.usefixtures("sweeps")
def test_nothing_is_done_where_one_is_not_found(call):
    """All experiments are found before the first one is committed."""
    assert call("experiment", "commit", "sweep-1", "nothing-like-it").code == 1
    assert call("experiment", "show", "sweep-1").json["digest"] is None


@pytest.mark.usefixtures("sweeps")
@pytest.mark.parametrize(
    "arguments", [["save", "sweep-1", "x.tar"], ["push", "sweep-1", "localhost:1/x"],
                  ["verify", "sweep-1"], ["fork", "sweep-1"]], ids=lambda each: each[0],
)  # fmt: skip
def test_what_needs_a_commit_says_so(call, arguments):
    """One line, exit code 1, and the command that commits it."""
    answer = call("experiment", *arguments)
    assert (answer.code, answer.stdout) == (1, "")
    assert "`trialog experiment commit sweep-1` first" in answer.stderr
