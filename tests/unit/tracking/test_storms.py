"""Clocks that lie, collectors that run at any time, signals in the middle of everything."""

from __future__ import annotations

import gc
import signal
import sys
import threading
import time

import pytest

import trialog
from trialog import RunStatus


@pytest.fixture
def run():
    with trialog.init("acme", "demo", name="r") as run:
        yield run


def test_a_clock_that_goes_backwards(monkeypatch, journals):
    """The journal reads, points stay in order, and no duration is negative."""
    now = [2_000_000_000_000_000_000]

    def clock():
        now[0] -= 3_600_000_000_000  # an hour back at every look
        return now[0]

    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", clock)
        run = trialog.init("p", name="r")
        for step in range(50):
            run.log("x", float(step), step)
            run.log({"a": 1.0, "b": 2.0}, step=step)
        run.log_parameter("lr", 0.1)
        run.log_parameter("lr", 0.2)
        run.finish()
    assert journals.points("x") == [(step, float(step)) for step in range(50)]
    found = trialog.get_run("r")
    assert (found.status, found.damages) == (RunStatus.COMPLETED, 0)
    assert found.duration >= 0
    assert found.metric("x")["value"].tolist() == [float(step) for step in range(50)]
    assert found.parameters == {"lr": 0.2}
    assert trialog.runs("p").comparison_df()["duration"].min() >= 0


@pytest.mark.parametrize("now_ns", [0, 1, 2**62], ids=["1970", "a nanosecond later", "2116"])
def test_a_clock_that_is_far_off(monkeypatch, now_ns):
    """A machine without a battery wakes up in 1970: it logs all the same."""
    with monkeypatch.context() as patch:
        patch.setattr(time, "time_ns", lambda: now_ns)
        with trialog.init("p", name="r") as run:
            run.log("x", 1.0)
            run.log("x", 2.0)
    found = trialog.get_run("r")
    assert (found.status, found.points) == (RunStatus.COMPLETED, 2)


def test_threads_signals_and_the_collector_at_once(script, journals):
    """Timers every half millisecond that log, garbage that logs when it dies, eight threads."""
    done = script("""
        import gc, signal, sys, threading, trialog
        sys.setswitchinterval(1e-5)
        gc.set_threshold(50)

        class Garbage:
            def __init__(self, number):
                self.me, self.number = self, number
            def __del__(self):
                if not run.is_ended:
                    run.log("garbage", 1.0)
                    counts["garbage"] += 1

        counts = {"garbage": 0, "signal": 0}
        def on_alarm(*_):
            run.log("signal", 1.0)
            run.log({"signal/a": 1.0, "signal/b": 2.0})
            counts["signal"] += 1

        with trialog.init("p", name="r") as run:
            signal.signal(signal.SIGALRM, on_alarm)
            signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
            def work(number):
                for step in range(2000):
                    run.log("x", float(number), step)
                    if step % 10 == 0:
                        Garbage(step)
                        run.log({"y": 1.0, "z": 2}, step=step)
            threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
            for thread in threads: thread.start()
            work(8)
            for thread in threads: thread.join()
            signal.setitimer(signal.ITIMER_REAL, 0)
            gc.set_threshold(0)
            gc.collect()
            print(counts["signal"], counts["garbage"])
    """)
    assert (done.returncode, done.stderr) == (0, "")
    signals, garbage = map(int, done.stdout.split())
    assert signals > 10
    points = journals.points("x")
    assert len(points) == len(set(points)) == 9 * 2000
    assert len(journals.points("y")) == len(journals.points("z")) == 9 * 200
    assert len(journals.points("signal")) == len(journals.points("signal/a")) == signals
    assert len(journals.points("garbage")) >= garbage > 0
    run = trialog.get_run("r")
    assert (run.status, run.damages) == (RunStatus.COMPLETED, 0)


def test_a_handler_that_finishes_the_run_inside_log(script, journals):
    """What was logged before is kept; log() then says that the run has ended."""
    done = script("""
        import signal, trialog
        run = trialog.init("p", name="r")
        signal.signal(signal.SIGALRM, lambda *_: run.finish("FAILED", reason="a watchdog"))
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        step = 0
        try:
            while True:
                run.log("x", 1.0, step)
                step += 1
        except trialog.errors.RunFinishedError:
            print(step)
    """)
    assert (done.returncode, done.stderr) == (0, "")
    steps = [step for step, _ in journals.points("x")]
    assert steps == list(range(len(steps)))
    assert len(steps) - int(done.stdout) in (0, 1)
    assert trialog.get_run("r").reason == "a watchdog"


def test_starting_and_ending_runs_in_many_threads_at_once(journals):
    """Names, the session and the handlers are shared by all of them."""
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)]
    failures = []

    def work():
        try:
            for _ in range(10):
                with trialog.init("p", name="x") as run:
                    run.log("x", 1.0)
        except Exception as error:  # noqa: BLE001 # shown below
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    names = [run.name for run in trialog.runs("p")]
    assert len(names) == len(set(names)) == 80
    assert {run.status for run in trialog.runs("p")} == {RunStatus.COMPLETED}
    after = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)]
    assert after == before
    assert len(journals.points("x")) == 80


def test_a_run_that_nobody_holds_any_more_is_not_ended_by_the_collector(journals):
    """Losing the variable is not finishing: the active run is still there."""
    trialog.init("p", name="r")
    gc.collect()
    trialog.log("x", 1.0)
    assert trialog.get_run("r").status is RunStatus.RUNNING
    trialog.finish()
    assert trialog.get_run("r").status is RunStatus.COMPLETED


def test_deep_recursion_is_the_users_own_error(run):
    """A call at the edge of the stack may fail; the run is as usable as before."""

    def dig(depth):
        run.log("depth", float(depth))
        dig(depth + 1)

    before = sys.getrecursionlimit()
    with pytest.raises(RecursionError):
        dig(0)
    assert sys.getrecursionlimit() == before
    run.log("after", 1.0)
    assert len(run.metric("after")) == 1


def test_without_memory_for_a_value_the_run_goes_on(run):
    """A MemoryError in the user's own object is the user's."""

    class Huge:
        def __float__(self):
            raise MemoryError

    with pytest.raises(MemoryError):
        run.log("x", Huge())
    run.log("x", 1.0)
    assert len(run.metric("x")) == 1


@pytest.mark.parametrize("call", ["run.log('x', float(i), i)", "run.log({'x': 1.0, 'y': 2}, i)"])
def test_a_handler_that_raises_a_value_error_is_heard_by_the_user(script, journals, call):
    """It looks like a full block, and is none: nothing is swallowed, and nothing doubled."""
    done = script(f"""
        import signal, trialog
        class Stop(ValueError): pass
        raised, caught, is_in = 0, 0, False
        def on_alarm(*_):
            global raised, is_in
            if is_in:
                is_in = False  # once, until it was caught
                raised += 1
                raise Stop
        with trialog.init("p", name="r") as run:
            signal.signal(signal.SIGALRM, on_alarm)
            signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
            i = 0
            def work():  # a function: 3.13 looks for signals at a loop's end, outside of its try
                global i, is_in
                is_in = True
                while i < 150_000:
                    i += 1
                    {call}
                is_in = False
            while i < 150_000:
                try:
                    work()
                except Stop:
                    caught += 1
            signal.setitimer(signal.ITIMER_REAL, 0)
        print(raised, caught)
    """)
    assert (done.returncode, done.stderr) == (0, "")
    raised, caught = map(int, done.stdout.split())
    assert raised > 10
    assert raised == caught
    steps = [step for step, _ in journals.points("x")]
    assert len(steps) == len(set(steps))
