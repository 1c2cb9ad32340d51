"""Any sequence of calls reads back equal: live, ended, killed, compacted, and rebuilt."""

from __future__ import annotations

import math
import os
import pickle
import shutil
import signal
import struct
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trialog
from trialog._reading.catalogs import catalog_of, close_catalogs

MAX_STEP = 2**63 - 1
pytestmark = pytest.mark.timeout(300)
PROPERTY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# -- calls -----------------------------------------------------------------------------------------

NAMES = st.sampled_from(["loss", "val/acc", "ü", "a b", "$x", '"', "日本", "%_"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
BITS = st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])
NUMBERS = st.one_of(
    BITS,
    st.floats(),
    st.sampled_from([-0.0, math.nan, math.inf, -math.inf, 5e-324]),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.sampled_from([2**53, 2**53 + 1, -(2**53) - 1, 2**63, 2**64 - 1, -(2**63)]),
    st.fractions().filter(lambda each: abs(each) < 1e300),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, max_value=10**9, min_value=0),
    st.floats(width=32).map(np.float32),
    st.integers(-(2**31), 2**31 - 1).map(np.int32),
)
HUGE = st.integers(2**64, 2**80) | st.integers(-(2**80), -(2**63) - 1)
SCALARS = st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats() | TEXTS
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
NO_NUMBER = TEXTS | HUGE | st.lists(JSON, max_size=3) | st.dictionaries(TEXTS, JSON, max_size=3)
STEPS = st.none() | st.integers(-5, 20) | st.integers(-(2**63), MAX_STEP)
CALLS = st.one_of(
    st.tuples(st.just("log"), NAMES, NUMBERS, STEPS),
    st.tuples(st.just("log"), NAMES, NUMBERS, st.none()),
    st.tuples(st.just("log_all"), st.dictionaries(NAMES, NUMBERS, min_size=1), STEPS),
    st.tuples(st.just("log_all"), st.dictionaries(NAMES, NUMBERS | NO_NUMBER, min_size=1), STEPS),
    st.tuples(st.just("log"), NAMES, NO_NUMBER, STEPS),
    st.tuples(st.just("many"), NAMES, st.integers(1, 3000), st.none() | st.integers(-5, 5)),
    st.tuples(st.just("log_parameters"), st.dictionaries(NAMES, SCALARS)),
    st.tuples(st.just("log_json"), NAMES, JSON),
    st.tuples(st.just("log_attachment"), NAMES, st.binary(max_size=200)),
    st.tuples(st.just("add_tags"), st.sampled_from(["a", "b", "ü", "with space"])),
    st.tuples(st.just("set_description"), st.none() | st.text("abc é\n", min_size=1, max_size=20)),
)
SEQUENCES = st.lists(CALLS, max_size=25)


def perform(run, call):
    """One call of the public API."""
    what, *arguments = call
    if what == "log_all":
        run.log(dict(arguments[0]), step=arguments[1])
    elif what == "many":
        name, count, first = arguments
        for number in range(count):
            run.log(name, number / 3, None if first is None else first + number)
    elif what == "log_attachment":
        run.log_attachment(arguments[0], "application/octet-stream", arguments[1])
    else:
        getattr(run, what)(*arguments)


class Expected:
    """What the calls mean, said in the plainest way."""

    def __init__(self, calls):
        self.points, self.values, self.highest = {}, {}, {}
        self.parameters, self.attachments, self.tags, self.description = {}, {}, {}, None
        for call in calls:
            getattr(self, call[0])(*call[1:])

    def log(self, name, value, step):
        self.log_all({name: value}, step)

    def many(self, name, count, first):
        for number in range(count):
            self.log(name, number / 3, None if first is None else first + number)

    def log_all(self, values, step):
        points = {name: plain(value) for name, value in values.items() if plain(value) is not None}
        others = [name for name in values if name not in points]
        if step is None:
            met = [self.highest[name] for name in values if name in self.highest]
            step = min(max(met) + 1, MAX_STEP) if met else 0
        for name in values:
            self.highest[name] = max(step, self.highest.get(name, step))
        for name, value in points.items():
            self.points.setdefault(name, []).append((step, value))
        for name in others:
            self.values.setdefault(name, []).append((step, values[name]))

    def log_parameters(self, parameters):
        self.parameters.update(parameters)

    def log_json(self, name, value):
        self.attachments.setdefault(name, []).append(("json", value))

    def log_attachment(self, name, data):
        self.attachments.setdefault(name, []).append(("bytes", data))

    def add_tags(self, tag):
        self.tags[tag] = None

    def set_description(self, text):
        self.description = text


def plain(value):
    """A number as it is kept, or None for what is no point."""
    if isinstance(value, bool | Fraction | Decimal | np.float32):
        return float(value)
    if isinstance(value, int | np.integer):
        value = int(value)
        if abs(value) <= 2**53:
            return float(value)
        return value if -(2**63) <= value < 2**64 else None
    return value if isinstance(value, float) else None


def exact(value):
    """Something equal to that of another value only where both are the same, NaN bits included."""
    if isinstance(value, float):
        return "float", struct.pack("<d", value)
    if isinstance(value, list | tuple):
        return "list", [exact(each) for each in value]
    if isinstance(value, dict):
        return "dict", {key: exact(each) for key, each in value.items()}
    return type(value), value


