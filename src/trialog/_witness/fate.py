"""How the process beside the witness ended, as far as the system or Python say.

Linux tells the exit code of any process by its pidfd (6.15 and later, ``PIDFD_GET_INFO`` of
linux/pidfd.h), once its parent has taken note of it; until then, in its line of ``/proc``, which
older ones have too. Who was killed for want of memory stands in
the kernel's log, where that may be read, and is counted by cgroups and by the machine. Where a
fatal signal found the process, Python's faulthandler has said through a pipe.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import select
import signal
import struct
import time
from pathlib import Path
from typing import NamedTuple

from trialog import _machine
from trialog._witness.cgroups import CGROUPS, groups_of

_GET_INFO = 0xC040FF0B  # _IOWR(0xFF, 11, 64 bytes)
_INFO_BYTES = 64
_INFO_EXIT = 1 << 3
_EXIT_CODE_AT = 60
_REAPED_S = 3.0  # so long its parent may take to note that it has ended
_TRACEBACK_LETTERS = 8_000
_FATAL = re.compile(r"Fatal Python error: ([^\n]*)")
_KERNEL_RECORD = re.compile(rb"\d+,\d+,(\d+),")  # level, number, microseconds since boot
_OOM_COUNTERS = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_REASONS = {
    "SIGSEGV": "segmentation fault",
    "SIGABRT": "aborted",
    "SIGBUS": "bus error",
    "SIGFPE": "floating-point exception",
    "SIGILL": "illegal instruction",
    "SIGXCPU": "processor time limit",
    "SIGKILL": "killed",
}
_OUT_OF_MEMORY = "out of memory"
_KERNEL_LOG = Path("/dev/kmsg")
_COUNT_EVERY_S = 30.0
_FIRST_PID_NAMESPACE = 0xEFFFFFFC  # PROC_PID_INIT_INO of linux/proc_ns.h


class Fate(NamedTuple):
    """What is known of the end.

    Attributes:
        reason: in words; None where no more is known than that it is gone.
        signal: the name of the signal that ended it, or None.
        exit_code: what it gave to the system, or None.
        traceback: where its threads were, or None.
    """

    reason: str | None = None
    signal: str | None = None
    exit_code: int | None = None
    traceback: str | None = None


class FateReader:
    """Watches one process.

    Attributes:
        pidfd: becomes readable when the process ends; None where the system has none.
        count_s: when :meth:`count` is next to be called, on the monotonic clock.
    """

    def __init__(
        self,
        pid: int,
        pidfd: int | None = None,
        *,
        process_start: int = 0,
        counters: list[Path] | None = None,
        kernel_log: Path = _KERNEL_LOG,
    ) -> None:
        """Watch a process.

        Args:
            pid: its number.
            pidfd: the process as a file; opened here where not given.
            process_start: clock ticks from boot to its start; 0 where unknown.
            counters: the files that count kills for want of memory; found here where not given.
            kernel_log: where the kernel says what it has done.
        """
        self._pid = pid
        self.pidfd = pidfd
        if pidfd is None:
            with contextlib.suppress(OSError, AttributeError):
                self.pidfd = os.pidfd_open(pid)
        found = _counters_of(pid) if counters is None else counters
        self._counters = [path for path in found if path.exists()]
        self._before = self._counted = self._count()
        self.count_s = time.monotonic() + _COUNT_EVERY_S
        self._log: int | None = None
        if _machine.pid_namespace() == _FIRST_PID_NAMESPACE:  # the kernel's numbers are ours
            with contextlib.suppress(OSError):
                self._log = os.open(kernel_log, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        self._process_start = process_start or _machine.process_start(pid)
        # What the kernel says of the process, which may be gone by now, it says after its start.
        self._started_us = process_start * 1_000_000 // os.sysconf("SC_CLK_TCK")

    def count(self, now_s: float) -> None:
        """Count kills for want of memory now and then: of a child, long ago, they prove nothing.

        What dies of it may take a while to die; so the count before the last one is what counts.
        """
        if now_s >= self.count_s:
            self.count_s = now_s + _COUNT_EVERY_S
            self._before, self._counted = self._counted, self._count()

    def read(self, said: bytes = b"") -> Fate:
        """What is known, now that the process has gone.

        Args:
            said: what Python's faulthandler has said; the last fatal error in it counts.
        """
        status = self._wait_status()
        traceback = _last_fault(said)
        if status is not None and os.WIFEXITED(status):
            code = os.WEXITSTATUS(status)
            return Fate(f"exit code {code}", exit_code=code)
        name = None
        if status is not None and os.WIFSIGNALED(status):
            name = _signal_name(os.WTERMSIG(status))
        if name in (None, "SIGKILL") and self._was_out_of_memory():
            return Fate(_OUT_OF_MEMORY, signal="SIGKILL", traceback=traceback)
        if name is None and traceback is not None:
            return Fate(_reason_in(traceback), traceback=traceback)
        if name is None:
            return Fate()
        reason = _REASONS.get(name, f"ended by {name}")
        return Fate(reason, signal=name, traceback=None if name == "SIGKILL" else traceback)

    def _wait_status(self) -> int | None:
        """The process's status as its parent would get it; None where nobody says."""
        if self.pidfd is not None:
            select.select([self.pidfd], [], [], _REAPED_S)
        until = time.monotonic() + _REAPED_S
        while True:
            status = _machine.exit_status(self._pid, self._process_start)
            if status is not None:
                return status
            try:
                status = self._reaped_status()
            except OSError:
                return None  # an older system
            if status is not None or time.monotonic() > until:
                return status
            time.sleep(0.005)

    def _reaped_status(self) -> int | None:
        """The status that the process's parent got; None before that.

        Raises:
            OSError: this system tells no such thing.
        """
        if self.pidfd is None:
            raise OSError(errno.ENOTSUP, "no processes as files")
        info = bytearray(_INFO_BYTES)
        struct.pack_into("<Q", info, 0, _INFO_EXIT)
        fcntl.ioctl(self.pidfd, _GET_INFO, info)
        if not struct.unpack_from("<Q", info)[0] & _INFO_EXIT:
            return None
        return int(struct.unpack_from("<i", info, _EXIT_CODE_AT)[0])

    def _was_out_of_memory(self) -> bool:
        """Whether the kernel killed it for want of memory."""
        said = self._kernel_log()
        if said is not None:
            return re.search(rf"Killed process {self._pid}\b", said) is not None
        return any(now > before for before, now in zip(self._before, self._count(), strict=True))

    def _count(self) -> list[int]:
        return [_kills(path) for path in self._counters]

    def _kernel_log(self) -> str | None:
        """What the kernel has said since the start; None where that may not be read."""
        if self._log is None:
            return None
        said = []
        while True:
            try:
                data = os.read(self._log, 8192)
            except BrokenPipeError:
                continue  # older records were dropped meanwhile
            except OSError:
                break
            if not data:  # some containers have something else there, which ends
                return None
            told = _KERNEL_RECORD.match(data)
            if told is not None and int(told[1]) >= self._started_us:
                said.append(data.decode("utf-8", "replace"))
        return "".join(said)


def _last_fault(said: bytes) -> str | None:
    """The last fatal error that faulthandler told of, bounded."""
    at = said.rfind(b"Fatal Python error")
    return None if at < 0 else said[at:].decode("utf-8", "replace")[:_TRACEBACK_LETTERS]


def _reason_in(traceback: str) -> str | None:
    """Our words for what faulthandler calls a fatal error."""
    fatal = _FATAL.search(traceback)
    return fatal[1].strip().lower() or None if fatal else None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _counters_of(pid: int) -> list[Path]:
    """The files that count kills for want of memory in the process's cgroups."""
    found = []
    for path, is_old in groups_of(pid, "memory"):
        roots = [CGROUPS / "memory"] if is_old else [CGROUPS, CGROUPS / "unified"]
        name = "memory.oom_control" if is_old else "memory.events"
        for root in roots:
            found += [root / path.strip("/") / name, root / name]
    return list(dict.fromkeys(found))


def _kills(path: Path) -> int:
    try:
        counted = _OOM_COUNTERS.search(path.read_text(encoding="utf-8"))
    except OSError:
        return 0
    return int(counted[1]) if counted else 0
