"""Journals without a run: what a block, a disk and a thread can do to them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from trialog._format.blocks import extents
from trialog._format.decoding import events, index_block
from trialog._format.facts import Start
from trialog._format.values import to_number
from trialog._writing.journal import Journal
from trialog._writing.trouble import Trouble


class Bench:
    """Makes journals in a folder and reads them by the pure decoder."""

    def __init__(self, folder):
        self.folder = folder
        self.told = []
        self._count = 0

    def journal(self, *, may_map, clock=time.time_ns, strict=False, is_brief=False):
        self._count += 1
        start = Start(
            writer=f"w{self._count}", run="r", role="run", namespace="n", project="p", created_ns=1
        )
        return Journal(
            self.folder,
            start,
            clock=clock,
            may_map=may_map,
            reborn=lambda parent: replace(parent, role="fork", writer=f"{parent.writer}-child"),
            trouble=Trouble("run 'r'", strict=strict, tell=self.told.append),
            is_brief=is_brief,
        )

    def read(self, journal):
        """Every record of a journal; damage is an error."""
        data = journal.path.read_bytes()
        found = []
        for extent in extents(len(data)):
            index = index_block(data[extent.start : extent.stop], extent, is_settled=True)
            assert not index.damage, index.damage
            found += events(index)
        return found

    def steps(self, journal):
        return [record.step for record in self.read(journal) if hasattr(record, "step")]


@pytest.fixture
def bench(tmp_path):
    folder = tmp_path / "journals"
    folder.mkdir()
    return Bench(folder)


@pytest.fixture
def append():
    """Appends one point, as ``Run.log`` does."""

    def append_point(journal, step):
        journal.append_point("x", to_number(0.5), step, 1_000 + step)

    return append_point


REHEARSAL = """
import os, sys
import trialog.testing

with trialog.testing.store():
    # what is imported only when it is used: another user may not be able to read the interpreter
    with trialog.init("p", name="x", tags=["a"]) as run:
        run.log("x", 0.5)
        run.log_attachment("data", "text/plain", b"bytes")
    run = trialog.get_run("x")
    run.get_attachment("data"), run.add_tags("b"), run.delete(), list(trialog.runs())
    try:
        trialog.init("p", resume="nobody")
    except trialog.errors.NotFoundError as error:
        repr(error)
"""


@pytest.fixture
def open_folder():
    """A folder that everybody may enter; pytest's own are for one user."""
    with tempfile.TemporaryDirectory(prefix="trialog-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.fixture
def act_as(tmp_path):
    """Runs code in a process that has become another user, under a umask."""

    def run(uid, code, *, group=None, umask=0o022, environ=None):
        become = f"os.umask({umask}); os.setgroups({[group] if group else []}); "
        become += f"os.setgid({uid}); os.setuid({uid}); os.chdir('/')\n"
        path = tmp_path / "act.py"
        path.write_text(REHEARSAL + become + "try:\n")
        with path.open("a") as file:
            file.write(textwrap.indent(textwrap.dedent(code), "    "))
            file.write("\nexcept trialog.errors.TrialogError as error:\n")
            file.write("    print(type(error).__name__, error)\n")
        done = subprocess.run(
            [sys.executable, path],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"LOGNAME": f"user{uid}"} if environ is None else environ,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.strip()

    return run
