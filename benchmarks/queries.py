"""Measures questions of many runs: filter, sort and first page, tables, and the first read.

    python benchmarks/queries.py [--runs 1000 10000 100000] [--stores FOLDER]

Makes a store of so many runs of 20 parameters and 3 metrics of 4 points, unmeasured, and asks it
in a process that has asked once before; and in a fresh one, with all that it has to load. The floor
is the same question put to bare sqlite3, where all that is asked stands in one flat table with an
index for each column. A store of 100,000 takes some ten minutes to make and to read: with --stores
it stays in that folder, and is used again. How long its first read takes is measured up to 10,000.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from report import Figure, report
from stores import scratch_store

import trialog
from trialog._filters import RunFilter
from trialog._reading import catalog_of
from trialog._reading.pages import find_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROCESSES = 2
TURNS = 7
PAGE = 50
OPTIMIZERS = ("adam", "sgd", "lion", "adagrad")
REBUILT = 10_000


class Question(NamedTuple):
    """A question, and the same of one flat table."""

    where: str | None
    sort: str | None
    sql: str


QUESTIONS = (
    Question(None, None, "1 ORDER BY number DESC"),
    Question("seed == 77", None, "seed = 77 ORDER BY number DESC"),
    Question(
        'lr < 0.001 and optimizer == "adam"',
        "-max(acc)",
        "lr < 0.001 AND optimizer = 'adam' ORDER BY acc DESC",
    ),
    Question("depth > 2", "lr", "depth > 2 ORDER BY lr"),
    Question("max(acc) > 0.99 or bias", "depth", "acc > 0.99 OR bias ORDER BY depth"),
    Question(None, "optimizer, -lr", "1 ORDER BY optimizer, lr DESC"),
    Question('matches(optimizer, "^ad.*d$")', None, "optimizer LIKE 'ad%d' ORDER BY number DESC"),
)
LISTED = ("run", "list", "sweep", "--where", QUESTIONS[2].where, "--sort", QUESTIONS[2].sort)


def content_of(number: int) -> tuple[dict, list[dict[str, float]]]:
    """Parameters of a run, and its points."""
    dice = random.Random(number)
    parameters = {
        "lr": 10 ** dice.uniform(-5, -1),
        "depth": dice.randrange(2, 40),
        "optimizer": dice.choice(OPTIMIZERS),
        "bias": dice.random() < 0.5,
        "seed": number,
    }
    parameters |= {f"model/p{each}": dice.random() for each in range(15)}
    points = [
        {"loss": dice.random() / (step + 1), "acc": dice.random(), "val/acc": dice.random()}
        for step in range(4)
    ]
    return parameters, points


def add_runs(first: int, count: int) -> None:
    for number in range(first, first + count):
        parameters, points = content_of(number)
        with trialog.init("bench", "sweep", parameters=parameters) as run:
            for step, values in enumerate(points):
                run.log(values, step=step)


def make_store(runs: int) -> None:
    """Log the runs in a few processes."""
    share = -(-runs // PROCESSES)
    parts = [(first, min(share, runs - first)) for first in range(0, runs, share)]
    command = [sys.executable, __file__, "child"]
    children = [subprocess.Popen([*command, *map(str, part)]) for part in parts]
    exits = [child.wait() for child in children]
    if any(exits):
        raise RuntimeError("the store could not be made")


@contextmanager
def store_of(runs: int, stores: Path | None) -> Iterator[Path]:
    """A store of so many runs: made now, or kept in a folder since."""
    with scratch_store() as scratch:
        home = scratch if stores is None else stores / str(runs)
        os.environ["TRIALOG_HOME"] = str(home)
        if not (home / "namespaces").exists():
            make_store(runs)
        yield home


def print_peak() -> None:
    """What the table of parameters costs in memory, beside what is loaded for it."""
    import pandas as pd  # noqa: F401
    import pyarrow as pa  # noqa: F401

    before = peak_kilobytes()
    trialog.runs("bench/sweep").parameters_df()
    print((peak_kilobytes() - before) / 1024)


def peak_kilobytes() -> int:
    """The most memory that this process has held; ru_maxrss begins with what its parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def peak_megabytes() -> float:
    """The same, of a fresh process."""
    command = [sys.executable, __file__, "peak"]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def make_table(path: Path, runs: int) -> sqlite3.Connection:
    """The same content in one flat table, an index for each column."""
    connection = sqlite3.connect(path)
    names = [*content_of(0)[0], "acc"]
    columns = ", ".join(f'"{name}"' for name in names)
    connection.execute(f"CREATE TABLE runs (number INTEGER PRIMARY KEY, {columns})")
    rows = (
        (number, *parameters.values(), max(each["acc"] for each in points))
        for number, (parameters, points) in enumerate(map(content_of, range(runs)))
    )
    places = ", ".join("?" * (len(names) + 1))
    connection.executemany(f"INSERT INTO runs VALUES ({places})", rows)
    for place, name in enumerate(names):
        connection.execute(f'CREATE INDEX by_{place} ON runs ("{name}")')
    connection.execute("ANALYZE")
    connection.commit()
    return connection


