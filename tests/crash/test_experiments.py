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
