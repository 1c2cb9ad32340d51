"""Callables as hooks: called in the background, and for the end before the process may exit."""

from __future__ import annotations

import contextlib
import os
import threading
import time

import pytest

import trialog
from trialog import RunStatus
from trialog._format.facts import End, Start
from trialog._tracking.hook_calls import Hooks
from trialog._tracking.hooks import HookSet

START = Start(writer="w", run="r1", role="run", namespace="acme", project="demo", name="brave")


class Told:
    """A hook that keeps what it is told."""

    def __init__(self):
        self.events = []

    def __call__(self, event):
        self.events.append(event)

    @property
    def kinds(self):
        return [event["event"] for event in self.events]


@pytest.fixture
def told():
    return Told()


def test_a_run_tells_of_its_start_its_alerts_and_its_end(told):
    """In order; once the block has ended, all have been told."""
    with trialog.init("acme", "demo", name="brave", hooks=told) as run:
        run.alert("loss goes up", level="warning")
    assert told.kinds == ["started", "alert", "ended"]
    for event in told.events:
        assert (event["run"], event["name"], event["project"]) == (run.id, "brave", "demo")
        assert event["url"] == run.url
    started, alert, ended = told.events
    assert (started["status"], ended["status"]) == ("RUNNING", "COMPLETED")
    assert alert["alert"]["title"] == "loss goes up"
    assert started["time_ns"] <= alert["time_ns"] <= ended["time_ns"]
    assert 0 <= started["duration"] <= ended["duration"]


def test_a_crash_is_told_with_its_exception(told):
    """Type and message; the exception goes on."""
    with pytest.raises(ZeroDivisionError), trialog.init("acme", "demo", hooks=told):
        1 / 0  # noqa: B018 # this is the crash
    assert told.kinds == ["started", "ended"]
    assert told.events[-1]["status"] == "CRASHED"
    assert told.events[-1]["exception"] == {
        "type": "ZeroDivisionError",
        "message": "division by zero",
    }


def test_a_status_that_sticks_is_told_once(told):
    """``finish`` in a block, and again; the end is that of the block."""
    with trialog.init("acme", "demo", hooks=told) as run:
        run.finish("FAILED", reason="infeasible")
        run.finish()
    run.finish()
    assert told.kinds == ["started", "ended"]
    assert (told.events[-1]["status"], told.events[-1]["reason"]) == ("FAILED", "infeasible")


def test_a_pending_run_has_not_started(told):
    """It starts with its block, or with the first thing logged."""
    run = trialog.init("acme", "demo", status="PENDING", hooks=told)
    assert run._lifecycle.hooks._thread is None  # nobody is there who could tell it
    run.log("loss", 0.5)
    run.finish()
    assert told.kinds == ["started", "ended"]


def test_a_process_that_joins_tells_neither_start_nor_end(told):
    """Both are those of the process that began the run."""
    first = trialog.init("acme", "demo", id="shared", supersede=False)
    second = trialog.init("acme", "demo", id="shared", supersede=False, hooks=told)
    second.alert("here")
    second.finish()
    first.finish()
    assert told.kinds == ["alert"]


def test_an_error_in_a_hook_is_told_once_and_changes_nothing(told, capsys):
    """Where it was raised, and not its message, which may hold a secret; other hooks are told."""

    def broken(event):
        raise ValueError("https://example.com/TOKEN")

    def leaving(event):
        raise SystemExit(3)

    with trialog.init("acme", "demo", hooks=[broken, told, leaving]) as run:
        run.alert("first")
        run.alert("second")
    assert run.status is RunStatus.COMPLETED
    assert told.kinds == ["started", "alert", "alert", "ended"]
    lines = [line for line in capsys.readouterr().err.splitlines() if "hook" in line]
    assert len(lines) == 2
    assert "broken raised ValueError at test_hook_calls.py:" in lines[0]
    assert "leaving raised SystemExit" in lines[1]
    assert "TOKEN" not in "".join(lines)


