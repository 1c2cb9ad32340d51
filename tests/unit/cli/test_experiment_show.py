"""``trialog experiment show``."""

from __future__ import annotations

import pytest

import trialog
from trialog._format.records import Kind


@pytest.mark.usefixtures("sweeps")
def test_json_has_everything(call):
    """Facts, its own content, all runs with their parameters, and calls of solvers."""
    found = call("experiment", "show", "sweep-1").json
    assert found["status"] == "COMPLETED"
    assert found["project_name"] == "Digits sweep"
    assert found["parameters"] == {"solver": "HiGHS", "seed": 1}
    assert list(found["attachments"]) == ["plan"]
    assert [run["run_id"] for run in found["runs"]] == [0, 1, 2, 3]
    assert found["runs"][0]["parameters"] == {"lr": 0.1, "batch": 32}
    assert found["runs"][3]["status"] == "CRASHED"
    assert found["runs_by_status"] == {"COMPLETED": 3, "CRASHED": 1}
    assert found["solves"] == []
    assert found["digest"] is None


@pytest.mark.usefixtures("sweeps")
def test_the_sheet_begins_with_how_it_ended(call):
    """Name and status, then the reason; then who, when and where."""
    lines = call("experiment", "show", "sweep-2", "--table").lines
    assert lines[0] == "sweep-2  ✗ CRASHED"
    assert lines[1].split(maxsplit=1) == ["reason", "RuntimeError: the node was drained"]
    sheet = "\n".join(lines)
    assert "committed  not yet" in sheet
    assert "acme/digits-sweep (Digits sweep)" in sheet


@pytest.mark.usefixtures("sweeps")
def test_the_sheet_has_every_section(call):
    """Annotations, parameters, runs and attachments, each with how many there are."""
    sheet = call("experiment", "show", "sweep-1", "--table").stdout
    for heading in ("Annotations (1)", "Parameters (2)", "Runs (4)", "Attachments (1)"):
        assert heading in sheet
    assert "org.example.ticket  T-12" in sheet
    assert "runs         4, 1 failed" in sheet
    assert "Solves" not in sheet


@pytest.mark.usefixtures("sweeps")
def test_parameters_that_tell_runs_apart_are_columns(call):
    """One that all have alike stands in a line below; a note says why a run went wrong."""
    lines = call("experiment", "show", "sweep-1", "--table").lines
    start = lines.index("Runs (4)")
    assert lines[start + 1].split() == ["run_id", "status", "duration", "lr", "why", "name", "note"]
    assert lines[start + 3].split()[:3] == ["0", "✓", "COMPLETED"]
    assert "ValueError" in lines[start + 6]
    assert "odd" in lines[start + 6]
    assert lines[start + 7] == "  the same in all 4: batch=32"


def test_runs_that_find_no_room_are_counted(call):
    """So many runs are shown, and what is left out is said: runs, columns, and failed ones."""
    with trialog.Experiment("big", "acme", "p", commit=False) as experiment:
        for number in range(30):
            parameters = {f"a long name of {each}": number * 1000 + each for each in range(9)}
            experiment.run(parameters=parameters).finish("FAILED" if number == 29 else None)
    experiment.finish()
    lines = call("experiment", "show", "big", "--table", columns=80).lines
    start = lines.index("Runs (30)")
    assert lines[start + 3 + 19].split()[0] == "19"
    said = " ".join(" ".join(lines[start + 3 + 20 : start + 3 + 26]).split())
    assert "… and 10 more runs: --runs 30 shows all" in said
    assert "`trialog run list --experiment big --status error`" in said
    assert "no room for" in said
    whole = call("experiment", "show", "big", "--table", "--runs", "30").stdout
    assert "more runs" not in whole
    assert len(call("experiment", "show", "big").json["runs"]) == 30


def test_calls_of_solvers(call):
    """Those of the runs in their order, then those beside them; failed ones are told apart."""
    fact = {
        "adapter": "solvers.highs.Adapter",
        "status": "optimal",
        "objective": 12.5,
        "input": {"sha256": "0" * 64, "size_bytes": 5, "media_type": "text/plain"},
        "began_ns": 1_700_000_000_000_000_000,
        "duration_ns": 1_500_000_000,
    }
    with trialog.Experiment("solved", "acme", "p", commit=False) as experiment:
        own = experiment.run()
        own._append_fact(Kind.SOLVE, {**fact, "name": "first"}, "a solve")
        trouble = {"type": "ValueError", "message": "no", "traceback": ""}
        failed = {**fact, "status": "failed", "objective": None, "exception": trouble}
        own._append_fact(Kind.SOLVE, failed, "a solve")
        own.finish()
    experiment.finish()
    first, second = call("experiment", "show", "solved").json["solves"]
    assert (first["run_id"], first["name"], first["objective"]) == (0, "first", 12.5)
    assert second["exception"] == {"type": "ValueError", "message": "no"}
    lines = call("experiment", "show", "solved", "--table").lines
    start = lines.index("Solves (2)")
    assert lines[start + 1].split() == [
        "run_id", "name", "adapter", "status", "objective", "time",
    ]  # fmt: skip
    assert lines[start + 3].split()[:5] == ["0", "first", fact["adapter"], "optimal", "12.5"]
    assert lines[start + 4].split() == ["0", fact["adapter"], "failed", "1.5", "s"]
    shorter = call("experiment", "show", "solved", "--table", "--runs", "1").lines
    assert "  … and 1 more: --runs 2 shows all" in shorter


def test_without_runs(call):
    """An experiment without a run is shown all the same."""
    trialog.Experiment("empty", "acme", "p").finish("FAILED", reason="nothing to do")
    lines = call("experiment", "show", "empty", "--table").lines
    assert lines[1].split(maxsplit=1) == ["reason", "nothing to do"]
    assert not any(line.startswith("Runs") for line in lines)
    assert call("experiment", "show", "empty").json["runs"] == []


@pytest.mark.usefixtures("sweeps")
def test_by_id_and_by_its_beginning(call):
    """An experiment is found as a run is."""
    (found,) = call("experiment", "list", "--name", "sweep-2").json
    assert call("experiment", "show", found["id"]).json["name"] == "sweep-2"
    assert call("experiment", "show", found["id"][:20]).json["name"] == "sweep-2"


def test_attempts_of_one_that_was_gone_on_with(call):
    """Each attempt has a row, as of a run."""
    trialog.Experiment("again", "acme", "p").finish("FAILED", reason="no room")
    with trialog.Experiment.open("again") as experiment:
        experiment.run().finish()
        lines = call("experiment", "show", "again", "--table").lines
        experiment.finish()
    assert "Attempts (2)" in lines
