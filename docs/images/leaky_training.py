"""Two runs for a picture: one that is well, and one that keeps every batch until memory is full."""

# ruff: noqa: INP001, T201 # a script: it prints
from __future__ import annotations

import resource
import time

import numpy as np

import trialog

BATCH, ROOM_BYTES = (512, 8192), 700 << 20


def train(keep_batches: bool, steps: int = 60) -> None:
    """Learn nothing, at the pace of something that does."""
    kept = []
    for step in range(steps):
        batch = np.random.default_rng(step).random(BATCH)
        if keep_batches:
            kept.append(batch.astype(np.float32))
        trialog.log("loss", float(batch.mean()) / (step + 1))
        if step % 5 == 0:
            print(f"step {step:3}  loss {batch.mean() / (step + 1):.4f}", flush=True)
        time.sleep(0.05)


with trialog.init("digits", name="steady", parameters={"lr": 0.01, "keep_batches": False}):
    train(keep_batches=False)
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: PTH123, SIM115
resource.setrlimit(resource.RLIMIT_AS, (used + ROOM_BYTES, -1))
with trialog.init("digits", name="leaky", parameters={"lr": 0.01, "keep_batches": True}):
    train(keep_batches=True)
