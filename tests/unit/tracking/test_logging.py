"""What ``log`` and its kin keep, value by value."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import decimal
import enum
import fractions
import math
import pathlib
import signal
import struct
import sys

import numpy as np
import pytest

import trialog
from trialog import errors
from trialog._format.records import Kind


@pytest.fixture
def run():
    with trialog.init("acme", "demo") as run:
        yield run


def bits(value):
    return struct.pack("<d", value)


@pytest.mark.parametrize(
    "given,kept",
    [
        (0.3, 0.3),
        (-0.0, -0.0),
        (math.nan, math.nan),
        (math.inf, math.inf),
        (-math.inf, -math.inf),
        (5e-324, 5e-324),
        (3, 3.0),
        (True, 1.0),
        (decimal.Decimal("0.1"), 0.1),
        (fractions.Fraction(1, 3), 1 / 3),
        (np.float64(0.25), 0.25),
        (np.float32(0.1), float(np.float32(0.1))),
        (np.int64(7), 7.0),
        (np.bool_(1), 1.0),
        (np.array(2.5), 2.5),
        (np.array([2.5]), 2.5),
    ],
)
def test_numbers_of_every_kind_become_points_with_their_bits(run, journals, given, kept):
    """A number is a point, alone and in a mapping, with and without a step."""
    run.log("x", given)
    run.log("x", given, step=4)
    run.log({"x": given, "y": 1.0}, step=5)
    run.log({"x": given, "y": 1.0}, step=6)
    run.finish()
    points = journals.points("x")
    assert [step for step, _ in points] == [None, 4, 5, 6]
    assert {bits(value) for _, value in points} == {bits(kept)}


@pytest.mark.parametrize("given", [2**53 + 1, -(2**63), 2**63 - 1, 2**64 - 1])
def test_integers_that_a_double_cannot_hold_stay_exact(run, journals, given):
    """Up to 64 bits an integer is a point and equal to what was logged."""
    run.log("n", given)
    run.log({"n": given, "x": 0.5})
    run.finish()
    assert [value for _, value in journals.points("n")] == [given, given]


def test_integers_beyond_64_bits_stay_exact_as_json(run, journals):
    """They are no points, and not lost."""
    run.log("n", 10**30, step=2)
    run.finish()
    assert journals.points("n") == []
    assert journals.facts(Kind.VALUE) == [{"values": {"n": 10**30}, "step": 2, "continued": False}]


@pytest.mark.parametrize("step", [0, -1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63), np.int32(9)])
def test_steps_are_any_64_bit_integer(run, journals, step):
    """Steps may be negative, large, numpy's; alone and in a mapping."""
    run.log("x", 0.5, step=step)
    run.log({"x": 0.5, "y": 0.5}, step=step)
    run.log({"x": 0.5, "y": 0.5}, step=step)
    run.finish()
    assert [each for each, _ in journals.points("x")] == [step] * 3


@pytest.mark.parametrize("step", ["1", 1.5, 1.0, [1]])
def test_a_step_of_a_wrong_type_is_refused_by_name(run, step):
    """The message names the metric and the step's type."""
    with pytest.raises(errors.InvalidTypeError, match=r"step of 'loss'.*" + type(step).__name__):
        run.log("loss", 0.5, step=step)


def test_a_mapping_takes_its_step_at_the_second_position(run, journals):
    """``log({...}, 7)`` is ``log({...}, step=7)``."""
    run.log({"x": 0.5}, 7)
    run.finish()
    assert journals.points("x") == [(7, 0.5)]


def test_other_json_becomes_timed_records(run, journals):
    """Text, lists and objects are kept as Tellurio's log takes them, NaN inside too."""
    run.log("note", "hello", step=3)
    run.log("tree", {"a": [1, None, math.inf]})
    run.finish()
    assert journals.facts(Kind.VALUE) == [
        {"values": {"note": "hello"}, "step": 3, "continued": False},
        {"values": {"tree": {"a": [1, None, math.inf]}}, "step": None, "continued": False},
    ]


@pytest.mark.parametrize(
    "given, points, kept_as_json",
    [
        ({"train": {"loss": 0.5, "top": {"5": 2}}}, {"train/loss": 0.5, "train/top/5": 2}, []),
        (
            {"a": 1.0, "val": {"ok": True, "n": np.float32(2)}},
            {"a": 1.0, "val/ok": 1, "val/n": 2},
            [],
        ),
        ({"mixed": {"loss": 0.5, "why": "warm"}}, {}, ["mixed"]),
        ({"deep": {"a": {"b": [1]}}}, {}, ["deep"]),
        ({"none": {"a": None}}, {}, ["none"]),
        ({"empty": {}, "list": [1, 2]}, {}, ["empty", "list"]),
    ],
)
def test_numbers_in_a_mapping_of_a_mapping_are_points(run, journals, given, points, kept_as_json):
    """Where all of it are numbers; any other mapping is one JSON value."""
    run.log(given, step=3)
    run.finish()
    found = {
        name: value
        for call in journals.calls()
        for name, value in zip(call.names, call.values, strict=True)
    }
    assert found == points
    assert [name for fact in journals.facts(Kind.VALUE) for name in fact["values"]] == kept_as_json


