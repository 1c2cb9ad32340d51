"""How processes end, and what that makes of their runs: each in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

import trialog
from trialog import RunStatus


def ended(journals, name="r"):
    end = journals.end(name)
    assert end is not None
    return end["status"], end["reason"]


@pytest.mark.parametrize(
    "leave,code,status",
    [
        ("sys.exit()", 0, "COMPLETED"),
        ("sys.exit(3)", 3, "CRASHED"),
        ("sys.exit('text')", 1, "CRASHED"),
        ("raise SystemExit", 0, "COMPLETED"),
        ("exit(2)", 2, "CRASHED"),
    ],
)
def test_leaving_the_process_from_a_block(script, journals, leave, code, status):
    """The process's exit code is the user's, and is kept."""
    done = script(f"""
        import sys, trialog
        with trialog.init("p", name="r"):
            {leave}
    """)
    assert done.returncode == code
    assert journals.end("r")["status"] == status
    assert trialog.get_run("r").exit_code == code


def test_leaving_without_finishing_is_left_unfinished(script, journals):
    """sys.exit() outside of a block: nobody finished the run."""
    done = script("import sys, trialog; run = trialog.init('p', name='r'); sys.exit(3)")
    assert done.returncode == 3
    assert ended(journals) == ("FAILED", "left unfinished")


@pytest.mark.parametrize("value", ["nonsense", "RUNNING", "pending"])
def test_a_wrong_environment_variable_is_named(script, store, value):
    """TRIALOG_AT_EXIT is checked when a run starts, and the message names it."""
    done = script(
        "import trialog; trialog.init('p', name='r')",
        env=os.environ | {"TRIALOG_AT_EXIT": value},
    )
    assert done.returncode == 1
    assert "TRIALOG_AT_EXIT" in done.stderr.splitlines()[-1]
    assert not store.exists()


@pytest.mark.parametrize("leave", ["os._exit(0)", "os.abort()", "os.kill(os.getpid(), 9)"])
def test_a_process_that_vanishes_is_failed(script, journals, leave):
    """No end was written, none is invented in the journal; every reader derives "killed"."""
    script(f"""
        import os, trialog
        with trialog.init("p", name="r") as run:
            run.log("x", 1.0)
            {leave}
    """)
    assert journals.end("r") is None
    run = trialog.get_run("r")
    assert (run.status, run.reason, run.points) == (RunStatus.FAILED, "killed", 1)


def test_a_process_that_becomes_another_program(script, journals):
    """os.execv: the run has no end; once the new program has ended, it is FAILED "killed"."""
    done = script("""
        import os, sys, trialog
        run = trialog.init("p", name="r")
        run.log("x", 1.0)
        os.execv(sys.executable, [sys.executable, "-c", "print('another')"])
    """)
    assert (done.returncode, done.stdout) == (0, "another\n")
    assert journals.points("x") == [(None, 1.0)]
    run = trialog.get_run("r")
    assert (run.status, run.reason) == (RunStatus.FAILED, "killed")


def test_a_signal_during_a_long_call_into_c(script, journals):
    """Python runs handlers between bytecodes: after the call the run ends, and the process."""
    done = script("""
        import hashlib, os, signal, threading, trialog
        run = trialog.init("p", name="r")
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
        hashlib.pbkdf2_hmac("sha256", b"", b"", 2_000_000)
        run.log("not reached", 1.0)
    """)
    assert done.returncode == -signal.SIGTERM
    assert ended(journals) == ("INTERRUPTED", "SIGTERM")
    assert journals.points("not reached") == []


def test_ctrl_c_without_a_block(script, journals):
    """KeyboardInterrupt that nobody catches is INTERRUPTED; Python prints it as ever."""
    done = script("""
        import os, signal, time, trialog
        run = trialog.init("p", name="r")
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
    """)
    assert done.returncode == -signal.SIGINT
    assert "KeyboardInterrupt" in done.stderr
    assert ended(journals) == ("INTERRUPTED", "SIGINT")


def test_a_signal_that_was_ignored_stays_ignored(script, journals):
    """nohup: SIGHUP does not end the process, nor the run."""
    done = script("""
        import os, signal, trialog
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        with trialog.init("p", name="r") as run:
            os.kill(os.getpid(), signal.SIGHUP)
            run.log("x", 1.0)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert ended(journals) == ("COMPLETED", None)


def test_a_signal_ends_every_open_run(script, journals):
    """Blocks, threads and runs by hand: all of them are INTERRUPTED."""
    done = script("""
        import os, signal, threading, time, trialog
        ready = threading.Event()
        def work():
            with trialog.init("p", name="thread"):
                ready.set()
                time.sleep(10)
        by_hand = trialog.init("p", name="hand")
        threading.Thread(target=work, daemon=True).start()
        ready.wait()
        with trialog.init("p", name="block", supersede=False):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
    """)
    assert done.returncode == -signal.SIGTERM
    for name in ("hand", "thread", "block"):
        assert ended(journals, name) == ("INTERRUPTED", "SIGTERM")


