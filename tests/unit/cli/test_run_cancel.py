"""``trialog run cancel``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import trialog

LOOP = """
import time, trialog
with trialog.init("acme", "demo", name="live") as run:
    print("ready", flush=True)
    while not run.should_stop:
        time.sleep(0.005)
    print(time.time(), flush=True)
"""


def test_a_run_of_another_process_stops_within_a_second(call):
    """From the command's return; list and show say who asked, and why."""
    command = [sys.executable, "-c", LOOP]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        answer = call("run", "cancel", "live", "--reason", "too slow", "--table", columns=200)
        returned_s = time.time()
        assert answer.code == 0
        assert answer.lines[0].startswith("asked live (acme/demo, ")
        assert answer.lines[0].endswith((" to stop: CANCELING", " to stop: CANCELED"))
        out, _ = process.communicate(timeout=10)
    assert float(out) - returned_s < 2  # one second, and a machine that is busy
    (run,) = call("run", "list").json
    assert (run["status"], run["reason"].partition(": ")[2]) == ("CANCELED", "too slow")
    shown = call("run", "show", "live", "--table", columns=200).stdout
    assert "CANCELED" in shown
    assert run["reason"] in shown


def test_a_run_that_is_canceling_is_listed_so(call):
    """Until it has stopped; the word finds it."""
    with trialog.init("acme", "demo", name="live"):
        call("run", "cancel", "live")
        (run,) = call("run", "list", "--status", "canceling").json
        assert (run["status"], run["ended_ns"]) == ("CANCELING", None)
        table = call("run", "list", "--table", columns=200).stdout
        assert "CANCELING" in table
        assert run["reason"] in table
        assert call("run", "list", "--status", "running").json == []


def test_the_signal_is_sent_and_said(call):
    """``--signal`` alone is SIGTERM; it may be named; JSON has the processes."""
    heard = []
    names = (signal.SIGTERM, signal.SIGUSR1)
    before = [signal.signal(each, lambda number, _: heard.append(number)) for each in names]
    try:
        with trialog.init("acme", "demo", name="live"):
            answer = call("run", "cancel", "live", "--signal", "--table")
            assert answer.lines[1] == f"  sent SIGTERM to process {os.getpid()}"
            (run,) = call("run", "cancel", "live", "--signal=usr1").json
    finally:
        for each, handler in zip(names, before, strict=True):
            signal.signal(each, handler)
    assert (run["signaled"], run["unsignaled"], run["status"]) == ([os.getpid()], [], "CANCELING")
    assert heard == list(names)


def test_a_run_that_has_ended_is_named_and_the_others_are_asked(call):
    """Nothing of it changes; the code is 1, and the message says how it ended."""
    trialog.init("acme", "demo", name="over").finish("FAILED", reason="infeasible")
    answer = call("run", "cancel", "over")
    assert answer.code == 1
    assert "run 'over' has ended already (FAILED: infeasible)" in answer.stderr
    assert call("run", "list").json[0]["status"] == "FAILED"
    with trialog.init("acme", "demo", name="live"):
        answer = call("run", "cancel", "over", "live")
        assert (answer.code, "'over'" in answer.stderr) == (1, True)
        assert [(each["name"], each["status"]) for each in answer.json] == [("live", "CANCELING")]


def test_nothing_is_asked_where_one_is_not_found(call):
    """All runs are found before the first one is asked."""
    with trialog.init("acme", "demo", name="live"):
        assert call("run", "cancel", "live", "nothing-like-it").code == 1
        assert call("run", "list").json[0]["status"] == "RUNNING"
        assert call("run", "cancel", "live", "--project", "demo").code == 0


def test_a_run_that_stands_where_the_signals_name_would(call):
    """``--signal RUN`` names no signal: the message says where the option goes."""
    with trialog.init("acme", "demo", name="live"):
        answer = call("run", "cancel", "--signal", "live")
        assert answer.code == 2
        assert "there is no signal 'live'" in answer.stderr
        assert "--signal stands behind the runs" in answer.stderr
        assert call("run", "cancel", "live", "--reason", "x" * 2000).code == 2
        assert call("run", "list").json[0]["status"] == "RUNNING"
