"""A real journal of a process that has ended, and stores made of changed copies of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from trialog._reading.catalogs import close_catalogs

SCRIPT = """
    import os, signal, sys, time
    import trialog

    run = trialog.init("acme", "demo", name="sample", tags=["a"], parameters={"lr": 0.1, "n": 3})
    for step in range(2_500):
        run.log("loss", step / 7, step)
    for step in range(400):
        run.log({"loss": step / 3, "acc": step / 5})
        run.log({"n": 2**60 + step, "acc": 0.5}, step=step)
    run.log("note", {"text": "é", "list": [1, None, float("nan")]})
    run.log_json("table", {"a": [1, 2]})
    run.log_attachment("file", "text/plain", b"bytes")
    run.add_tags("b")
    run.set_description("about")
    if sys.argv[1] == "kill":
        time.sleep(1.2)  # by then full blocks are closed
        os.kill(os.getpid(), signal.SIGKILL)
    run.finish()
"""


@contextmanager
def fresh_store() -> Iterator[Path]:
    """An empty store for one example; ``TRIALOG_HOME`` names it meanwhile."""
    before = os.environ["TRIALOG_HOME"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TRIALOG_HOME"] = str(Path(folder) / "store")
        try:
            yield Path(folder) / "store"
        finally:
            close_catalogs()
            os.environ["TRIALOG_HOME"] = before


class Sample:
    """A store with one run of one process that is gone."""

    def __init__(self, home: Path, ending: str) -> None:
        command = [sys.executable, "-c", textwrap.dedent(SCRIPT), ending]
        environ = {**os.environ, "TRIALOG_HOME": str(home)}
        subprocess.run(command, env=environ, check=False, timeout=60)
        self.home = home
        (path,) = home.glob("namespaces/*/*/runs/*/*/*.journal")
        self.path = path.relative_to(home)
        self.data = path.read_bytes()
        self._found: Any = None

    def read(self, read_everything) -> Any:
        """What a reader finds in the journal as it is, asked once."""
        if self._found is None:
            with self.changed(self.data) as home:
                self._found, verification = read_everything(home)
                assert verification.is_sound, verification.findings
        return self._found

    @contextmanager
    def changed(self, data: bytes) -> Iterator[Path]:
        """The same store with other bytes in its journal."""
        with fresh_store() as home:
            shutil.copytree(self.home, home)
            (home / self.path).write_bytes(data)
            yield home


@pytest.fixture(scope="session")
def samples(tmp_path_factory) -> dict[str, Sample]:
    """A finished run's store, and a killed one's."""
    folder = tmp_path_factory.mktemp("samples")
    return {ending: Sample(folder / ending, ending) for ending in ("finish", "kill")}


@pytest.fixture
def stores():
    """Makes fresh stores for the examples of a property."""
    return fresh_store
