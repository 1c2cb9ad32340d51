"""What a training script knows that it has logged: a file that outlives it, beside the store.

After each `log` that returned, the script appends the value and the time by `write`: a killed
process loses none of it. Every value is logged once in a case, and tells its writer and its step.
"""

from __future__ import annotations

import os
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from peers import Peer

ENTRY = struct.Struct("<Iq")
STRIDE = 65_536  # points of one writer at most: float32 keeps the values of 256 writers exactly


class Ledger:
    """The ledger of one writer: a process, or a thread of it."""

    def __init__(self, side: Path, writer: int) -> None:
        self.writer = writer
        self.longest_ns = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        self._file = os.open(side / f"{writer}.ledger", flags, 0o644)

    def log(self, peer: Peer, step: int) -> None:
        """Log the value of a step, then acknowledge it."""
        value = self.writer * STRIDE + step
        before_ns = time.perf_counter_ns()
        peer.log_scalar(float(value), step)
        self.longest_ns = max(self.longest_ns, time.perf_counter_ns() - before_ns)
        self.acknowledge(value)

    def acknowledge(self, value: int) -> None:
        """Write down that a value has been logged."""
        os.write(self._file, ENTRY.pack(value, time.monotonic_ns()))


def read_ledgers(side: Path) -> dict[int, int]:
    """Return what was acknowledged in a case: values, each with its time by the monotonic clock."""
    return {
        value: at_ns
        for file in side.glob("*.ledger")
        for value, at_ns in ENTRY.iter_unpack(whole(file.read_bytes()))
    }


def whole(data: bytes) -> bytes:
    """Cut off an entry that was being written."""
    return data[: len(data) - len(data) % ENTRY.size]
