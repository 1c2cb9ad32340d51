"""Processes that are born of a run, in every state a parent can be in."""

from __future__ import annotations

import pytest

import trialog
from trialog import RunStatus


def statuses(journals, name="r"):
    """The written end and what a reader says."""
    end, found = journals.end(name), trialog.get_run(name)
    return end and end["status"], found.status


COMPLETED = ("COMPLETED", RunStatus.COMPLETED)


def test_forks_while_the_steward_is_at_work(script, journals):
    """Each of 25 children keeps its points, while another thread of the parent logs."""
    done = script("""
        import os, threading, trialog
        with trialog.init("p", name="r") as run:
            stop = threading.Event()
            def work():
                step = 0
                while not stop.is_set():
                    run.log("busy", 1.0, step)
                    step += 1
            thread = threading.Thread(target=work)
            thread.start()
            children = []
            for number in range(25):
                if not (pid := os.fork()):
                    code = 1
                    try:
                        for step in range(100): run.log("child", float(number), step)
                        code = 0
                    finally:
                        os._exit(code)
                children.append(os.waitpid(pid, 0)[1])
            stop.set()
            thread.join()
        assert children == [0] * 25, children
    """)
    assert (done.returncode, done.stderr) == (0, "")
    points = journals.points("child")
    assert sorted(points) == sorted(
        (step, float(each)) for step in range(100) for each in range(25)
    )
    steps = [step for step, _ in journals.points("busy")]
    assert steps == list(range(len(steps)))
    assert statuses(journals) == COMPLETED
    assert trialog.get_run("r").points == len(steps) + 2_500


