"""Stories in which the script harms itself, or its disk."""

from __future__ import annotations

import ctypes
import faulthandler
import math
import os
import shutil
import socket
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaos.training import Training

MIB = 1 << 20
DEATHS = {
    "segfault": lambda: ctypes.string_at(0),
    "exit": lambda: os._exit(3),
    "abort": os.abort,
}
VALUES = [math.nan, math.inf, -math.inf, -0.0, 1e-320, float(2**53 + 2), 0.1, -1.7e308]


def dying(training: Training) -> None:
    """A loop with a pace, then a sudden death."""
    training.begin()
    training.train(0, training.option("steps", 150), training.option("pace_s", 0.002))
    training.report()
    faulthandler.disable()
    DEATHS[training.option("death")]()


def hoarding(training: Training) -> None:
    """Takes more and more memory after it has trained for a while."""
    training.begin()
    kept, step = [], training.train(0, 300, 0.003)
    while True:
        training.train(step, step + 1, 0.001)
        kept.append(os.urandom(1 << 16) * 64)  # 4 MiB
        step += 1


def crowded(training: Training) -> None:
    """Somebody fills the disk in the middle of the loop; where asked, it is freed again."""
    training.begin()
    training.train(0, 100, 0.001)
    ballast = training.peer.folder.parent / "ballast"
    fill(ballast)
    step = training.train(100, 20_100, 0.001, burst=20, limit_s=10)
    if training.option("freed"):
        ballast.unlink()
        time.sleep(training.option("rest_s", 1.2))
        training.train(step, step + 100, 0.001)
    training.finish()


def fill(path: Path) -> None:
    """Take every byte that is left, of a small disk that was made for it."""
    assert shutil.disk_usage(path.parent).total < 128 * MIB
    with path.open("ab", buffering=0) as file:
        size = 64 * 1024
        while size >= 1:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2


def changing(training: Training) -> None:
    """The clock is set back an hour, or the host gets another name, in the middle of the loop."""
    training.begin()
    training.train(0, 150, 0.002)
    if training.option("clock"):
        time.offset(-3600.0)
    if training.option("host"):
        socket.sethostname(training.option("host"))
    training.train(150, 300, 0.002)
    training.mark("half")
    if training.option("is_killed"):
        time.sleep(60)
    training.finish()


def odd_values(training: Training) -> None:
    """Values that databases and JSON do not like; the ledger keeps their places."""
    training.begin()
    for step, value in enumerate(VALUES):
        training.peer.log_scalar(value, step)
        training.ledger.acknowledge(step)
    training.finish()


def bits(value: float) -> bytes:
    """Return the value as it stands in memory; every NaN is one."""
    return b"nan" if math.isnan(value) else struct.pack("<d", value)


STORIES = (dying, hoarding, crowded, changing, odd_values)
