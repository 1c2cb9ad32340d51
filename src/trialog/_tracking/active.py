"""The open runs of this process and the active run of each context: trialog's only module state.

The active run is per context (``contextvars``): a ``with`` block, a thread and an asyncio task each
have their own. A context that never saw a run (a pool's thread, the next notebook cell after a
top-level await) falls back to the process's only open run.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections import Counter
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, NamedTuple

from trialog._tracking.witness import Witness
from trialog._writing.steward import Steward
from trialog.errors import NoActiveRunError

if TYPE_CHECKING:
    from trialog._tracking.lifecycle import Lifecycle
    from trialog._tracking.run import Run

_stack: ContextVar[tuple[Run, ...]] = ContextVar("trialog_runs", default=())


class Place(NamedTuple):
    """Where a run was started: a thread, and in asyncio a task.

    By objects that nothing later can be equal to: the numbers of threads and tasks are used again.
    """

    thread: object
    task: weakref.ref[Any] | None


class _Threads(threading.local):
    def __init__(self) -> None:
        self.token = object()


_threads = _Threads()


class Session:
    """What this process has open.

    Attributes:
        steward: tends the journals.
        witness: the process beside this one.
        begun: how many runs this process has begun that ranks share, by what they are counted for.
    """

    def __init__(self) -> None:
        self.steward = Steward()
        self.witness = Witness()
        self.begun: Counter[str] = Counter()
        self._open: dict[int, tuple[Run, Lifecycle]] = {}
        self._watches_forks = False

    def add(self, run: Run, lifecycle: Lifecycle) -> None:
        """A run was started."""
        if not self._watches_forks and hasattr(os, "register_at_fork"):
            self._watches_forks = True
            os.register_at_fork(after_in_child=self._after_fork)
        self._open[id(lifecycle)] = (run, lifecycle)

    def remove(self, lifecycle: Lifecycle) -> None:
        """A run has ended, or this part of it."""
        self._open.pop(id(lifecycle), None)

    def _after_fork(self) -> None:
        self.witness.after_fork()
        self.steward.after_fork()

    def open_runs(self) -> list[Run]:
        """The runs that have not ended, oldest first."""
        return [run for run, _ in list(self._open.values())]

    def open_pairs(self) -> list[tuple[Run, Lifecycle]]:
        """The runs that have not ended and their lives, oldest first."""
        return list(self._open.values())

    def lifecycles(self) -> list[Lifecycle]:
        """The lives of the runs that have not ended, oldest first."""
        return [lifecycle for _, lifecycle in list(self._open.values())]


session = Session()


def this_place(*, is_notebook: bool) -> Place:
    """Where the caller is; all cells of a notebook are one place."""
    task = None
    asyncio = None if is_notebook else sys.modules.get("asyncio")
    if asyncio is not None:
        try:
            task = asyncio.current_task()
        except (RuntimeError, AttributeError):  # no loop runs here; another thread is importing it
            task = None
    return Place(this_thread(), None if task is None else weakref.ref(task))


def this_thread() -> object:
    """The calling thread, as places know it."""
    return _threads.token


def push(run: Run) -> Token[tuple[Run, ...]]:
    """Make a run the active one of this context."""
    return _stack.set((*(each for each in _stack.get() if not each.is_ended), run))


def pop(run: Run, token: Token[tuple[Run, ...]]) -> None:
    """Undo a push; other runs that were opened meanwhile stay."""
    try:
        _stack.reset(token)
    except (ValueError, RuntimeError):  # another context than the one it was pushed in
        _stack.set(tuple(each for each in _stack.get() if each is not run))


def get_active_run() -> Run:
    """The run that module-level functions log to.

    Raises:
        NoActiveRunError: none is open here, or several are and none was entered here.
    """
    for run in reversed(_stack.get()):
        if not run.is_ended:
            return run
    runs = [run for run in session.open_runs() if not run.is_record]
    if len(runs) == 1:
        return runs[0]
    if not runs:
        raise NoActiveRunError(
            "No active run is set. Start one with trialog.init(), or log to a run you hold"
        )
    names = ", ".join(repr(run.name) for run in runs)
    raise NoActiveRunError(
        f"{len(runs)} runs are open and none was entered here: {names}. Log to the one you mean: "
        "run.log(…), or enter it: with run: …"
    )
