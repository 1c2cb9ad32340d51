"""Where the witness starts, listens, and ends."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Any

import orjson

from trialog._format.facts import Start
from trialog._format.folders import StoreFolder
from trialog._tracking.streams import COPY
from trialog._witness.attendance import Attendance
from trialog._witness.fate import FateReader
from trialog._witness.forwarding import Forwarder
from trialog._witness.origin import Origin
from trialog._witness.surroundings import Surroundings
from trialog._writing.steward import Steward

_LEAVING_S = 0.05  # so often it is looked whether all is read of runs that have ended
_NEVER = float("inf")
_STREAMS = ("stdout", "stderr", "both")
_LINGER_S = 1.0  # so long others may print after the process has gone, and it is still kept
_READ_BYTES = 1 << 16
_SAID_BYTES = 1 << 18

Layout = dict[str, list[int]]
"""The file numbers that the witness was given, by what they are."""


def main(layout_text: str, key: str) -> None:
    """Attend to the process that started us, until it and its children have gone.

    Args:
        layout_text: JSON: the file numbers we were given, by what they are.
        key: of the marks among what is printed.
    """
    _detach()
    layout: Layout = orjson.loads(layout_text)
    _close_others(layout)
    Loop(layout, key).run()


def _detach() -> None:
    """No signal of a terminal or of a job's end concerns us: we end after what we attend to."""
    with contextlib.suppress(OSError):
        os.setsid()
    os.chdir("/")
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTTOU", "SIGTTIN", "SIGTSTP"):
        signal.signal(getattr(signal, name), _stay)  # SIG_IGN would be for hooks' commands too
    with contextlib.suppress(OSError, AttributeError):
        os.nice(1)


def _stay(number: int, frame: FrameType | None) -> None:
    """Go on as if there had been no signal."""


def _close_others(layout: Layout) -> None:
    """What else was open in the process that started us is not ours to hold."""
    os.closerange(1 + max(fd for fds in layout.values() for fd in fds), os.sysconf("SC_OPEN_MAX"))