def seconds(ask: Callable[[], object]) -> float:
    """Return the median time of some calls, after a first one that is not counted."""
    times = []
    for _ in range(TURNS + 1):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def measure(runs: int, stores: Path | None) -> list[Figure]:
    """The questions, the table of parameters, and the first read, of one store."""
    figures = []
    with store_of(runs, stores) as home, tempfile.TemporaryDirectory() as folder:
        catalog = catalog_of(home)
        catalog.refresh()
        if runs <= REBUILT:
            start = time.perf_counter()
            catalog.rebuild(progress=lambda *_: None)
            read_s = time.perf_counter() - start
            goal, is_met = ("≤ 30 s", read_s <= 30) if runs == REBUILT else ("", None)
            what = f"rebuild of {runs:,} runs"
            figures.append(Figure(what, read_s, "s", "", None, goal, is_met))
        table = make_table(Path(folder) / "flat.db", runs)
        for question in QUESTIONS:
            wanted = RunFilter.parse(project="sweep", where=question.where, sort=question.sort)
            page = find_page(catalog, wanted, 0, PAGE)
            count = f"SELECT count(*) FROM runs WHERE {question.sql.partition(' ORDER')[0]}"
            (expected,) = table.execute(count).fetchone()
            if (page.total, len(page.records)) != (expected, min(expected, PAGE)):
                raise AssertionError(f"found {page.total} runs instead of {expected}")
            asked = seconds(lambda wanted=wanted: find_page(catalog, wanted, 0, PAGE))
            select = f"SELECT * FROM runs WHERE {question.sql} LIMIT {PAGE}"
            floor = seconds(
                lambda count=count, select=select: (
                    table.execute(count).fetchall(),
                    table.execute(select).fetchall(),
                )
            )
            what = f"{runs:,} runs: {question.where or 'all'}, by {question.sort or 'newest'}"
            figures.append(
                Figure(what, asked, "s", "one flat table", floor, "≤ 0.1 s", asked <= 0.1)
            )
        whole = seconds(lambda: trialog.runs("bench/sweep").parameters_df())
        figures.append(
            Figure(f"{runs:,} runs: parameters_df", whole, "s", "", None, "≤ 1 s", whole <= 1)
        )
        peak = peak_megabytes()
        figures.append(
            Figure(f"{runs:,} runs: memory for parameters_df", peak, "MB", "", None, "", None)
        )
        command = [sys.executable, "-m", "trialog", *LISTED, "--limit", str(PAGE)]
        fresh = seconds(lambda: subprocess.run(command, check=True, capture_output=True))
        bare = [sys.executable, "-c", "import sqlalchemy, numpy, click"]
        floor = seconds(lambda: subprocess.run(bare, check=True))
        what = f"{runs:,} runs: trialog {' '.join(LISTED[:2])} --where … --sort …, all of it"
        figures.append(Figure(what, fresh, "s", "imports", floor, "", None))
        table.close()
        catalog.close()
    return figures


def main() -> None:
    if sys.argv[1:2] == ["child"]:
        add_runs(int(sys.argv[2]), int(sys.argv[3]))
        return
    if sys.argv[1:2] == ["peak"]:
        print_peak()
        return
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--stores", type=Path, help="keep the stores there, and use them again")
    arguments = parser.parse_args()
    stores = arguments.stores
    report("queries", [figure for runs in arguments.runs for figure in measure(runs, stores)])


if __name__ == "__main__":
    main()
