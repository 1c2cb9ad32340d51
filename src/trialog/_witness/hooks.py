"""Tells commands and web addresses what happens to a run; they hear of a killed process too.

Each has a thread and a queue of its own: one that hangs holds up no other, and none of them the
witness.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from trialog._format.hooks import Event, shown_command, shown_url
from trialog._format.values import dump_json
from trialog._version import __version__

COMMAND_TIMEOUT_S = 30.0
WEB_TIMEOUT_S = 10.0
TRIES = 5
BACKOFF_S = 0.5
_TOO_MANY = 429
_SERVERS_OWN = 500
_OURS = ("TRIALOG_RUN", "TRIALOG_HOOKS")  # a command may record runs of its own
_MAX_WAITING = 1_000  # a run that has alerts all the time, and an address that never answers

Deliver = Callable[[Event, bytes], None]


class UndeliveredError(Exception):
    """An event did not arrive; the message holds no secret."""


class Hooks:
    """The commands and web addresses of one run."""

    def __init__(
        self,
        commands: Sequence[Sequence[str]],
        urls: Sequence[str],
        *,
        folder: Path | None = None,
        backoff_s: float = BACKOFF_S,
        web_timeout_s: float = WEB_TIMEOUT_S,
        command_timeout_s: float = COMMAND_TIMEOUT_S,
    ) -> None:
        """Make it; nothing is loaded or started before there is something to tell.

        Args:
            commands: programs and their arguments; each gets an event as JSON on its standard
                input, and its kind, status and run in ``TRIALOG_EVENT``, ``TRIALOG_EVENT_STATUS``
                and ``TRIALOG_EVENT_RUN``.
            urls: each gets an event as JSON in a POST.
            folder: where commands run; where this process does, if it is not there.
            backoff_s: how long to wait before a second try of an address; then twice as long, ….
            web_timeout_s: how long an address may take to answer.
            command_timeout_s: how long a command may take.
        """
        self._failures: SimpleQueue[str] = SimpleQueue()
        self._targets = [
            *(
                _Target(_Command(each, folder, command_timeout_s), self._failures)
                for each in commands
            ),
            *(_Target(_Webhook(each, backoff_s, web_timeout_s), self._failures) for each in urls),
        ]

    def notify(self, event: Event) -> None:
        """Tell all of an event, in the background."""
        for target in self._targets:
            target.put(event)

    def drain(self, timeout_s: float) -> bool:
        """Wait until everything has been told, but no longer than that.

        Returns:
            Whether it has.
        """
        until_s = time.monotonic() + timeout_s
        return all(target.wait(until_s - time.monotonic()) for target in self._targets)

    def failures(self) -> list[str]:
        """What could not be told since this was last asked: texts without secrets."""
        found: list[str] = []
        with suppress(Empty):
            while True:
                found.append(self._failures.get_nowait())
        return found


class _Target:
    """One command or address, its queue and its thread."""

    def __init__(self, deliver: Deliver, failures: SimpleQueue[str]) -> None:
        self._deliver = deliver
        self._failures = failures
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._waiting = 0
        self._changed = threading.Condition()

    def put(self, event: Event) -> None:
        """Deliver an event after those before it."""
        with self._changed:
            if self._waiting >= _MAX_WAITING:
                self._failures.put(f"{self._deliver}: too many events wait; one was dropped")
                return
            self._waiting += 1
            self._events.put(event)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="hook", daemon=True)
                self._thread.start()

    def wait(self, timeout_s: float) -> bool:
        """Wait until all have been delivered or given up."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting, max(0.0, timeout_s))

    def _work(self) -> None:
        while True:
            event = self._events.get()
            try:
                self._deliver(event, dump_json(event, "event"))
            except UndeliveredError as error:
                self._failures.put(f"{self._deliver}: event {event['event']!r}: {error}")
            except Exception as error:  # noqa: BLE001 # whatever it is, the next event has its turn
                kind = type(error).__name__
                self._failures.put(f"{self._deliver}: event {event['event']!r}: {kind}")
            finally:
                with self._changed:
                    self._waiting -= 1
                    self._changed.notify_all()


class _Command:
    def __init__(self, command: Sequence[str], folder: Path | None, timeout_s: float) -> None:
        self._command = tuple(command)
        self._folder = folder
        self._timeout_s = timeout_s

    def __str__(self) -> str:
        return f"command {shown_command(self._command)}"

    def __call__(self, event: Event, payload: bytes) -> None:
        """Run it, the event on its standard input.

        Raises:
            UndeliveredError: it cannot be started, took too long, or failed.
        """
        folder = self._folder if self._folder is not None and self._folder.is_dir() else None
        try:
            process = subprocess.Popen(  # noqa: S603 # the user's own command
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=_environ(event),
                start_new_session=True,
            )
        except OSError as error:
            raise UndeliveredError(f"cannot be run: {error.strerror}") from None
        with process:
            try:
                process.communicate(payload, timeout=self._timeout_s)
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                raise UndeliveredError(f"took longer than {self._timeout_s:g} s") from None
        if process.returncode:
            raise UndeliveredError(f"ended with exit code {process.returncode}")


class _Webhook:
    def __init__(self, url: str, backoff_s: float, timeout_s: float) -> None:
        self._url = url
        self._backoff_s = backoff_s
        self._timeout_s = timeout_s

    def __str__(self) -> str:
        return f"webhook {shown_url(self._url)}"

    def __call__(self, event: Event, payload: bytes) -> None:
        """Post an event; again a few times where that may help.

        Raises:
            UndeliveredError: the address refuses it, or does not take it after all tries.
        """
        del event
        for left in reversed(range(TRIES)):
            said, may_help = self._post(payload)
            if said is None:
                return
            if not may_help:
                raise UndeliveredError(said)
            if left:
                time.sleep(self._backoff_s * 2 ** (TRIES - 1 - left))
        raise UndeliveredError(f"{TRIES} tries, the last: {said}")

    def _post(self, payload: bytes) -> tuple[str | None, bool]:
        """Post once.

        Returns:
            What went wrong, or None; and whether it may help to try again.
        """
        import requests  # noqa: PLC0415 # heavy; needed where there is a webhook

        headers = {"Content-Type": "application/json", "User-Agent": f"trialog/{__version__}"}
        try:
            with requests.post(
                self._url,
                data=payload,
                headers=headers,
                timeout=self._timeout_s,
                allow_redirects=False,  # a secret goes where it was to go
                stream=True,  # nobody reads the answer
            ) as response:
                code = response.status_code
        except requests.RequestException as error:  # its text has the address in it
            return type(error).__name__, not isinstance(error, ValueError)
        if 200 <= code < 300:  # noqa: PLR2004 # HTTP: all is well
            return None, False
        return f"it answered {code}", code >= _SERVERS_OWN or code == _TOO_MANY


def _environ(event: Event) -> dict[str, str]:
    told = {
        "TRIALOG_EVENT": event["event"],
        "TRIALOG_EVENT_STATUS": event["status"],
        "TRIALOG_EVENT_RUN": event["run"],
    }
    inherited = {name: text for name, text in os.environ.items() if name not in _OURS}
    return inherited | {name: str(text) for name, text in told.items()}
