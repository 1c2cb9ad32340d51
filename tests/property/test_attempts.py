"""Attempts and ranks: what a view shows is what the rule says, from journals and from segments."""

from __future__ import annotations

import contextlib
import fcntl
import math
from typing import NamedTuple

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trialog
from trialog._catalog.plans import plan_points
from trialog._format.encoding import encode_general, encode_name, encode_point
from trialog._format.facts import End, Start
from trialog._format.folders import StoreFolder
from trialog._format.records import Kind
from trialog._format.values import to_number
from trialog._journals.processes import read_here
from trialog._reading.catalogs import catalog_of, close_catalogs

NAMES = ("loss", "acc")
BEGUN_NS = 1_700_000_000_000_000_000


class Point(NamedTuple):
    """A call of ``log``; the step may be left out."""

    name: str
    step: int | None
    wait_ns: int
    value: float


class Writer(NamedTuple):
    """A process of one attempt, and what it logs."""

    role: str
    attempt: int
    rank: int | None
    points: list[Point]


class Row(NamedTuple):
    """A point as a reader sees it."""

    step: int
    time_ns: int
    value: float
    rank: int | None
    attempt: int


POINTS = st.builds(
    Point,
    st.sampled_from(NAMES),
    st.none() | st.integers(-2, 12),
    st.integers(-20, 60),  # a clock may be set back
    st.sampled_from([0.0, 1.0, 2.0, math.nan, -1.5]),
)
WRITERS = st.builds(
    Writer,
    st.sampled_from(["attach", "attach", "fork", "witness"]),
    st.integers(1, 3),
    st.none() | st.integers(0, 2),
    st.lists(POINTS, max_size=8),
)
VIEWS = st.tuples(
    st.sampled_from([None, "all", 1, 2, 3]), st.none() | st.lists(st.integers(0, 2), max_size=2)
)
OWNED = st.lists(st.lists(POINTS, max_size=8), min_size=1, max_size=3)


@st.composite
def runs(draw):
    """Attempts from 1 on, each with who began it; and others beside them."""
    owners = [
        Writer("run", attempt, draw(st.none() | st.just(0)), points)
        for attempt, points in enumerate(draw(OWNED), 1)
    ]
    others = [
        each._replace(attempt=min(each.attempt, len(owners)))
        for each in draw(st.lists(WRITERS, max_size=4))
    ]
    return [*owners, *others]


# -- the rule, said in the plainest way ------------------------------------------------------------


def numbered(writers):
    """Every writer's points by metric, with steps and times."""
    highest = [{} for _ in writers]
    found = []
    for place, writer in sorted(enumerate(writers), key=lambda each: each[1].attempt):
        own, time_ns, rows = highest[place], BEGUN_NS, {}
        for other, steps in zip(writers, highest, strict=True):
            if "witness" not in (writer.role, other.role) and other.attempt < writer.attempt:
                for name, step in steps.items():
                    own[name] = max(step, own.get(name, step))
        for point in writer.points:
            time_ns += point.wait_ns
            step = point.step
            if step is None:
                step = own[point.name] + 1 if point.name in own else 0
            own[point.name] = max(step, own.get(point.name, step))
            row = Row(step, time_ns, point.value, writer.rank, writer.attempt)
            rows.setdefault(point.name, []).append(row)
        found.append((place, writer, rows))
    return [(writer, rows) for _, writer, rows in sorted(found, key=lambda each: each[0])]


def expected(writers, name, attempt=None, ranks=None):
    """The points that a view shows, in order."""
    logged = [(writer, rows.get(name, [])) for writer, rows in numbered(writers)]

    def is_replaced(writer, row):
        return writer.role != "witness" and any(
            other.attempt > writer.attempt and other.role != "witness" and later.step <= row.step
            for other, rows in logged
            for later in rows
        )

    placed = []
    for place, (writer, rows) in enumerate(logged):
        if ranks is not None and writer.rank not in ranks:
            continue
        latest_ns = 0
        for row in rows:
            if attempt in (None, "all") or writer.attempt == attempt:
                if attempt is None and is_replaced(writer, row):
                    continue
                latest_ns = max(latest_ns, row.time_ns)
                placed.append((latest_ns, place, row))
    placed.sort(key=lambda each: each[:2])
    return [row for *_, row in placed]


# -- the same by trialog ---------------------------------------------------------------------------


