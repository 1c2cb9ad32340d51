"""How runs end, in the corners of the table: rules of the user, nested blocks, other threads."""

from __future__ import annotations

import asyncio
import sys
import threading

import pytest

import trialog
from trialog import RunStatus, errors


def ended(journals, name="r"):
    end = journals.end(name)
    assert end is not None
    return end["status"], end["reason"]


class Infeasible(Exception):  # noqa: N818 # users name theirs as they like
    pass


class VeryInfeasible(Infeasible):
    pass


@pytest.mark.parametrize(
    "rules,error,status",
    [
        ({Infeasible: "FAILED"}, Infeasible("x"), "FAILED"),
        ({Infeasible: RunStatus.COMPLETED}, Infeasible("x"), "COMPLETED"),
        ({Infeasible: "failed"}, VeryInfeasible("x"), "FAILED"),
        ({Exception: "failed", Infeasible: "canceled"}, VeryInfeasible("x"), "CANCELED"),
        ({Infeasible: "failed"}, ValueError("x"), "CRASHED"),
        ({KeyboardInterrupt: "completed"}, KeyboardInterrupt(), "COMPLETED"),
        ({SystemExit: "failed"}, SystemExit(0), "FAILED"),
        ({BaseException: None}, GeneratorExit(), "COMPLETED"),
        ({}, Infeasible("x"), "CRASHED"),
    ],
    ids=repr,
)
def test_the_users_rules_map_exceptions_to_statuses(journals, rules, error, status):
    """The nearest class of the exception decides; the exception goes on unchanged."""
    with pytest.raises(type(error)) as caught, trialog.init("p", name="r", ends=rules):
        raise error
    assert caught.value is error
    assert ended(journals)[0] == status
    assert trialog.get_run("r").status is RunStatus[status]


@pytest.mark.parametrize(
    "rules,kind",
    [
        ([ValueError], errors.InvalidTypeError),
        ("ValueError", errors.InvalidTypeError),
        ({"ValueError": "FAILED"}, errors.InvalidTypeError),
        ({int: "FAILED"}, errors.InvalidTypeError),
        ({ValueError("x"): "FAILED"}, errors.InvalidTypeError),
        ({ValueError: "RUNNING"}, errors.UsageError),
        ({ValueError: "PENDING"}, errors.UsageError),
        ({ValueError: "nonsense"}, errors.UsageError),
        ({ValueError: 3}, errors.InvalidTypeError),
    ],
    ids=repr,
)
def test_rules_that_mean_nothing_are_refused_before_anything_is_written(store, rules, kind):
    """A misspelt status is told at init(), not when the night's training ends."""
    with pytest.raises(kind):
        trialog.init("p", ends=rules)
    assert not store.exists()


@pytest.mark.parametrize("status", ["RUNNING", "pending", "nonsense", 3])
def test_at_exit_takes_only_statuses_that_end_a_run(store, status):
    """As ``ends=`` does, and at init()."""
    with pytest.raises((errors.UsageError, errors.InvalidTypeError)):
        trialog.init("p", at_exit=status)
    assert not store.exists()


def test_pruned_trials_are_complete(journals):
    """Optuna's TrialPruned is known by its name alone; nothing of Optuna is imported."""
    pruned = type("TrialPruned", (Exception,), {"__module__": "optuna.exceptions"})
    with pytest.raises(pruned), trialog.init("p", name="r"):
        raise pruned
    assert ended(journals) == ("COMPLETED", "pruned")


