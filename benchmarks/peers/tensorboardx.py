"""tensorboardX: event files, written by a thread with a queue; flushed every two minutes."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Adapter:
    """`SummaryWriter.add_scalar`; twenty scalars are twenty calls, it has no bulk call."""

    requirement = "tensorboardX"
    statement = "from tensorboardX import SummaryWriter"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {}

    def start(self) -> None:
        from tensorboardX import SummaryWriter

        number = len(list(self.folder.iterdir()))
        self.writer = SummaryWriter(str(self.folder / str(number)))

    def log_scalar(self, value: float, step: int) -> None:
        self.writer.add_scalar("loss", value, step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)

    def finish(self) -> None:
        self.writer.close()

    def count_points(self) -> int:
        from tensorboardX.proto.event_pb2 import Event

        files = self.folder.rglob("events.out.tfevents.*")
        events = (Event.FromString(data) for file in files for data in frames(file.read_bytes()))
        return sum(value.tag == "loss" for event in events for value in event.summary.value)

    def status(self) -> str:
        return "none kept"


def frames(data: bytes) -> Iterator[bytes]:
    """Split a TFRecord file: length (u64), CRC (u32), payload, CRC (u32); stop at a torn tail."""
    position = 0
    while position + 12 <= len(data):
        (length,) = struct.unpack_from("<Q", data, position)
        if position + length + 16 > len(data):
            return
        yield data[position + 12 : position + 12 + length]
        position += length + 16
