"""The machine as a whole: its processors, memory, network and the disk of the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil

from trialog._witness.cgroups import memory_limit

_UNREADABLE = (psutil.Error, OSError, RuntimeError, ValueError, AttributeError)
_COUNTED_TWICE = ("guest", "guest_nice")  # user and nice have them already
_IDLE = ("idle", "iowait")


class Host:
    """Measures the machine; each part by itself, so that one that fails takes no other with it."""

    def __init__(
        self, pid: int, store: Path | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Make it.

        Args:
            pid: of the process whose control group counts.
            store: a folder on the disk of the store, or None.
            clock: seconds that only grow.
        """
        self._store = store
        self._clock = clock
        self._cpu: tuple[float, float] | None = None
        self._network: tuple[float, int, int] | None = None
        self._limit = None
        with suppress(*_UNREADABLE):
            self._limit = memory_limit(pid, psutil.virtual_memory().total)

    def measure(self) -> dict[str, float]:
        """What the machine does, by names of metrics; rates come with the second call."""
        measured: dict[str, float] = {}
        for part in (
            self._processors,
            self._memory,
            self._swap,
            self._nets,
            self._disk,
            self._group,
        ):
            with suppress(*_UNREADABLE):
                measured |= part()
        return measured

    def _processors(self) -> dict[str, float]:
        times = psutil.cpu_times()._asdict()
        total = sum(spent for name, spent in times.items() if name not in _COUNTED_TWICE)
        busy = total - sum(times.get(name, 0.0) for name in _IDLE)
        before, self._cpu = self._cpu, (busy, total)
        if before is None or total <= before[1]:
            return {}
        share = (busy - before[0]) / (total - before[1])
        return {"machine/cpu_percent": 100 * min(max(share, 0.0), 1.0)}

    def _memory(self) -> dict[str, float]:
        memory = psutil.virtual_memory()
        used = memory.total - memory.available
        return {
            "machine/memory_used_bytes": float(used),
            "machine/memory_percent": 100 * used / memory.total,
        }

    def _swap(self) -> dict[str, float]:
        swap = psutil.swap_memory()
        return {"machine/swap_used_bytes": float(swap.used)} if swap.total else {}

    def _nets(self) -> dict[str, float]:
        moved = psutil.net_io_counters(pernic=False)
        now_s = self._clock()
        before, self._network = self._network, (now_s, moved.bytes_sent, moved.bytes_recv)
        if before is None or now_s <= before[0]:
            return {}
        seconds = now_s - before[0]
        return {
            "machine/network_sent_bytes_per_s": max(0, moved.bytes_sent - before[1]) / seconds,
            "machine/network_received_bytes_per_s": max(0, moved.bytes_recv - before[2]) / seconds,
        }

    def _disk(self) -> dict[str, float]:
        if self._store is None:
            return {}
        disk = psutil.disk_usage(str(self._store))
        return {"machine/disk_free_percent": max(0.0, 100.0 - disk.percent)}

    def _group(self) -> dict[str, float]:
        if self._limit is None:
            return {}
        used = self._limit.used_bytes()
        return {
            "cgroup/memory_used_bytes": float(used),
            "cgroup/memory_percent": 100 * used / self._limit.limit_bytes,
        }