def test_a_run_of_another_thread_is_ended_by_the_signal_too(script, journals):
    """Off the main thread no handler is installed: without one of ours the status is derived."""
    done = script("""
        import os, signal, threading, time, trialog
        def work():
            run = trialog.init("p", name="r")
            run.log("x", 1.0)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(5)
    """)
    assert done.returncode == -signal.SIGTERM
    assert journals.end("r") is None
    run = trialog.get_run("r")
    assert (run.status, run.reason, run.points) == (RunStatus.FAILED, "killed", 1)


def test_handlers_that_were_installed_later_still_run(script, journals):
    """The user's excepthook and handlers, set after init(), are not undone by the run's end."""
    done = script("""
        import signal, sys, trialog
        run = trialog.init("p", name="r")
        def handler(*_): pass
        def hook(kind, error, trace): print("mine", kind.__name__)
        signal.signal(signal.SIGTERM, handler)
        sys.excepthook = hook
        run.finish()
        assert signal.getsignal(signal.SIGTERM) is handler
        assert sys.excepthook is hook
        trialog.init("p", name="s")
        raise ValueError("boom")
    """)
    assert done.returncode == 1
    assert done.stdout == "mine ValueError\n"
    assert ended(journals, "s") == ("CRASHED", "ValueError: boom")


def test_a_hook_that_hides_ours_does_not_hide_the_crash(script, journals):
    """Set after init(), without calling the one before: at exit the interpreter still knows."""
    done = script("""
        import sys, trialog
        run = trialog.init("p", name="r")
        sys.excepthook = lambda *_: None
        raise ValueError("boom")
    """)
    assert done.returncode == 1
    assert ended(journals) == ("CRASHED", "ValueError: boom")


def test_daemon_threads_that_log_while_the_interpreter_exits(script, journals):
    """Nothing hangs, nothing crashes, and what was logged before the end is there."""
    for _ in range(3):
        began = time.monotonic()
        done = script("""
            import threading, time, trialog
            run = trialog.init("p", at_exit="COMPLETED", name="r")
            def work():
                step = 0
                try:
                    while True:
                        run.log("x", 1.0, step)
                        step += 1
                except trialog.errors.RunFinishedError:
                    pass
            for _ in range(4): threading.Thread(target=work, daemon=True).start()
            time.sleep(0.1)
        """)
        assert done.returncode == 0
        assert time.monotonic() - began < 20
    assert ended(journals)[0] == "COMPLETED"
    assert all(trialog.get_run(name).damages == 0 for name in ("r", "r_1", "r_2"))


def test_logging_from_a_finaliser_at_shutdown(script, journals):
    """``__del__`` may come after the run's end: Python tells of it, and nothing hangs."""
    done = script("""
        import trialog
        class Late:
            def __del__(self):
                run.log("late", 1.0)
        run = trialog.init("p", name="r", at_exit="COMPLETED")
        run.log("x", 1.0)
        keep = Late()
    """)
    assert done.returncode == 0
    assert "RunFinishedError" in done.stderr
    assert "Fatal" not in done.stderr
    assert ended(journals) == ("COMPLETED", None)