def test_an_interrupt_ends_every_block_it_leaves(journals):
    """Ctrl-C in nested blocks: both are INTERRUPTED, neither is taken for the other."""

    def train():
        with trialog.init("p", name="outer"), trialog.init("p", name="inner"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train()
    assert ended(journals, "outer") == ended(journals, "inner") == ("INTERRUPTED", "SIGINT")


def test_an_exception_caught_between_two_blocks_ends_the_inner_one_only(journals):
    """A trial crashes, the sweep goes on."""
    with trialog.init("p", name="sweep") as sweep:
        for number in range(3):
            with pytest.raises(ZeroDivisionError), trialog.init("p", name=f"trial-{number}"):
                _ = 1 / 0
            assert trialog.get_active_run() is sweep
    assert ended(journals, "sweep") == ("COMPLETED", None)
    assert ended(journals, "trial-2")[0] == "CRASHED"


def test_the_same_run_entered_twice_ends_with_its_outer_block(journals):
    """Libraries may enter the run they are given."""
    with trialog.init("p", name="r") as run:
        with run:
            run.log("x", 1.0)
        assert run.status is RunStatus.RUNNING
        run.log("x", 2.0)
    assert ended(journals) == ("COMPLETED", None)
    assert len(journals.points("x")) == 2
    with pytest.raises(errors.RunFinishedError):
        run.__enter__()


def test_an_exception_that_another_exit_swallows_is_none(journals):
    """What leaves the run's own block decides, not what was raised inside it."""

    class Swallow:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return True

    with trialog.init("p", name="r"), Swallow():
        raise ValueError("swallowed")
    assert ended(journals) == ("COMPLETED", None)


def test_an_exception_that_another_exit_raises_is_the_runs(journals):
    """The exception of a cleanup replaces the first one, as Python has it; both are in the text."""

    class Clumsy:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            raise OSError("while cleaning up")

    with pytest.raises(OSError, match="cleaning"), trialog.init("p", name="r"), Clumsy():
        raise ValueError("first")
    assert ended(journals) == ("CRASHED", "OSError: while cleaning up")
    traceback = journals.end("r")["exception"]["traceback"]
    assert "ValueError: first" in traceback
    assert "OSError: while cleaning up" in traceback


def test_exceptions_that_cannot_be_shown_end_a_run_all_the_same(journals):
    """Their __str__ raises, their text is endless or no Unicode: the user's exception goes on."""

    class Mute(Exception):  # noqa: N818
        def __str__(self):
            raise RuntimeError("no words")

    for number, error in enumerate([Mute(), ValueError("x" * 10**6), ValueError("\ud800")]):
        with pytest.raises(type(error)) as caught, trialog.init("p", name=f"r{number}"):
            raise error
        assert caught.value is error
        end = journals.end(f"r{number}")
        assert end["status"] == "CRASHED"
        assert len(end["exception"]["traceback"]) < 10_000
        assert trialog.get_run(f"r{number}").exception.type


def test_a_run_finished_from_another_thread(journals):
    """It ends for everybody; the block that still holds it leaves in peace."""
    with trialog.init("p", name="r") as run:
        thread = threading.Thread(
            target=run.finish, args=("FAILED",), kwargs={"reason": "watchdog"}
        )
        thread.start()
        thread.join()
        with pytest.raises(errors.RunFinishedError):
            run.log("x", 1.0)
    assert ended(journals) == ("FAILED", "watchdog")


def test_many_threads_finish_one_run_once(journals):
    """The first word stands; the others change nothing."""
    run = trialog.init("p", name="r")
    barrier = threading.Barrier(8)

    def finish(number):
        barrier.wait()
        run.finish("FAILED", reason=str(number))

    threads = [threading.Thread(target=finish, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    status, reason = ended(journals)
    assert status == "FAILED"
    assert reason == run.reason
    assert trialog.get_run("r").reason == reason


def test_leaving_a_thread_by_system_exit(journals):
    """As in the main thread: sys.exit(3) in the block of a thread is a crash of its run only."""

    def work():
        with pytest.raises(SystemExit), trialog.init("p", name="r"):
            sys.exit(3)

    with trialog.init("p", name="main"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert ended(journals) == ("CRASHED", "exit code 3")
    assert ended(journals, "main") == ("COMPLETED", None)


def test_a_generator_that_is_closed_interrupts_the_run_it_holds(journals):
    """The consumer broke off: GeneratorExit."""

    def batches():
        with trialog.init("p", name="r"):
            yield 1
            yield 2

    generator = batches()
    next(generator)
    generator.close()
    assert ended(journals) == ("INTERRUPTED", "GeneratorExit")
    with pytest.raises(errors.NoActiveRunError):
        trialog.get_active_run()


def test_a_cancelled_task_interrupts_its_run(journals):
    """As wait_for cancels what takes too long."""

    async def work():
        with trialog.init("p", name="r"):
            await asyncio.sleep(10)

    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(work(), 0.02)

    asyncio.run(main())
    assert ended(journals) == ("INTERRUPTED", "CancelledError")


def test_a_reason_is_text(journals):
    """Any text, of any length; nothing else."""
    run = trialog.init("p", name="r")
    with pytest.raises(errors.InvalidTypeError, match="reason"):
        run.finish("FAILED", reason=3)
    run.finish("FAILED", reason="x" * 100_000)
    assert ended(journals)[0] == "FAILED"
    assert set(ended(journals)[1]) == {"x"}
    assert trialog.get_run("r").status is RunStatus.FAILED
