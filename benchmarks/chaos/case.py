"""One tracker under one harm: its folders, its training processes, and what is read afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import environments
import peers

from chaos import reading
from chaos.ledger import read_ledgers
from chaos.training import await_file

BENCHMARKS = Path(__file__).resolve().parent.parent
LIMIT_SECONDS = 240.0
HANGS_SECONDS = 60.0  # no story takes so long
MARK = "CHAOS_CASE"


@dataclass
class Ended:
    """How a training process ended.

    Attributes:
        code: its exit code, negative for a signal; None: it hung and was killed.
        ended_ns: when, by the monotonic clock.
        said: its lines on stderr.
    """

    code: int | None
    ended_ns: int
    said: list[str]


@dataclass
class Amount:
    """How much of a harm is done.

    Attributes:
        is_quick: as the tests do it.
        rounds: of how many the durations are medians.
    """

    is_quick: bool = True
    rounds: int = 1

    def of(self, quick: float, full: float) -> float:
        """Return the one or the other."""
        return quick if self.is_quick else full


@dataclass
class Case:
    """A store, the scripts that train in it, and the harm done to them.

    Attributes:
        tracker: its name.
        store: where the tracker keeps everything.
        scratch: what else the case needs.
        amount: how much harm.
        environment: more variables for the training.
        lost_before_ns: acknowledgements younger than this may be lost, by the monotonic clock.
        reader: what the reader is started by; it runs in this process where that is trialog's.
        found: what has been read already.
        young: values that may be lost.
        notes: what was measured.
        faults: what went wrong that counting does not show.
    """

    tracker: str
    store: Path
    scratch: Path
    amount: Amount
    environment: dict[str, str] = field(default_factory=dict)
    lost_before_ns: int | None = None
    reader: list[str] | None = None
    found: dict | None = None
    young: set[int] = field(default_factory=set)
    notes: dict = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the folders."""
        self.side, self.home = self.scratch / "side", self.scratch / "home"
        for folder in (self.store, self.side, self.home):
            folder.mkdir(parents=True, exist_ok=True)
        self.peer = peers.load(self.tracker, self.store)
        self.random = random.Random(7)
        self._mark = uuid.uuid4().hex

    @property
    def is_ours(self) -> bool:
        """Whether the tracker is trialog."""
        return self.tracker == "trialog"

    # -- training ------------------------------------------------------------------------------

    def train(
        self,
        story: str,
        writer: int = 0,
        *,
        before: tuple[str, ...] = (),
        environment: dict[str, str] | None = None,
        **options: object,
    ) -> subprocess.Popen:
        """Start a training script.

        Args:
            story: what it does.
            writer: its number; of its children, those that follow.
            before: a command that starts it.
            environment: more variables for this one.
            options: what the story wants to know.
        """
        command = [*before, *self.command(story, writer, options)]
        with (self.side / f"{writer}.stderr").open("w") as said:
            process = subprocess.Popen(
                command,
                cwd=self.home,
                env=self.variables() | (environment or {}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
                start_new_session=True,
            )
        process.writer = writer
        return process

    def command(self, story: str, writer: int, options: dict) -> list[str]:
        """Return what starts a training script."""
        command = [self.python(), "-m", "chaos.training", self.tracker, story]
        return [*command, str(self.store), str(self.side), str(writer), json.dumps(options)]

    def await_mark(self, process: subprocess.Popen, name: str = "ready") -> None:
        """Wait until a training is that far, or has ended."""
        path = self.side / f"{process.writer}.{name}"
        end = time.monotonic() + LIMIT_SECONDS
        while not path.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.002)

    def allow(self, name: str = "go") -> None:
        """Set a mark that a story waits for."""
        (self.side / name).touch()

    def await_end(self, process: subprocess.Popen, limit_s: float = HANGS_SECONDS) -> Ended:
        """Wait until a training has ended; one that hangs is killed."""
        try:
            code = process.wait(limit_s)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = None
        lines = (self.side / f"{process.writer}.stderr").read_text(errors="replace").splitlines()
        ended = Ended(code, time.monotonic_ns(), [line for line in lines if line.strip()])
        self.ended.append(ended)
        return ended

    def has(self, mark: str) -> bool:
        """Say whether a mark is there."""
        return (self.side / mark).exists()

    def reports(self) -> list[dict]:
        """Return what the trainings have measured of themselves; a killed one's may be torn."""
        texts = (path.read_text() for path in self.side.glob("*.report"))
        return [json.loads(text) for text in texts if text.endswith("}")]

    # -- reading -------------------------------------------------------------------------------

    def acknowledged(self) -> dict[int, int]:
        """Return the values that training knows it has logged, each with its time."""
        return read_ledgers(self.side)

    def read(self) -> dict:
        """Return what the tracker's own reader finds now."""
        if self.found is not None:
            return self.found
        if self.is_ours and self.reader is None:
            return reading.read(self.tracker, self.store)
        result = self.scratch / "read.json"
        result.unlink(missing_ok=True)
        command = [*(self.reader or []), self.python(), "-m", "chaos.reading"]
        command += [self.tracker, str(self.store), str(result)]
        done = subprocess.run(
            command,
            cwd=self.home,
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
        if not result.exists():
            last = done.stderr.strip().rpartition("\n")[2]
            return {"points": [], "runs": [], "failure": last}
        return json.loads(result.read_text())

    def read_settled(self, wanted: int) -> dict:
        """Return what is found once all is there, or helpers of a dead process had ten seconds."""
        if self.found is not None:
            return self.found
        found = self.read()
        for pause_s in () if self.is_ours else (3, 6):
            if len(found["points"]) >= wanted:
                break
            time.sleep(pause_s)
            found = self.read()
        return found

    def await_helpers(self, limit_s: float = 10.0) -> None:
        """Wait until the processes beside ended trainings have ended too."""
        end = time.monotonic() + limit_s
        while self._helpers() and time.monotonic() < end:
            time.sleep(0.02)

    def end_leftovers(self) -> None:
        """End what the trainings have left behind."""
        for pid in self._helpers():
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)

    def _helpers(self) -> list[int]:
        """The processes with the mark of this case."""
        mine, found = f"{MARK}={self._mark}".encode(), []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mine in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found

    # -- surroundings --------------------------------------------------------------------------

    def python(self) -> str:
        """Return the interpreter that has the tracker."""
        return environments.interpreter(self.tracker, self.peer.requirement)

    def variables(self) -> dict[str, str]:
        """Return all environment variables of a training."""
        own = self.peer.environment() | {"PYTHONPATH": str(BENCHMARKS), MARK: self._mark}
        own.pop("WANDB_SILENT", None)  # it may say what has happened
        return environments.private_variables(self.home, own | self.environment)


def start_tending(case: Case, task: str, number: int) -> subprocess.Popen:
    """Start a reader that works on the store, and wait until it begins."""
    mark = case.side / f"tending-{number}"
    command = [sys.executable, "-m", "chaos.tending", task, str(case.store), str(mark)]
    variables = os.environ | {"PYTHONPATH": str(BENCHMARKS)}
    process = subprocess.Popen(command, env=variables, stderr=subprocess.DEVNULL)
    await_file(mark)
    return process
