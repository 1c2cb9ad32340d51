"""Ways to call the command line: in this process, through pipes, and on a terminal."""

from __future__ import annotations

import contextlib
import errno
import os
import pty
import subprocess
import sys
import termios
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

import trialog
from trialog._cli.commands import command_line
from trialog._reading.catalogs import close_catalogs


@dataclass
class Answer:
    """What a call said and how it ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.stdout)

    @property
    def lines(self) -> list[str]:
        return self.stdout.splitlines()


@pytest.fixture(autouse=True)
def _closed_catalogs():
    yield
    close_catalogs()


@pytest.fixture
def call(monkeypatch):
    """Calls a command in this process; stdout is no terminal, so the answer is JSON."""
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: str, columns: int = 120) -> Answer:
        monkeypatch.setenv("COLUMNS", str(columns))
        result = CliRunner().invoke(command_line, list(arguments))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def piped():
    """Calls a command in a process of its own, through pipes."""

    def run(*arguments: str, **options: Any) -> Answer:
        command = [sys.executable, "-m", "trialog", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def terminal():
    """Calls a command in a process of its own, on a terminal of some width."""

    def run(*arguments: str, columns: int = 100, **variables: str) -> Answer:
        environ = {
            name: value
            for name, value in os.environ.items()
            if name not in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
        }
        environ |= {"TERM": "xterm-256color", **variables}
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (50, columns))
        command = [sys.executable, "-m", "trialog", *arguments]
        process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
        os.close(theirs)
        text = b"".join(_read_all(ours))
        os.close(ours)
        return Answer(process.wait(), text.decode().replace("\r\n", "\n"), "")

    return run


def _read_all(fd: int) -> Sequence[bytes]:
    parts = []
    while True:
        try:
            part = os.read(fd, 65536)
        except OSError as error:
            if error.errno != errno.EIO:  # Linux says so where the other end has gone
                raise
            return parts
        if not part:
            return parts
        parts.append(part)


@pytest.fixture
def zoo():
    """A project with a run of every kind, and a run of another project."""
    for number in range(3):
        with trialog.init("acme", "Digits sweep", name=f"good_{number}", tags=["good"]) as run:
            run.log_parameters({"model": "mlp", "lr": 10.0**-number, "batch": 32})
            for step in range(3):
                run.log({"loss": 1 / (step + number + 1), "val/acc": number * step / 10}, step=step)
            run.log_json("confusion", [[1, 2], [3, 4]], step=2)
            run.log_attachment("model", "text/plain", b"first")
            run.log_attachment("model", "application/octet-stream", b"x" * 5000, filename="m.bin")
    crashing = trialog.init("acme", "Digits sweep", name="crashed", description="Over the edge")
    with contextlib.suppress(ValueError), crashing as run:
        run.log_parameters({"model": "mlp", "lr": float("inf"), "batch": 32, "big": 2**70})
        run.log("loss", float("nan"))
        run.log("note", {"why": "text"})
        raise ValueError("too \x1b[31mred\x1b[0m\nand [bold]bold[/bold]")
    trialog.init("acme", "Digits sweep", name="empty").finish("FAILED", reason="infeasible")
    with trialog.init("bob", "Other", name="実験_長い名前", tags=["good", "wide"]) as run:
        run.log("損失", 0.25)


@pytest.fixture
def sweeps():
    """Two experiments of one project, one of them crashed, one of another, and a lone run."""
    with trialog.Experiment(
        "sweep-1",
        "acme",
        "Digits sweep",
        commit=False,
        tags=["paper"],
        parameters={"solver": "HiGHS", "seed": 1},
        description="The first one",
    ) as experiment:
        experiment.set_annotation("org.example.ticket", "T-12")
        experiment.log_json("plan", ["first", "then"])
        for number in range(3):
            with experiment.run(parameters={"lr": 0.1 * (number + 1), "batch": 32}) as run:
                run.log("acc", number / 10)
        with contextlib.suppress(ValueError), experiment.run("odd", tags=["wide"]) as run:
            run.log_parameters({"lr": 1, "batch": 32, "why": "not \x1b[31mred"})
            raise ValueError("the loss is \x1b[31mnot finite")
    experiment.finish()
    with (
        contextlib.suppress(RuntimeError),
        trialog.Experiment(
            "sweep-2", "acme", "Digits sweep", parameters={"solver": "HiGHS", "seed": 2}
        ) as experiment,
    ):
        with experiment.run(parameters={"lr": 0.5, "batch": 32}) as run:
            run.log("acc", 0.9)
        raise RuntimeError("the node was drained")
    trialog.Experiment("実験", "bob", "Other").finish()
    trialog.init("acme", "Digits sweep", name="lone").finish()
