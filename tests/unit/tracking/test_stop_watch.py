"""``run.should_stop``: when it turns True, what it costs, and how a run ends that was asked."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlparse

import pytest

import trialog
from trialog import RunStatus
from trialog._format.encoding import encode_general
from trialog._format.facts import Cancel
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._tracking.earlier import read_starts
from trialog._tracking.stop_watch import SETTLING_S, StopWatch
from trialog._tracking.writers import identified, write_request

CANCELED, COMPLETED, CRASHED = RunStatus.CANCELED, RunStatus.COMPLETED, RunStatus.CRASHED
FAILED, INTERRUPTED = RunStatus.FAILED, RunStatus.INTERRUPTED


def folder_of(run) -> Path:
    return Path(urlparse(run.url).path)


def ask(run, store, attempt=None, **request) -> None:
    """Somebody asks the run to stop."""
    start = read_starts(folder_of(run))[-1]
    start = replace(start, attempt=attempt or start.attempt)
    write_request(StoreFolder(store), start, Cancel(**{"by": "bob", **request}))


@pytest.fixture
def wait():
    """Waits until something is true."""

    def until(claim, limit_s=10.0):
        end = time.monotonic() + limit_s
        while not claim():
            assert time.monotonic() < end
            time.sleep(0.005)

    return until


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


# -- seeing it -----------------------------------------------------------------------------------


def test_a_request_is_seen_without_anything_being_logged(store, wait):
    """The steward's thread looks; the run is then CANCELING and says who asked, and why."""
    with trialog.init("p") as run:
        assert (run.should_stop, run.status, run.reason) == (False, RunStatus.RUNNING, None)
        ask(run, store, reason="too slow")
        wait(lambda: run.should_stop)
        assert (run.status, run.reason) == (RunStatus.CANCELING, "canceled by bob: too slow")
        run.log("still", 1.0)
    assert (run.status, run.reason) == (CANCELED, "canceled by bob: too slow")