def test_a_mapping_as_the_value_of_a_name_stays_json(run, journals):
    """``log(name, value)`` takes any JSON as it is."""
    run.log("counts", {"cat": 9, "dog": 1})
    run.finish()
    assert journals.calls() == []
    assert journals.facts(Kind.VALUE)[0]["values"] == {"counts": {"cat": 9, "dog": 1}}


def test_a_mapping_that_holds_itself_is_refused(run):
    """It is no metrics, and no JSON."""
    endless = {}
    endless["again"] = endless
    with pytest.raises(errors.TrialogError, match="endless"):
        run.log({"endless": endless})


def test_a_bad_name_in_a_nested_mapping_is_reported_beside_the_good(run, journals):
    """Names are checked as joined."""
    with pytest.raises(errors.InvalidNameError, match="control character"):
        run.log({"train": {"a\nb": 1.0}, "good": 2.0}, step=1)
    run.finish()
    assert journals.points("good") == [(1, 2.0)]


def test_a_bad_value_is_reported_beside_the_good_ones(run, journals):
    """The good values of a mapping are kept; the message names the bad key and its type."""
    with pytest.raises(errors.InvalidTypeError, match=r"'bad'.*object"):
        run.log({"good": 1.0, "bad": object(), "also good": 2.0}, step=1)
    run.finish()
    assert journals.points("good") == [(1, 1.0)]
    assert journals.points("also good") == [(1, 2.0)]


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00", "\x85", None, 5, "x" * 1025, "\ud800"])
def test_names_that_cannot_be_one_are_refused(run, name):
    """Empty, control characters, too long, no text."""
    with pytest.raises(errors.InvalidNameError):
        run.log(name, 0.5)


@pytest.mark.parametrize("name", ["loss", "val/acc", "Verlust äöü", "損失", "🎯", "a b"])
def test_names_are_unicode(run, journals, name):
    """Any printable text is a name."""
    run.log(name, 0.5)
    run.log(name, 0.25)
    run.finish()
    assert [value for _, value in journals.points(name)] == [0.5, 0.25]


def test_a_wide_call_is_kept_whole(run, journals):
    """A mapping of more names than a record holds is split, and still one call."""
    run.log({f"metric/{number}/{'x' * 500}": float(number) for number in range(3000)})
    run.finish()
    calls = journals.calls()
    assert sum(len(call.names) for call in calls) == 3000
    assert [call.continued for call in calls] == [False] + [True] * (len(calls) - 1)
    assert len({call.time_ns for call in calls}) == 1


def test_a_misspelt_keyword_is_answered_with_the_nearest(run):
    """``stpe`` suggests ``step``."""
    with pytest.raises(errors.UnknownKeywordError, match="did you mean 'step'"):
        run.log("loss", 0.5, stpe=3)
    with pytest.raises(errors.UnknownKeywordError, match="did you mean 'description'"):
        trialog.init("x", descripton="y")
    with pytest.raises(errors.UnknownKeywordError, match="did you mean 'reason'"):
        run.finish(raeson="y")


def test_a_handler_that_logs_inside_log_neither_deadlocks_nor_tears(run, journals):
    """``log`` is re-entrant at any bytecode."""
    inner = 0

    def on_alarm(_signal, _frame):
        nonlocal inner
        inner += 1
        run.log("inner", float(inner))
        run.log({"inner": float(inner), "other": 1.0})

    before = signal.signal(signal.SIGALRM, on_alarm)
    signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
    try:
        for step in range(30_000):
            run.log("outer", 0.5, step)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    run.finish()
    assert inner > 0
    assert [step for step, _ in journals.points("outer")] == list(range(30_000))
    assert len(journals.points("inner")) == 2 * inner


def test_an_exception_at_any_bytecode_of_log_leaves_whole_records(run, journals):
    """A point is there or is not; the journal stays readable and goes on."""
    run.log("x", 0.0, 0)
    at = 0

    class InjectedError(Exception):
        pass

    def trace(_frame, event, _arg):
        nonlocal at
        _frame.f_trace_opcodes = True
        if event == "opcode":
            at -= 1
            if at == 0:
                raise InjectedError
        return trace

    raised = 0
    for nth in range(1, 200):
        at = nth
        sys.settrace(trace)
        try:
            run.log("x", 0.5, nth)
            run.log({"x": 0.5, "fresh": float(nth)}, nth)
        except InjectedError:
            raised += 1
        finally:
            sys.settrace(None)
    run.log("x", 1.0, -1)
    run.finish()
    assert raised > 50
    points = journals.points("x")
    assert points[0] == (0, 0.0)
    assert points[-1] == (-1, 1.0)
    assert {value for _, value in points[1:-1]} <= {0.5}


