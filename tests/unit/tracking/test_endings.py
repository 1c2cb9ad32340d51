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


def test_texts_that_utf8_cannot_hold_are_escaped(journals):
    """finish() raises nothing and keeps the reason."""
    run = trialog.init("p", name="r")
    run.finish("FAILED", reason="cannot read data_\udcff.csv")
    assert ended(journals) == ("FAILED", "cannot read data_\\udcff.csv")


class Unprintable(Exception):  # noqa: N818 # users name theirs as they like
    def __str__(self):
        raise KeyboardInterrupt


class Code:
    def __str__(self):
        raise ValueError("no text")


class Array:
    """As numpy's: comparing gives an array, which is neither true nor false."""

    def __eq__(self, other):
        return self

    def __bool__(self):
        raise ValueError("ambiguous")

    def __hash__(self):
        return 1

    def __str__(self):
        return "[1 2]"


class Odd(type):
    def __eq__(cls, other):
        raise KeyboardInterrupt

    __hash__ = type.__hash__


class OddError(Exception, metaclass=Odd):
    __module__ = None


@pytest.mark.parametrize(
    "error,reason",
    [
        (Unprintable(), "Unprintable: (its message cannot be shown: KeyboardInterrupt)"),
        (SystemExit(Code()), "exit code 1: (its message cannot be shown: ValueError)"),
        (SystemExit(Array()), "exit code 1: [1 2]"),
        (SystemExit(2**100), "exit code 255"),
        (OddError("x"), "OddError"),
        (ValueError("\udcff"), "ValueError: \\udcff"),
    ],
    ids=["unprintable", "code", "array", "huge", "class", "surrogate"],
)
def test_the_users_exception_is_never_replaced(journals, error, reason):
    """Whatever it does when it is looked at: it goes on, and the run is CRASHED."""
    kind = type(error)
    run = trialog.init("p", name="r", ends={TimeoutError: "failed"})
    try:
        with run:
            raise error  # noqa: TRY301 # a block is what this is about
    except BaseException as caught:  # noqa: BLE001 # this is the question
        assert caught is error  # noqa: PT017 # a class that cannot be compared
    assert run.status is RunStatus.CRASHED
    status, kept = ended(journals)
    assert status == "CRASHED"
    assert reason in kept, kind


def test_threads_and_tasks_that_come_after_others_supersede_nothing(journals):
    """Their numbers are used again; a run of a thread that is gone is still its own."""
    runs = []
    for number in range(5):
        thread = threading.Thread(
            target=lambda number=number: runs.append(trialog.init("p", name=f"thread{number}"))
        )
        thread.start()
        thread.join()

    async def start(number):
        return trialog.init("p", name=f"task{number}")

    async def main():
        runs.extend([await asyncio.create_task(start(number)) for number in range(5)])

    asyncio.run(main())
    assert [run.status for run in runs] == [RunStatus.RUNNING] * 10
    for run in runs:
        run.finish()


def test_an_error_in_one_of_two_threads_that_share_a_run(journals):
    """The one that ends later, without an error, does not undo it."""
    run = trialog.init("p", name="r")
    is_first_out, is_second_in = threading.Event(), threading.Event()

    def fail():
        is_second_in.wait(5)
        with pytest.raises(RuntimeError), run:
            raise RuntimeError("boom")
        is_first_out.set()

    def work():
        with run:
            is_second_in.set()
            is_first_out.wait(5)
            run.log("x", 1.0)

    threads = [threading.Thread(target=each) for each in (fail, work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended(journals) == ("CRASHED", "RuntimeError: boom")
    assert len(journals.points("x")) == 1


def test_an_error_that_is_caught_between_two_blocks_of_one_run(journals):
    """In one thread the outer block decides."""
    with trialog.init("p", name="r") as run, pytest.raises(ValueError), run:  # noqa: PT011
        raise ValueError("caught")
    assert ended(journals) == ("COMPLETED", None)