def test_nothing_is_asked_where_nothing_is_kept(monkeypatch):
    """The disabled mode has no store that a request could come from."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.init("p") as run:
        assert run.should_stop is False


@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
def test_a_forked_child_that_has_not_logged_sees_it(store):
    """It has no threads of ours yet: whoever asks looks."""
    with trialog.init("p") as run:
        child = os.fork()
        if not child:
            end = time.monotonic() + 10
            while not run.should_stop and time.monotonic() < end:
                time.sleep(0.005)
            os._exit(7 if run.should_stop else 8)
        ask(run, store)
        _pid, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 7


def test_a_request_to_stop_an_earlier_attempt_does_not_concern_a_later_one(store):
    """Going on with a run that was canceled begins anew; a request names its attempt."""
    with trialog.init("p", name="r") as run:
        ask(run, store)
        run._lifecycle.stop.look()
        assert run.should_stop
    with trialog.init("p", resume="r") as again:
        again._lifecycle.stop.look()
        assert not again.should_stop
        assert trialog.get_run("r").status is RunStatus.RUNNING
        ask(again, store, attempt=1)
        again._lifecycle.stop.look()
        assert not again.should_stop
        assert trialog.get_run("r").status is RunStatus.RUNNING
    assert trialog.get_run("r").status is COMPLETED


def test_a_folder_is_listed_for_a_while_after_its_time_has_changed(store):
    """Times may be coarse: a request in the same tick as a look is seen; later nothing is read."""
    clock = Clock()
    with trialog.init("p") as run:
        folder = folder_of(run)
        watch = StopWatch(folder, 1, clock=clock)
        changed_ns = folder.stat().st_mtime_ns
        watch.look()
        ask(run, store)
        os.utime(folder, ns=(changed_ns, changed_ns))
        clock.now_s += SETTLING_S
        watch.look()
        assert watch.is_asked()

        watch = StopWatch(folder, 1, clock=clock)
        next(path for path in folder.iterdir() if path != run._lifecycle.journal.path).rename(
            folder / "away"
        )
        changed_ns = folder.stat().st_mtime_ns
        watch.look()
        clock.now_s += SETTLING_S + 1
        (folder / "away").rename(folder / "back.journal")
        os.utime(folder, ns=(changed_ns, changed_ns))
        watch.look()
        assert not watch.is_asked()
        os.utime(folder)
        watch.look()
        assert watch.is_asked()


def test_a_request_that_is_being_written_is_seen_when_it_is_there(store):
    """A journal that has only its first record is looked at again."""
    with trialog.init("p") as run:
        folder = folder_of(run)
        clock = Clock()
        watch = StopWatch(folder, 1, clock=clock)
        start = replace(identified(read_starts(folder)[0], 5), role="edit")
        path = folder / "new.journal"
        head = encode_general(Kind.START, 5, start.encode())
        path.write_bytes(b"")
        watch.look()
        path.write_bytes(head.ljust(49_152, b"\0"))
        clock.now_s += SETTLING_S + 1
        watch.look()
        assert not watch.is_asked()
        whole = head + encode_general(Kind.CANCEL, 6, Cancel(by="bob").encode())
        path.write_bytes(whole.ljust(49_152, b"\0"))
        watch.look()
        assert watch.is_asked()


@pytest.mark.parametrize(
    "content", [b"[]", b"{}", b'{"by": 3}', b'{"by": "x", "reason": [1]}', b"nonsense"]
)
def test_what_is_no_request_asks_for_nothing(content):
    """Whatever lies in the folder: nothing raises, and it is not read for ever."""
    with trialog.init("p") as run:
        folder = folder_of(run)
        start = replace(identified(read_starts(folder)[0], 5), role="edit")
        head = encode_general(Kind.START, 5, start.encode())
        (folder / "a.journal").write_bytes(head + encode_general(Kind.CANCEL, 6, content))
        (folder / "b.journal").write_bytes(encode_general(Kind.START, 5, content))
        (folder / "c.journal").write_bytes(os.urandom(100))
        (folder / "d.journal").mkdir()
        watch = StopWatch(folder, 1)
        for _ in range(61):
            watch.look()
        assert not watch.is_asked()
        assert not watch._reads
    gone = StopWatch(folder / "gone", 1)
    gone.look()
    assert not gone.is_asked()


# -- how the run ends ----------------------------------------------------------------------------


class InfeasibleError(Exception):
    pass


def leave(run, how):
    """End a run in some way; what it raises ends here."""
    expected = (
        pytest.raises(type(how)) if isinstance(how, BaseException) else contextlib.nullcontext()
    )
    with expected, run:
        if isinstance(how, BaseException):
            raise how
        if isinstance(how, tuple):
            run.finish(*how)


ENDINGS = [
    # how it ends, without a request, asked and not told, told
    (None, COMPLETED, COMPLETED, CANCELED),
    ((), COMPLETED, COMPLETED, CANCELED),
    ((None, None), COMPLETED, COMPLETED, CANCELED),
    (("COMPLETED",), COMPLETED, COMPLETED, COMPLETED),
    (("FAILED",), FAILED, FAILED, FAILED),
    (("CANCELED",), CANCELED, CANCELED, CANCELED),
    (SystemExit(0), COMPLETED, COMPLETED, CANCELED),
    (SystemExit(3), CRASHED, CRASHED, CRASHED),
    (ValueError("x"), CRASHED, CRASHED, CRASHED),
    (KeyboardInterrupt(), INTERRUPTED, CANCELED, CANCELED),
    (asyncio.CancelledError(), INTERRUPTED, CANCELED, CANCELED),
    (InfeasibleError("x"), COMPLETED, COMPLETED, COMPLETED),
    (GeneratorExit(), FAILED, FAILED, FAILED),  # mapped
]


@pytest.mark.parametrize("how,usually,asked,told", ENDINGS, ids=str)
def test_how_a_run_ends_that_was_asked_to_stop(store, how, usually, asked, told):
    """CANCELED where the code knew, or was interrupted; its own word and its crash stay."""
    rules = {InfeasibleError: "COMPLETED", GeneratorExit: "FAILED"}
    for is_asked, is_told, status in (
        (False, False, usually),
        (True, False, asked),
        (True, True, told),
    ):
        run = trialog.init("p", ends=rules)
        if is_asked:
            ask(run, store)
            run._lifecycle.stop.look()
        if is_told:
            assert run.should_stop
        leave(run, how)
        kept = trialog.get_run(run.id)
        assert (run.status, kept.status) == (status, status)
        if status is CANCELED and is_asked:
            assert run.reason == kept.reason == "canceled by bob"
        if isinstance(how, SystemExit):
            assert kept.exit_code == how.code


def test_the_users_own_reason_is_kept_beside_who_asked(store):
    """finish(reason=…) without a status says more about it."""
    run = trialog.init("p")
    ask(run, store, reason="too slow")
    run._lifecycle.stop.look()
    assert run.should_stop
    run.finish(reason="at epoch 3")
    assert (run.status, run.reason) == (CANCELED, "canceled by bob: too slow (at epoch 3)")


def test_a_run_that_is_left_open_after_it_was_told(store, capsys):
    """Another takes its place, or the interpreter exits: it has done what it was asked to."""
    run = trialog.init("p")
    ask(run, store)
    run._lifecycle.stop.look()
    assert run.should_stop
    run._lifecycle.end_at_exit()
    assert (run.status, run.reason) == (CANCELED, "canceled by bob")
    assert capsys.readouterr().err == ""
    run = trialog.init("p")
    ask(run, store)
    run._lifecycle.end_at_exit()
    assert (run.status, run.reason) == (FAILED, "left unfinished")
    capsys.readouterr()
    run = trialog.init("p")
    ask(run, store)
    run._lifecycle.stop.look()
    assert run.should_stop
    trialog.init("p").finish()
    assert (run.status, run.reason) == (CANCELED, "canceled by bob")


def test_a_signal_that_was_sent_counts_as_knowing(store):
    """Whoever handles it by ending well was stopped by it; who ignores it was not."""
    with trialog.init("p") as run:
        ask(run, store, signal="SIGUSR1")
    assert run.status is CANCELED
    before = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    try:
        with trialog.init("p") as run:
            ask(run, store, signal="SIGUSR1")
        assert run.status is COMPLETED
    finally:
        signal.signal(signal.SIGUSR1, before)


def test_the_latest_request_is_named(store):
    """Asking again, with a signal this time, is possible as long as the run goes on."""
    with trialog.init("p") as run:
        ask(run, store)
        ask(run, store, by="eve")
        run._lifecycle.stop.look()
        assert run.should_stop
    assert run.reason == "canceled by eve"
    assert trialog.get_run(run.id).reason == "canceled by eve"


def test_looking_is_cheap(store):
    """A run that nobody has asked costs one stat a look: nothing is listed or opened."""
    with trialog.init("p") as run:
        clock = Clock()
        watch = StopWatch(folder_of(run), 1, clock=clock)
        watch.look()
        clock.now_s += SETTLING_S + 1
        calls = []

        def note(frame, event, argument):
            if event == "c_call":
                calls.append(argument.__name__)

        sys.setprofile(note)
        try:
            watch.look()
        finally:
            sys.setprofile(None)
        assert calls.count("stat") == 1
        assert not {"open", "listdir", "scandir"}.intersection(calls)
