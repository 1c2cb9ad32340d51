"""Every row of the table of how runs end."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import trialog
from trialog import RunStatus, errors


def ended(journals, name="r"):
    end = journals.end(name)
    assert end is not None
    return end["status"], end["reason"]


@pytest.mark.parametrize(
    "error,status,reason",
    [
        (ValueError("boom"), "CRASHED", "ValueError: boom"),
        (SystemExit(), "COMPLETED", None),
        (SystemExit(0), "COMPLETED", None),
        (SystemExit(3), "CRASHED", "exit code 3"),
        (SystemExit("bad"), "CRASHED", "exit code 1: bad"),
        (KeyboardInterrupt(), "INTERRUPTED", "SIGINT"),
        (asyncio.CancelledError(), "INTERRUPTED", "CancelledError"),
        (GeneratorExit(), "INTERRUPTED", "GeneratorExit"),
        (TimeoutError("mapped"), "FAILED", "TimeoutError: mapped"),
    ],
    ids=repr,
)
def test_what_leaves_the_block_decides(journals, error, status, reason):
    """The exception goes on unchanged, and the run ends as the table says."""
    with (
        pytest.raises(type(error)) as caught,
        trialog.init("p", name="r", ends={TimeoutError: "failed"}) as run,
    ):
        raise error
    assert caught.value is error
    assert ended(journals) == (status, reason)
    assert run.status is RunStatus[status]
    end = journals.end("r")
    if status == "CRASHED" and isinstance(error, ValueError):
        assert end["exception"]["type"] == "ValueError"
        assert "raise error" in end["exception"]["traceback"]
    if isinstance(error, SystemExit) and error.code == 3:
        assert end["exit_code"] == 3


def test_a_block_that_ends_is_completed(journals):
    """Nothing special is COMPLETED."""
    with trialog.init("p", name="r"):
        pass
    assert ended(journals) == ("COMPLETED", None)


@pytest.mark.parametrize("call", [("FAILED",), (None, "failed"), (RunStatus.FAILED,)])
def test_finish_inside_a_block_sticks(journals, call):
    """FAILED by the user's word stays FAILED; a second finish changes nothing."""
    with trialog.init("p", name="r") as run:
        run.finish(*call, reason="infeasible")
        run.finish()
        with pytest.raises(errors.RunFinishedError):
            run.log("x", 1.0)
    assert ended(journals) == ("FAILED", "infeasible")


def test_an_exception_after_finish_is_a_crash(journals):
    """The word sticks unless an exception follows."""
    with pytest.raises(ValueError), trialog.init("p", name="r") as run:  # noqa: PT011,PT012
        run.finish("FAILED", reason="infeasible")
        raise ValueError("later")
    assert ended(journals) == ("CRASHED", "ValueError: later")


@pytest.mark.parametrize("status", ["RUNNING", "PENDING", "canceling", "nonsense"])
def test_a_run_cannot_end_with_another_status(status):
    """The message lists the statuses that end a run."""
    run = trialog.init("p")
    with pytest.raises(errors.UsageError, match="COMPLETED"):
        run.finish(status)
    run.finish()


@pytest.mark.parametrize("status", ["COMPLETED", "failed", "nonsense"])
def test_a_run_cannot_begin_ended(status):
    """Only PENDING and RUNNING begin a run."""
    with pytest.raises(errors.UsageError, match="PENDING"):
        trialog.init("p", status=status)


@pytest.mark.parametrize("status", [None, "running", "RUNNING", RunStatus.RUNNING])
def test_an_initial_status_in_any_form(status):
    """None means the default."""
    with trialog.init("p", status=status) as run:
        assert run.status is RunStatus.RUNNING


def test_a_pending_run_begins_with_its_block():
    """PENDING until it is entered or something is logged."""
    run = trialog.init("p", status="pending")
    assert run.status is RunStatus.PENDING
    with run:
        assert run.status is RunStatus.RUNNING


def test_only_what_became_of_the_run_is_told(script, monkeypatch):
    """Nothing is, of a forked child with a run of its own, one that joined, the disabled mode."""
    done = script("""
        import os, trialog
        run = trialog.init("p", name="r", id="r")
        child = os.fork()
        if not child:
            trialog.init("p", name="child").finish()
            os._exit(0)
        os.waitpid(child, 0)
        run.finish()
    """)
    assert (done.returncode, done.stderr) == (0, "")
    with trialog.init("p", id="shared"):
        done = script("""
            import trialog
            trialog.init("p", id="shared")
            trialog.init("p").finish()
        """)
    assert (done.returncode, done.stderr) == (0, "")
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    done = script("import trialog; trialog.init('p'); trialog.init('p').finish()")
    assert (done.returncode, done.stderr) == (0, "")


