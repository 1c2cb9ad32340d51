"""The cells that a notebook has run, in a real IPython of its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from trialog._tracking import notebook

SESSION = """
import json, os
from traitlets.config import Config
from IPython.core.interactiveshell import InteractiveShell

config = Config()
config.HistoryManager.enabled = False
shell = InteractiveShell.instance(config=config)

from trialog._tracking.notebook import notebook_path, notebook_text

assert notebook_text() is None
for cell in json.loads(os.environ["CELLS"]):
    shell.run_cell(cell, store_history=True)
found = {"text": notebook_text(), "path": notebook_path()}
os.write(3, json.dumps(found).encode())
"""


@pytest.fixture
def session(tmp_path):
    """Runs cells in a real shell: the notebook and the path that it gives."""

    def run(*cells, **variables):
        reading, writing = os.pipe()
        script = SESSION.replace("os.write(3,", f"os.write({writing},")
        environ = os.environ | {"CELLS": json.dumps(cells), "IPYTHONDIR": str(tmp_path)} | variables
        environ.pop("JPY_SESSION_NAME", None) if "JPY_SESSION_NAME" not in variables else None
        command = [sys.executable, "-W", "ignore", "-c", script]
        with os.fdopen(reading, "rb") as said:
            done = subprocess.run(
                command,
                env=environ,
                pass_fds=[writing],
                capture_output=True,
                text=True,
                check=False,
            )
            os.close(writing)
            assert done.returncode == 0, done.stderr
            return json.loads(said.read())

    return run


def test_cells_are_kept_as_they_were_typed(session):
    """With their numbers, magics and errors, without outputs and secrets, as format 4.5."""
    found = session("x = 1", "%time x", "1 / 0", "password = 'hunter2'", "  ")
    content = json.loads(found["text"])
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    assert content["metadata"]["language_info"]["name"] == "python"
    cells = content["cells"]
    assert [each["source"] for each in cells] == [
        "x = 1", "%time x", "1 / 0", "password = '[redacted]'",
    ]  # fmt: skip
    assert [each["execution_count"] for each in cells] == [1, 2, 3, 4]
    for cell in cells:
        assert cell.keys() == {
            "cell_type", "execution_count", "id", "metadata", "outputs", "source",
        }  # fmt: skip
        assert cell["outputs"] == []
    assert len({cell["id"] for cell in cells}) == len(cells)
    assert found["path"] is None


def test_the_path_is_told_by_vs_code_or_jupyter(session):
    """VS Code by a name among the user's, Jupyter by a variable; a console's session is no path."""
    assert session("x = 1", JPY_SESSION_NAME="/a/study.ipynb")["path"] == "/a/study.ipynb"
    assert session("x = 1", JPY_SESSION_NAME="console-1")["path"] is None
    cell = "__vsc_ipynb_file__ = '/b/study.ipynb'"
    assert session(cell, JPY_SESSION_NAME="/a/study.ipynb")["path"] == "/b/study.ipynb"


def test_outside_of_ipython_there_are_none():
    """A script has a file instead."""
    script = (
        "from trialog._tracking import notebook as n; print(n.notebook_text(), n.notebook_path())"
    )
    command = [sys.executable, "-c", script]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"None None\n"


@pytest.fixture
def history(monkeypatch):
    """Stands for a shell that has run these cells, more than one would wait for."""

    def run(cells):
        shell = SimpleNamespace(history_manager=None, user_ns={"In": ["", *cells]})
        module = SimpleNamespace(get_ipython=lambda: shell)
        monkeypatch.setitem(sys.modules, "IPython", module)
        return json.loads(notebook.notebook_text())["cells"]

    return run


def test_of_too_many_cells_the_newest_are_kept(history):
    """And a cell before them says how many there were."""
    first, *rest = history([f"# {number}" + "x" * 1000 for number in range(2000)])
    assert len(rest) == 1042
    assert rest[-1]["execution_count"] == 2000
    assert first["cell_type"] == "markdown"
    assert first["source"] == "958 cells before these are not kept."


def test_of_a_long_cell_the_beginning_is_kept(history):
    """Others are kept whole, and lone surrogates are told as escapes."""
    long, odd = history(["é" * 1_000_000, "x = '\ud800'"])
    assert long["source"].endswith("\n# … and 1737856 bytes more")
    assert odd["source"] == "x = '\\ud800'"
