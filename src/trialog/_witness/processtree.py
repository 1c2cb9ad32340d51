"""A process and all that descend from it, as one: its time, memory, threads, files and disk."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

_WALK_SHARE = 0.0005  # of one core, that asking all threads for their children may cost
_CLOCKS_DIFFER_S = 1.0  # by so much may what the system says of a process's start be off
_UNREADABLE = (psutil.Error, OSError, RuntimeError, AttributeError)


class Use(NamedTuple):
    """What one process has used since its start, and what it holds.

    Attributes:
        parent: the number of its parent.
        began_s: when it was started, in seconds since 1970.
        spent: processor seconds, bytes read and bytes written, those of children that it has waited
            for included; None where the system does not show it.
        memory_bytes: resident memory.
        threads: how many it has; 0 of one that has ended and that nobody has waited for yet.
        open_files: how many it has open; 0 where the system does not show it.
    """

    parent: int
    began_s: float
    spent: tuple[float | None, ...]
    memory_bytes: int
    threads: int
    open_files: int


class ProcessTree:
    """Measures a process and its descendants as one, this process left out."""

    def __init__(
        self,
        pid: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        walk_share: float = _WALK_SHARE,
    ) -> None:
        """Make it.

        Args:
            pid: of the process at the root.
            clock: seconds that only grow.
            walk_share: of one core, that asking all threads for their children may cost.
        """
        self._pid = pid
        self._clock = clock
        self._walk_share = walk_share
        self._known: dict[psutil.Process, Use] = {}
        self._measured_s = self._measured_at_s = 0.0
        self._walk_due_s = clock()

    def measure(self) -> dict[str, float]:
        """What the tree uses, by names of metrics; what is a rate comes with the second call.

        Empty where the process has gone.
        """
        now_s, now_at_s = self._clock(), time.time()
        found = dict(self._read(self._pids(now_s)))
        if all(process.pid != self._pid for process in found):
            return {}
        measured = _held(found.values())
        if self._known:
            grown = growth(self._known, found, self._measured_at_s - _CLOCKS_DIFFER_S)
            measured |= _rates(grown, max(now_s - self._measured_s, 1e-3))
        self._known, self._measured_s, self._measured_at_s = found, now_s, now_at_s
        return measured

    @property
    def pids(self) -> set[int]:
        """The processes that were there when it was last measured."""
        return {process.pid for process in self._known}

    def _pids(self, now_s: float) -> dict[int, int]:
        """The processes of the tree, and their parents.

        All threads of each are asked for their children, but only so often that it costs little;
        in between the main threads are.
        """
        if now_s < self._walk_due_s:
            known = {process.pid: use.parent for process, use in self._known.items()}
            return descendants({self._pid: 0} | known, is_quick=True)
        before_s = time.thread_time()
        found = descendants({self._pid: 0})
        self._walk_due_s = now_s + (time.thread_time() - before_s) / self._walk_share
        return found

    def _read(self, parents: Mapping[int, int]) -> Iterator[tuple[psutil.Process, Use]]:
        before = {process.pid: (process, use) for process, use in self._known.items()}
        for pid, parent in parents.items():
            with suppress(*_UNREADABLE):  # gone meanwhile, or another user's
                process = psutil.Process(pid)
                known, use = before.get(pid, (process, None))
                if process == known:  # else its number was used again by a stranger
                    yield process, _use_of(process, parent, use)


def descendants(roots: Mapping[int, int], *, is_quick: bool = False) -> dict[int, int]:
    """Processes and all that descend from them, without this process and what descends from it.

    Args:
        roots: where to begin: processes and their parents.
        is_quick: ask only the main thread of each for its children.

    Returns:
        The processes and their parents.
    """
    found: dict[int, int] = {}
    waiting = list(roots.items())
    has_lists = Path(f"/proc/self/task/{os.getpid()}/children").exists()
    while waiting:
        pid, parent = waiting.pop()
        if pid in found or pid == os.getpid():
            continue
        found[pid] = parent
        if has_lists:
            waiting += [(child, pid) for child in _children(pid, is_quick=is_quick)]
        elif not is_quick:  # all processes of the machine are looked at
            with suppress(*_UNREADABLE):
                waiting += [(child.pid, pid) for child in psutil.Process(pid).children()]
    return found


def _children(pid: int, *, is_quick: bool) -> list[int]:
    """The children of a process, by the lists that the kernel keeps of each thread's."""
    tasks = f"/proc/{pid}/task"
    found: list[int] = []
    with suppress(OSError):
        threads = [str(pid)] if is_quick else os.listdir(tasks)  # noqa: PTH208 # there are many
        for thread in threads:
            with suppress(OSError):
                found += map(int, Path(tasks, thread, "children").read_bytes().split())
    return found


