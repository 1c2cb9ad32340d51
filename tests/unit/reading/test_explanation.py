"""All that is known about how a run ended, put together."""

from __future__ import annotations

import pytest

from trialog._catalog import ProjectPlace, RunPlace, queries
from trialog._cli.why_json import explanation_as_json
from trialog._format.facts import Witnessed
from trialog._format.folders import day_of
from trialog._format.values import dump_json
from trialog._reading.explanation import explain
from trialog._reading.records import read_records

PROJECT = ProjectPlace("acme", "demo")
TRACEBACK = """Traceback (most recent call last):
  File "/home/me/train.py", line 7, in step
    raise ValueError("bad batch")
ValueError: bad batch
"""
ERROR = {"type": "ValueError", "message": "bad batch", "traceback": TRACEBACK}


class Case:
    """Runs whose journals are written by hand."""

    def __init__(self, made):
        self.made = made
        self.kinds = made.kinds
        self.data = {}

    def begin(self, writer="w1", **start):
        run = start.setdefault("run", "run-1")
        self.data[writer] = (run, self.made.start(writer=writer, **start))
        return self

    def say(self, kind, content, writer="w1", second=0):
        run, data = self.data[writer]
        time_ns = self.made.now_ns + second * 10**9
        self.data[writer] = (run, data + self.made.fact(kind, content, time_ns))
        return self

    def end(self, status="COMPLETED", writer="w1", second=9, **facts):
        run, data = self.data[writer]
        time_ns = self.made.now_ns + second * 10**9
        self.data[writer] = (run, data + self.made.end(status, time_ns=time_ns, **facts))
        return self

    def print(self, stream, *lines, writer="w2", second=1):
        content = {"stream": stream, "lines": [[self.made.now_ns + second, line] for line in lines]}
        return self.say(self.kinds.CONSOLE, content, writer=writer, second=second)

    def explain(self, run="run-1"):
        for writer, (of, data) in self.data.items():
            self.made.write(data, run=of, writer=writer)
        catalog = self.made.open()
        try:
            catalog.refresh()
            place = RunPlace(PROJECT, day_of(run), run)
            rows = catalog.ask(queries.runs_by_key, [place.key])
            found = explain(catalog, read_records(catalog, rows)[0])
        finally:
            catalog.close()
        assert dump_json(explanation_as_json(found), "it")  # it is plain values
        return found


@pytest.fixture
def case(handmade):
    return Case(handmade)


def texts(lines):
    return [line.text for line in lines]


def test_a_crash_has_its_line_of_code(case):
    """From the traceback; the process is the only one."""
    found = case.begin().end("CRASHED", reason="ValueError: bad batch", exception=ERROR).explain()
    assert (found.place.path, found.place.line) == ("/home/me/train.py", 7)
    assert found.place.text == 'raise ValueError("bad batch")'
    assert (found.exception.type, found.processes, found.blamed.role) == ("ValueError", 1, "run")
    assert (found.witnessed, found.before, found.differences) == (None, None, None)


def test_a_run_that_is_well_blames_nobody(case):
    """And compares itself to nothing."""
    case.begin(run="old", writer="w0", created_ns=case.made.now_ns - 10).end(writer="w0")
    found = case.begin().end().explain()
    assert (found.blamed, found.exception, found.place, found.before) == (None, None, None, None)


def test_the_process_that_went_wrong_first_is_blamed(case):
    """The others died of it, whatever they said."""
    case.begin(rank=0, world_size=3)
    case.begin(writer="w2", role="attach", rank=1, world_size=3)
    case.begin(writer="w3", role="attach", rank=2, world_size=3)
    leave = case.kinds.LEAVE
    case.say(leave, {"status": "CRASHED", "reason": "peer gone"}, writer="w2", second=5)
    late = {"status": "CRASHED", "reason": "ValueError: bad batch", "exception": ERROR}
    case.say(leave, late, writer="w3", second=3)
    case.end("INTERRUPTED", reason="SIGTERM", second=6)
    found = case.explain()
    assert (found.blamed.rank, found.processes) == (2, 3)
    assert found.exception.message == "bad batch"
    assert found.place.line == 7