def test_an_atexit_function_of_the_user_may_still_log(script, journals):
    """Registered after init(), it runs before the run is ended: it may even finish it."""
    done = script("""
        import atexit, trialog
        run = trialog.init("p", name="r")
        @atexit.register
        def last():
            run.log("last", 1.0)
            run.finish()
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert ended(journals) == ("COMPLETED", None)
    assert journals.points("last") == [(None, 1.0)]


def test_without_stderr_nothing_breaks(script, journals):
    """A process started without stderr (pythonw, a daemon) has nobody to tell."""
    done = script("""
        import os, sys, trialog
        sys.stderr = None
        os.close(2)
        run = trialog.init("p", name="r")
    """)
    assert done.returncode == 0
    assert ended(journals) == ("FAILED", "left unfinished")


def test_a_terminal_that_is_closed_hangs_the_run_up(journals, store):
    """SIGHUP from outside, while the process waits: INTERRUPTED."""
    code = (
        "import time, trialog\nrun = trialog.init('p', name='r')\nprint(flush=True)\ntime.sleep(30)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        assert process.wait(10) == -signal.SIGHUP
    assert ended(journals) == ("INTERRUPTED", "SIGHUP")


def test_a_reason_that_no_text_can_hold(script, journals):
    """A file's name with undecodable bytes in sys.exit(): it exits, and the end is written."""
    done = script("""
        import sys, trialog
        with trialog.init("p", name="r"):
            sys.exit("cannot read data_\\udcff.csv")
    """)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert ended(journals) == ("CRASHED", "exit code 1: cannot read data_\\udcff.csv")


def test_one_run_that_cannot_end_does_not_keep_the_others_from_it(script, journals):
    """At exit, each run has its own try."""
    done = script("""
        import trialog
        how = {"supersede": False, "at_exit": "COMPLETED"}
        runs = [trialog.init("p", name=name, **how) for name in "abc"]
        def fail(): raise RuntimeError("at the end of b")
        runs[1]._lifecycle.on_end = fail
    """)
    assert "at the end of b" in done.stderr
    assert [ended(journals, name)[0] for name in "abc"] == ["COMPLETED"] * 3


def test_a_closed_stderr_at_exit(script, journals):
    """A daemon has closed it: every run left open is told to nobody, and ended."""
    script("""
        import sys, trialog
        trialog.init("p", name="a", supersede=False)
        trialog.init("p", name="b", supersede=False, at_exit="COMPLETED")
        sys.stderr.close()
    """)
    assert ended(journals, "a") == ("FAILED", "left unfinished")
    assert ended(journals, "b") == ("COMPLETED", None)


def test_a_daemon_that_closed_its_standard_files_and_prints(script, journals):
    """No file of ours gets a number that print() writes to."""
    done = script("""
        import os, sys, trialog
        for number in range(3): os.close(number)
        with trialog.init("p", name="r") as run:
            for step in range(5_000):
                run.log("x", float(step), step)
                if step % 500 == 0:
                    for number in (1, 2):
                        try: os.write(number, b"printed" * 100)
                        except OSError: pass
            run.log_attachment("a", "text/plain", b"bytes")
        os._exit(0)
    """)
    assert done.returncode == 0
    assert ended(journals) == ("COMPLETED", None)
    assert [step for step, _ in journals.points("x")] == list(range(5_000))


def test_an_error_that_was_caught_and_shown_ends_nothing(script, journals):
    """Graphical interfaces and consoles call sys.excepthook and go on; so does the run."""
    done = script("""
        import code, sys, trialog
        run = trialog.init("p", name="r", at_exit="COMPLETED")
        def slot():
            try: 1 / 0
            except ZeroDivisionError: sys.excepthook(*sys.exc_info())
        slot()
        try: slot.missing
        except AttributeError: sys.excepthook(*sys.exc_info())
        code.InteractiveInterpreter().runsource("1 / 0")
        run.log("x", 1.0)
    """)
    assert done.returncode == 0
    assert done.stderr.count("ZeroDivisionError") == 2
    assert ended(journals) == ("COMPLETED", None)
    assert journals.points("x") == [(None, 1.0)]


def test_a_hook_of_the_user_that_calls_ours(script, journals):
    """Set after init(), it calls the one before, and leaves without an exit: the crash is kept."""
    done = script("""
        import os, sys, trialog
        run = trialog.init("p", name="r")
        ours = sys.excepthook
        def hook(*error):
            ours(*error)
            os._exit(7)
        sys.excepthook = hook
        def train(): raise ValueError("boom")
        train()
    """)
    assert done.returncode == 7
    assert ended(journals) == ("CRASHED", "ValueError: boom")


def test_an_error_that_somebody_else_remembers_is_not_the_end(script, journals):
    """sys.last_exc of a debugger or of pytest in this process: a clean exit stays clean."""
    done = script("""
        import sys, trialog
        run = trialog.init("p", name="r", at_exit="COMPLETED")
        def call():
            try: 1 / 0
            except ZeroDivisionError as error:
                sys.last_type, sys.last_value = type(error), error
                sys.last_exc, sys.last_traceback = error, error.__traceback__
        call()
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert ended(journals) == ("COMPLETED", None)


def test_a_handler_that_was_set_in_the_block_and_exits(script, journals):
    """It replaced ours, but the exit came through it: INTERRUPTED, by the right signal."""
    done = script("""
        import os, signal, sys, time, trialog
        with trialog.init("p", name="r"):
            def leave(*_): sys.exit(0)
            signal.signal(signal.SIGTERM, leave)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(5)
    """)
    assert done.returncode == 0
    assert ended(journals) == ("INTERRUPTED", "SIGTERM")


def test_a_signal_while_finish_waits_for_the_disk(script, journals):
    """finish() was called: its word stands, and the process dies of the signal."""
    done = script("""
        import os, signal, threading, time, trialog
        from trialog._writing import blockfile
        real, is_asked = blockfile.sync, threading.Event()
        def slow(fd):
            is_asked.set()
            time.sleep(0.8)
            real(fd)
        run = trialog.init("p", name="r")
        blockfile.sync = slow
        run.log("x", 1.0)
        is_asked.wait()
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start()
        run.finish("FAILED", reason="infeasible")
        time.sleep(5)
    """)
    assert done.returncode == -signal.SIGTERM
    assert ended(journals) == ("FAILED", "infeasible")
    assert trialog.get_run("r").damages == 0