def _use_of(process: psutil.Process, parent: int, before: Use | None) -> Use:
    """What a process uses; what cannot be read of it is as it was before.

    Raises:
        psutil.Error: it is gone, or it is hidden.
    """
    with process.oneshot():
        times = process.cpu_times()
        began_s = before.began_s if before else process.create_time()
        seconds = sum(times[:4])  # user and system, and the same of its children
        disk: tuple[float | None, ...] = before.spent[1:] if before else (None, None)
        memory_bytes = threads = open_files = 0
        with suppress(*_UNREADABLE):
            if process.status() != psutil.STATUS_ZOMBIE:
                memory_bytes = process.memory_info().rss
                threads = process.num_threads()
        with suppress(*_UNREADABLE):
            moved = process.io_counters()
            disk = (moved.read_bytes, moved.write_bytes)
        with suppress(*_UNREADABLE):
            open_files = process.num_fds()
        return Use(
            parent, began_s, (seconds, *disk), memory_bytes, threads,
            open_files,
        )  # fmt: skip


def growth(
    before: Mapping[psutil.Process, Use], now: Mapping[psutil.Process, Use], since_s: float
) -> list[float]:
    """By how much each part of ``Use.spent`` has grown in all processes together.

    What a process has spent goes over to its parent when that has waited for it: it is not counted
    twice, and what short-lived processes spent is not missed.

    Args:
        before: the processes at the last measurement.
        now: the processes.
        since_s: when the last measurement was, in seconds since 1970.
    """
    parents = {process.pid: use.parent for process, use in before.items()}
    living = {process.pid for process in now}
    gone = [
        (_heir(process.pid, parents, living), use)
        for process, use in before.items()
        if process not in now
    ]
    grown: list[float] = []
    for part in range(3):
        gains = {
            process.pid: _gain(before.get(process), use, part, since_s)
            for process, use in now.items()
        }
        for heir, use in gone:
            if heir is not None:
                gains[heir] -= use.spent[part] or 0
        grown.append(sum(max(0.0, gain) for gain in gains.values()))
    return grown


def _gain(before: Use | None, now: Use, part: int, since_s: float) -> float:
    reached = now.spent[part]
    if reached is None:
        return 0.0
    if before is None:
        return reached if now.began_s >= since_s else 0.0
    earlier = before.spent[part]
    return 0.0 if earlier is None else reached - earlier


def _heir(pid: int, parents: Mapping[int, int], living: Collection[int]) -> int | None:
    """The nearest ancestor of a process that has gone which is there still."""
    for _ in parents:
        pid = parents.get(pid, 0)
        if pid in living:
            return pid
    return None


def _held(uses: Iterable[Use]) -> dict[str, float]:
    living = [use for use in uses if use.threads]
    memory_bytes = sum(use.memory_bytes for use in living)
    return {
        "memory_bytes": float(memory_bytes),
        "memory_percent": 100 * memory_bytes / psutil.virtual_memory().total,
        "processes": float(len(living)),
        "threads": float(sum(use.threads for use in living)),
        "open_files": float(sum(use.open_files for use in living)),
    }


def _rates(grown: list[float], seconds: float) -> dict[str, float]:
    names = ("cpu_percent", "disk_read_bytes_per_s", "disk_write_bytes_per_s")
    scales = (100, 1, 1)
    return {
        name: scale * each / seconds for name, scale, each in zip(names, scales, grown, strict=True)
    }
