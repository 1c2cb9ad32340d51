"""The wire to the witness: the process beside this one that sees what it cannot say itself.

It is started with the first run that wants one and serves all later ones. It is no child of this
process (it would turn up in ``os.wait()``), gets no signals of the terminal, and ends after this
process. Where it cannot be started, or dies, nothing is missing but what it would have kept.

Messages are lines of JSON. To the witness: ``open`` (a run), ``close`` (a run has ended), ``cells``
(of a notebook), ``event`` (for hooks), ``drain`` (before the process exits). From it: ``hello``,
which is answered by ``lead`` once the streams are led; ``closed``, ``drained``; and ``broken``
(nobody reads a stream any more).

Which lines belong to which run: a message comes with a mark of its number behind all that has been
printed (``marks.py``). The witness takes the message when it has read up to its mark, and hears
what is behind it when it has taken it. So nobody here waits for it, and it may be late. Where lines
are told apart by their times, a mark without a message says the time.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import select
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import orjson

from trialog._tracking.marks import Mark, mark_bytes
from trialog._tracking.spawning import spawn
from trialog._tracking.streams import COPY, Streams, flush

ANSWER_S = 0.03  # so long a run's end waits for the witness to keep its last lines
_SEND_S = 1.0  # so long a message waits for room, once
_DRAIN_S = 2.0  # so long an exit waits until everything printed has been passed on
_GREETING_S = 1.0  # so long who needs it waits until a witness is loaded
_PATIENCE_S = 10.0  # so long streams are not led because a print lasts, on a full pipe say
_RETRY_S = 0.1
_SETTLE_S = 0.1  # so long who needs it waits until all is heard, where there is no room for a mark


class Link:
    """One witness, from its start to its end.

    Attributes:
        listens: whether it keeps what is printed.
        streams: led and listened to.
        is_up: whether it has not died.
        has_greeted: whether it has said a word: it is loaded, and streams are led.
        listener: the thread that hears it.
    """

    def __init__(self, *, listens: bool, leads: bool) -> None:
        self.listens = listens
        self.streams = Streams()
        self.is_up = True
        self.has_greeted = False
        self._begun_s = time.monotonic()
        self._is_deaf = False
        self._messages = 0
        # messages come in the order of their marks; again a handler may send one in the middle
        self._sending = threading.RLock()
        self._settling = threading.Lock()
        self._answers: dict[str, threading.Event] = {}
        self._wire, theirs = socket.socketpair()
        fault_reading, self._fault = os.pipe()
        self._fault_is = os.fstat(self._fault)
        self._itself = _pidfd()  # opened while we live: it tells our exit code when we do not
        self.listener = threading.Thread(target=self._listen, name="trialog-witness", daemon=True)
        try:
            if listens:
                self.streams.open(leads=leads)
            spawn(self._layout(theirs.fileno(), fault_reading), self.streams.key)
            self.listener.start()
        except BaseException:
            self.streams.close()
            self._wire.close()
            os.close(self._fault)
            raise
        finally:
            theirs.close()
            os.close(fault_reading)
            if self._itself >= 0:
                os.close(self._itself)
        self.streams.listen()
        self._watch_faults()
        _at_exit_of_a_worker(self.dismiss)

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; a witness that has been stopped holds nobody up for long.

        Raises:
            OSError: the witness is gone, or does not listen.
        """
        self._await_room()
        self._wire.sendall(orjson.dumps(message) + b"\n")

    def _await_room(self) -> None:
        room = select.poll()
        room.register(self._wire, select.POLLOUT)
        self._is_deaf = not room.poll(0 if self._is_deaf else 1000 * _SEND_S)
        if self._is_deaf:
            raise TimeoutError("the witness does not listen")

    def tell_in_order(self, message: dict[str, Any]) -> bool:
        """Send a message that comes between what was printed before and what is printed later.

        Returns:
            Whether the witness has been loaded.

        Raises:
            OSError: the witness is gone, or does not listen.
        """
        with self._sending:
            self._await_room()  # a mark whose message does not come would hold what is printed up
            self._messages += 1
            number = self._messages
            marked, _ = self.streams.mark(self._mark(number))
            self.send({**message, "mark": number, "marked": marked})
            return self.has_greeted

    def _mark(self, number: int) -> bytes:
        return mark_bytes(self.streams.key, Mark(number, time.time_ns()))

    def ask(self, message: dict[str, Any], answer: str, timeout_s: float) -> bool:
        """Send a message in order and wait for the answer, but not for long.

        A witness that is still being loaded is not waited for.

        Args:
            message: what to send.
            answer: the word that answers it.
            timeout_s: how long to wait at most.

        Returns:
            Whether it has answered, or is gone.

        Raises:
            OSError: the witness is gone, or does not listen.
        """
        answered = self._answers[answer] = threading.Event()
        return self.tell_in_order(message) and answered.wait(timeout_s)

    def settle(self) -> None:
        """Wait until it is loaded; everything printed so far is dated before now.

        Raises:
            OSError: the witness is gone.
        """
        self._await_greeting(time.monotonic() + _GREETING_S)
        self._date()

    def hear_out(self) -> None:
        """As :meth:`settle`, but wait until it is loaded only where Python has printed, and once.

        Who has printed may let others print soon, and these are heard once the streams are led.

        Raises:
            OSError: the witness is gone.
        """
        if self.streams.has_copied:
            self._await_greeting(self._begun_s + _GREETING_S)
        self._date()

    def _await_greeting(self, until_s: float) -> None:
        while not self.has_greeted and self.is_up and time.monotonic() < until_s:
            time.sleep(0.001)

    def _date(self) -> None:
        """Let a mark say the time behind all that was printed.

        Where there is no room for one, it is passed on slowly: wait for that a little.
        """
        flush()
        with self._sending:
            _, is_full = self.streams.mark(self._mark(0))
        if is_full:
            with self._settling:  # the answer is one thread's
                self.ask({"do": "drain"}, "drained", _SETTLE_S)

    def dismiss(self) -> None:
        """The process exits: let everything that was printed be passed on before.

        A witness that is still being loaded has nothing to pass on.
        """
        flush()
        is_drained = False
        with contextlib.suppress(OSError):
            is_drained = self.ask({"do": "drain"}, "drained", _DRAIN_S)
        if not self.is_up:
            self.listener.join(_DRAIN_S)  # it passes on what is left
        elif is_drained:
            self.streams.give_back()
        # else who reads it is slow: what is printed from now on stays behind what was before

    def abandon(self) -> None:
        """In a forked child: the wire is the parent's; the streams still lead to its witness."""
        self._wire.close()
        self._silence_faults()
        self.streams.forget()

    def _layout(self, wire: int, fault: int) -> dict[str, list[int]]:
        """The files the witness gets, by what they are."""
        layout = {"wire": [wire], "fault": [fault]}
        if self._itself >= 0:
            layout["process"] = [self._itself]
        for name, led in self.streams.led.items():
            layout[name] = [led.reading, led.original]
        for name, tap in self.streams.tapped.items():
            layout[f"{COPY}{name}"] = [tap.reading]
        return layout

    def _watch_faults(self) -> None:
        """Let Python say where it was when a fatal signal came, unless the user does so."""
        os.set_blocking(self._fault, False)  # what does not fit is dropped
        if not faulthandler.is_enabled():
            faulthandler.enable(self._fault)

    def _silence_faults(self) -> None:
        """What Python says of a fatal signal goes nowhere: a child's is none of its parent's.

        Nor is there to be a signal because nobody reads there.
        """
        with contextlib.suppress(OSError), open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            if os.path.samestat(self._fault_is, os.fstat(self._fault)):
                os.dup2(nowhere.fileno(), self._fault, inheritable=False)

    def _listen(self) -> None:
        waiting = b""
        while True:
            try:
                data = self._wire.recv(1 << 16)
            except OSError:
                data = b""
            if not data:
                break
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                self._hear(orjson.loads(line))
        self._survive()

    def _hear(self, message: dict[str, Any]) -> None:
        if "hello" in message:
            until = time.monotonic() + _PATIENCE_S
            while not self._take_over(is_patient=time.monotonic() < until):
                time.sleep(_RETRY_S)
        if "broken" in message:
            self.streams.give_back(message["broken"])
        for word in message:
            if word in self._answers:
                self._answers[word].set()

    def _take_over(self, *, is_patient: bool) -> bool:
        """Lead the streams from now on.

        Args:
            is_patient: not while a print lasts: its copy would come too late.

        Returns:
            Whether they are led, as far as they can be.
        """
        self.streams.await_line()
        with self._sending, contextlib.suppress(OSError):
            number = self._messages + 1
            marked: list[str] | None = []
            with contextlib.suppress(OSError):
                marked = self.streams.take_over(lambda: self._mark(number), is_patient=is_patient)
            if marked is None:
                return False
            self._messages, self.has_greeted = number, True
            self.send({"do": "lead", "mark": number, "marked": marked})
        return True

    def _survive(self) -> None:
        """The witness is gone: its part is done here, or nobody could print any more."""
        self.is_up = False
        self._silence_faults()
        self.streams.pass_on(timeout_s=0)  # what was printed first comes first
        self.streams.give_back()
        self.streams.pass_on(timeout_s=0)
        for answered in self._answers.values():
            answered.set()
        self.streams.pass_on()


def _at_exit_of_a_worker(act: Callable[[], None]) -> None:
    """In a worker of multiprocessing, which leaves without Python's own exit."""
    process = sys.modules.get("multiprocessing.process")
    if process is not None and process.parent_process() is not None:
        from multiprocessing.util import Finalize  # noqa: PLC0415 # loaded in a worker anyway

        Finalize(None, act, exitpriority=-100)


def _pidfd() -> int:
    """This process as a file; -1 where the system has no such thing."""
    try:
        return os.pidfd_open(os.getpid())
    except (AttributeError, OSError):
        return -1