class Loop:
    """Listens to the process, and gives each of its runs what concerns it."""

    def __init__(self, layout: Layout, key: str) -> None:
        self._wire = socket.socket(fileno=layout["wire"][0])
        self._process = layout["process"][0] if "process" in layout else None
        self._fault: int | None = layout["fault"][0]
        os.set_blocking(layout["fault"][0], False)
        self._runs: dict[str, Attendance] = {}
        self._leaving: list[Attendance] = []
        self._steward = Steward()
        self._fate: FateReader | None = None
        self._surroundings: Surroundings | None = None
        self._hearing = threading.Lock()  # the forwarder's threads look at the runs too
        self._waiting = b""
        self._said = b""  # by Python's faulthandler
        self._is_attached = True
        streams = {name: fds for name, fds in layout.items() if name.removeprefix(COPY) in _STREAMS}
        self._wakes, self._wake = os.pipe()
        self._forwarder = Forwarder(streams, key, heard=self._hear, broken=self._say_broken)

    def run(self) -> None:
        """Listen until the process has gone, then see to the end."""
        self._forwarder.start()
        self._say({"hello": os.getpid()})
        while self._is_attached:
            self._listen_once()
        self._see_end()
        self._wire.close()

    # -- while the process lives ---------------------------------------------------------------

    def _listen_once(self) -> None:
        pidfd = None if self._fate is None else self._fate.pidfd
        waits = [each for each in (self._wire, self._wakes, self._fault, pidfd) if each is not None]
        ready, _, _ = select.select(waits, [], [], self._pause_s())
        if self._wakes in ready:
            os.read(self._wakes, _READ_BYTES)
        if self._fault in ready:
            self._read_fault()
        if self._wire in ready:
            self._take_messages()
        elif pidfd in ready:
            self._is_attached = False
        self._tick()

    def _pause_s(self) -> float | None:
        """How long nothing is due."""
        now = time.monotonic()
        due = min((each.due_s(now) for each in self._runs.values()), default=_NEVER)
        due = min(due, _NEVER if self._fate is None else self._fate.count_s)
        if self._leaving:
            due = min(due, now + _LEAVING_S)
        return None if due == _NEVER else max(0.0, due - now)

    def _tick(self) -> None:
        now = time.monotonic()
        if self._fate is not None:
            self._fate.count(now)
        for each in list(self._runs.values()):
            each.tick(now)
        for each in [each for each in self._leaving if each.is_done]:
            self._leaving.remove(each)
            each.finish()

    def _hear(self, name: str, data: bytes, time_ns: int) -> None:
        """Something was printed; called by the forwarder's threads."""
        with self._hearing:
            stream = name.removeprefix(COPY)
            heard = [each.hear(stream, data, time_ns) for each in self._runs.values()]
        if any(heard):
            os.write(self._wake, b"!")

    def _read_fault(self) -> None:
        if self._fault is None:
            return
        try:
            data = os.read(self._fault, _READ_BYTES)
        except BlockingIOError:
            return
        self._said = (self._said + data)[-_SAID_BYTES:]
        if not data:
            self._fault = None  # nobody can write there any more

    def _take_messages(self) -> None:
        try:
            data = self._wire.recv(_READ_BYTES)
        except OSError:
            data = b""
        if not data:
            self._is_attached = False
            return
        *lines, self._waiting = (self._waiting + data).split(b"\n")
        for message in map(orjson.loads, lines):
            number = message.get("mark", 0)
            if number:  # what was printed before belongs to before
                self._forwarder.catch_up(number, message["marked"])
            try:
                self._take(message)
            finally:
                self._forwarder.go_on(number)

    def _take(self, message: dict[str, Any]) -> None:
        word = message["do"]
        if word == "open":
            self._open(message)
        elif word == "close":
            self._close(message["writer"])
            self._say({"closed": True})
        elif word == "event":
            attendance = self._runs.get(message["writer"])
            if attendance is not None:
                attendance.notify(message["event"])
        elif word == "cells":
            for attendance in self._runs.values():
                attendance.notebook = message["notebook"]
        elif word == "drain":
            self._say({"drained": True})
        # "lead" says nothing more: its mark parts the copies from what is led

    def _open(self, message: dict[str, Any]) -> None:
        origin = Origin.from_json(message["origin"])
        if self._fate is None or self._surroundings is None:
            begun = message["start"]["process_start"]
            self._fate = FateReader(origin.pid, self._process, process_start=begun)
            store = StoreFolder.of_run(Path(message["folder"]))
            self._surroundings = Surroundings(origin, store.path)
        start = Start.from_json(message["start"])
        with contextlib.suppress(OSError):  # no room, or the store is gone: only pass on
            attendance = Attendance(start, message, origin, self._surroundings, self._steward)
            with self._hearing:
                self._runs[start.writer] = attendance

    def _close(self, writer: str) -> None:
        with self._hearing:
            attendance = self._runs.pop(writer, None)
        if attendance is not None:
            attendance.close()
            self._leaving.append(attendance)

    def _say(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._wire.sendall(orjson.dumps(message) + b"\n")

    def _say_broken(self, name: str) -> None:
        self._say({"broken": name})

    # -- once it has gone ----------------------------------------------------------------------

    def _see_end(self) -> None:
        ended_ns = time.time_ns()
        self._forwarder.go_on()
        self._forwarder.wait(_LINGER_S)
        self._read_fault()
        found = None
        if self._fate is not None and self._runs:
            found = self._fate.read(self._said)
        for attendance in self._runs.values():
            if found is not None:
                attendance.witness(found, ended_ns)
        for attendance in [*self._runs.values(), *self._leaving]:
            attendance.finish()
        self._forwarder.wait(None)  # its children print on
