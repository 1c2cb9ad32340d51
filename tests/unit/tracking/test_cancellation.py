"""Asking runs of other processes to stop: what they notice, what they are sent, how they end."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import textwrap
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

import trialog
from trialog import RunStatus
from trialog._format.facts import Start
from trialog._tracking.cancellation import Asked, _reach, parse_signal
from trialog._writing.identity import this_process, user_name
from trialog.errors import InvalidTypeError, RunFinishedError, UsageError

HEAD = """
import os, signal, sys, time, trialog
def ready():
    print("ready", flush=True)
"""
LOOP = """
with trialog.init("p", name=sys.argv[1]) as run:
    ready()
    while not run.should_stop:
        run.log("x", 1.0)
        time.sleep(0.005)
    print(time.time(), flush=True)
"""


@pytest.fixture
def training():
    """Starts scripts that train, and waits until each is ready."""
    started = []

    def start(source, *arguments, count=1):
        code = HEAD + textwrap.dedent(source)
        several = [
            subprocess.Popen(
                [sys.executable, "-W", "ignore", "-c", code, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]
        started.extend(several)
        for each in several:
            assert each.stdout.readline() == "ready\n", each.communicate()
        return several[0] if count == 1 else several

    yield start
    for each in started:
        if each.poll() is None:
            each.kill()
        each.communicate()


def ended(name):
    run = trialog.get_run(name)
    return run.status, run.reason


def test_a_loop_that_looks_ends_within_a_second(training):
    """No signal, no cost: should_stop turns True, the loop ends, the run is CANCELED."""
    why = f"canceled by {user_name()}: too slow"
    process = training(LOOP, "r")
    run = trialog.get_run("r")
    assert run.cancel("too slow") == Asked()
    returned_s = time.time()
    assert (run.status, run.reason) == (RunStatus.CANCELING, why)
    assert [each.name for each in trialog.runs(status="canceling")] == ["r"]
    out, err = process.communicate(timeout=10)
    assert float(out) - returned_s < 2  # one second, and a machine that is busy
    assert (process.returncode, err) == (0, "")
    assert ended("r") == (RunStatus.CANCELED, why)
    with pytest.raises(RunFinishedError, match=r"'r' has ended already \(CANCELED: canceled by"):
        run.cancel()


@pytest.mark.parametrize(
    "handler,code",
    [
        ("", -signal.SIGTERM),
        ("signal.signal(signal.SIGTERM, lambda *_: on.clear())", 0),
        ("signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))", 3),
    ],
    ids=["none", "that ends the loop", "that exits"],
)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_signal_reaches_code_that_never_looks(training, handler, code, moment):
    """CANCELED, whoever handles the signal, and wherever the handler was set."""
    source = f"""
        on = {{True}}
        {handler if moment == "before" else ""}
        with trialog.init("p", name="r") as run:
            {handler if moment == "after" else ""}
            ready()
            while on:
                time.sleep(0.005)
    """
    process = training(source)
    asked = trialog.get_run("r").cancel(signal="term")
    assert asked == Asked(signaled=(process.pid,))
    assert process.wait(10) == code
    status, reason = ended("r")
    assert (status, reason.partition(" by ")[0]) == (RunStatus.CANCELED, "canceled")


def test_a_run_that_never_looks_goes_on_to_its_end(training):
    """It was asked, and ended by itself: COMPLETED is what is true."""
    process = training("""
        with trialog.init("p", name="r") as run:
            ready()
            sys.stdin.read(1)
    """)
    trialog.get_run("r").cancel()
    assert trialog.get_run("r").status is RunStatus.CANCELING
    process.communicate("\n", timeout=10)
    assert ended("r") == (RunStatus.COMPLETED, None)


def test_ranks_are_all_asked_and_all_signaled(training):
    """Each process of a run looks for itself; a signal goes to each of them, once."""
    several = training(
        """
        with trialog.init("p", id="launch") as run:
            run.log("x", 1.0)
            ready()
            while not run.should_stop:
                time.sleep(0.005)
        """,
        count=2,
    )
    trialog.get_run("launch").cancel()
    assert [each.wait(10) for each in several] == [0, 0]
    assert trialog.get_run("launch").status is RunStatus.CANCELED
    several = training(
        """
        with trialog.init("p", id="other") as run, trialog.init("p", id="other"):
            ready()
            time.sleep(60)
        """,
        count=2,
    )
    asked = trialog.get_run("other").cancel(signal=signal.SIGTERM)
    assert sorted(asked.signaled) == sorted(each.pid for each in several)
    assert asked.unsignaled == ()
    assert [each.wait(10) for each in several] == [-signal.SIGTERM] * 2
    assert trialog.get_run("other").status is RunStatus.CANCELED


def test_a_run_that_is_killed_after_it_was_asked(training):
    """Nobody is left to write an end: the reader says who asked, and how it went."""
    process = training("""
        run = trialog.init("p", name="r", status="PENDING")
        ready()
        time.sleep(60)
    """)
    run = trialog.get_run("r")
    assert run.status is RunStatus.PENDING
    run.cancel("enough")
    assert run.status is RunStatus.CANCELING
    assert run.cancel(signal="SIGKILL").signaled == (process.pid,)
    process.wait(10)
    status, reason = ended("r")
    assert status is RunStatus.CANCELED
    assert reason.endswith(" (killed)")
    assert [each.name for each in trialog.runs(status="cancelled")] == ["r"]


def test_a_process_that_cannot_be_signaled_is_named(handmade):
    """On another machine, in another container: the request is left, and the answer says so."""
    handmade.now_ns = time.time_ns()
    handmade.write(handmade.start(pid=12, host="node7", boot="other", machine="other"))
    handmade.write(handmade.start(writer="w2", role="attach", pid=13, pid_namespace=5), writer="w2")
    folder = handmade.store.project("acme", "demo").open
    folder.mkdir()
    for writer in ("w1", "w2"):
        (folder / f"named~run-1~{writer}").touch()
    run = trialog.get_run("run-1", client=trialog.LocalClient(handmade.store.path))
    assert run.cancel(signal="SIGTERM") == Asked(
        (), ("process 12 runs on node7", "process 13 runs in another container on this machine")
    )
    assert run.status is RunStatus.CANCELING
    assert trialog.get_run("run-1", client=trialog.LocalClient(handmade.store.path)).is_ended is (
        False
    )


def _start(**facts) -> Start:
    here = this_process()
    who = {name: getattr(here, name) for name in ("pid", "process_start", "pid_namespace", "boot")}
    return Start(writer="w", run="r", role="run", namespace="n", project="p", **who | facts)


def test_a_number_that_is_used_again_is_not_signaled():
    """The very process, or none: its start is compared."""
    here = this_process()
    with ExitStack() as held:
        assert _reach(_start(), here, held).pid == here.pid
        other = _reach(_start(process_start=here.process_start + 1), here, held)
        assert other == f"process {here.pid} cannot be told apart from another of its number"
        unknown = _reach(_start(process_start=0), here, held)
        assert unknown == other


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_another_users_process_is_named(training):
    """Not permitted: said, and nothing is sent."""
    process = training("ready(); time.sleep(60)")
    text = Path(f"/proc/{process.pid}/stat").read_text()
    start = _start(pid=process.pid, process_start=int(text[text.rindex(")") + 2 :].split()[19]))
    here = this_process()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        if os.geteuid() == 0:
            os.setgid(2001)
            os.setuid(2001)
            ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE: /proc/self stays readable
        with ExitStack() as held:
            os.write(writer, str(_reach(start, here, held)).encode())
        os._exit(os.geteuid() == 0)
    os.waitpid(child, 0)
    answer = os.read(reader, 1000).decode()
    os.close(reader)
    os.close(writer)
    if os.geteuid() == 0:
        assert answer == f"process {process.pid} belongs to another user"
    else:
        assert answer.startswith("_Process")


@pytest.mark.parametrize("given", ["SIGTERM", "term", " sigterm ", 15, signal.SIGTERM])
def test_signals_have_names_and_numbers(given):
    """With or without SIG, in any case."""
    assert parse_signal(given) is signal.SIGTERM


@pytest.mark.parametrize(
    "given,error",
    [
        ("bananas", UsageError),
        ("", UsageError),
        (0, UsageError),
        (999, UsageError),
        (True, InvalidTypeError),
        (1.5, InvalidTypeError),
    ],
)
def test_what_is_no_signal_is_refused(given, error):
    """Before anything is asked."""
    with pytest.raises(error, match="signal"):
        parse_signal(given)
    assert parse_signal(None) is None


def test_bad_arguments_ask_for_nothing():
    """The run goes on as if nobody had called."""
    with trialog.init("p", name="r"):
        run = trialog.get_run("r")
        for arguments in ({"signal": "bananas"}, {"reason": 3}, {"reason": "x" * 1001}):
            with pytest.raises((UsageError, InvalidTypeError)):
                run.cancel(**arguments)
        assert trialog.get_run("r").status is RunStatus.RUNNING
    assert trialog.get_run("r").status is RunStatus.COMPLETED
