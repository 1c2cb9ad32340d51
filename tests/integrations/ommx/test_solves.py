"""Calls of real solvers, noted in a run."""

import signal
import textwrap
import threading
from typing import Any, ClassVar

import pytest
from ommx.adapter import InfeasibleDetected
from ommx_highs_adapter import OMMXHighsAdapter
from ommx_openjij_adapter import OMMXOpenJijSAAdapter

import trialog
from trialog._format.records import Kind
from trialog._tracking.open_solves import OpenSolve
from trialog._tracking.solves import log_sample, log_solve
from trialog.codecs import codec_for, codec_for_media_type
from trialog.errors import InvalidTypeError, UsageError

HIGHS = "ommx_highs_adapter.adapter.OMMXHighsAdapter"


@pytest.fixture
def run():
    with trialog.init("acme", "OMMX") as run:
        yield run


@pytest.fixture
def facts(run):
    return run._lifecycle.facts


@pytest.fixture
def noted(journals):
    """The calls that were noted so far."""
    return lambda: journals.facts(Kind.SOLVE)


@pytest.fixture
def read_blob(store):
    """The object that a fact points to."""

    def read(blob):
        data = (store / "blobs" / "sha256" / blob["sha256"][:2] / blob["sha256"]).read_bytes()
        assert len(data) == blob["size_bytes"]
        return codec_for_media_type(blob["media_type"]).decode(data)

    return read


@pytest.fixture
def solve_script(script, models, tmp_path):
    """Runs a script that has a ``knapsack`` and the names that a solve needs."""
    codec = codec_for(models.knapsack())
    path = tmp_path / "knapsack.pb"
    path.write_bytes(codec.encode(models.knapsack()))
    head = f"""
import trialog
from ommx_highs_adapter import OMMXHighsAdapter
from trialog._tracking.solves import log_solve
from trialog.codecs import codec_for_media_type

with open({str(path)!r}, "rb") as file:
    knapsack = codec_for_media_type({codec.media_type!r}).decode(file.read())
"""
    return lambda source: script(head + textwrap.dedent(source))


class Spoiling(OMMXHighsAdapter):
    """Changes what it is given."""

    @classmethod
    def solve(cls, ommx_instance, **options):
        ommx_instance.title = "spoilt"
        return super().solve(ommx_instance, **options)


class Failing(OMMXHighsAdapter):
    """Raises what it is told to."""

    error: BaseException

    @classmethod
    def solve(cls, ommx_instance, **options):
        raise cls.error


class Odd(OMMXHighsAdapter):
    """Gives something that is no solution."""

    @classmethod
    def solve(cls, ommx_instance):
        return 5


def test_a_solve_is_noted_whole(facts, models, noted, read_blob):
    """Input, output, adapter, options, value and time; the caller has the solution."""
    solution = log_solve(
        facts, OMMXHighsAdapter, models.knapsack(), name="root", options={"verbose": False}
    )
    assert solution.objective == 8.0
    (solve,) = noted()
    assert (solve["adapter"], solve["options"]) == (HIGHS, {"verbose": False})
    assert (solve["kind"], solve["name"], solve["status"]) == ("solve", "root", "optimal")
    assert solve["objective"] == 8.0
    assert solve["exception"] is None
    assert 0 < solve["duration_ns"] < 60e9
    assert read_blob(solve["input"]).title == "knapsack"
    assert read_blob(solve["output"]).objective == 8.0


def test_options_are_no_parameters(facts, models, run):
    """They belong to the call, not to the run."""
    log_solve(facts, OMMXHighsAdapter, models.knapsack(), options={"verbose": False})
    assert run.parameters == {}


def test_the_instance_stays_as_it_was(facts, models, noted, read_blob):
    """An adapter that changes its instance changes a copy; what is kept is the original."""
    instance = models.knapsack()
    before = codec_for(instance).encode(instance)
    log_solve(facts, Spoiling, instance, options={})
    assert codec_for(instance).encode(instance) == before
    assert read_blob(noted()[0]["input"]).title == "knapsack"


def test_infeasible_is_noted_and_raised(facts, models, noted):
    """The adapter's own exception goes on; the note says what it means."""
    with pytest.raises(InfeasibleDetected):
        log_solve(facts, OMMXHighsAdapter, models.impossible(), options={})
    (solve,) = noted()
    assert (solve["status"], solve["output"]) == ("infeasible", None)
    assert "InfeasibleDetected" in solve["exception"]["type"]


