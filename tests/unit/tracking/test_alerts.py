"""Alerts: the user's, and those that are noticed without being asked."""

from __future__ import annotations

import enum
import math
import re
import sys
import warnings

import numpy as np
import pytest

import trialog
from trialog import errors
from trialog._format.records import Kind


class Level(enum.Enum):
    """As wandb has it."""

    WARN = "WARN"


@pytest.fixture
def run():
    with trialog.init("acme", "demo", name="r") as run:
        yield run


def alerts(run):
    return [(each.by, each.level, each.title) for each in run.alerts]


def test_an_alert_is_kept_and_told(run, journals, capsys):
    """A record, one line on stderr, and read back with its date."""
    run.alert("loss goes up", "for 100\nsteps", level="warning")
    trialog.alert("done")
    assert journals.facts(Kind.ALERT) == [
        {"title": "loss goes up", "text": "for 100\nsteps", "level": "warning", "by": "user"},
        {"title": "done", "text": "", "level": "info", "by": "user"},
    ]
    assert capsys.readouterr().err.splitlines() == [
        "trialog: run 'r': warning: loss goes up: for 100 steps",
        "trialog: run 'r': info: done",
    ]
    for each in (run, trialog.get_run("r")):
        found = each.alerts
        assert [(one.title, one.text) for one in found] == [
            ("loss goes up", "for 100\nsteps"),
            ("done", ""),
        ]
        assert run.date_created <= found[0].date <= found[1].date


@pytest.mark.parametrize(
    "given,level",
    [
        ("info", "info"),
        ("INFO", "info"),
        (" Warning ", "warning"),
        ("WARN", "warning"),
        (Level.WARN, "warning"),
        ("error", "error"),
        ("ERROR", "error"),
        ("critical", "error"),
    ],
)
def test_levels_are_words_in_any_case(run, given, level):
    """Those of other trackers too."""
    run.alert("x", level=given)
    assert run.alerts[0].level == level


def test_a_long_text_is_kept_whole(run):
    """It goes where large payloads go."""
    run.alert("x", "y" * 100_000)
    assert run.alerts[0].text == "y" * 100_000


def test_no_alert_after_the_end(run):
    """As with everything that is logged."""
    run.finish()
    with pytest.raises(errors.RunFinishedError):
        run.alert("too late")


def test_a_run_that_keeps_nothing_has_no_alerts(monkeypatch, capsys):
    """Every check is made, nothing is told."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.init("acme", "demo") as run:
        run.alert("x")
        run.log("loss", math.nan)
        with pytest.raises(errors.UsageError):
            run.alert("x", level="loud")
    assert run.alerts == []
    assert capsys.readouterr().err == ""


# -- values that are not finite -------------------------------------------------------------------

CALLS = {
    "a float": lambda run, value, step: run.log("x", value, step),
    "a numpy scalar": lambda run, value, step: run.log("x", np.float64(value), step),
    "a small one": lambda run, value, step: run.log("x", np.float32(value), step),
    "a dict of floats": lambda run, value, step: run.log({"y": 1.0, "x": value, "z": 2.0}, step),
    "a mixed dict": lambda run, value, step: run.log({"y": 1, "x": value}, step),
    "a dict of numpy scalars": lambda run, value, step: run.log(
        {"y": np.float64(-math.inf if value == math.inf else 1.0), "x": np.float64(value)}, step
    ),
    "a nested dict": lambda run, value, step: run.log({"x": value, "n": {"z": 1.0}}, step),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "value,word", [(math.nan, "NaN"), (math.inf, "infinite"), (-math.inf, "minus infinite")]
)
def test_the_first_value_that_is_not_finite_is_noted(run, call, value, word):
    """On every way that log takes: the first call of a name, and later ones; once for a metric."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # numpy's, of arithmetic with infinities
        call(run, 1.0, 1)
        call(run, 2.0, 2)
        assert run.alerts == []
        call(run, value, 3)
        call(run, value, 4)
    assert ("trialog", "warning", f"metric 'x' is {word} (step 3)") in alerts(run)
    assert sum("'x'" in each.title for each in run.alerts) == 1
    assert len(run.metric("x")) == 4


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_very_first_value_counts_too(run, call):
    """Without a step it says so."""
    call(run, math.nan, None)
    assert "metric 'x' is NaN (no step given)" in [each.title for each in run.alerts]