class Colour(enum.Enum):
    RED = "red"
    ODD = object()


@dataclasses.dataclass
class Model:
    depth: int = 3
    act: str = "relu"


@pytest.mark.parametrize(
    "given,kept",
    [
        (True, True),
        (3, 3),
        (10**30, 10**30),
        (0.1, 0.1),
        ("text", "text"),
        (None, None),
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(1), True),
        (np.str_("s"), "s"),
        (np.array([1, 2]), "[1,2]"),
        (Colour.RED, "red"),
        (Colour.ODD, "ODD"),
        (pathlib.PurePosixPath("/a/b"), "/a/b"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        (datetime.timedelta(minutes=1), 60.0),
        ([1, "a", None], '[1,"a",null]'),
        ((1, 2), "[1,2]"),
        ({3, 1}, "[1,3]"),
        (decimal.Decimal("0.5"), 0.5),
        (len, "builtins.len"),
        ({}, "{}"),
    ],
    ids=repr,
)
def test_parameters_have_a_defined_form(run, journals, given, kept):
    """One row of docs/reference/parameters.md each."""
    run.log_parameter("p", given)
    run.finish()
    (found,) = journals.facts(Kind.PARAMETERS)
    assert found == {"p": kept}
    assert type(found["p"]) is type(kept)


@pytest.mark.parametrize(
    "given",
    [
        {"model": {"depth": 3, "act": "relu"}, "lr": 0.1},
        argparse.Namespace(model=Model(), lr=0.1),
        {"model": Model(), "lr": 0.1},
    ],
    ids=["mapping", "namespace", "dataclass"],
)
def test_nested_parameters_join_with_a_slash(run, journals, given):
    """Mappings, namespaces and dataclasses become flat names."""
    run.log_parameters(given)
    run.finish()
    assert journals.facts(Kind.PARAMETERS) == [{"model/depth": 3, "model/act": "relu", "lr": 0.1}]


def test_a_bad_parameter_is_named_and_the_good_ones_kept(run, journals):
    """A batch does not die of one value."""
    with pytest.raises(errors.InvalidTypeError, match="'bad'"):
        run.log_parameters({"lr": 0.1, "bad": object()})
    run.finish()
    assert journals.facts(Kind.PARAMETERS) == [{"lr": 0.1}]


def test_large_facts_become_blobs(run, journals, store):
    """A parameter of a megabyte is kept outside the journal, whole."""
    text = "x" * 1_000_000
    run.log_parameter("big", text)
    run.finish()
    (found,) = journals.facts(Kind.PARAMETERS)
    digest = found["$blob"]["sha256"]
    assert (store / "blobs/sha256" / digest[:2] / digest).read_bytes() == (
        f'{{"big":"{text}"}}'.encode()
    )


def test_files_are_copied_at_the_call(run, journals, store, tmp_path):
    """The file may change afterwards; the same name again is a new version."""
    path = tmp_path / "data.csv"
    path.write_text("a,b\n")
    run.log_file("data", path)
    path.write_text("c,d\n")
    run.log_file("data", path, step=2)
    run.finish()
    found = journals.facts(Kind.ATTACHMENT)
    assert [(each["name"], each["media_type"], each["filename"]) for each in found] == [
        ("data", "text/csv", "data.csv")
    ] * 2
    texts = [
        (store / "blobs/sha256" / each["sha256"][:2] / each["sha256"]).read_text() for each in found
    ]
    assert texts == ["a,b\n", "c,d\n"]


def test_attachments_of_every_bytes_like_kind(run, journals):
    """bytes, bytearray, memoryview and arrays are bytes; text is not."""
    for data in (b"ab", bytearray(b"ab"), memoryview(b"ab"), np.frombuffer(b"ab", np.uint8)):
        run.log_attachment("x", "text/plain", data)
    with pytest.raises(errors.InvalidTypeError, match="'x'"):
        run.log_attachment("x", "text/plain", "ab")
    run.finish()
    assert len({each["sha256"] for each in journals.facts(Kind.ATTACHMENT)}) == 1


