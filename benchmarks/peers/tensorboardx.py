"""tensorboardX: event files, written by a thread with a queue; flushed every two minutes."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import os
import struct
import uuid
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

        self.writer = SummaryWriter(str(self.folder / uuid.uuid4().hex))

    def log_scalar(self, value: float, step: int) -> None:
        self.writer.add_scalar("loss", value, step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)

    def finish(self) -> None:
        self.writer.close()

    def ticket(self) -> str:
        return self.writer.logdir

    def join(self, ticket: str) -> None:
        from tensorboardX import SummaryWriter

        self.writer = SummaryWriter(ticket, filename_suffix=f".{os.getpid()}")

    def points(self) -> list[tuple[int, float]]:
        from tensorboardX.proto.event_pb2 import Event

        files = self.folder.rglob("events.out.tfevents.*")
        events = (Event.FromString(data) for file in files for data in frames(file.read_bytes()))
        return [
            (event.step, value.simple_value)
            for event in events
            for value in event.summary.value
            if value.tag == "loss"
        ]

    def runs(self) -> list[tuple[str, str]]:
        return [(folder.name, "none kept") for folder in self.folder.iterdir() if folder.is_dir()]


def frames(data: bytes) -> Iterator[bytes]:
    """Split a TFRecord file: length (u64), CRC (u32), payload, CRC (u32); stop at a torn tail."""
    position = 0
    while position + 12 <= len(data):
        (length,) = struct.unpack_from("<Q", data, position)
        if position + length + 16 > len(data):
            return
        yield data[position + 12 : position + 12 + length]
        position += length + 16
