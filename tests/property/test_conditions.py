"""The catalog's answer to a filter is what ``_filters.evaluating`` says of each run by itself."""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trialog
from trialog._catalog import conditions as conditions_module
from trialog._catalog import ordering, queries, questions
from trialog._entities import RunStatus
from trialog._filters import RunFilter, holds, in_order
from trialog._filters.expressions import (
    MEASURES,
    All,
    AnyOf,
    Comparison,
    Fact,
    HasTag,
    Literal,
    Membership,
    Metric,
    Not,
    Parameter,
    SortKey,
    TextMatch,
    Truth,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._reading.catalogs import catalog_of, close_catalogs
from trialog._reading.finding import find
from trialog._reading.pages import find_keys, find_page

HUGE = 2**53
VALUES = [
    *(True, False, 0, 1, 2, -3, 1.0, 0.0, -0.0, 0.5, 1e-300, math.inf, -math.inf, math.nan),
    *(HUGE, HUGE + 1, -HUGE - 1, 2**63 - 1, 2**63, -(2**63), 2**70 + 1, float(2**70)),
    *("adam", "Adam", "1", "0.5", "nan", "True", "", "Straße", "x" * 600, "x" * 601, None),
]
POINTS = [0.0, 1.0, 1, -1.0, math.nan, math.inf, -math.inf, HUGE + 1, HUGE, 0.5]
NAMES = ("p", "q", "word", "status")
RANK = """
import os, sys
import trialog

rank = int(os.environ["RANK"])
with trialog.init("acme", "demo", id=sys.argv[1]) as run:
    run.log_parameter("p", rank / 2)
    run.log({"loss": -float(rank), "val/acc": 0.5}, step=0)
    run.log("loss", float("nan"), step=2)
    run.log("loss", 2**53 + rank, step=3)
"""
METRICS = ("loss", "val/acc")


def make_runs() -> None:
    """Runs of everything that may be awkward, in two projects."""
    for number, value in enumerate(VALUES):
        tags = ["even"] if number % 2 == 0 else ["odd", "Even"]
        fails = contextlib.suppress(ZeroDivisionError)
        with fails, trialog.init("acme", "demo", name=f"Run {number}", tags=tags) as run:
            run.log_parameter("p", value)
            if number % 3:
                run.log_parameter("q", VALUES[-number])
            if number % 2:
                run.log_parameter("word", ("b", "ü", "B", "a", "😀")[number % 5])
            if number % 4 == 0:
                run.log_parameter("p", VALUES[number // 2])
            for step in range(number % 5):
                run.log("loss", POINTS[(number + step) % len(POINTS)], step)
                run.log("val/acc", POINTS[(number * step) % len(POINTS)])
            if number % 7 == 3:
                _ = 1 / 0
            if number % 7 == 4:
                run.finish(status="FAILED", reason="infeasible")
    for number in range(3):
        with trialog.init("acme", "demo", name=f"resumed {number}") as run:
            run.log_parameter("p", number)
            for step in range(4):
                run.log("loss", float(step), step)
        with trialog.init("acme", "demo", resume=run.id) as run:
            run.log_parameter("p", number + 1)
            run.log("loss", -1.0, 4 - number * 2)  # after the end, in the midst, from the start
    for number in (2, 5, 8):
        trialog.get_run(f"Run {number}").delete()
    with trialog.init("acme", "other", name="elsewhere", tags=["even"]) as run:
        run.log_parameter("p", 1)
        run.log("loss", 0.5)
    make_ranks()
    with trialog.Experiment("sweep") as experiment, experiment.run() as run:
        run.log_parameter("p", 2)


def make_ranks() -> None:
    """Runs of several processes: their points between each other's, at the same step, resumed."""
    for number in range(3):
        with trialog.init("acme", "demo", name=f"ranks {number}", tags=["even"]) as run:
            run.log("loss", 3.0, 1)
            for rank in (1, 2)[: number + 1]:
                environ = {**os.environ, "RANK": str(rank), "WORLD_SIZE": "3"}
                subprocess.run([sys.executable, "-c", RANK, run.id], env=environ, check=True)
            run.log({"loss": 1.0, "val/acc": math.nan}, step=2)
    with trialog.init("acme", "demo", resume=run.id) as resumed:
        resumed.log("loss", 2.0, 2)


class Said:
    """What a run says of itself, by what readers of one run are told."""

    def __init__(self, record, parameters, summaries, times, now_ns):
        self.record, self.parameters, self.summaries = record, parameters, summaries
        self.times, self.now_ns = times, now_ns

    def parameter(self, name):
        return self.parameters.get(name)

    def measure(self, metric, measure):
        summary = self.summaries.get(metric)
        return None if summary is None else getattr(summary, measure)

    def fact(self, name):
        record = self.record
        match name:
            case "duration":
                ended_ns = self.times["ended_ns"]
                until_ns = self.now_ns if ended_ns is None else ended_ns
                return max(until_ns - self.times["created_ns"], 0)
            case "age":
                return max(self.now_ns - self.times["created_ns"], 0)
            case "created" | "updated" | "ended":
                return self.times[f"{name}_ns"]
            case "namespace" | "project":
                return getattr(record.place.project, name)
            case "username":
                return record.user.username
            case "exception":
                return record.exception and record.exception.type
            case "deleted":
                return record.date_deleted is not None
            case "status":
                return record.status.value
        return getattr(record, name)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The catalog of such a store, and what each run says, newest first."""
    home = tmp_path_factory.mktemp("awkward")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIALOG_HOME", str(home))
        make_runs()
        running = trialog.init("acme", "demo", name="running", parameters={"p": 1.5})
        running.log("loss", 0.25)
        catalog = catalog_of(home)
        now_ns = catalog.clock() + 10**9
        catalog.clock = lambda: now_ns
        records = list(find(catalog, RunFilter(with_deleted=True)))
        keys = [record.key for record in records]
        parameters = catalog.ask(queries.parameters_of, keys)
        summaries = catalog.summaries(keys)
        names = ("created_ns", "updated_ns", "ended_ns")
        columns = {name: catalog.ask(queries.column_of, keys, name) for name in names}
        said = {}
        for key, record in zip(keys, records, strict=True):
            times = {name: column[key] for name, column in columns.items()}
            said[key] = Said(record, parameters[key], summaries.get(key, {}), times, now_ns)
        yield catalog, said
        running.finish()
        close_catalogs()


parameters = st.builds(Parameter, st.sampled_from([*NAMES, "none"]))
metrics = st.builds(Metric, st.sampled_from([*METRICS, "none"]), st.sampled_from(MEASURES))
TEXTS = [name for name, field in FIELDS.items() if field.type is FactType.TEXT]
NUMBERS = [name for name, field in FIELDS.items() if field.type is FactType.NUMBER]
texts = st.builds(Fact, st.sampled_from(TEXTS))
numbers = st.builds(Fact, st.sampled_from(NUMBERS))
operands = parameters | metrics | texts | numbers
signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
literals = st.builds(
    Literal, st.sampled_from([each for each in VALUES if repr(each) not in ("nan", "None")])
)
words = st.builds(Literal, st.sampled_from(["demo", "acme", "Run 7", "infeasible", "run", ""]))
of_words = st.sampled_from(["run", "1", "x", "AD", "ß", "ss", "sweep", "", "%", "_"])
statuses = st.lists(st.sampled_from(list(RunStatus)), min_size=1, max_size=4).map(
    lambda found: tuple(Literal(each.value) for each in found)
)
leaves = st.one_of(
    st.builds(Comparison, signs, operands, literals),
    st.builds(Comparison, signs, parameters | metrics, literals),
    st.builds(Comparison, signs, texts, words),
    st.builds(Comparison, signs, operands, operands),
    st.builds(
        Comparison,
        st.sampled_from(["==", "!="]),
        operands | st.just(Fact("tags")),
        st.just(Literal(None)),
    ),
    st.builds(
        Membership,
        operands,
        st.lists(literals | words | st.just(Literal(None)), min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(Membership, st.just(Fact("status")), statuses, st.booleans()),
    st.builds(HasTag, st.sampled_from(["even", "odd", "Even", "none"]), st.booleans()),
    st.builds(
        TextMatch,
        st.sampled_from(["contains", "startswith", "endswith"]),
        parameters | texts,
        of_words,
        st.booleans(),
    ),
    st.builds(
        TextMatch, st.just("matches"), parameters | texts, st.just("^r.*[1-5]$|a"), st.booleans()
    ),
    st.builds(Truth, parameters | st.just(Fact("deleted"))),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(All, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
sorts = st.lists(
    st.builds(
        SortKey,
        operands
        | st.sampled_from([Fact("status"), Fact("duration"), Fact("updated"), Fact("ended")]),
        st.booleans(),
    ),
    max_size=2,
).map(tuple)


@contextlib.contextmanager
def with_few(few):
    """More runs than so few are many: large stores are looked through in other ways."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (conditions_module, ordering, questions):
            patch.setattr(module, "FEW", few)
        patch.setattr(ordering, "_STEP", few + 1)
        yield


few = st.sampled_from([2, 2000])


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(
    condition=conditions,
    with_deleted=st.booleans(),
    project=st.sampled_from(["demo", None]),
    few=few,
)
def test_the_catalog_finds_what_the_meaning_says(told, condition, with_deleted, project, few):
    """Whatever is asked, of whatever runs: exactly those that it holds of, newest first."""
    catalog, said = told
    wanted = RunFilter(project=project, with_deleted=with_deleted, where=condition)
    with with_few(few):
        found = find_keys(catalog, wanted)
    assert found == [
        key
        for key, run in said.items()
        if project in (None, run.record.place.project.project)
        and (with_deleted or run.record.date_deleted is None)
        and holds(condition, run)
    ]


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    sort=sorts,
    condition=st.none() | leaves,
    offset=st.integers(0, 5),
    limit=st.integers(0, 9),
    few=few,
    project=st.sampled_from(["demo", None]),
)
def test_the_catalog_orders_as_the_meaning_says(told, sort, condition, offset, limit, few, project):
    """By the first key, then the next, then the newest; a page is a part of all."""
    catalog, said = told
    wanted = RunFilter(where=condition, sort=sort, project=project)
    found = [
        key
        for key, run in said.items()
        if project in (None, run.record.place.project.project)
        and run.record.date_deleted is None
        and (condition is None or holds(condition, run))
    ]
    expected = in_order(found, sort, said.__getitem__)
    with with_few(few):
        assert find_keys(catalog, wanted) == expected
        page = find_page(catalog, wanted, offset, limit)
        assert page.records.keys == expected[offset : offset + limit]
        assert page.total == len(expected)
        bounded = find_page(catalog, replace(wanted, offset=offset, limit=limit), 1, 2)
        assert bounded.records.keys == expected[offset : offset + limit][1:3]


@pytest.mark.slow
@pytest.mark.parametrize("sign", ["==", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("operand", [Parameter("p"), Metric("loss", "last")], ids=["p", "loss"])
def test_each_value_is_compared_with_each(told, operand, sign):
    """At the border too: what is equal is neither less nor greater."""
    catalog, said = told
    for value in VALUES:
        if repr(value) == "nan" or (value is None and sign not in ("==", "!=")):
            continue  # no filter has them
        condition = Comparison(sign, operand, Literal(value))
        found = find_keys(catalog, RunFilter(with_deleted=True, where=condition))
        assert found == [key for key, run in said.items() if holds(condition, run)], value
