"""Tells a run's hooks what happens to it: callables here, all others by the witness.

Callables run in a thread of this process, one event after the other. Commands and webhooks are the
witness's: it lives on when this process is killed.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from trialog._format.facts import Alert, End, Start
from trialog._format.hooks import Event, alert_event, ended_event, started_event
from trialog._tracking.hooks import HookCallable, HookSet
from trialog._writing.trouble import tell_on_stderr

END_TIMEOUT_S = 5.0


class Hooks:
    """Tells the hooks of one run what happens to it.

    Attributes:
        hooks: whom to tell.
    """

    def __init__(
        self,
        hooks: HookSet,
        start: Start,
        url: str,
        relay: Callable[[Event], None] = lambda _: None,
        *,
        timeout_s: float = END_TIMEOUT_S,
    ) -> None:
        """Make it.

        Args:
            hooks: whom to tell.
            start: the first record of the run's journal.
            url: where the run is kept.
            relay: gives an event to the witness, for commands and webhooks; takes no time.
            timeout_s: how long the end waits for callables.
        """
        self.hooks = hooks
        self._start = start
        self._url = url
        self._relay = relay
        self._timeout_s = timeout_s
        self._events: SimpleQueue[tuple[Event | None, threading.Event]] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.RLock()  # a signal handler may tell something in the middle of it
        self._pid = os.getpid()
        self._told: set[int] = set()
        self._ended: threading.Event | None = None

    def tell_started(self) -> None:
        """The run has begun."""
        if any(self.hooks):
            self._tell(started_event(self._start, self._url, time.time_ns()))

    def tell_alert(self, alert: Alert, time_ns: int) -> None:
        """There is something to look at."""
        if any(self.hooks):
            self._tell(alert_event(self._start, self._url, alert, time_ns))

    def tell_ended(self, end: End) -> None:
        """The run has ended; see :meth:`wait`."""
        if any(self.hooks):
            self._ended = self._tell(ended_event(self._start, self._url, end, time.time_ns()))

    def wait(self) -> None:
        """Give callables a few seconds for the end: the process may exit next."""
        ended, self._ended = self._ended, None
        if ended is None:
            return
        is_own = threading.current_thread() is self._thread  # a hook that ends its run
        if not is_own and not ended.wait(self._timeout_s):
            tell_on_stderr(
                f"run {self._start.name!r}: its hooks took longer than {self._timeout_s:g} s for "
                "its end; the program goes on without them."
            )
        self._events.put((None, threading.Event()))

    def _tell(self, event: Event) -> threading.Event | None:
        if self.hooks.needs_witness:
            self._relay(event)
        return self._pass_on(event) if self.hooks.callables else None

    def _pass_on(self, event: Event) -> threading.Event:
        done = threading.Event()
        if self._pid != os.getpid():  # a forked child has no thread of ours
            self._pid, self._thread, self._events = os.getpid(), None, SimpleQueue()
            self._lock = threading.RLock()
        self._events.put((event, done))
        with self._lock:
            if self._thread is not None:
                return done
            self._thread = threading.Thread(target=self._work, name="trialog-hooks", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # the interpreter goes down: no more threads
            self._events.put((None, threading.Event()))
            self._work()
        return done

    def _work(self) -> None:
        while True:
            event, done = self._events.get()
            if event is None:
                return
            for number, call in enumerate(self.hooks.callables):
                self._call(number, call, event)
            done.set()

    def _call(self, number: int, call: HookCallable, event: Event) -> None:
        try:
            call(dict(event))
        except BaseException as error:  # noqa: BLE001 # the user's hook may do anything
            if number not in self._told:
                self._told.add(number)
                tell_on_stderr(f"run {event['name']!r}: {_said(call, error)}; the run goes on.")


def _said(call: HookCallable, error: BaseException) -> str:
    """What a hook raised and where; not its message, which may hold an address with a secret."""
    name = getattr(call, "__qualname__", type(call).__name__)
    trace, place = error.__traceback__, ""
    while trace is not None:
        place = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"its hook {name} raised {type(error).__name__}{place}"
