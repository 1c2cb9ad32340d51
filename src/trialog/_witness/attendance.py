"""One run that the witness attends to: its journal, its lines, its measurements, its end."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from errno import ENOENT
from pathlib import Path
from typing import Any

from trialog._entities import RunStatus
from trialog._format.facts import End, Start, Witnessed
from trialog._format.folders import ProjectFolder, StoreFolder
from trialog._format.hooks import ended_event
from trialog._format.records import TYPE_FLOAT, Kind
from trialog._format.values import Number
from trialog._tracking import writers
from trialog._tracking.attempts import find_alive
from trialog._tracking.earlier import read_writers
from trialog._tracking.facts import FactLog
from trialog._witness.fate import Fate
from trialog._witness.hooks import Hooks
from trialog._witness.lines import LineReader
from trialog._witness.origin import Origin
from trialog._witness.surroundings import Surroundings
from trialog._writing.blobs import BlobWriter
from trialog._writing.steward import Steward
from trialog.errors import TrialogError

_TICK_S = 0.2  # so often lines become records while there are any
_KNOWN_S = 20.0  # so long the end of the process waits for what is being read about its code
_HOOKS_S = 60.0  # so long the end waits for hooks
_NEVER = float("inf")


class Attendance:
    """What the witness keeps of one run.

    Attributes:
        writer: the run's writer.
        notebook: the cells that have been run so far, or None.
    """

    def __init__(
        self,
        start: Start,
        message: dict[str, Any],
        origin: Origin,
        surroundings: Surroundings,
        steward: Steward,
    ) -> None:
        """Begin.

        Args:
            start: the first record of the run's writer.
            message: what the process said when the run began.
            origin: what it said of itself.
            surroundings: what can be known of the process and its machine.
            steward: tends the journal.

        Raises:
            OSError: the store cannot be written, or the run is not there any more.
        """
        self.writer = start.writer
        self._origin = origin
        self._surroundings = surroundings
        self._steward = steward
        folder = Path(message["folder"])
        if not folder.is_dir():  # a journal of its own alone would be a run that nobody began
            raise FileNotFoundError(ENOENT, "the run's folder is gone", str(folder))
        self._project = ProjectFolder.of_run(folder)
        mine = replace(start, role="witness", writer="", tags=[], description=None)
        self._journal = writers.open_journal(self._project, mine)
        steward.adopt(self._journal)
        self._facts = FactLog(self._journal, BlobWriter(StoreFolder.of_run(folder)))
        self.notebook: str | None = message["notebook"]
        self._start, self._url = start, message["url"]
        self._hooks = Hooks(message["commands"], message["urls"], folder=Path(origin.folder))
        self._capture = frozenset(message["capture"])
        self._lock = threading.Lock()  # the forwarder's threads feed lines, the loop takes them
        self._readers: dict[str, LineReader] = {}
        self._has_heard = False
        self._take_s = self._closed_s = _NEVER
        self._interval_s = message["interval_s"]
        measures = "system" in self._capture
        self._measure_s = time.monotonic() + self._interval_s if measures else _NEVER
        self._measuring = threading.Thread(target=surroundings.measure, daemon=True)
        if measures:
            self._measuring.start()  # rates are counted from here
        self._reading = threading.Thread(target=self._read_surroundings, daemon=True)
        self._reading.start()

    # -- what is due ---------------------------------------------------------------------------

    def hear(self, name: str, data: bytes, time_ns: int) -> bool:
        """Something was printed.

        Returns:
            Whether it is the first since lines were last kept.
        """
        if "console" not in self._capture:
            return False
        with self._lock:
            reader = self._readers.get(name)
            if reader is None:
                reader = self._readers[name] = LineReader(name)
            reader.feed(data, time_ns)
            is_first, self._has_heard = not self._has_heard, True
        return is_first

    def due_s(self, now_s: float) -> float:
        """When something is next to be done, on the monotonic clock; infinity where nothing is."""
        if self._has_heard and self._take_s == _NEVER:
            self._take_s = now_s + _TICK_S
        return min(self._take_s, self._measure_s)

    def tick(self, now_s: float) -> None:
        """Do what is due."""
        if now_s >= self._take_s:
            self._take_s = _NEVER
            self._keep_lines()
        if now_s >= self._measure_s:
            self._measure_s = now_s + self._interval_s
            if not self._measuring.is_alive():  # a disk or a driver may hang, and we must not
                self._measuring = threading.Thread(target=self._keep_measurements, daemon=True)
                self._measuring.start()

    def _keep_lines(self, *, is_last: bool = False) -> None:
        with self._lock:
            now_ns = time.time_ns()
            found = [
                console
                for reader in self._readers.values()
                for console in reader.take(now_ns, is_last=is_last)
            ]
            self._has_heard = any(reader.is_waiting for reader in self._readers.values())
        with _whatever_happens():
            for console in found:  # each fits into a record
                self._journal.append_fact(Kind.CONSOLE, console.encode())

    def _keep_measurements(self) -> None:
        measured = self._surroundings.measure()
        numbers = [Number(TYPE_FLOAT, float(value)) for value in measured.values()]
        with _whatever_happens():
            if numbers:
                self._journal.append_points(tuple(measured), numbers, None, time.time_ns())

    # -- what it is --------------------------------------------------------------------------------

    def _read_surroundings(self) -> None:
        """What can be known of code and machine; takes its time, in a thread of its own."""
        kept = {"witness": {"capture": sorted(self._capture)}}
        self._append(Kind.CONTEXT, kept, "what is kept")
        if "environment" in self._capture:
            for section, content in self._surroundings.environment().items():
                self._append(Kind.CONTEXT, {section: content}, section)
        if "code" in self._capture:
            found = self._surroundings.code(self._origin)
            self._append(Kind.CONTEXT, {"code": found.section}, "code")
            for each in found.attachments:
                self._attach(each.name, each.media_type, each.data, each.filename)

    def _attach(self, name: str, media_type: str, data: bytes, filename: str) -> None:
        with _whatever_happens():
            self._facts.append_attachment(
                name, lambda blobs: blobs.put(data), lambda _: media_type, filename
            )

    def _append(self, kind: Kind, content: dict[str, Any], what: str) -> None:
        with _whatever_happens():
            self._facts.append(kind, content, what)

    # -- how it ends ---------------------------------------------------------------------------

    def close(self) -> None:
        """The run has ended: keep its last lines, and the cells of its notebook."""
        self._keep_lines(is_last=True)
        self._readers.clear()
        self._closed_s = time.monotonic()
        self._take_s = self._measure_s = _NEVER
        if self.notebook is not None and "code" in self._capture:
            data, self.notebook = self.notebook.encode("utf-8", "replace"), None
            self._attach("code/notebook.ipynb", "application/x-ipynb+json", data, "notebook.ipynb")

    @property
    def is_done(self) -> bool:
        """Whether all that is kept of the run has been read, and its hooks have been told."""
        is_late = time.monotonic() > self._closed_s + _HOOKS_S
        return is_late or (not self._reading.is_alive() and self._hooks.drain(0))

    def witness(self, found: Fate, time_ns: int) -> None:
        """The process has gone, and the run had not ended.

        Args:
            found: how it ended.
            time_ns: when.
        """
        witnessed = Witnessed(writer=self.writer, **found._asdict())
        with _whatever_happens():
            what = "the end of its process"
            self._facts.append(Kind.WITNESSED, asdict(witnessed), what, time_ns)
        if not self._goes_on():
            end = End(status=RunStatus.FAILED.value, reason=found.reason or "killed")
            self.notify(ended_event(self._start, self._url, end, time_ns))

    def _goes_on(self) -> bool:
        """Whether the run outlives its process: a rank's does, and a daemon's."""
        if self._start.role != "run":
            return True
        try:
            known = read_writers(self._project.run(self._start.run))
        except OSError:
            return False
        others = [each for each in known if each.writer != self.writer]
        return find_alive(self._project, others) is not None

    def notify(self, event: dict[str, Any]) -> None:
        """Something has happened that its hooks are to hear of."""
        self._hooks.notify(event)

    def finish(self) -> None:
        """Keep what is left, and close the journal."""
        self.close()
        self._reading.join(_KNOWN_S)
        self._hooks.drain(_HOOKS_S)
        for failure in self._hooks.failures():
            what = f"a hook was not told: {failure}"
            self._append(Kind.TROUBLE, {"what": what, "missing": 0}, "a hook's failure")
        self._steward.release(self._journal)
        with contextlib.suppress(OSError):
            self._journal.close(Kind.LEAVE)
        writers.leave(self._project, self._journal.start)


@contextlib.contextmanager
def _whatever_happens() -> Iterator[None]:
    """What cannot be kept of this must not keep the witness from the rest."""
    with contextlib.suppress(OSError, TrialogError):
        yield