def test_a_fork_in_a_thread(script, journals):
    """The child has only the thread that forked; the run is its active one too."""
    done = script("""
        import os, threading, trialog
        with trialog.init("p", name="r") as run:
            def work():
                if not (pid := os.fork()):
                    trialog.log("child", 1.0, 0)
                    os._exit(0)
                assert os.waitpid(pid, 0)[1] == 0
            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
            run.log("parent", 1.0, 0)
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert journals.points("child") == journals.points("parent") == [(0, 1.0)]
    assert statuses(journals) == COMPLETED


def test_a_child_that_finishes_the_run_ends_its_own_part_only(script, journals):
    """finish(), an exception, a signal: none of the child's endings is the run's."""
    done = script("""
        import os, signal, time, trialog
        run = trialog.init("p", name="r")
        def finish(): run.finish("FAILED", reason="the child")
        def leave_block():
            with run: raise SystemExit(3)
        def terminate():
            os.kill(os.getpid(), signal.SIGTERM)
        def crash(): raise ValueError("the child")
        for act in (finish, leave_block, terminate, crash):
            if not (pid := os.fork()):
                os.close(2)
                run.log("child", 1.0)
                act()
                raise SystemExit
            os.waitpid(pid, 0)
            assert run.status is trialog.RunStatus.RUNNING
        run.log("parent", 1.0)
        run.finish()
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(journals.points("child")) == 4
    assert journals.end("r")["status"] == "COMPLETED"
    assert trialog.get_run("r").status is RunStatus.COMPLETED


def test_a_child_that_outlives_the_parent_is_still_heard(script, journals):
    """Its late points are accepted; the parent's word on the run stands."""
    done = script("""
        import os, time, trialog
        read, write = os.pipe()
        with trialog.init("p", name="r") as run:
            run.log("x", 1.0, 0)
            if not os.fork():
                os.close(write)
                os.read(read, 1)  # until the parent is gone
                time.sleep(0.2)
                run.log("late", 2.0, 1)
                os._exit(0)
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert journals.points("late") == [(1, 2.0)]
    assert statuses(journals) == COMPLETED
    assert trialog.get_run("r").points == 2


def test_a_child_that_is_killed_fails_nobody(script, journals):
    """A worker killed for its memory: its points are there, the run goes on and completes."""
    done = script("""
        import os, signal, trialog
        with trialog.init("p", name="r") as run:
            if not (pid := os.fork()):
                for step in range(1000): run.log("child", 1.0, step)
                os.kill(os.getpid(), signal.SIGKILL)
            os.waitpid(pid, 0)
            assert trialog.get_run("r").status is trialog.RunStatus.RUNNING
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(journals.points("child")) == 1000
    assert statuses(journals) == COMPLETED


def test_a_parent_that_is_killed_while_its_child_lives(script, journals):
    """RUNNING as long as somebody writes, then FAILED "killed"."""
    done = script("""
        import os, signal, sys, time, trialog
        run = trialog.init("p", name="r")
        run.log("x", 1.0)
        parent = os.getpid()
        if not os.fork():
            run.log("child", 1.0)
            while os.getppid() == parent: time.sleep(0.01)
            status = trialog.get_run("r").status
            run.log_parameter("seen", str(status))
            os._exit(0)
        time.sleep(0.3)
        os.kill(parent, signal.SIGKILL)
    """)
    assert done.returncode < 0
    found = trialog.get_run("r")
    assert found.parameters == {"seen": "RUNNING"}
    assert (found.status, found.reason) == (RunStatus.FAILED, "killed")


def test_a_fork_of_a_fork(script, journals):
    """Three generations, three writers, one run."""
    done = script("""
        import os, trialog
        with trialog.init("p", name="r") as run:
            run.log("x", 0.0, 0)
            if not (pid := os.fork()):
                run.log("x", 1.0, 1)
                if not (grandchild := os.fork()):
                    run.log("x", 2.0, 2)
                    os._exit(0)
                os.waitpid(grandchild, 0)
                run.log("x", 3.0, 3)
                os._exit(0)
            os.waitpid(pid, 0)
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(journals.points("x")) == [(step, float(step)) for step in range(4)]
    assert len(journals.paths()) == 3


def test_a_child_may_start_a_run_of_its_own(script, journals):
    """Its run ends with it; the parent's goes on."""
    done = script("""
        import os, trialog
        with trialog.init("p", name="r") as run:
            if not (pid := os.fork()):
                with trialog.init("p", name="own") as own:
                    trialog.log("x", 1.0)
                os._exit(0)
            os.waitpid(pid, 0)
            assert trialog.get_active_run() is run
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert statuses(journals) == statuses(journals, "own") == COMPLETED


def test_a_child_that_logs_nothing_leaves_no_journal(script, journals):
    """A fork costs a run nothing until the child has something to say."""
    done = script("""
        import os, trialog
        with trialog.init("p", name="r") as run:
            if not (pid := os.fork()):
                os._exit(0)
            os.waitpid(pid, 0)
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(journals.paths()) == 1


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_pools_of_processes(script, journals, method):
    """Pools of multiprocessing and concurrent.futures; other methods than fork join by ``id=``."""
    done = script(f"""
        import multiprocessing, os, trialog
        from concurrent.futures import ProcessPoolExecutor

        def work(number, run_id):
            if {method!r} == "fork":
                trialog.log("worker", float(number), number)
            else:
                with trialog.init("p", id=run_id) as run:
                    run.log("worker", float(number), number)
            return os.getpid()

        if __name__ == "__main__":
            context = multiprocessing.get_context({method!r})
            with trialog.init("p", name="r") as run:
                with context.Pool(2) as pool:
                    pool.starmap(work, [(number, run.id) for number in range(20)])
                with ProcessPoolExecutor(2, mp_context=context) as pool:
                    list(pool.map(work, range(20, 40), [run.id] * 20))
                assert run.status is trialog.RunStatus.RUNNING
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(journals.points("worker")) == [(each, float(each)) for each in range(40)]
    assert statuses(journals) == COMPLETED
    assert len(trialog.runs("p")) == 1


def test_workers_die_of_sigterm_as_they_would_without_us(script):
    """A pool ends its workers by SIGTERM: a handler in Python may miss it and hang the pool."""
    done = script("""
        import multiprocessing, os, signal, trialog

        def handler(_):
            trialog.log("x", 1.0)
            return signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

        def of_a_run_of_its_own(_):
            with trialog.init("p", name="own"):
                return signal.getsignal(signal.SIGTERM) is signal.SIG_DFL

        if __name__ == "__main__":
            with trialog.init("p", name="r") as run:
                with multiprocessing.get_context("fork").Pool(1) as pool:
                    print(pool.map(handler, range(2)), pool.map(of_a_run_of_its_own, range(1)))
                if not (pid := os.fork()):
                    os._exit(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
                print(os.waitpid(pid, 0)[1])
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n")[:2] == ["[True, True] [False]", "0"]


def test_a_run_is_not_pickled_into_another_process(script):
    """It says so, and what to do, instead of a journal that two processes write."""
    done = script("""
        import multiprocessing, trialog
        if __name__ == "__main__":
            with trialog.init("p") as run, multiprocessing.get_context("spawn").Pool(1) as pool:
                try:
                    pool.apply(print, (run,))
                except TypeError as error:
                    print(error)
    """)
    assert "cannot be pickled" in done.stdout


def test_a_process_that_makes_itself_a_daemon_in_its_block(script, journals):
    """The process that began the run is gone: the one that goes on ends it."""
    done = script("""
        import os, time, trialog
        from trialog._tracking.presence import is_running
        read, write = os.pipe()
        if os.fork():
            os.close(write)
            os.read(read, 1)  # until the daemon has ended
            os._exit(0)
        with trialog.init("p", name="r") as run:
            run.log("x", 0.0, 0)
            for _ in range(2):
                if (pid := os.fork()): os._exit(0)
                os.setsid()
            while is_running(run._start.pid, run._start.process_start): time.sleep(0.01)
            run.log("x", 1.0, 1)
    """)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(journals.points("x")) == [(0, 0.0), (1, 1.0)]
    found = trialog.get_run("r")
    assert (found.status, found.reason) == (RunStatus.COMPLETED, None)


def test_a_child_that_ends_the_run_is_told_that_it_does_not(script, journals):
    """One line; and what the child sees of the run's status is true."""
    done = script("""
        import os, trialog
        with trialog.init("p", name="r") as run:
            if not (pid := os.fork()):
                run.log("child", 1.0)
                run.finish("FAILED")
                print(run.status.value, run.is_ended, flush=True)
                try:
                    run.log("child", 2.0)
                except trialog.errors.RunFinishedError as error:
                    print(error, flush=True)
                os._exit(0)
            os.waitpid(pid, 0)
    """)
    assert done.stdout.startswith("RUNNING True\nthis process has left run 'r'")
    (line,) = done.stderr.splitlines()
    assert "only the process that began it ends it" in line
    assert statuses(journals) == COMPLETED


def test_a_child_that_only_finishes_leaves_the_parents_marker(script, store):
    """It has written nothing, and has no marker of its own to take away."""
    done = script("""
        import os, pathlib, trialog
        with trialog.init("p", name="r") as run:
            folder = next(pathlib.Path(os.environ["TRIALOG_HOME"]).glob("namespaces/*/*/open"))
            before = list(folder.iterdir())
            if not (pid := os.fork()):
                run.finish()
                os._exit(0)
            os.waitpid(pid, 0)
            assert list(folder.iterdir()) == before != []
        assert list(folder.iterdir()) == []
    """)
    assert (done.returncode, done.stderr) == (0, "")
