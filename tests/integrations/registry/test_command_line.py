"""``trialog experiment push`` and ``pull``, with a real registry."""

from __future__ import annotations

import orjson
import pytest
from click.testing import CliRunner

import trialog
from trialog._cli.commands import command_line
from trialog._reading.catalogs import close_catalogs


@pytest.fixture
def call():
    """Calls a command; gives its exit code, its answer and what it complained of."""

    def run(*arguments):
        result = CliRunner().invoke(command_line, list(arguments))
        answer = orjson.loads(result.stdout) if result.stdout else None
        return result.exit_code, answer, result.stderr

    yield run
    close_catalogs()


def test_an_experiment_goes_to_a_registry_and_comes_back(debian, call, tmp_path):
    """``push`` says the reference with the digest; ``pull`` has everything, also without it."""
    with trialog.Experiment("sweep", "acme", "p") as experiment:
        experiment.run(parameters={"lr": 0.1}).finish()
        experiment.log_attachment("weights", "application/octet-stream", b"w" * 5000)
    code, sent, _ = call("experiment", "push", "sweep", f"{debian.host}/team/sweep:v1")
    assert code == 0
    assert sent["reference"] == f"{debian.host}/team/sweep:v1@{experiment.digest}"
    store = str(tmp_path / "elsewhere")
    code, came, _ = call("experiment", "pull", f"{debian.host}/team/sweep:v1", "--store", store)
    assert (code, came["digest"], came["runs"]) == (0, experiment.digest, 1)
    client = trialog.LocalClient(store)
    pulled = trialog.Experiment.open("sweep", client=client)
    assert pulled.get_attachment("weights") == b"w" * 5000
    code, _, _ = call("experiment", "tag", "sweep", f"{debian.host}/team/sweep:best")
    assert code == 0
    code, came, _ = call("experiment", "pull", f"{debian.host}/team/sweep:best", "--store", store)
    assert (code, came["digest"]) == (0, experiment.digest)
    code, loaded, _ = call("experiment", "load", sent["reference"], "--store", store)
    assert (code, loaded["id"]) == (0, experiment.id)


@pytest.mark.parametrize("command", ["pull", "load"])
def test_what_a_registry_does_not_have(debian, call, command):
    """One line, exit code 1."""
    code, answer, complaint = call("experiment", command, f"{debian.host}/team/nothing:v1")
    assert (code, answer) == (1, None)
    assert complaint.startswith("error: ")
    assert complaint.count("\n") == 1