def test_a_hook_that_hangs_holds_the_end_up_for_a_moment_only(capsys):
    """The program goes on, and says so."""
    free = threading.Event()
    hooks = Hooks(HookSet((lambda _: free.wait(10),)), START, "", timeout_s=0.05)
    begun = time.monotonic()
    hooks.tell_ended(End(status="COMPLETED"))
    hooks.wait()
    assert time.monotonic() - begun < 2
    assert "longer than 0.05 s" in capsys.readouterr().err
    hooks.wait()  # nothing more to wait for
    free.set()
    hooks._thread.join(10)
    assert not hooks._thread.is_alive()


def test_a_hook_may_use_the_run(told):
    """What it logs at the start is kept; at the end the run has ended, and nothing hangs."""
    seen = []

    def use(event):
        if event["event"] == "started":
            trialog.get_run(event["run"])
        else:
            seen.append(run.status)
            run.finish()

    begun = time.monotonic()
    run = trialog.init("acme", "demo", hooks=use)
    run.finish()
    assert seen == [RunStatus.COMPLETED]
    assert time.monotonic() - begun < 4


def test_a_hook_that_ends_its_run_does_not_wait_for_itself():
    """A start that must not be: the run ends, and no thread stays behind."""
    ended = threading.Event()
    before = set(threading.enumerate())

    def end(event):
        run_of[0].finish("FAILED", reason="not today")
        ended.set()

    run_of = [trialog.init("acme", "demo", status="PENDING", hooks=end)]
    begun = time.monotonic()
    with contextlib.suppress(trialog.errors.RunFinishedError):  # the hook may be first
        run_of[0].log("loss", 0.5)
    assert ended.wait(4)
    assert time.monotonic() - begun < 4
    assert run_of[0].status is RunStatus.FAILED
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()


def test_what_is_the_witnesss_goes_there():
    """Commands and webhooks: every event is passed on, callable or not."""
    passed = []
    hooks = Hooks(HookSet(commands=(("true",),)), START, "", passed.append)
    hooks.tell_started()
    hooks.tell_ended(End(status="COMPLETED"))
    hooks.wait()
    assert [event["event"] for event in passed] == ["started", "ended"]
    assert hooks._thread is None
    silent = Hooks(HookSet((lambda _: None,)), START, "", passed.append)
    silent.tell_started()
    assert len(passed) == 2
    silent.tell_ended(End(status="COMPLETED"))
    silent.wait()


def test_the_end_is_told_however_the_process_exits(script):
    """A crash, a signal, an interpreter that exits with the run open."""
    for last, said in (
        ("1 / 0", "CRASHED"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM); input()", "INTERRUPTED"),
        ("pass", "FAILED"),
    ):
        done = script(f"""
            import time, trialog
            def told(event):
                time.sleep(0.05)
                print(event["event"], event["status"], flush=True)
            run = trialog.init("acme", "demo", hooks=told, supersede=False)
            {last}
        """)
        assert done.stdout.split("\n") == ["started RUNNING", f"ended {said}", ""], done.stderr


def test_a_forked_child_tells_of_its_own_alerts(told, script):
    """The thread of the parent is not in it; the end is the parent's to tell."""
    done = script("""
        import os, trialog
        def told(event):
            print(event["event"], os.getpid() == parent, flush=True)
        parent = os.getpid()
        with trialog.init("acme", "demo", hooks=told) as run:
            child = os.fork()
            if child == 0:
                run.alert("here")
                run._lifecycle.hooks._events.put((None, None))
                run._lifecycle.hooks._thread.join()
                os._exit(0)
            os.waitpid(child, 0)
    """)
    assert sorted(done.stdout.splitlines()) == ["alert False", "ended True", "started True"]
    assert os.getpid()


def test_a_run_that_keeps_nothing_tells_nobody(told, monkeypatch):
    """Disabled is disabled; what is given is checked all the same."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.init("acme", "demo", hooks=told) as run:
        run.alert("here")
    assert told.events == []
    with pytest.raises(trialog.errors.UsageError):
        trialog.init("acme", "demo", hooks="nonsense")
