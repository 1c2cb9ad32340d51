"""What else ends a run: signals, uncaught exceptions, the interpreter's exit, a notebook's cells.

Every handler calls the one that was there before. Signal handlers are installed only from the main
thread, and taken away again with the last open run.

``sys.excepthook`` is also called for errors that somebody caught, by graphical interfaces and
consoles, and the program goes on: a run is ended only by an error that has left the main program.
It ends in the hook, not at the exit, for the hooks of others may leave by ``os._exit``.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

from trialog._tracking.active import session, this_thread
from trialog._tracking.endings import ended_program, last_uncaught
from trialog._tracking.notebook import notebook_text

if TYPE_CHECKING:
    from trialog._tracking.lifecycle import Lifecycle

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGINT") if hasattr(signal, name)
)
Handler = Callable[[int, FrameType | None], Any]


def in_notebook() -> bool:
    """Whether this is an IPython session: a notebook or a terminal one."""
    return _ipython_shell() is not None


def _ipython_shell() -> Any:
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None


def is_interactive() -> bool:
    """Whether an error ends a statement rather than the process."""
    return hasattr(sys, "ps1") or in_notebook()


class Handlers:
    """The handlers of this process, installed while runs are open."""

    def __init__(self) -> None:
        self._previous: dict[int, Handler | int] = {}
        self._excepthook: Callable[..., Any] | None = None
        self._has_atexit = False
        self._has_signals = False
        self._shells: set[int] = set()
        self._raised: tuple[str, BaseException] | None = None

    def install(self) -> None:
        """Watch for what may end a run."""
        if not self._has_atexit:
            self._has_atexit = True
            atexit.register(self._at_exit)
            if hasattr(os, "register_at_fork"):
                os.register_at_fork(after_in_child=self._after_fork)
        if self._excepthook is None:
            self._excepthook = sys.excepthook
            sys.excepthook = self._on_uncaught
        shell = _ipython_shell()
        if shell is not None and id(shell) not in self._shells:
            self._shells.add(id(shell))
            shell.events.register("pre_run_cell", self._before_cell)
            shell.events.register("post_run_cell", self._after_cell)
        if threading.current_thread() is threading.main_thread():
            self._has_signals = True
            for number in _SIGNALS:
                self._install_signal(number)

    def stay(self) -> None:
        """As :meth:`install`, for one of many runs: what watches already is left as it is."""
        if not self._has_signals or self._excepthook is None:
            self.install()

    def remove(self) -> None:
        """The last open run has ended: leave signals and the excepthook as they were."""
        if sys.excepthook == self._on_uncaught and self._excepthook is not None:
            sys.excepthook, self._excepthook = self._excepthook, None
        if threading.current_thread() is threading.main_thread():
            self._remove_signals()

    def signal_of(self, error: BaseException | None) -> str | None:
        """The signal whose handler raised this exception, or one that it came from."""
        if error is None:
            return None
        codes, seen = self._codes_of_users(), 0
        while error is not None and seen < 100:  # noqa: PLR2004 # a loop
            if self._raised is not None and error is self._raised[1]:
                return self._raised[0]
            trace = error.__traceback__
            while trace is not None:
                if name := codes.get(trace.tb_frame.f_code):
                    return name
                trace = trace.tb_next
            error, seen = error.__cause__ or error.__context__, seen + 1
        return None

    # -- signals -------------------------------------------------------------------------------

    def _after_fork(self) -> None:
        """Leave the signals of a process of multiprocessing, now its child, as they were.

        Its pools end their workers by SIGTERM. A handler in Python runs only between instructions:
        one that comes just before a worker waits for a lock would run after it, which is never.
        Other children keep the handlers: they may be what goes on of a daemon.
        """
        util = sys.modules.get("multiprocessing.util")
        if util is not None:  # calls it in its own children alone
            util.register_after_fork(self, Handlers._remove_signals)

    def _remove_signals(self) -> None:
        self._has_signals = False
        for number, previous in list(self._previous.items()):
            if signal.getsignal(number) == self._on_signal:
                signal.signal(number, previous)
                del self._previous[number]

    def _codes_of_users(self) -> dict[object, str]:
        """The code of the signal handlers that were set after ours."""
        found: dict[object, str] = {}
        for number in _SIGNALS:
            handler = signal.getsignal(number)
            code = getattr(handler, "__code__", None)
            if code is not None and handler != self._on_signal:
                found.setdefault(code, signal.Signals(number).name)
        return found

    def _install_signal(self, number: int) -> None:
        current = signal.getsignal(number)
        if current == self._on_signal or current in (None, signal.SIG_IGN):
            return
        if current is signal.default_int_handler:
            return  # raises KeyboardInterrupt, which says enough
        if number == signal.SIGINT and current is signal.SIG_DFL:
            return
        self._previous[number] = current
        signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        previous = self._previous.get(number, signal.SIG_DFL)
        if callable(previous):
            try:
                previous(number, frame)
            except BaseException as error:
                self._raised = (name, error)
                raise
            return
        try:
            _do_each(lambda lifecycle: lifecycle.interrupt(name), session.lifecycles())
        finally:
            session.witness.dismiss()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    # -- uncaught exceptions and the exit ------------------------------------------------------

    def _on_uncaught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        try:
            if is_interactive():
                _do_each(lambda lifecycle: lifecycle.note_cell(error), _open_here())
            elif ended_program(error):
                _do_each(lambda lifecycle: lifecycle.end_with(error), _open_here())
        finally:
            (self._excepthook or sys.__excepthook__)(kind, error, trace)
            if issubclass(kind, KeyboardInterrupt):
                _stay_interrupted()

    def _at_exit(self) -> None:
        error = None if is_interactive() else last_uncaught() or self._exit_by_signal()
        main = this_thread()
        is_by_signal = isinstance(error, KeyboardInterrupt) or self.signal_of(error) is not None

        def end(lifecycle: Lifecycle) -> None:
            if error is not None and (is_by_signal or lifecycle.place.thread is main):
                lifecycle.end_with(error)
            else:
                lifecycle.end_at_exit()

        try:
            _do_each(end, session.lifecycles())
        finally:
            session.witness.dismiss()

    def _exit_by_signal(self) -> BaseException | None:
        """The SystemExit that a signal's handler has raised: it is taken for what ends the program.

        The interpreter tells nobody which one that is. One of a handler that was set after ours
        goes past us.
        """
        error = None if self._raised is None else self._raised[1]
        return error if isinstance(error, SystemExit) else None

    # -- notebooks -----------------------------------------------------------------------------

    def _before_cell(self, info: Any = None) -> None:
        """The witness has the cell before it runs: the kernel may die of it."""
        if session.lifecycles():
            session.witness.tell_cells(notebook_text(getattr(info, "raw_cell", None)))

    def _after_cell(self, result: Any) -> None:
        error = getattr(result, "error_before_exec", None) or getattr(result, "error_in_exec", None)
        _do_each(lambda lifecycle: lifecycle.note_cell(error), _open_here())


def _do_each(act: Callable[[Lifecycle], None], lifecycles: list[Lifecycle]) -> None:
    """Do something with every run, whatever happens with another; the last error is raised."""
    with contextlib.ExitStack() as stack:
        for lifecycle in reversed(lifecycles):
            stack.callback(act, lifecycle)


def _stay_interrupted() -> None:
    """Let the process die of SIGINT, as it would without us: shells stop their loops by that.

    The interpreter remembers an uncaught KeyboardInterrupt, and forgets it whenever source text is
    run; importing a module in the excepthook is enough. Raising one from source text reminds it.
    """
    with contextlib.suppress(KeyboardInterrupt):
        exec("raise KeyboardInterrupt")  # noqa: S102 # nobody's text but this


def _open_here() -> list[Lifecycle]:
    """The runs of this thread that no block holds: an error here concerns them."""
    here = this_thread()
    return [
        lifecycle
        for lifecycle in session.lifecycles()
        if lifecycle.place.thread is here and not lifecycle.was_entered
    ]


handlers = Handlers()
