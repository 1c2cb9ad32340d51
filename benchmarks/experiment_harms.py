"""What happens to a script that records an experiment, and how much it had logged by then.

Each harm is a few lines of a user's script. Afterwards another process looks for what is there.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import experiment_peers

PARAMETERS = 5
MANY = 100
OF_TWO = 50


class Harm(NamedTuple):
    """One of them.

    Attributes:
        what: in words.
        happen: does it to an experiment called ``harmed``, in a process of its own.
        runs: how many runs had been begun by then.
        values: how many parameters had been logged, calls that returned.
        processes: so many do it at once.
    """

    what: str
    happen: Callable[[experiment_peers.Peer], None]
    runs: int
    values: int
    processes: int = 1


def _log(run: object) -> None:
    for each in range(PARAMETERS):
        run.log_parameter(f"p{each}", each)


def _record(peer: experiment_peers.Peer, runs: int) -> None:
    for _ in range(runs):
        with peer.run() as run:
            _log(run)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_in_first(peer: experiment_peers.Peer) -> None:
    peer.begin("harmed")
    with peer.run() as run:
        _log(run)
        _die()


def killed_in_hundredth(peer: experiment_peers.Peer) -> None:
    peer.begin("harmed")
    _record(peer, MANY - 1)
    with peer.run() as run:
        _log(run)
        _die()


def left_uncommitted(peer: experiment_peers.Peer) -> None:
    peer.begin("harmed")
    _record(peer, 3)


def left_open(peer: experiment_peers.Peer) -> None:
    peer.begin("harmed")
    run = peer.run()
    _log(run)


def terminated(peer: experiment_peers.Peer) -> None:
    with peer.begin("harmed"):
        _record(peer, 3)
        with peer.run() as run:
            _log(run)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(60)


def forked(peer: experiment_peers.Peer) -> None:
    with peer.begin("harmed"):
        _record(peer, 1)
        child = os.fork()
        if not child:
            _record(peer, 1)
            os._exit(0)
        os.waitpid(child, 0)
        _record(peer, 1)


def named_alike(peer: experiment_peers.Peer) -> None:
    with peer.begin("harmed"):
        _record(peer, OF_TWO)


def dropped(peer: experiment_peers.Peer) -> None:
    with peer.begin("harmed"):
        run = peer.run()
        _log(run)
        del run
        _record(peer, 1)


def mixed(peer: experiment_peers.Peer) -> None:
    with peer.begin("harmed"):
        for value in (1, 2, "three", 4):
            with peer.run() as run:
                run.log_parameter("size", value)


HARMS = {
    "first": Harm("`kill -9` in the first run", killed_in_first, 1, PARAMETERS),
    "hundredth": Harm(f"`kill -9` in run {MANY}", killed_in_hundredth, MANY, MANY * PARAMETERS),
    "uncommitted": Harm("exit without a commit", left_uncommitted, 3, 3 * PARAMETERS),
    "open": Harm("exit with a run still open", left_open, 1, PARAMETERS),
    "terminated": Harm("SIGTERM in a run, in a block", terminated, 4, 4 * PARAMETERS),
    "forked": Harm("a run in a forked child", forked, 3, 3 * PARAMETERS),
    "alike": Harm(
        "two processes, one name", named_alike, 2 * OF_TWO, 2 * OF_TWO * PARAMETERS, processes=2
    ),
    "dropped": Harm("a run whose handle is dropped", dropped, 2, 2 * PARAMETERS),
    "mixed": Harm("a number in one run, text in another", mixed, 4, 4),
}