def test_a_witness_tells_what_the_process_could_not(case):
    """The signal, and where faulthandler found it."""
    said = Witnessed(
        writer="w1",
        reason="segmentation fault",
        signal="SIGSEGV",
        traceback="Current thread 0x1 (most recent call first):\n"
        '  File "/home/me/model.py", line 3 in forward\n',
    )
    case.begin().begin(writer="w2", role="witness")
    case.say(case.kinds.WITNESSED, {**vars_of(said)}, writer="w2", second=4)
    found = case.explain()
    assert (found.witnessed.signal, found.witnessed.reason) == ("SIGSEGV", "segmentation fault")
    assert (found.place.path, found.place.function) == ("/home/me/model.py", "forward")


def vars_of(payload):
    return {name: getattr(payload, name) for name in payload.__slots__}


def test_the_last_lines_are_those_of_stderr(case):
    """Without the traceback, which is told already; stdout fills what is left; blanks are none."""
    case.begin().begin(writer="w2", role="witness")
    case.print("stdout", *[f"step {number}" for number in range(20)], second=1)
    case.print("stderr", "warning", "", *TRACEBACK.splitlines(), second=2)
    found = case.end("CRASHED", reason="ValueError: bad batch", exception=ERROR).explain()
    assert texts(found.console) == [*[f"step {number}" for number in range(13, 20)], "warning"]


def test_much_on_stderr_leaves_no_room_for_stdout(case):
    """The last eight lines."""
    case.begin().begin(writer="w2", role="witness")
    case.print("stderr", *[f"warning {number}" for number in range(20)])
    case.print("stdout", "after", second=5)
    found = case.end("FAILED", reason="infeasible").explain()
    assert texts(found.console) == [f"warning {number}" for number in range(12, 20)]


def test_streams_that_went_to_one_place_are_read_once(case):
    """Nobody can tell them apart."""
    case.begin().begin(writer="w2", role="witness")
    case.print("both", "a", "b")
    assert texts(case.end("FAILED").explain().console) == ["a", "b"]


def test_the_lines_are_those_of_the_rank_to_blame(case):
    """What the others printed explains nothing."""
    case.begin(rank=0, world_size=2)
    case.begin(writer="w1b", role="attach", rank=1, world_size=2)
    case.begin(writer="w2", role="witness", rank=0).print("stdout", "fine")
    case.begin(writer="w3", role="witness", rank=1).print("stdout", "about to fail", writer="w3")
    left = {"status": "CRASHED", "reason": "x", "exception": ERROR}
    case.say(case.kinds.LEAVE, left, writer="w1b").end("INTERRUPTED", reason="SIGTERM")
    assert texts(case.explain().console) == ["about to fail"]


def test_what_differs_from_the_last_that_completed_is_told(case):
    """Of its own project, begun before it; deleted and failed ones are passed over."""
    now_ns = case.made.now_ns
    for age, (run, status) in enumerate(
        {
            "failed": "FAILED",
            "deleted": "COMPLETED",
            "good": "COMPLETED",
            "older": "COMPLETED",
        }.items(),
        1,
    ):
        case.begin(run=run, writer=f"w-{run}", created_ns=now_ns - age)
        case.say(case.kinds.PARAMETERS, {"lr": 0.1, "run": run}, writer=f"w-{run}")
        if run == "deleted":
            case.say(case.kinds.EDIT, {"deleted": True, "by": "me"}, writer="w-deleted")
        case.end(status, writer=f"w-{run}")
    case.begin().say(case.kinds.PARAMETERS, {"lr": 0.2, "run": "good"})
    found = case.end("FAILED", reason="infeasible").explain()
    assert found.before.name == "good"
    assert [tuple(each) for each in found.differences.parameters] == [("lr", 0.1, 0.2)]


def test_a_run_that_goes_on_says_when_it_was_last_heard_of(case):
    """Its last point, and its last line."""
    case.begin().begin(writer="w2", role="witness").print("stdout", "hello", second=1)
    run, data = case.data["w1"]
    case.data["w1"] = (run, data + case.made.points([0.5]))
    found = case.explain()
    assert not found.record.is_ended
    assert found.blamed is None
    assert found.last_point is not None
    assert found.last_line is not None
