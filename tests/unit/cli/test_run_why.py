"""``trialog run why``: the end of a run in one screen."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

import trialog
from trialog._format.facts import Console
from trialog._format.folders import ProjectFolder
from trialog._format.records import Kind
from trialog._tracking import writers

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def step(batch):
    if batch == 7:
        raise FloatingPointError("loss is not finite: " + "the gradient of layer 3 has NaN; " * 9)


@pytest.fixture
def crashed():
    """A run that crashed after one that completed, with all that a screen can show."""
    for name, lr in (("steady", 0.01), ("diverged", 0.1)):
        parameters = {"lr": lr, "depth": 3} | {f"option_{n}": lr for n in range(9)}
        run = trialog.init("acme", "demo", name=name, parameters=parameters)
        project = ProjectFolder(run._home.parents[2])
        beside = writers.open_journal(project, replace(run._start, role="witness", writer=""))
        lines = [
            [run._start.created_ns + n, f"\x1b[33mstep {n}\x1b[0m {'x' * 200}"] for n in range(30)
        ]
        beside.append_fact(Kind.CONSOLE, Console(stream="stdout", lines=lines).encode())
        with contextlib.suppress(FloatingPointError), run:
            for number in range(8):
                run.log("system/memory_bytes", 1e9 * (number + 1))
                run.log("system/gpu.0/memory_percent", 12.0 * number)
                run.log("system/gpu.0/utilization_percent", 99.0 - number)
                if name == "diverged":
                    step(number)
            run.alert("it goes well", level="info")
        beside.close(Kind.LEAVE)
        writers.leave(project, beside.start)


@pytest.mark.usefixtures("crashed")
@pytest.mark.parametrize("columns", [60, 80, 120, 200])
def test_it_is_one_screen(terminal, columns):
    """Whatever there is to tell: no row is wider than the terminal, and all of them fit it."""
    answer = terminal("run", "why", "diverged", columns=columns, LINES="24", COLUMNS=str(columns))
    assert answer.code == 0
    rows = COLOUR.sub("", answer.stdout).splitlines()
    assert len(rows) < 24
    assert max(map(cell_len, rows)) <= columns
    text = "\n".join(rows)
    for told in (
        "✗ CRASHED",
        "FloatingPointError: loss is not finite",
        "test_run_why.py:",
        "memory",
        "GPU 0 utilization",
        "Differs from steady",
        "more, which --json has",
        "Last lines of stdout",
        "step 29",
    ):
        assert told in text, told


@pytest.mark.usefixtures("crashed")
def test_more_is_shown_where_there_is_room(call):
    """Without a terminal there is no height to fit."""
    answer = call("run", "why", "diverged", "--table")
    assert next(row for row in answer.lines if "step 2" in row).startswith("  step 22")
    assert "raise FloatingPointError" in answer.stdout
    assert "0.01 → 0.1" in answer.stdout
    assert "\x1b" not in answer.stdout
    (memory,) = (row for row in answer.lines if row.startswith("memory"))
    assert re.search(r"█  954 MiB – 7\.45 GiB$", memory)
    (gpu,) = (row for row in answer.lines if row.startswith("GPU 0 memory"))
    assert gpu.endswith("0 – 84 %")


@pytest.mark.usefixtures("crashed")
def test_a_terminal_without_unicode_gets_plain_letters(terminal):
    """And TERM=dumb no escape sequence."""
    answer = terminal("run", "why", "diverged", PYTHONIOENCODING="ascii", TERM="dumb")
    assert answer.code == 0
    assert "x CRASHED" in answer.stdout
    assert "0.01 > 0.1" in answer.stdout
    assert "#" in answer.stdout
    assert "\x1b" not in answer.stdout


@pytest.mark.usefixtures("crashed")
def test_json_has_all_of_it(call):
    """The run's facts, and what explains them."""
    found = call("run", "why", "diverged").json
    assert (found["status"], found["blamed"]["role"]) == ("CRASHED", "run")
    assert found["place"]["function"] == "step"
    assert found["exception"]["type"] == "FloatingPointError"
    assert found["compared_with"]["name"] == "steady"
    assert {"what": "lr", "before": 0.01, "after": 0.1} in found["differences"]["parameters"]
    assert len(found["differences"]["parameters"]) == 10
    assert [each["metric"] for each in found["curves"]] == [
        "system/memory_bytes",
        "system/gpu.0/memory_percent",
        "system/gpu.0/utilization_percent",
    ]
    assert len(found["console"]) == 8
    assert found["console"][-1]["text"].startswith("step 29 ")


@pytest.mark.usefixtures("crashed")
def test_a_run_that_is_well_says_so(call):
    """How long it took, and what a person should look at."""
    answer = call("run", "why", "steady", "--table")
    assert re.match(r"steady  ✓ COMPLETED  ended well after \d", answer.stdout)
    assert "Differs" not in answer.stdout
    assert "alert       it goes well" in answer.stdout


def test_a_run_that_goes_on_says_how_long_it_is_silent(call):
    """Its last point; nothing is said of an end."""
    with trialog.init("acme", "demo", name="live") as run:
        run.log("loss", 0.5)
        answer = call("run", "why", "live", "--table")
        assert re.match(r"live  ● RUNNING  for \S+ \S+ so far", answer.stdout)
        assert re.search(r"^last point  (now|\d+ s ago) \(", answer.stdout, re.MULTILINE)
        assert "last line" not in answer.stdout
        found = call("run", "why", "live").json
        assert (found["status"], found["blamed"], found["console"]) == ("RUNNING", None, [])


def test_nothing_that_was_logged_steers_the_terminal(terminal):
    """Names, messages, parameters and lines."""
    evil = "\x1b[2J\x1b]0;x\x07"
    trialog.init("acme", "demo", name="before", parameters={"p": "old"}).finish()
    with contextlib.suppress(ValueError), trialog.init("acme", "demo", name="evil") as run:
        run.log_parameter("p", evil)
        run.alert(evil, evil, "error")
        raise ValueError(evil)
    answer = terminal("run", "why", "evil", columns=200)
    assert "\x1b[2J" not in answer.stdout
    assert "\x1b]0" not in answer.stdout
    assert r"\x1b[2J" in answer.stdout


def test_an_unknown_run_is_told(call):
    """As everywhere."""
    trialog.init("acme", "demo", name="one").finish()
    answer = call("run", "why", "ono")
    assert (answer.code, answer.stdout) == (1, "")
    assert "did you mean 'one'" in answer.stderr
