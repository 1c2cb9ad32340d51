"""What users see of OMMX: methods of runs and experiments, and what is read of them."""

import re
import sys
import types
from pathlib import Path

import pandas as pd
import pytest
from ommx.adapter import InfeasibleDetected
from ommx_highs_adapter import OMMXHighsAdapter
from ommx_openjij_adapter import OMMXOpenJijSAAdapter

import trialog
from trialog.errors import InvalidTypeError, RunFinishedError

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "ommx.md"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_a_run_solves_and_tells_of_it(models):
    """All of a call comes back, objects and all."""
    with trialog.init("acme", "OMMX") as run:
        run.log_parameter("capacity", 6)
        given = run.log_solve(OMMXHighsAdapter, models.knapsack(), name="root", verbose=False)
        run.log_sample(OMMXOpenJijSAAdapter, models.free(), num_reads=2, seed=1)
        run.log_solve(OMMXHighsAdapter, models.impossible(), on_error="record")
    solve, sample, failed = trialog.get_run(run.id).solves
    assert (solve.kind, solve.name, solve.status) == ("solve", "root", "optimal")
    assert (solve.objective, solve.options) == (given.objective, {"verbose": False})
    assert solve.get_input().title == "knapsack"
    assert solve.get_output().objective == given.objective
    assert solve.get_diagnostics() == []
    assert solve.date_began < solve.date_ended
    assert (sample.kind, len(sample.get_output().feasible)) == ("sample", 2)
    assert (failed.status, failed.output) == ("infeasible", None)
    assert "InfeasibleDetected" in failed.exception.type


def test_the_parameters_of_runs_are_not_those_of_solvers(models):
    """A table of runs has the one, a table of solves the other."""
    with trialog.Experiment("knapsacks", "acme", "OMMX") as experiment:
        for capacity in (4, 6):
            with experiment.run() as run:
                run.log_parameter("capacity", capacity)
                run.log_solve(OMMXHighsAdapter, models.knapsack(capacity), verbose=False)
        with pytest.raises(InfeasibleDetected), experiment.run() as run:
            run.log_solve(OMMXHighsAdapter, models.impossible())
    assert list(experiment.run_parameters_df().columns) == ["capacity"]
    table = experiment.solves_df()
    assert table["status"].to_list() == ["optimal", "optimal", "infeasible"]
    assert table["objective"].to_list()[:2] == [5.0, 8.0]
    assert pd.isna(table["objective"].iloc[2])


def test_typed_logs_take_their_own_kind(models):
    """A solution is no instance, whatever it is called."""
    solution = OMMXHighsAdapter.solve(models.knapsack())
    with trialog.init("acme", "OMMX") as run:
        run.log_instance("problem", models.knapsack())
        run.log_solution("best", solution)
        with pytest.raises(InvalidTypeError, match="takes an ommx Instance here"):
            run.log_instance("wrong", solution)
    assert trialog.get_run(run.id).get_value("best").objective == 8.0


def test_a_run_that_has_ended_solves_nothing(models):
    """And says so before the solver begins."""
    run = trialog.init("acme", "OMMX")
    run.finish()
    with pytest.raises(RunFinishedError):
        run.log_solve(OMMXHighsAdapter, models.knapsack())
    with pytest.raises(RunFinishedError):
        run.open_solve("by hand", models.knapsack())


def test_the_page_is_true(monkeypatch, tmp_path):
    """Its code runs from top to bottom, in an empty folder with an empty store."""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert blocks
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "page", module := types.ModuleType("page"))
    for code in blocks:
        exec(compile(code, str(PAGE), "exec"), vars(module))