@pytest.mark.parametrize("model, status", [("impossible", "infeasible"), ("endless", "unbounded")])
def test_what_is_proven_is_a_result(facts, models, noted, model, status):
    """With ``on_error="record"`` the loop goes on."""
    instance = getattr(models, model)()
    assert log_solve(facts, OMMXHighsAdapter, instance, on_error="record", options={}) is None
    assert noted()[0]["status"] == status


def test_the_same_exception_is_raised_again(facts, models, noted):
    """Not a copy, and not one of ours."""
    Failing.error = error = ZeroDivisionError("no licence")
    with pytest.raises(ZeroDivisionError) as caught:
        log_solve(facts, Failing, models.knapsack(), options={})
    assert caught.value is error
    (solve,) = noted()
    assert solve["status"] == "failed"
    assert solve["exception"]["message"] == "no licence"
    assert "in solve" in solve["exception"]["traceback"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
@pytest.mark.parametrize("on_error", ["raise", "record"])
def test_an_interruption_goes_on(facts, models, noted, error, on_error):
    """Nobody who wants to stop is held, whatever ``on_error`` says."""
    Failing.error = error
    with pytest.raises(type(error)):
        log_solve(facts, Failing, models.knapsack(), on_error=on_error, options={})
    assert noted()[0]["status"] == "interrupted"


def test_a_run_that_ended_meanwhile_hides_no_error(models):
    """The adapter's exception has the way; that it could not be noted is a note on it."""
    run = trialog.init("acme", "OMMX")

    class Ending(OMMXHighsAdapter):
        @classmethod
        def solve(cls, ommx_instance):
            run.finish()
            raise KeyError("mine")

    with pytest.raises(KeyError) as caught:
        log_solve(run._lifecycle.facts, Ending, models.knapsack(), options={})
    assert "could not be recorded" in caught.value.__notes__[0]


@pytest.mark.parametrize("adapter", [None, "highs", OMMXHighsAdapter.solve, int])
def test_what_is_no_adapter_is_refused(facts, models, noted, adapter):
    """By name, and before anything is done."""
    with pytest.raises(InvalidTypeError, match=r"subclass of ommx\.adapter\.SolverAdapter"):
        log_solve(facts, adapter, models.knapsack(), options={})
    assert noted() == []


def test_an_adapter_object_is_told_from_its_class(facts, models):
    """What was probably meant is said."""
    with pytest.raises(InvalidTypeError, match="give the class, not an instance"):
        log_solve(facts, OMMXHighsAdapter(models.knapsack()), models.knapsack(), options={})


def test_a_solver_is_no_sampler(facts, models):
    """HiGHS gives no samples."""
    with pytest.raises(InvalidTypeError, match="subclass of ommx.adapter.SamplerAdapter, which"):
        log_sample(facts, OMMXHighsAdapter, models.knapsack(), options={})


@pytest.mark.parametrize("instance", [None, b"", "knapsack"])
def test_what_is_no_instance_is_refused(facts, instance):
    """Nothing is solved."""
    with pytest.raises(InvalidTypeError, match="an ommx Instance is solved, not a"):
        log_solve(facts, OMMXHighsAdapter, instance, options={})


def test_an_option_that_is_not_json_is_refused_first(facts, models, noted):
    """With its name; the solver is not started."""
    Failing.error = AssertionError("the solver was started")
    with pytest.raises(InvalidTypeError, match="the option 'start' of .*Failing"):
        log_solve(facts, Failing, models.knapsack(), options={"start": {1, 2}})
    assert noted() == []


def test_a_secret_is_passed_on_and_not_kept(facts, models, noted):
    """A licence's token is the solver's business."""
    given = {}

    class Licensed(OMMXHighsAdapter):
        @classmethod
        def solve(cls, ommx_instance, **options):
            given.update(options)
            return OMMXHighsAdapter.solve(ommx_instance)

    log_solve(facts, Licensed, models.knapsack(), options={"api_token": "t0p", "seed": 1})
    assert given == {"api_token": "t0p", "seed": 1}
    assert noted()[0]["options"] == {"api_token": "[redacted]", "seed": 1}


def test_another_result_is_an_error_of_the_adapter(facts, models, noted):
    """It is noted as failed, and named."""
    with pytest.raises(InvalidTypeError, match="Odd gave a int, not an ommx Solution"):
        log_solve(facts, Odd, models.knapsack(), options={})
    assert noted()[0]["status"] == "failed"


def test_other_words_for_on_error_are_refused(facts, models):
    """There are two."""
    with pytest.raises(UsageError, match="'raise' or 'record', not 'ignore'"):
        log_solve(facts, OMMXHighsAdapter, models.knapsack(), on_error="ignore", options={})


def test_samples_are_noted(facts, models, noted, read_blob):
    """A real sampler; the value is that of the best sample."""
    samples = log_sample(
        facts, OMMXOpenJijSAAdapter, models.free(), options={"num_reads": 3, "seed": 1}
    )
    (solve,) = noted()
    assert (solve["kind"], solve["status"], solve["objective"]) == ("sample", "feasible", -2.0)
    assert solve["options"] == {"num_reads": 3, "seed": 1}
    assert len(samples.feasible) == 3
    assert read_blob(solve["output"]).feasible == samples.feasible


def test_a_sampler_solves_too(facts, models, noted):
    """Its best sample is a solution: feasible, nobody says optimal."""
    solution = log_solve(facts, OMMXOpenJijSAAdapter, models.free(), options={"seed": 1})
    assert solution.objective == -2.0
    assert (noted()[0]["kind"], noted()[0]["status"]) == ("solve", "feasible")


def test_diagnostics_are_kept_where_asked_for(facts, models, noted, store):
    """What HiGHS tells on the way, as JSON; nothing of it unasked."""
    if not models.is_3:
        with pytest.raises(UsageError, match="tells no diagnostics"):
            log_solve(
                facts, OMMXHighsAdapter, models.knapsack(), store_diagnostics=True, options={}
            )
        return
    log_solve(facts, OMMXHighsAdapter, models.knapsack(), options={})
    log_solve(facts, OMMXHighsAdapter, models.knapsack(), store_diagnostics=True, options={})
    without, with_ = noted()
    assert without["diagnostics"] is None
    digest = with_["diagnostics"]["sha256"]
    told = codec_for_media_type("application/json").decode(
        (store / "blobs" / "sha256" / digest[:2] / digest).read_bytes()
    )
    assert told[-1]["status"] == "Optimal"


# -- by hand ---------------------------------------------------------------------------------------


def test_a_solver_is_driven_by_hand(facts, models, noted, read_blob):
    """The solver's own model, options set on it, and what the adapter makes of its output."""
    opened = OpenSolve(facts, OMMXHighsAdapter, models.knapsack(), name="by hand", options={})
    with opened as solve:
        solve.log_adapter_option("time_limit", 3.0)
        model = solve.solver_input
        model.run()
        assert solve.decode(model).objective == 8.0
        assert solve.status is None
    assert solve.status == "optimal"
    (fact,) = noted()
    assert (fact["name"], fact["options"]) == ("by hand", {"time_limit": 3.0})
    assert read_blob(fact["output"]).objective == 8.0


def test_a_solver_without_adapter_has_a_name(facts, models, noted):
    """The solution is recorded as it was found."""
    instance = models.knapsack()
    with OpenSolve(facts, "my heuristic", instance, options={"seed": 4}) as solve:
        solve.record(solve.instance.evaluate({0: 1, 1: 0, 2: 1}))
    (fact,) = noted()
    assert (fact["adapter"], fact["status"], fact["objective"]) == ("my heuristic", "feasible", 8)


def test_what_breaks_a_constraint_is_infeasible(facts, models, noted):
    """With an output, that can be looked at."""
    with OpenSolve(facts, "greedy", models.knapsack(), options={}) as solve:
        solve.record(solve.instance.evaluate({0: 1, 1: 1, 2: 1}))
    assert noted()[0]["status"] == "infeasible"
    assert noted()[0]["output"]


def test_a_block_without_result_is_a_mistake(facts, models, noted):
    """It is noted, and said; ``record(None)`` says that there was none."""
    silent = OpenSolve(facts, "greedy", models.knapsack(), options={})
    with pytest.raises(UsageError, match=r"record\(None\) where the solver found none"), silent:
        pass
    with OpenSolve(facts, "greedy", models.knapsack(), options={}) as solve:
        solve.record(None)
    assert [each["status"] for each in noted()] == ["failed", "failed"]
    assert noted()[1]["exception"] is None


def test_an_exception_in_the_block_is_noted(facts, models, noted):
    """A result that was there before it is kept."""

    def drive(solve, *, finds):
        with solve:
            if finds:
                solve.record(solve.instance.evaluate({0: 1, 1: 0, 2: 1}))
            raise KeyError("mine")

    for finds in (False, True):
        with pytest.raises(KeyError):
            drive(OpenSolve(facts, "greedy", models.knapsack(), options={}), finds=finds)
    assert [each["status"] for each in noted()] == ["failed", "feasible"]


def test_a_block_is_used_while_it_is_open(facts, models):
    """Neither before nor after, and once."""
    solve = OpenSolve(facts, "greedy", models.knapsack(), options={})
    with pytest.raises(UsageError, match="was not entered"):
        solve.record(None)
    with solve:
        solve.record(None)
    with pytest.raises(UsageError, match="has ended"):
        solve.record(None)
    with pytest.raises(UsageError, match="opened before"):
        solve.__enter__()


class Oracle(OMMXHighsAdapter):
    """Knows the solutions: OMMX 3.0.0b7 may hang for ever where several threads evaluate."""

    solutions: ClassVar[list[Any]] = []

    @classmethod
    def solve(cls, ommx_instance, *, which):
        return cls.solutions[which]


def test_threads_solve_into_one_run(facts, models, noted):
    """Each call is noted for itself."""
    instances = [models.knapsack() for _ in range(3)]
    Oracle.solutions = [
        each.evaluate({number: float(number == which) for number in range(3)})
        for which, each in enumerate(instances)
    ]
    threads = [
        threading.Thread(
            target=log_solve,
            args=(facts, Oracle, instances[which]),
            kwargs={"name": str(which), "options": {"which": which}},
        )
        for which in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {each["name"]: (each["options"], each["objective"]) for each in noted()}
    assert found == {str(which): ({"which": which}, 3.0 + which) for which in range(3)}


def test_the_solvers_console_lies_in_its_time(solve_script, monkeypatch, journals):
    """What HiGHS prints through C lies between its beginning and its end; nothing else does."""
    monkeypatch.setenv("TRIALOG_CAPTURE", "console")
    done = solve_script(
        """
        import time

        with trialog.init("acme", "OMMX") as run:
            run.log("ready", 1)
            for turn in range(3):
                print("before", turn)
                log_solve(
                    run._lifecycle.facts, OMMXHighsAdapter, knapsack, options={"verbose": True}
                )
                time.sleep(0.02)
                print("after", turn)
        """,
    )
    assert done.returncode == 0, done.stderr
    lines = [line for each in journals.facts(Kind.CONSOLE) for line in each["lines"]]
    for solve in journals.facts(Kind.SOLVE):
        began, ended = solve["began_ns"], solve["began_ns"] + solve["duration_ns"]
        inside = [text for time_ns, text in lines if began <= time_ns <= ended]
        assert any("HiGHS" in text for text in inside)
        assert not any(text.startswith(("before", "after")) for text in inside)
    texts = [text for _, text in lines]
    assert [text for text in texts if text.startswith(("before", "after"))] == [
        f"{word} {turn}" for turn in range(3) for word in ("before", "after")
    ]


def test_ctrl_c_in_a_solver_is_an_interruption(solve_script, journals):
    """The signal reaches the run, and the solve says so."""
    done = solve_script(
        """
        import os
        import signal

        class Long(OMMXHighsAdapter):
            @classmethod
            def solve(cls, ommx_instance):
                os.kill(os.getpid(), signal.SIGINT)
                signal.pause()

        with trialog.init("acme", "OMMX") as run:
            log_solve(run._lifecycle.facts, Long, knapsack, options={})
        """,
    )
    assert done.returncode == -signal.SIGINT or "KeyboardInterrupt" in done.stderr
    assert [each["status"] for each in journals.facts(Kind.SOLVE)] == ["interrupted"]
