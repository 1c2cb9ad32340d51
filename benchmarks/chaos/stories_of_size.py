"""Stories of more than anybody needs: names, parameters, attachments, and scripts of Unicode.

They use trialog's own calls: no other tracker is asked.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chaos.training import Training

NAMES = (
    "потери", "损失", "損失関数", "손실", "απώλεια", "هزینه", "אובדן", "हानि", "ক্ষতি", "சேதம்",
    "สูญเสีย", "ზარალი", "կորուստ", "ኪሳራ", "ការបាត់បង់", "ཉམས་ཆག", "ᠠᠯᠳᠠᠭᠳᠠᠯ", "ꦏꦥꦶꦠꦸꦤꦤ꧀", "𐤀𐤁𐤃",
    "𓂀/𓆣", "🔥/loss", "é́́́", "loss\u200d", "ﬁt", "İı", "ẞß",
)  # fmt: skip


def naming(training: Training) -> None:
    """A metric of its own for every point."""
    training.begin()
    for number in range(training.option("names")):
        training.peer.run.log(f"unit/{number}", float(number), 0)
    training.finish()
    tell_memory(training)


def telling(training: Training) -> None:
    """One parameter of many megabytes."""
    training.begin()
    size_bytes = training.option("size_bytes")
    training.peer.run.log_parameter("prompt", "é" * (size_bytes // 2))
    training.train(0, 20)
    training.finish()
    tell_memory(training)


def attaching(training: Training) -> None:
    """Very many small attachments."""
    training.begin()
    for number in range(training.option("files")):
        training.peer.run.log_attachment(f"part/{number}", "text/plain", b"%d" % number)
    training.finish()
    tell_memory(training)


def writing_systems(training: Training) -> None:
    """Metrics, parameters and attachments with names in every script."""
    training.begin()
    for number, name in enumerate(NAMES):
        training.peer.run.log(name, float(number), number)
        training.peer.run.log_parameter(name, name)
        training.peer.run.log_attachment(name, "text/plain", name.encode())
    training.finish()


def filing(training: Training) -> None:
    """Files are logged one after the other, until somebody ends it."""
    path = training.side / f"{training.writer}.weights"
    training.begin()
    for step in range(60_000):
        path.write_bytes(os.urandom(16) * 512 + b"%d" % step)
        value = training.writer << 16 | step
        training.peer.run.log_file(f"weights/{value}", path)
        training.ledger.acknowledge(value)


def tell_memory(training: Training) -> None:
    """Write down the most memory that this process ever had, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kibibytes = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    (training.side / "memory").write_text(str(int(kibibytes) * 1024))


STORIES = (naming, telling, attaching, writing_systems, filing)