def loose(value):
    """The same, every NaN being one: what JSON keeps."""
    if is_nan(value):
        return "NaN"
    if isinstance(value, list | tuple):
        return "list", [loose(each) for each in value]
    if isinstance(value, dict):
        return "dict", {key: loose(each) for key, each in value.items()}
    return exact(value)


def is_nan(value):
    return isinstance(value, float) and math.isnan(value)


# -- looking ---------------------------------------------------------------------------------------


def check_content(run, expected):
    """A run holds what was logged, whatever kind of run it is."""
    assert run.metrics == sorted(expected.points)
    for name, points in expected.points.items():
        frame = run.metric(name)
        assert frame["step"].tolist() == [step for step, _ in points]
        assert [exact(each) for each in frame["value"]] == [exact(value) for _, value in points]
        check_summary(run.summary[name], points)
    for name, values in expected.values.items():
        found = run.values(name)
        assert [each.step for each in found] == [step for step, _ in values]
        assert [loose(each.value) for each in found] == [loose(value) for _, value in values]
    assert {name: loose(value) for name, value in run.parameters.items()} == {
        name: loose(value) for name, value in expected.parameters.items()
    }
    assert sorted(run.attachments) == sorted(expected.attachments)
    for name, versions in expected.attachments.items():
        for number, (kind, content) in enumerate(versions, 1):
            if kind == "bytes":
                assert run.get_attachment(name, number) == content
            else:
                assert loose(run.get_json(name, number)) == loose(content)
    assert run.tags == tuple(expected.tags)
    assert run.description == expected.description


def check_summary(summary, points):
    """Counts, firsts and extremes are those of the points themselves."""
    values = [value for _, value in points]
    numbers = [value for value in values if not is_nan(value)]
    assert summary["count"] == len(values)
    assert loose(summary["first"]) == loose(values[0])
    assert loose(summary["last"]) == loose(values[-1])
    if numbers:
        assert summary["min"] == min(numbers)
        assert summary["max"] == max(numbers)
        assert summary["step_of_min"] == next(step for step, each in points if each == min(numbers))
        assert summary["step_of_max"] == next(step for step, each in points if each == max(numbers))
    else:
        assert math.isnan(summary["min"])
        assert summary["step_of_max"] is None


def check_store(home, expected):
    """The run as readers find it: as it is, compacted, and after all caches are gone."""
    check_content(trialog.get_run("r"), expected)
    before = trialog.runs().metrics_df()
    catalog = catalog_of(home)
    sealed = catalog.compact([record.key for record in trialog.runs()._records])
    assert sealed.runs == (1 if expected.points else 0)
    check_content(trialog.get_run("r"), expected)
    pd.testing.assert_frame_equal(trialog.runs().metrics_df(), before)
    for path in home.glob("catalog.db*"):
        path.unlink()
    shutil.rmtree(home / "segments", ignore_errors=True)
    check_content(trialog.get_run("r"), expected)
    close_catalogs()
    check_content(trialog.get_run("r"), expected)
    assert catalog.verify().findings == ()


@PROPERTY
@given(SEQUENCES)
def test_any_sequence_of_calls_reads_back_equal(stores, calls):
    """From the run itself, from a live journal, after the end, compacted, and rebuilt."""
    expected = Expected(calls)
    with stores() as home:
        with trialog.init("acme", "demo", name="r") as run:
            for number, call in enumerate(calls):
                perform(run, call)
                if number == len(calls) // 2:
                    halfway = Expected(calls[: number + 1])
                    check_content(trialog.get_run("r"), halfway)
            check_content(run, expected)
            check_content(trialog.get_run("r"), expected)
        assert trialog.get_run("r").status is trialog.RunStatus.COMPLETED
        check_store(home, expected)


KILLED = """
import importlib.util, os, pickle, signal, sys
import trialog
spec = importlib.util.spec_from_file_location("roundtrip", sys.argv[1])
roundtrip = importlib.util.module_from_spec(spec)
spec.loader.exec_module(roundtrip)
run = trialog.init("acme", "demo", name="r")
for call in pickle.load(sys.stdin.buffer):
    roundtrip.perform(run, call)
os.kill(os.getpid(), signal.SIGKILL)
"""


@settings(PROPERTY, max_examples=8)
@given(SEQUENCES)
def test_any_sequence_of_calls_survives_a_kill(stores, calls):
    """What was logged before SIGKILL is read, and the run is FAILED."""
    with stores() as home:
        command = [sys.executable, "-c", KILLED, __file__]
        child = subprocess.run(
            command, input=pickle.dumps(calls), env=dict(os.environ), check=False, timeout=60
        )
        assert child.returncode == -signal.SIGKILL
        run = trialog.get_run("r")
        assert (run.status, run.reason) == (trialog.RunStatus.FAILED, "killed")
        check_store(home, Expected(calls))


@pytest.mark.parametrize("step", [None, 0, -(2**63), MAX_STEP])
def test_the_highest_step_there_is_stays(step):
    """A call without a step behind the highest one stays there instead of failing."""
    with trialog.init("acme", "demo") as run:
        run.log("x", 1.0, MAX_STEP)
        run.log("x", 2.0, step)
        run.log("x", 3.0)
        steps = run.metric("x")["step"].tolist()
    assert steps == [MAX_STEP, MAX_STEP if step is None else step, MAX_STEP]
