"""What can be known of the process and its machine, read once for all of its runs."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from trialog._witness.code import read_code
from trialog._witness.environment import read_environment
from trialog._witness.found import Found
from trialog._witness.origin import Origin
from trialog._witness.system import Sampler

_CODE_S = 30.0  # code that was read more lately is taken to be the same
_MEASURED_S = 0.5


class Surroundings:
    """Reads what runs want to know; runs that begin one after the other share it."""

    def __init__(self, origin: Origin, store: Path) -> None:
        """Begin.

        Args:
            origin: the process.
            store: the folder of the store that its first run is kept in.
        """
        self._origin = origin
        self._store = store
        # each run asks from a thread of its own; measuring waits for no package to be read
        self._lock = threading.Lock()
        self._measuring = threading.Lock()
        self._environment: dict[str, dict[str, Any]] | None = None
        self._code: tuple[float, str, Found] | None = None
        self._sampler: Sampler | None = None
        self._measured: tuple[float, dict[str, float]] | None = None

    def environment(self) -> dict[str, dict[str, Any]]:
        """The sections of what is known of Python, its packages and the machine."""
        with self._lock:
            if self._environment is None:
                self._environment = read_environment(self._origin)
            return self._environment

    def code(self, origin: Origin) -> Found:
        """What is known of the code, as it is now or was a moment ago."""
        with self._lock:
            now = time.monotonic()
            known = self._code
            if known is None or now - known[0] > _CODE_S or known[1] != origin.folder:
                known = self._code = now, origin.folder, read_code(origin)
            return known[2]

    def measure(self) -> dict[str, float]:
        """The metrics of the process tree and the machine now; the first time, all rates are 0."""
        with self._measuring:
            return self._measure(time.monotonic())

    def _measure(self, now: float) -> dict[str, float]:
        if self._sampler is None:
            self._sampler = Sampler(
                self._origin.pid, not self._origin.local_rank, store=self._store
            )
        if self._measured is None or now - self._measured[0] > _MEASURED_S:
            self._measured = now, self._sampler.sample()
        return self._measured[1]
