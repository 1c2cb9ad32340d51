"""Journals made by hand: any writer, host and time, and only as much of it as a test wants."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from trialog._catalog import Catalog
from trialog._format.encoding import encode_general, encode_name, encode_point
from trialog._format.facts import SYNCED, End, Start
from trialog._format.folders import JOURNAL_SUFFIX, StoreFolder
from trialog._format.records import Kind
from trialog._format.values import dump_json, to_number
from trialog._journals.processes import read_here

NOW_NS = 1_700_000_000_000_000_000
SECOND_NS = 1_000_000_000


class Handmade:
    """A store whose journals are written record by record."""

    def __init__(self, home: Path) -> None:
        self.store = StoreFolder(home)
        self.here = read_here()
        self._held: dict[Path, BinaryIO] = {}
        self.now_ns = NOW_NS
        home.mkdir(parents=True)
        self.store.description.write_text('{"format": 1, "id": "handmade"}')

    kinds = Kind

    def start(self, run="run-1", writer="w1", **facts) -> bytes:
        """A first record; by this very process where nothing else is said."""
        given = {
            "writer": writer,
            "run": run,
            "role": "run",
            "namespace": "acme",
            "project": "demo",
            "name": run,
            "created_ns": self.now_ns,
            "pid": self.here.pid,
            "pid_namespace": self.here.pid_namespace,
            "boot": self.here.boot,
            "host": self.here.host,
            "machine": self.here.machine,
        } | facts
        return encode_general(Kind.START, given["created_ns"], Start(**given).encode())

    def fact(self, kind: Kind, content, time_ns: int | None = None) -> bytes:
        payload = dump_json(content, "a fact")
        return encode_general(kind, self.now_ns if time_ns is None else time_ns, payload)

    def end(self, status="COMPLETED", time_ns: int | None = None, **facts) -> bytes:
        payload = End(status=status, **facts).encode()
        return encode_general(Kind.END, self.now_ns if time_ns is None else time_ns, payload)

    def synced(self, offset: int) -> bytes:
        """The mark that says what is on the disk."""
        return encode_general(Kind.SYNCED, self.now_ns, SYNCED.pack(offset))

    def points(self, values, name="loss", number=0, time_ns: int | None = None) -> bytes:
        time_ns = self.now_ns if time_ns is None else time_ns
        return encode_name(number, name, time_ns) + b"".join(
            encode_point(number, to_number(value), step, time_ns)
            for step, value in enumerate(values)
        )

    def logged(self, name, steps, number=0, time_ns: int | None = None) -> bytes:
        """Points of these steps, each with its place as the value; None: no step was given."""
        time_ns = self.now_ns if time_ns is None else time_ns
        return encode_name(number, name, time_ns) + b"".join(
            encode_point(number, to_number(float(place)), step, time_ns + place)
            for place, step in enumerate(steps)
        )

    def write(
        self, data: bytes, run="run-1", writer="w1", size: int = 49_152, *, is_open: bool = True
    ) -> Path:
        """A journal of those bytes: its first block reserved, its lock held, as a writer does."""
        folder = self.store.project("acme", "demo").run(run)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{writer}{JOURNAL_SUFFIX}"
        path.write_bytes(data.ljust(size, b"\0"))
        if is_open and path not in self._held:
            self._held[path] = path.open("rb")
            fcntl.flock(self._held[path], fcntl.LOCK_EX)
        return path

    def close(self) -> None:
        """Let the locks go."""
        for held in self._held.values():
            held.close()

    def open(self) -> Catalog:
        """The store's catalog, its clock standing at ``now_ns``."""
        return Catalog.open(self.store.path, clock=lambda: self.now_ns)


@pytest.fixture
def handmade(tmp_path) -> Iterator[Handmade]:
    made = Handmade(tmp_path / "handmade")
    yield made
    made.close()