def test_another_init_supersedes_a_run_that_nobody_entered(journals, capfd):
    """FAILED, naming the next run, for good; one line tells of it and of the cure."""
    first = trialog.init("p", name="r")
    second = trialog.init("q", name="s")
    assert first.status is RunStatus.FAILED
    assert capfd.readouterr().err == (
        "trialog: run 'r' was not finished and is kept as FAILED, superseded by 's'. Use `with "
        "trialog.init(…) as run:`, call run.finish(), or pass supersede=False.\n"
    )
    first.finish()
    assert ended(journals) == ("FAILED", "superseded by s")
    assert trialog.get_active_run() is second
    third = trialog.init("p", name="t", supersede=False)
    assert second.status is RunStatus.RUNNING
    third.finish()
    second.finish()


def test_nested_blocks_do_not_disturb_each_other():
    """Finishing one run never clears another."""
    with trialog.init("p", name="outer") as outer:
        with trialog.init("p", name="inner") as inner:
            assert trialog.get_active_run() is inner
        assert trialog.get_active_run() is outer
        trialog.log("x", 1.0)
        assert outer.status is RunStatus.RUNNING


def test_threads_have_their_own_active_run(journals):
    """Eight threads, eight runs, no point in another's run."""

    def work(number):
        with trialog.init("p", name=f"t{number}"):
            for step in range(200):
                trialog.log(f"m{number}", float(number), step)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    for path in journals.paths():
        names = {name for record in journals.read(path) for name in getattr(record, "names", ())}
        assert len(names) == 1
    assert len(journals.calls()) == 1600


def test_a_thread_without_a_run_uses_the_only_open_one():
    """And with several open, an error names them."""
    with trialog.init("p", name="one") as one, ThreadPoolExecutor(1) as pool:
        assert pool.submit(trialog.get_active_run).result() is one
        with trialog.init("p", name="two"), pytest.raises(errors.NoActiveRunError) as caught:
            pool.submit(trialog.get_active_run).result()
        assert "one" in str(caught.value)
        assert "two" in str(caught.value)


def test_asyncio_tasks_have_their_own_active_run():
    """Tasks that run at the same time log to their own runs."""

    async def work(name):
        with trialog.init("p", name=name) as run:
            await asyncio.sleep(0.01)
            assert trialog.get_active_run() is run
        return run.status

    async def main():
        return await asyncio.gather(*(work(f"a{number}") for number in range(5)))

    assert asyncio.run(main()) == [RunStatus.COMPLETED] * 5


def test_without_a_run_module_functions_say_how_to_start_one():
    """The message names trialog.init()."""
    with pytest.raises(ValueError, match="No active run is set"):
        trialog.log("x", 1.0)


def test_64_threads_on_one_run_lose_nothing(journals):
    """Every point is there once, whatever thread logged it."""
    with trialog.init("p") as run:

        def work(number):
            for step in range(500):
                run.log("x", float(number), step)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    points = journals.points("x")
    assert len(points) == len(set(points)) == 64 * 500


# -- in processes of their own -----------------------------------------------------------------


def test_an_uncaught_exception_without_a_block_is_a_crash(script, journals):
    """CRASHED with the exception; the traceback is still printed, the exit code still 1."""
    done = script("""
        import trialog
        run = trialog.init("p", name="r")
        raise RuntimeError("boom")
    """)
    assert done.returncode == 1
    assert "RuntimeError: boom" in done.stderr
    assert ended(journals) == ("CRASHED", "RuntimeError: boom")


def test_a_run_left_open_is_failed_and_told(script, journals):
    """One line on stderr says how to avoid it."""
    done = script("import trialog; run = trialog.init('p', name='r')")
    assert done.returncode == 0
    assert ended(journals) == ("FAILED", "left unfinished")
    assert done.stderr.count("\n") == 1
    assert "with trialog.init" in done.stderr


def test_at_exit_changes_clean_exits(script, journals):
    """By argument or by TRIALOG_AT_EXIT."""
    script("import trialog; trialog.init('p', name='r', at_exit='completed')")
    assert ended(journals) == ("COMPLETED", None)
    script(
        "import trialog; trialog.init('p', name='s')",
        env=os.environ | {"TRIALOG_AT_EXIT": "COMPLETED"},
    )
    assert ended(journals, "s") == ("COMPLETED", None)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("block", [True, False])
