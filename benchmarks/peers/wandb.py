"""wandb, offline: records go to a helper process, which writes a LevelDB log."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOCK_BYTES = 32_768
FIRST, LAST, WHOLE = 2, 4, 1


class Adapter:
    """`wandb.init` and `run.log` with the default settings, offline."""

    requirement = "wandb"
    statement = "import wandb"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {
            "WANDB_DIR": str(self.folder),
            "WANDB_MODE": "offline",
            "WANDB_SILENT": "true",
            "WANDB_ERROR_REPORTING": "false",
        }

    def start(self) -> None:
        import wandb

        self.run = wandb.init(project="peers")

    def log_scalar(self, value: float, step: int) -> None:
        self.run.log({"loss": value}, step=step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.run.log(values, step=step)

    def finish(self) -> None:
        self.run.finish()

    def ticket(self) -> str:
        return self.run.id

    def join(self, ticket: str) -> None:
        import wandb

        self.run = wandb.init(project="peers", id=ticket, resume="allow")

    def points(self) -> list[tuple[int | None, float]]:
        found = []
        for file in self.folder.rglob("*.wandb"):
            for record in records(file):
                values = {item.key or item.nested_key[0]: item for item in record.history.item}
                if "loss" in values:
                    step = record.history.step.num if record.history.HasField("step") else None
                    found.append((step, float(json.loads(values["loss"].value_json))))
        return found

    def runs(self) -> list[tuple[str, str]]:
        found = {}
        for file in sorted(self.folder.rglob("*.wandb")):
            exits = [each.exit.exit_code for each in records(file) if each.HasField("exit")]
            found[file.stem] = f"exit code {exits[-1]}" if exits else "no exit record"
        return list(found.items())


def records(file: Path) -> Iterator:
    """Read the records of one run."""
    from wandb.proto.wandb_internal_pb2 import Record

    return (Record.FromString(data) for data in frames(file.read_bytes()))


def frames(data: bytes) -> Iterator[bytes]:
    """Join the chunks of a LevelDB log: CRC (u32), length (u16), kind (u8); stop at a torn tail."""
    position, parts = 7, []
    while position + 7 <= len(data):
        left_in_block = BLOCK_BYTES - position % BLOCK_BYTES
        if left_in_block < 7:
            position += left_in_block
            continue
        _, length, kind = struct.unpack_from("<IHB", data, position)
        chunk = data[position + 7 : position + 7 + length]
        if kind == 0 or len(chunk) < length:
            return
        parts = [chunk] if kind in (WHOLE, FIRST) else [*parts, chunk]
        if kind in (WHOLE, LAST):
            yield b"".join(parts)
        position += 7 + length
