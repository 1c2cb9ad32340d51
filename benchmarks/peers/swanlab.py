"""swanlab, offline: a thread of the process writes a LevelDB log."""

# ruff: noqa: D102  (the protocol `Peer` says what the methods do)

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Adapter:
    """`swanlab.init` and `swanlab.log` offline; read by its own reader, that of `swanlab sync`."""

    requirement = "swanlab"
    statement = "import swanlab"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def environment(self) -> dict[str, str]:
        return {"SWANLAB_LOG_DIR": str(self.folder)}

    def start(self) -> None:
        import swanlab

        swanlab.init(mode="offline", project="peers", logdir=str(self.folder))
        self.swanlab = swanlab

    def log_scalar(self, value: float, step: int) -> None:
        self.swanlab.log({"loss": value}, step=step)

    def log_twenty(self, values: dict[str, float], step: int) -> None:
        self.swanlab.log(values, step=step)

    def finish(self) -> None:
        self.swanlab.finish()

    def ticket(self) -> None:
        return None

    def join(self, ticket: str) -> None:
        raise NotImplementedError(ticket)

    def points(self) -> list[tuple[int, float]]:
        return [
            (record.scalar.step, record.scalar.value.number)
            for file in self._files()
            for record in records(file)
            if record.WhichOneof("record_type") == "scalar" and record.scalar.key == "loss"
        ]

    def runs(self) -> list[tuple[str, str]]:
        return [(file.stem, end_of(file)) for file in self._files()]

    def _files(self) -> list[Path]:
        return sorted(self.folder.rglob("*.swanlab"))


def end_of(file: Path) -> str:
    """Return the state in a run's last record, if it is one of an end."""
    for record in records(file):
        if record.WhichOneof("record_type") == "finish":
            return str(record.finish.state)
    return "no end record"


def records(file: Path) -> Iterator:
    """Read the records of one run."""
    from swanlab.proto.swanlab.record.v1.record_pb2 import Record
    from swanlab.sdk.internal.core_python.store import DataStoreReader

    reader = DataStoreReader()
    try:
        reader.open(file)
    except Exception:  # noqa: BLE001 # an empty file: its reader asserts a header
        return
    for data in reader:
        yield Record.FromString(data)