def test_large_values_are_finite(run):
    """A sum that overflows is no value."""
    for _ in range(3):
        run.log({"x": 1.7e308, "y": 1.7e308})
        run.log({"x": 1.7e308, "y": 1})
        run.log("x", -1.7e308)
    assert run.alerts == []


def test_twenty_metrics_are_noted_and_then_no_more(run, capsys):
    """One line on stderr, for the first; one note at the end that others follow."""
    for number in range(30):
        run.log(f"m{number}", math.nan)
    titles = [each.title for each in run.alerts]
    assert len(titles) == 21
    assert titles[19] == "metric 'm19' is NaN (no step given)"
    assert titles[20] == "more metrics are not finite"
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("trialog: run 'r': metric 'm0' is NaN (no step given).")
    assert len(run.metrics) == 30


def test_a_note_never_keeps_a_point_from_being_logged(script, journals):
    """A handler that logs in the middle of it, and raises: nothing is lost, nothing swallowed."""
    done = script("""
        import math, signal, trialog
        class Stop(Exception): pass
        raised, caught, is_in = 0, 0, False
        def on_alarm(*_):
            global raised, is_in
            run.log("handler", math.inf)
            if is_in:
                is_in = False
                raised += 1
                raise Stop
        with trialog.init("p", name="r") as run:
            signal.signal(signal.SIGALRM, on_alarm)
            signal.setitimer(signal.ITIMER_REAL, 0.0003, 0.0003)
            i = 0
            def work():
                global i, is_in
                is_in = True
                while i < 12_599:  # 600 chances for each note, the last one's too
                    i += 1
                    run.log(f"m{i // 600}", math.nan, i)
                is_in = False
            while i < 12_599:
                try:
                    work()
                except Stop:
                    caught += 1
            signal.setitimer(signal.ITIMER_REAL, 0)
        print(raised, caught, len(run.alerts))
    """)
    assert done.returncode == 0, done.stderr
    raised, caught, noted = map(int, done.stdout.split())
    assert raised == caught > 5
    assert 21 <= noted <= 21 + raised
    steps = [step for number in range(21) for step, _ in journals.points(f"m{number}")]
    assert len(steps) == len(set(steps)) >= 12_599 - raised


def test_a_note_that_cannot_be_kept_is_no_error(run):
    """The run has ended in another thread meanwhile."""
    run.log("loss", 0.5)
    note = run._lifecycle.alerts.note_value
    run.finish()
    note("loss", math.nan, 3)
    assert run.alerts == []


# -- silence --------------------------------------------------------------------------------------


def test_a_run_that_stalls_is_noted(monkeypatch, script):
    """Once; when values have come again, again. The hooks hear of it, and somebody at stderr."""
    monkeypatch.setenv("TRIALOG_STALLED_AFTER", "0.1")
    done = script("""
        import queue, trialog
        alerts = queue.SimpleQueue()
        def told(event):
            if event["event"] == "alert":
                alerts.put(event["alert"])
        with trialog.init("p", name="r", hooks=told) as run:
            for _ in range(2):
                run.log("loss", 0.5)
                alert = alerts.get(timeout=20)
                print(alert["title"], alert["level"], alert["by"])
    """)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        assert re.fullmatch(r"nothing logged since [-0-9]+ [:0-9]+ UTC warning trialog", line)
    assert len(trialog.get_run("r").alerts) == 2
    assert done.stderr.count("is it stuck?") == 2


def test_stalls_are_not_looked_for_where_nobody_wants_it(monkeypatch):
    """``TRIALOG_STALLED_AFTER=0``, and where a person sits at a prompt."""
    for value, is_watched in (("0", False), ("60", True)):
        monkeypatch.setenv("TRIALOG_STALLED_AFTER", value)
        with trialog.init("p") as run:
            assert (run._lifecycle.journal.silence is not None) is is_watched
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    with trialog.init("p") as run:
        assert run._lifecycle.journal.silence is None