def bytes_of(writer, place, *, is_ended, count=None):
    """A journal of this very process."""
    here = read_here()
    start = Start(
        writer=f"w{place}",
        run="r",
        role=writer.role,
        namespace="acme",
        project="demo",
        name="r",
        attempt=writer.attempt,
        rank=writer.rank,
        created_ns=BEGUN_NS,
        pid=here.pid,
        pid_namespace=here.pid_namespace,
        boot=here.boot,
        host=here.host,
        machine=here.machine,
    )
    parts = [encode_general(Kind.START, BEGUN_NS, start.encode())]
    parts += [encode_name(number, name, BEGUN_NS) for number, name in enumerate(NAMES)]
    time_ns = BEGUN_NS
    for point in writer.points[:count]:
        time_ns += point.wait_ns
        number = NAMES.index(point.name)
        parts.append(encode_point(number, to_number(point.value), point.step, time_ns))
    if is_ended:
        kind = Kind.END if writer.role == "run" else Kind.LEAVE
        payload = End(status="COMPLETED").encode() if kind is Kind.END else b"{}"
        parts.append(encode_general(kind, time_ns, payload))
    return b"".join(parts).ljust(49_152, b"\0")


class Journals:
    """The journals of a run's writers, which hold their locks until they end."""

    def __init__(self, home, writers):
        home.mkdir()
        StoreFolder(home).description.write_text('{"format": 1, "id": "handmade"}')
        self.folder = StoreFolder(home).project("acme", "demo").run("r")
        self.folder.mkdir(parents=True)
        self.writers = writers
        self.files = [
            (self.folder / f"w{place}.journal").open("w+b") for place in range(len(writers))
        ]
        for file in self.files:
            fcntl.flock(file, fcntl.LOCK_EX)

    def write(self, part=1.0, *, is_ended=False):
        for place, (writer, file) in enumerate(zip(self.writers, self.files, strict=True)):
            count = int(len(writer.points) * part)
            file.seek(0)
            file.write(bytes_of(writer, place, is_ended=is_ended, count=count))
            file.flush()

    def close(self):
        for file in self.files:
            file.close()


def rows_of(frame):
    count = len(frame)
    ranks = frame["rank"].tolist() if "rank" in frame else [None] * count
    attempts = frame["attempt"].tolist() if "attempt" in frame else [1] * count
    times = frame["time"].astype("int64").tolist()
    return [
        Row(step, time_ns, value, None if rank is pd.NA else rank, attempt)
        for step, time_ns, value, rank, attempt in zip(
            frame["step"].tolist(), times, frame["value"].tolist(), ranks, attempts, strict=True
        )
    ]


def check(writers, views):
    """Some views of every metric, its summary, and the wide form."""
    run, names = trialog.get_run("r"), sorted({each.name for w in writers for each in w.points})
    assert run.metrics == names
    within = [writer for writer in writers if writer.role != "witness"]
    ranks = sorted({each.rank for each in within if each.rank is not None})
    attempts = max(writer.attempt for writer in writers)
    wide = trialog.runs().metrics_df(names, wide=True)
    for name in names:
        for attempt, rank in [(None, None), *views]:
            if (attempt in (2, 3) and attempt > attempts) or not {*(rank or ())} <= {*ranks}:
                continue
            frame = run.metric(name, attempt=attempt, rank=rank)
            rows = expected(writers, name, attempt, rank)
            if not ranks:  # a witness may have one, beside processes that have none
                rows = [row._replace(rank=None) for row in rows]
            assert repr(rows_of(frame)) == repr(rows)
            assert ("rank" in frame) is bool(ranks or rank is not None)
            assert ("attempt" in frame) is (attempts > 1 or attempt is not None)
        counting = expected(writers, name)
        check_summary(run.summary[name], counting)
        last = {row.step: row.value for row in counting}
        steps = [step for _, step in wide.index]
        kept = zip(steps, wide[name].tolist(), strict=True)
        found = {step: value for step, value in kept if value is not pd.NA}
        assert repr(found) == repr(dict(sorted(last.items())))


def check_summary(summary, counting):
    numbers = [row.value for row in counting if not math.isnan(row.value)]
    assert summary["count"] == len(counting)
    assert repr([summary["first"], summary["last"]]) == repr(
        [counting[0].value, counting[-1].value]
    )
    if numbers:
        assert (summary["min"], summary["max"]) == (min(numbers), max(numbers))
        assert summary["mean"] == sum(numbers) / len(numbers)
        first = next(row.step for row in counting if row.value == min(numbers))
        assert summary["step_of_min"] == first
    else:
        assert summary["step_of_max"] is None


@pytest.mark.slow
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(runs(), st.lists(VIEWS, max_size=3), st.floats(0, 1))
def test_a_view_shows_what_the_rule_says(stores, writers, views, part):
    """Live, ended and compacted; read in two turns or in one."""
    with stores() as home, contextlib.closing(Journals(home, writers)) as journals:
        journals.write(part)
        assert trialog.get_run("r").id == "r"
        journals.write()
        check(writers, views)
        journals.write(is_ended=True)
        journals.close()
        check(writers, views)
        catalog = catalog_of(home)
        keys = [record.key for record in trialog.runs()._records]
        catalog.compact(keys)
        plans = catalog.ask(plan_points, keys)
        assert all(plan.segment for plan in plans.values() if plan.points)
        check(writers, views)
        close_catalogs()
