"""What the process beside the witness, its machine and its GPUs do: metrics under ``system/``."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trialog._witness.gpus import Gpus
from trialog._witness.host import Host
from trialog._witness.processtree import ProcessTree

PREFIX = "system/"
Part = Callable[[], dict[str, float]]


class Sampler:
    """Measures one process, all that descend from it, and, for one rank a machine, the machine.

    A measurement may wait for the disk of the store or for a GPU's driver: take it where nothing
    else has to wait for it.
    """

    def __init__(
        self,
        pid: int,
        is_leader: bool,
        *,
        store: Path | None = None,
        nvml: Any = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make it.

        Args:
            pid: of the process.
            is_leader: whether to measure the machine too: local rank 0, or no rank.
            store: a folder on the disk of the store, whose free space is measured.
            nvml: what is asked for GPUs, in place of the module ``pynvml``.
            clock: seconds that only grow.
        """
        self._tree = ProcessTree(pid, clock=clock)
        self._gpus = Gpus(nvml)
        self._parts: list[Part] = [self._tree.measure]
        if is_leader:
            self._host = Host(pid, store, clock=clock)
            self._parts += [self._host.measure, self._measure_gpus]

    def sample(self) -> dict[str, float]:
        """What is measured now, by the names of metrics; never an exception.

        What is a rate counts from one call to the next, and is not in the first.
        """
        measured: dict[str, float] = {}
        for part in self._parts:
            try:
                found = part()
            except Exception:  # noqa: BLE001, S112 # drivers and systems differ; the other parts go on
                continue
            measured |= {PREFIX + name: value for name, value in found.items()}
        return measured

    def close(self) -> None:
        """Measure no more."""
        self._gpus.close()

    def _measure_gpus(self) -> dict[str, float]:
        return self._gpus.measure(self._tree.pids)
