"""Makes a store as a small team would have it: runs of every kind, in a few seconds.

Two projects, ``acme/vision`` and ``acme/tokens``: finished runs with parameters, curves, pictures,
tables and a console; one that crashed, one that failed, one interrupted, one left by a killed
process.
"""

from __future__ import annotations

import contextlib
import io
import math
import random
import signal
import struct
import subprocess
import sys
import wave

import numpy as np
import pandas as pd
from PIL import Image

import trialog

STEPS = 300
KILLED = """
import os, signal, trialog
run = trialog.init("acme/vision", name="killed-outright", parameters={"lr": 0.05, "depth": 18})
for step in range(40):
    run.log({"train/loss": 2.0 - step / 50, "val/acc": step / 80}, step=step)
os.kill(os.getpid(), signal.SIGKILL)
"""


def main() -> None:
    """Make them."""
    for number in range(12):
        train(number)
    fail()
    subprocess.run([sys.executable, "-c", KILLED], check=False)
    with trialog.init("acme/tokens", parameters={"vocabulary": 32_000}) as run:
        run.log("perplexity", 21.5)


def train(number: int) -> None:
    """One run of a sweep over learning rate and depth, in three seeds."""
    chance = random.Random(number)
    rate = (1e-3, 3e-3, 1e-2, 3e-2)[number % 4]
    depth = (18, 34)[number // 4 % 2]
    parameters = {"lr": rate, "seed": number // 4, "model": {"depth": depth, "name": "resnet"}}
    tags = ["sweep", "baseline"] if number == 0 else ["sweep"]
    with trialog.init(
        "acme/vision", name=f"resnet{depth}-{number:02}", tags=tags, parameters=parameters
    ) as run:
        speed = 0.02 * (1 + math.log10(rate / 1e-3)) + 0.004 * chance.random()
        for step in range(STEPS):
            loss = 2.3 * math.exp(-speed * step / 3) + 0.15 + 0.03 * chance.gauss(0, 1)
            run.log("train/loss", 25.0 if (number, step) == (3, 137) else loss, step=step)
            if step % 10 == 9:
                accuracy = 0.97 - 0.8 * math.exp(-speed * step / 4) + 0.01 * chance.gauss(0, 1)
                run.log({"val/loss": loss * 1.2, "val/acc": accuracy}, step=step)
            if step == 150 and number == 5:
                run.log("train/loss", math.nan, step=step)
        if number < 3:
            attach(run, chance)


def attach(run: trialog.Run, chance: random.Random) -> None:
    """Files of many kinds."""
    for step in (0, 100, 200):
        picture = np.zeros((48, 64, 3), np.uint8)
        picture[..., 0] = np.linspace(0, 255, 64, dtype=np.uint8)
        picture[..., 1] = step
        picture[..., 2] = chance.randrange(256)
        run.log_value("sample", Image.fromarray(picture), step=step)
    run.log_json(
        "confusion", {"cat": [9, 1], "dog": [2, 8], "notes": {"split": "validation", "n": 20}}
    )
    run.log_value(
        "predictions",
        pd.DataFrame(
            {"image": range(40), "label": ["cat", "dog"] * 20, "p": np.linspace(0, 1, 40)}
        ),
    )
    run.log_value("weights", np.arange(24, dtype=np.float32).reshape(4, 6))
    run.log_attachment("notes.txt", "text/plain", b"warm start\nsecond line\n")
    run.log_attachment("table.csv", "text/csv", b"epoch,loss\n1,0.9\n2,0.5\n")
    run.log_attachment(
        "report.html", "text/html", b"<h1>Report</h1><script>document.title='owned'</script>"
    )
    run.log_attachment("tone.wav", "audio/wav", tone())
    run.log_attachment("blob.bin", "application/octet-stream", bytes(range(256)) * 4)


def tone() -> bytes:
    """A tenth of a second of A."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        frames = [int(12_000 * math.sin(2 * math.pi * 440 * each / 8000)) for each in range(800)]
        sound.writeframes(struct.pack(f"<{len(frames)}h", *frames))
    return file.getvalue()


def fail() -> None:
    """Runs that did not end well."""
    parameters = {"lr": 0.01, "model": {"depth": 152}}
    with (
        contextlib.suppress(MemoryError),
        trialog.init("acme/vision", name="too-deep", parameters=parameters) as run,
    ):
        for step in range(60):
            run.log("train/loss", 2.3 - step / 100, step=step)
        print("\x1b[31mCUDA out of memory\x1b[0m")
        raise MemoryError("tried to allocate 2.1 GiB")
    with trialog.init("acme/vision", name="infeasible", parameters={"lr": 10.0}) as run:
        run.log("train/loss", math.inf, step=0)
        run.finish(status="FAILED", reason="the loss is infinite")
    try:
        with trialog.init("acme/vision", name="stopped-by-hand", parameters={"lr": 0.002}) as run:
            run.log("train/loss", 1.9, step=0)
            raise KeyboardInterrupt  # noqa: TRY301 # as Ctrl-C does
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    main()