def test_bad_files_are_named(run, tmp_path):
    """Missing, directory, traversal, taken: each has its error, naming what was asked."""
    with pytest.raises(FileNotFoundError, match=r"missing\.bin"):
        run.log_file("x", tmp_path / "missing.bin")
    with pytest.raises(errors.UnreadableFileError, match="log_directory"):
        run.log_file("x", tmp_path)
    for name in ("../x", "/x", "a/../../b", "a\\b"):
        with pytest.raises(errors.InvalidNameError):
            run.log_json(name, 1)
    (tmp_path / "f").write_text("x")
    with pytest.raises(errors.InvalidNameError):
        run.log_file("x", tmp_path / "f", filename="../y")
    run.log_json("j", 1)
    with pytest.raises(FileExistsError, match="'j'"):
        run.log_json("j", 2, overwrite=False)


def test_a_directory_is_logged_file_by_file(run, journals, tmp_path):
    """Names are the attachment's name and the relative path."""
    (tmp_path / "ckpt/sub").mkdir(parents=True)
    (tmp_path / "ckpt/a.txt").write_text("a")
    (tmp_path / "ckpt/sub/b.txt").write_text("b")
    assert run.log_directory("checkpoint", tmp_path / "ckpt") == [
        "checkpoint/a.txt",
        "checkpoint/sub/b.txt",
    ]
    run.finish()
    assert len(journals.facts(Kind.ATTACHMENT)) == 2


def test_after_the_end_nothing_is_taken(run):
    """Every method says that the run has ended."""
    run.finish()
    for call in (
        lambda: run.log("x", 0.5),
        lambda: run.log({"x": 0.5}),
        lambda: run.log_parameter("p", 1),
        lambda: run.log_json("j", 1),
        lambda: run.add_tags("t"),
        lambda: run.set_description("d"),
    ):
        with pytest.raises(errors.RunFinishedError, match="has ended"):
            call()
    run.finish()


def test_disabled_mode_keeps_the_api_and_writes_nothing(monkeypatch, store, tmp_path):
    """``TRIALOG_MODE=disabled``: no file, every check still made."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.init("acme", "demo", tags=["a"]) as run:
        for step in range(3):
            run.log("x", 0.5, step)
            run.log({"x": 0.5, "y": "text"})
        run.log_parameters({"lr": 0.1})
        run.log_json("j", {})
        with pytest.raises(FileNotFoundError):
            run.log_file("f", tmp_path / "missing")
    assert run.status is trialog.RunStatus.COMPLETED
    assert not store.exists()


@pytest.mark.parametrize(
    "given,name,kept",
    [
        ({"a/b": 1, "a": {"b": 2}}, "a/b", {"a/b": 1}),
        ({1: "x", "1": "y", "z": 3}, "1", {"1": "x", "z": 3}),
        ({"a": {"b": 1}, "a/b": 2}, "a/b", {"a/b": 1}),
    ],
)
def test_parameters_that_become_the_same_name_are_told(run, given, name, kept):
    """The first stays, and so do the others; none is lost in silence."""
    with pytest.raises(errors.InvalidNameError, match=f"{name!r} is there twice"):
        run.log_parameters(given)
    assert trialog.get_run(run.id).parameters == kept


@pytest.mark.parametrize(
    "value,text",
    [
        ({1: "x", "1": "y"}, "1"),
        ({True: 1, "true": 2}, "true"),
        ([{None: 1, "null": 2}], "null"),
    ],
)
def test_keys_that_become_the_same_text_are_told(run, value, text):
    """JSON has text keys only: two that would be one are an error that names it."""
    with pytest.raises(errors.InvalidTypeError, match=f"two keys that become the text {text!r}"):
        run.log_json("j", value)
    assert "j" not in trialog.get_run(run.id).attachments


@pytest.mark.parametrize(
    "parameters",
    [
        {"$blob": 1},
        {"$blob": 1, "lr": 0.1},
        {"$blob": "text", "x": "y" * 20_000},
        {"$blob/sha256": "a", "$blob/size_bytes": 1},
    ],
    ids=["alone", "first", "spilled", "nested"],
)
def test_names_that_look_like_our_own_tags(run, parameters):
    """A parameter called ``$blob`` is a parameter, and costs the others nothing."""
    run.log_parameters(parameters)
    run.log({"$blob": {"sha256": "x", "size_bytes": 1}, "other": "text"})
    found = trialog.get_run(run.id)
    assert found.parameters == parameters
    assert found.damages == 0


def test_metrics_that_become_the_same_name_are_told(run, journals):
    """Nested mappings of numbers join their names; the first stays."""
    for given in ({"a": {"b": 1.0}, "a/b": 2.0}, {"a/b": 1.0, "a": {"b": 2.0, "c": 3.0}}):
        with pytest.raises(errors.InvalidNameError, match="'a/b' is there twice"):
            run.log(given)
    assert [value for _, value in journals.points("a/b")] == [1.0, 1.0]
    assert [value for _, value in journals.points("a/c")] == [3.0]
