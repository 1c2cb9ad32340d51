"""Harm done to experiments while they are recorded: everything that was logged is there."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap

import pytest

import trialog

LOOP = """
import sys, time
import trialog
experiment = trialog.Experiment("harmed", project="acme/demo")
experiment.log_parameter("solver", "HiGHS")
experiment.log_attachment("plan", "text/plain", b"first")
for number in range({runs}):
    run = experiment.run()
    for each in range(5):
        run.log_parameter(f"p{{each}}", number * each)
    run.log("loss", 0.5)
    print(number, flush=True)
    if number < {runs} - 1:
        run.finish()
time.sleep(60)
"""


def harmed(harm, runs):
    """An experiment whose process is harmed in the middle of its last run."""
    source = textwrap.dedent(LOOP.format(runs=runs))
    process = subprocess.Popen(
        [sys.executable, "-c", source], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        for line in process.stdout:
            if int(line) == runs - 1:
                break
        process.send_signal(harm)
        process.communicate(timeout=30)
    return trialog.Experiment.open("harmed")


@pytest.mark.parametrize("runs", [1, 2, 40])
@pytest.mark.parametrize(
    "harm,status", [(signal.SIGKILL, "FAILED"), (signal.SIGTERM, "INTERRUPTED")]
)
def test_a_killed_process_loses_nothing_of_an_experiment(harm, status, runs):
    """In the first run, in the second, in the fortieth: all values; and it goes on."""
    experiment = harmed(harm, runs)
    assert experiment.status.value == status
    assert experiment.parameters == {"solver": "HiGHS"}
    assert experiment.get_attachment("plan") == b"first"
    frame = experiment.run_parameters_df(status=True, metrics=True)
    assert frame.index.tolist() == list(range(runs))
    assert frame["status"].tolist() == ["COMPLETED"] * (runs - 1) + [status]
    assert frame["p4"].tolist() == [number * 4 for number in range(runs)]
    assert frame["last(loss)"].tolist() == [0.5] * runs
    with experiment.run() as run:
        assert run.run_id == runs
    experiment.finish()
    assert len(experiment.runs) == runs + 1


def test_two_processes_with_one_name_destroy_nothing(script):
    """Each has an experiment of its own, whole."""
    source = """
    import sys, trialog
    experiment = trialog.Experiment("same", project="acme/demo")
    for number in range(50):
        with experiment.run() as run:
            run.log_parameter("who", sys.argv[1])
    experiment.finish()
    """
    path = script("pass").args[-1]
    with open(path, "w") as file:  # noqa: PTH123 # beside the fixture's script
        file.write(textwrap.dedent(source))
    processes = [subprocess.Popen([sys.executable, path, str(each)]) for each in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    experiments = trialog.experiments("acme/demo")
    assert sorted(each.name for each in experiments) == ["same", "same_1"]
    for each in experiments:
        frame = each.run_parameters_df()
        assert len(frame) == 50
        assert frame["who"].nunique() == 1


def test_a_forked_child_records_into_the_experiment(script):
    """Its run is one of it, whoever ends first."""
    script("""
    import os, trialog
    experiment = trialog.Experiment("forked", project="acme/demo")
    with experiment.run() as run:
        run.log_parameter("who", "before")
    child = os.fork()
    with experiment.run() as run:
        run.log_parameter("who", "parent" if child else "child")
    if not child:
        experiment.log_parameter("seen", True)
        os._exit(0)
    os.waitpid(child, 0)
    experiment.finish()
    """)
    experiment = trialog.Experiment.open("forked")
    frame = experiment.run_parameters_df(status=True)
    assert sorted(frame["who"].tolist()) == ["before", "child", "parent"]
    assert set(frame["status"]) == {"COMPLETED"}
    assert experiment.parameters == {"seen": True}
    assert experiment.status is trialog.RunStatus.COMPLETED


def test_a_dropped_run_is_there(script):
    """Nobody holds it, nobody finished it: it is listed, with its values."""
    script("""
    import trialog
    experiment = trialog.Experiment("dropped", project="acme/demo", commit=False)
    with experiment:
        run = experiment.run()
        run.log_parameter("lr", 0.1)
        del run
    """)
    frame = trialog.Experiment.open("dropped").run_parameters_df(status=True)
    assert frame["lr"].tolist() == [0.1]
    assert frame["status"].tolist() == ["FAILED"]


def test_workers_that_are_killed_lose_their_own_run_only(script):
    """The others go on, and what the killed one had logged is there."""
    script("""
    import os, signal, trialog
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    def work(experiment, number):
        with experiment.run() as run:
            run.log_parameter("number", number)
            if number == 3:
                os.kill(os.getpid(), signal.SIGKILL)

    if __name__ == "__main__":
        experiment = trialog.Experiment("workers", project="acme/demo")
        for number in range(6):
            try:
                with ProcessPoolExecutor(1) as pool:
                    pool.submit(work, experiment, number).result()
            except BrokenProcessPool:
                pass
        experiment.finish()
    """)
    frame = trialog.Experiment.open("workers").run_parameters_df(status=True)
    assert frame["number"].tolist() == [0, 1, 2, 3, 4, 5]
    assert frame["status"].tolist() == ["COMPLETED"] * 3 + ["FAILED"] + ["COMPLETED"] * 2


def test_a_forked_child_cannot_write_to_a_committed_experiment(script):
    """One that was silent until the commit is told; one at work holds the commit up, by name."""
    done = script("""
    import os, trialog
    experiment = trialog.Experiment("sealed", project="acme/demo", commit=False)
    run = experiment.run(parameters={"a": 1})
    first, second = os.pipe()
    silent = os.fork()
    if not silent:
        os.read(first, 1)
        refused = 0
        for act in (
            lambda: run.log("late", 1.0),
            lambda: run.log_parameter("late", 2),
            lambda: experiment.log_parameter("late", 1),
        ):
            try:
                act()
            except trialog.errors.SealedError:
                refused += 1
        os._exit(refused)
    third, fourth = os.pipe()
    fifth, sixth = os.pipe()
    busy = os.fork()
    if not busy:
        run.log("loss", 0.5)
        os.write(sixth, b"x")
        os.read(third, 1)
        os._exit(0)
    os.read(fifth, 1)
    run.finish()
    try:
        experiment.commit()
    except trialog.errors.UsageError as error:
        print(f"still written by process {busy}" in str(error))
    os.write(fourth, b"x")
    os.waitpid(busy, 0)
    print(experiment.commit() == experiment.digest)
    os.write(second, b"x")
    print(os.waitstatus_to_exitcode(os.waitpid(silent, 0)[1]))
    """)
    assert (done.stdout.split(), done.stderr) == (["True", "True", "3"], "")
    frame = trialog.Experiment.open("sealed").run_parameters_df(metrics=True)
    assert frame.to_dict("list") == {"a": [1], "last(loss)": [0.5]}


def test_a_process_that_was_stopped_at_its_start_does_not_join_a_sealed_experiment(script):
    """Stopped between its look at the seal and its journal, for longer than anybody waits."""
    done = script("""
    import trialog
    from trialog._artifacts import members
    from trialog._tracking import experiments
    members.BURNED_NS = 0  # as if so much time had passed

    experiment = trialog.Experiment("stopped", project="acme/demo", commit=False)
    experiment.run(parameters={"a": 1}).finish()
    other = trialog.Experiment.open("stopped")
    open_journal = experiments.writers.open_journal

    def open_late(*arguments, **keywords):
        experiments.writers.open_journal = open_journal
        other.commit()
        return open_journal(*arguments, **keywords)

    experiments.writers.open_journal = open_late
    try:
        experiment.run(parameters={"late": 1})
    except trialog.errors.SealedError:
        print("refused")
    """)
    assert (done.stdout.split(), done.stderr) == (["refused"], "")
    experiment = trialog.Experiment.open("stopped")
    assert experiment.run_parameters_df().to_dict("list") == {"a": [1]}
    assert experiment.is_committed


@pytest.mark.parametrize("line", range(100, 640, 60))
def test_an_interrupt_in_the_middle_of_a_start_leaves_no_open_run(script, line):
    """Ctrl-C at any line of it: no number is lost, nothing stays open that nobody holds."""
    done = script(f"""
    import sys, trialog
    experiment = trialog.Experiment("interrupted", project="acme/demo", commit=False)
    experiment.run(parameters={{"a": 1}}).finish()
    left = {line}

    def trace(frame, event, argument):
        global left
        left -= event == "line"
        if left == 0:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        experiment.run(parameters={{"b": 2}}).finish()
    except KeyboardInterrupt:
        print("interrupted")
    finally:
        sys.settrace(None)
    with experiment.run(parameters={{"c": 3}}):
        pass
    experiment.commit()
    """)
    assert done.stderr == ""
    frame = trialog.Experiment.open("interrupted").run_parameters_df(status=True)
    assert frame.index.tolist() == list(range(len(frame)))
    assert len(frame) in (2, 3)
    assert {"COMPLETED"} <= set(frame["status"]) <= {"COMPLETED", "INTERRUPTED"}
