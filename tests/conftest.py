"""What all tests share: a store of their own, and a way to see what a journal holds."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trialog._format.blocks import LAST_WORDS_END, LAST_WORDS_START, extents
from trialog._format.decoding import Call, Fact, events, index_block, index_last_words
from trialog._format.facts import Start
from trialog._format.records import Kind
from trialog._format.values import load_json
from trialog._tracking.active import session


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch) -> Iterator[Path]:
    """An empty store of the test's own; an experiment that it leaves open is nobody else's."""
    home = tmp_path / "store"
    monkeypatch.setenv("TRIALOG_HOME", str(home))
    cleared = ("MODE", "NAMESPACE", "PROJECT", "AT_EXIT", "RUN", "SYSTEM_INTERVAL")
    for variable in (*cleared, "HOOKS", "STALLED_AFTER"):
        monkeypatch.delenv(f"TRIALOG_{variable}", raising=False)
    for variable in ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK"):
        monkeypatch.delenv(variable, raising=False)  # the tests themselves may be a rank
    yield home
    for run in session.open_runs():
        if run.is_record:
            run.finish()


DOCS = Path(__file__).parents[1] / "docs"


def read_table(page: str, name: str) -> list[list[str]]:
    """The table behind ``<!-- table: name -->`` of a page: its rows, each a list of cells."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- table: {re.escape(name)} -->\n((?:\|.*\n?)+)", text)
    assert found, f"{page} has no table {name!r}"
    return [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in found[1].splitlines()[2:]
    ]


@pytest.fixture
def page_table():
    """Reads a table of the documentation."""
    return read_table


def pytest_configure(config):
    os.environ["TRIALOG_CAPTURE"] = "none"  # tests of what is captured ask for it
    config.addinivalue_line("markers", "table(page, name): runs for each row of a page's table")


def pytest_generate_tests(metafunc):
    """``@pytest.mark.table(page, name)``: the test runs once for each row, as its ``row``."""
    for mark in metafunc.definition.iter_markers("table"):
        rows = read_table(*mark.args)
        metafunc.parametrize("row", rows, ids=[row[0][:60] for row in rows])


class Journals:
    """What the journals of a store hold, by the pure decoder alone."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def paths(self) -> list[Path]:
        return sorted(self.home.glob("namespaces/*/*/runs/*/*/*.journal"))

    def read(self, path: Path) -> list[Call | Fact]:
        """Every record of one journal; damage is an error."""
        data = path.read_bytes()
        found: list[Call | Fact] = []
        for extent in extents(len(data)):
            region = data[extent.start : extent.stop]
            index = index_block(region, extent, is_settled=True)
            assert not index.damage, index.damage
            found += events(index)
        if len(data) >= LAST_WORDS_END:
            found += events(index_last_words(data[LAST_WORDS_START:LAST_WORDS_END]))
        return found

    def all(self) -> list[Call | Fact]:
        return [record for path in self.paths() for record in self.read(path)]

    def calls(self) -> list[Call]:
        return [record for record in self.all() if isinstance(record, Call)]

    def points(self, name: str) -> list[tuple[int | None, float]]:
        return [
            (call.step, value)
            for call in self.calls()
            for each, value in zip(call.names, call.values, strict=True)
            if each == name
        ]

    def facts(self, kind: Kind) -> list[Any]:
        return [
            load_json(record.payload)
            for record in self.all()
            if isinstance(record, Fact) and record.kind is kind
        ]

    def end(self, name: str) -> dict[str, Any] | None:
        """The last end of the run of that name."""
        for path in self.paths():
            records = self.read(path)
            start = Start.decode(records[0].payload)
            ends = [each for each in records if isinstance(each, Fact) and each.kind is Kind.END]
            if start.name == name and start.role == "run":
                return load_json(ends[-1].payload) if ends else None
        raise AssertionError(f"no run {name!r}")


@pytest.fixture
def journals(store) -> Journals:
    return Journals(store)


@pytest.fixture
def script(tmp_path, store):
    """Runs a training script in a process of its own."""

    def run(source: str, **options: Any) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "train.py"
        path.write_text(textwrap.dedent(source))
        # Python 3.12 and newer warn of every fork of a process with threads, numpy's included
        forks = "ignore:This process:DeprecationWarning"
        command = [sys.executable, "-W", forks, str(path)]
        options = {"capture_output": True, "text": True, "timeout": 60} | options
        return subprocess.run(command, check=False, **options)

    return run