def test_a_signal_that_ends_the_process_interrupts(script, journals, name, block):
    """INTERRUPTED with the signal, and the process dies of that very signal."""
    body = (
        "with run: os.kill(os.getpid(), n); time.sleep(5)"
        if block
        else ("os.kill(os.getpid(), n); time.sleep(5)")
    )
    done = script(f"""
        import os, signal, time, trialog
        n = signal.{name}
        run = trialog.init("p", name="r")
        run.log("x", 1.0)
        {body}
    """)
    assert done.returncode == -getattr(signal, name)
    assert ended(journals) == ("INTERRUPTED", name)
    assert journals.points("x") == [(None, 1.0)]


def test_the_users_handlers_still_run_and_may_carry_on(script, journals):
    """A handler that returns leaves the run open; it then ends normally."""
    done = script("""
        import os, signal, trialog
        signal.signal(signal.SIGTERM, lambda *_: print("handled", flush=True))
        with trialog.init("p", name="r") as run:
            os.kill(os.getpid(), signal.SIGTERM)
            run.log("x", 1.0)
    """)
    assert (done.returncode, done.stdout) == (0, "handled\n")
    assert ended(journals) == ("COMPLETED", None)


def test_a_handler_that_exits_interrupts(script, journals):
    """sys.exit(0) in a SIGTERM handler: the signal ended it, and the exit code is the user's."""
    done = script("""
        import os, signal, sys, trialog
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with trialog.init("p", name="r") as run:
            os.kill(os.getpid(), signal.SIGTERM)
            import time; time.sleep(5)
    """)
    assert done.returncode == 0
    assert ended(journals) == ("INTERRUPTED", "SIGTERM")


def test_handlers_are_given_back(script):
    """After the last run nothing of ours is installed."""
    done = script("""
        import signal, sys, trialog
        before = [signal.getsignal(signal.SIGTERM), sys.excepthook]
        with trialog.init("p"):
            assert signal.getsignal(signal.SIGTERM) != before[0]
        assert [signal.getsignal(signal.SIGTERM), sys.excepthook] == before
    """)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_forked_child_writes_its_own_journal(script, journals):
    """Parent's and child's points are all there, under two writers; the child ends nothing."""
    done = script("""
        import os, trialog
        with trialog.init("p", name="r") as run:
            for step in range(1000): run.log("parent", 1.0, step)
            pid = os.fork()
            if pid == 0:
                for step in range(1000): run.log("child", 2.0, step)
                raise SystemExit(0)
            os.waitpid(pid, 0)
            for step in range(1000, 2000): run.log("parent", 1.0, step)
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(journals.paths()) == 2
    assert [step for step, _ in journals.points("parent")] == list(range(2000))
    assert [step for step, _ in journals.points("child")] == list(range(1000))
    assert ended(journals) == ("COMPLETED", None)


def test_points_are_kept_when_the_process_is_killed(script, journals):
    """After 100,000 calls and a kill -9, 100,000 are readable, and no end was invented."""
    done = script("""
        import os, signal, trialog
        run = trialog.init("p", name="r")
        for step in range(100_000): run.log("x", 0.5, step)
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert done.returncode == -signal.SIGKILL
    assert [step for step, _ in journals.points("x")] == list(range(100_000))
    assert journals.end("r") is None


def test_killed_at_random_moments_every_acknowledged_point_is_there(tmp_path, journals, store):
    """What the process said it had logged is readable, whenever it is killed."""
    code = textwrap.dedent("""
        import os, sys, trialog
        with trialog.init("p") as run:
            step = 0
            while True:
                run.log("x", float(step), step)
                step += 1
                if step % 50 == 0:
                    os.write(1, b"%d\\n" % step)
    """)
    for round_ in range(10):
        before = set(journals.paths())
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        process.stdout.readline()
        time.sleep(0.02 * round_)
        process.kill()
        said = [int(line) for line in process.stdout.read().splitlines() if line]
        process.wait()
        process.stdout.close()
        (path,) = set(journals.paths()) - before
        steps = [call.step for call in journals.read(path) if hasattr(call, "step")]
        assert steps == list(range(len(steps)))
        assert len(steps) >= (said[-1] if said else 50)


def test_eight_processes_starting_at_once_get_eight_names(tmp_path, store):
    """Names are claimed, not looked up: no two runs share one."""
    code = "import trialog\nwith trialog.init('acme', 'p', name='x') as r: print(r.name)"
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    names = {process.communicate()[0].strip() for process in processes}
    assert names == {"x", *(f"x_{number}" for number in range(1, 8))}
