"""The training script: a process of its own that logs one story to one tracker.

    python -m chaos.training TRACKER STORY STORE SIDE WRITER OPTIONS

`SIDE` is the folder of ledgers, marks and reports; `OPTIONS` is JSON that the story knows.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import peers

from chaos.ledger import STRIDE, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_SECONDS = 240.0


class Training:
    """What a story works with: a tracker, a ledger, and marks for who does the harm."""

    def __init__(self, name: str, store: Path, side: Path, writer: int, options: dict) -> None:
        self.name = name
        self.peer = peers.load(name, store)
        self.side = side
        self.writer = writer
        self.ledger = Ledger(side, writer)
        self.options = options
        self._loop_seconds, self._steps = 0.0, 0

    def option(self, name: str, default: Any = None) -> Any:
        """Return what the harm wants of the story."""
        return self.options.get(name, default)

    def begin(self) -> None:
        """Start the run and say so."""
        self.peer.start()
        self.mark("ready")

    def train(
        self, first: int, stop: int, pace_s: float = 0.0, *, burst: int = 1, limit_s: float = 1e9
    ) -> int:
        """Take the steps of a loop, each of which waits a little as for a device, then logs.

        Args:
            first: the first step.
            stop: the step before which it ends.
            pace_s: how long a device would work, in seconds.
            burst: how many points are logged then.
            limit_s: when the loop is left though it is not at its end, in seconds.

        Returns:
            The next step.
        """
        begin, step = time.perf_counter(), first
        while step < stop and time.perf_counter() - begin < limit_s:
            if pace_s:
                time.sleep(pace_s)
            for _ in range(burst):
                self.ledger.log(self.peer, step)
                step += 1
        self._loop_seconds += time.perf_counter() - begin
        self._steps += step - first
        return step

    def mark(self, name: str) -> None:
        """Tell whoever does the harm how far the story is."""
        (self.side / f"{self.writer}.{name}").touch()

    def await_mark(self, name: str) -> None:
        """Wait for a mark."""
        await_file(self.side / name)

    def report(self) -> None:
        """Write down how long the loop and the longest call took."""
        text = json.dumps(
            {
                "seconds_a_step": self._loop_seconds / max(self._steps, 1),
                "longest_ms": self.ledger.longest_ns / 1e6,
            }
        )
        (self.side / f"{self.writer}.report").write_text(text)

    def finish(self) -> None:
        """Finish the run, as a script that comes to its end does."""
        self.report()
        self.peer.finish()
        self.mark("finished")


def await_file(path: Path) -> None:
    """Wait until a file is there.

    Raises:
        TimeoutError: it does not come.
    """
    end = time.monotonic() + WAIT_SECONDS
    while not path.exists():
        if time.monotonic() > end:
            raise TimeoutError(str(path))
        time.sleep(0.005)


def plain(training: Training) -> None:
    """A loop with a pace; the run is finished."""
    training.begin()
    steps, pace_s = training.option("steps", 300), training.option("pace_s", 0.002)
    burst, limit_s = training.option("burst", 1), training.option("limit_s", 1e9)
    training.train(0, steps, pace_s, burst=burst, limit_s=limit_s)
    training.finish()


def endless(training: Training) -> None:
    """A loop without a pace, until somebody ends it."""
    training.begin()
    training.train(0, STRIDE - 1, training.option("pace_s", 0.0))
    time.sleep(60)


def finishing(training: Training) -> None:
    """Many points at once, so that finishing has work to do."""
    training.peer.start()
    training.train(0, training.option("steps", 3_000))
    training.mark("ready")
    training.finish()


def waiting(training: Training) -> None:
    """Half of the loop, then a pause until somebody allows the rest."""
    training.begin()
    steps, pace_s = training.option("steps", 300), training.option("pace_s", 0.002)
    training.train(0, steps // 2, pace_s)
    training.mark("half")
    training.await_mark("go")
    training.train(steps // 2, steps, pace_s)
    training.finish()


def launched(training: Training) -> None:
    """One of many processes that start at the same moment, alone or on one run."""
    exec(training.peer.statement, {})
    training.mark("here")
    training.await_mark("go")
    ticket = training.side / "ticket"
    if not training.option("shared"):
        training.peer.start()
    elif training.option("shared") == "by rank" or training.writer == 0:
        training.peer.start()
        if training.writer == 0:
            (training.side / "ticket.part").write_text(training.peer.ticket() or "")
            (training.side / "ticket.part").rename(ticket)
    else:
        await_file(ticket)
        training.peer.join(ticket.read_text())
    training.train(0, training.option("steps", 20), training.option("pace_s", 0.001))
    training.report()
    if training.option("shared") and training.writer == 0:
        for other in range(1, training.option("processes")):
            training.await_mark(f"{other}.finished")
    training.finish()


def stories() -> dict[str, Callable[[Training], None]]:
    """Return the stories by name; those that need more stand in modules of their own."""
    from chaos import stories_of_harm, stories_of_processes, stories_of_size

    here = (plain, endless, finishing, waiting, launched)
    there = stories_of_harm.STORIES + stories_of_processes.STORIES + stories_of_size.STORIES
    return {story.__name__: story for story in here + there}


def set_clock(seconds: list[float]) -> None:
    """Make this process's wall clock one that can be set, before any tracker is imported."""
    time_ns, now = time.time_ns, time.time
    time.time_ns = lambda: time_ns() + int(seconds[0] * 1e9)
    time.time = lambda: now() + seconds[0]
    time.offset = partial(seconds.__setitem__, 0)


def main() -> None:
    name, story, store, side, writer, options = sys.argv[1:]
    chosen = json.loads(options)
    if chosen.get("clock"):
        set_clock([0.0])
    os.chdir(side)
    training = Training(name, Path(store), Path(side), int(writer), chosen)
    stories()[story](training)


if __name__ == "__main__":
    main()
