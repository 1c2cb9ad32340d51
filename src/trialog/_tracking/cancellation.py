"""Asking a run of the store to stop: the request, and the signal that goes with it."""

from __future__ import annotations

import contextlib
import os
import signal as signals
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from trialog import _machine
from trialog._format.facts import Cancel, Start
from trialog._format.folders import ProjectFolder
from trialog._tracking.earlier import read_starts, read_writers
from trialog._tracking.presence import is_alive
from trialog._tracking.writers import write_request
from trialog._writing import store as stores
from trialog._writing.identity import ProcessIdentity, this_process
from trialog.errors import InvalidTypeError, NotFoundError, UsageError

MAX_REASON = 1_000
_SIGNALED = ("run", "attach")  # forked children are told by their parents


class Asked(NamedTuple):
    """What came of asking a run to stop.

    Attributes:
        signaled: the numbers of the processes that got the signal.
        unsignaled: which of the run's processes did not, and why, in words.
    """

    signaled: tuple[int, ...] = ()
    unsignaled: tuple[str, ...] = ()


class _Process(NamedTuple):
    """A living process of a run on this machine.

    Attributes:
        pid: its number.
        send: sends it a signal, and nobody who got its number after it.
    """

    pid: int
    send: Callable[[int], None]


def parse_signal(given: object) -> signals.Signals | None:
    """A signal, by its name with or without SIG, or its number; None for none.

    Raises:
        UsageError: there is no such signal here.
        InvalidTypeError: it is neither text nor a number.
    """
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, str | int):
        raise InvalidTypeError(
            f"the signal must be a name like 'SIGTERM', not {type(given).__name__}: {given!r}"
        )
    with contextlib.suppress(ValueError, KeyError):
        if isinstance(given, int):
            return signals.Signals(given)
        name = given.strip().upper()
        return signals.Signals[name if name.startswith("SIG") else f"SIG{name}"]
    raise UsageError(f"there is no signal {given!r}; use one like 'SIGTERM', 'SIGINT' or 'SIGUSR1'")


def check_reason(reason: object) -> str | None:
    """Why a run is to stop.

    Raises:
        InvalidTypeError: neither text nor None.
        UsageError: it is too long.
    """
    if reason is None:
        return None
    if not isinstance(reason, str):
        raise InvalidTypeError(f"the reason must be text, not {type(reason).__name__}: {reason!r}")
    if len(reason) > MAX_REASON:
        raise UsageError(
            f"the reason has {len(reason):,} characters; at most {MAX_REASON:,} are kept: "
            "shorten it"
        )
    return reason.strip() or None


def ask_to_stop(
    home: Path, folder: Path, reason: str | None, signal: signals.Signals | None
) -> Asked:
    """Write a request to stop, and send a signal to the run's processes on this machine.

    The request stands in the store before the signal is sent: who gets it can know why.

    Args:
        home: the store.
        folder: the run's folder.
        reason: why.
        signal: what to send besides, or None.

    Raises:
        NotFoundError: there is no such run.
        StoreError: the store cannot be written.
    """
    store = stores.open_store(home, time.time_ns())
    starts = read_starts(folder)
    if not starts:
        raise NotFoundError(f"there is no run in {str(folder)!r}")
    run = starts[-1]
    project = store.project(run.namespace, run.project)
    with ExitStack() as held:
        reached: list[_Process] = []
        unsignaled: list[str] = []
        if signal is not None:
            for found in _living(project, read_writers(folder), held):
                if isinstance(found, _Process):
                    reached.append(found)
                else:
                    unsignaled.append(found)
        name = signal.name if signal is not None and reached else None
        cancel = Cancel(by=this_process().user, reason=reason, signal=name)
        try:
            write_request(store, run, cancel)
        except OSError as error:
            raise stores.unwritable(home, error) from error
        signaled = []
        for process in reached:
            with contextlib.suppress(OSError):  # it has ended meanwhile: all the better
                process.send(int(signal or 0))
                signaled.append(process.pid)
    return Asked(tuple(signaled), tuple(unsignaled))


def _living(
    project: ProjectFolder, writers: Iterable[Start], held: ExitStack
) -> Iterator[_Process | str]:
    """The living processes of a run: those that can be signaled, and of others why they cannot."""
    here, now_ns = this_process(), time.time_ns()
    seen = set()
    for writer in writers:
        key = (writer.pid, writer.process_start, writer.pid_namespace, writer.boot, writer.host)
        if writer.role not in _SIGNALED or key in seen:
            continue
        if is_alive(project, writer, here, now_ns):
            seen.add(key)
            yield _reach(writer, here, held)


def _reach(writer: Start, here: ProcessIdentity, held: ExitStack) -> _Process | str:
    title = f"process {writer.pid}"
    if not writer.boot or writer.boot != here.boot:
        return f"{title} runs on {writer.host}"
    if not writer.pid_namespace or writer.pid_namespace != here.pid_namespace:
        return f"{title} runs in another container on this machine"
    send = _sender(writer.pid, held)
    if not writer.process_start or not _machine.is_alive(writer.pid, writer.process_start):
        return f"{title} cannot be told apart from another of its number"
    try:
        send(0)  # whether it may be sent one
    except PermissionError:
        return f"{title} belongs to another user"
    except ProcessLookupError:
        return f"{title} has just ended"
    return _Process(writer.pid, send)


def _sender(pid: int, held: ExitStack) -> Callable[[int], None]:
    """Sends signals to the process that has a number now, and to no later one where that can be."""
    if hasattr(os, "pidfd_open") and hasattr(signals, "pidfd_send_signal"):
        with contextlib.suppress(OSError):  # an old kernel, or a container that does not allow it
            fd = os.pidfd_open(pid)
            held.callback(os.close, fd)
            return lambda number: signals.pidfd_send_signal(fd, number)
    return lambda number: os.kill(pid, number)
