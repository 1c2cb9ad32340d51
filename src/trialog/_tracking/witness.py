"""The wire to the witness: the process beside this one that sees what it cannot say itself.

It is started with the first run that wants one and serves all later ones. It is no child of this
process (it would turn up in ``os.wait()``), gets no signals of the terminal, and ends after this
process. Where it cannot be started, or dies, nothing is missing but what it would have kept.

Messages are lines of JSON. To the witness: ``open`` (a run), ``close`` (a run has ended), ``cells``
(of a notebook), ``event`` (for hooks), ``drain`` (before the process exits). From it: ``hello``,
which is answered by ``go``; ``opened``, ``closed``, ``drained``; and ``broken`` (nobody reads a
stream any more).

Which lines belong to which run: before ``go`` the witness reads no stream, and messages say how
much was printed before them; later ones are answered once everything before them has been read.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import select
import socket
import threading
from typing import Any

import orjson

from trialog._tracking.spawning import spawn
from trialog._tracking.streams import Streams, flush
from trialog._writing.descriptors import above_standard

ANSWER_S = 0.03  # so long a run's beginning and its end wait for the witness
SEND_S = 1.0  # so long a message waits for room, once
DRAIN_S = 2.0  # so long an exit waits until everything printed has been passed on


class Witness:
    """The witness of this process, started when it is first needed."""

    def __init__(self) -> None:
        self._link: _Link | None = None
        # runs of several threads share one start; a signal handler may begin a run in the middle
        self._lock = threading.RLock()

    def open(self, message: dict[str, Any]) -> str | None:
        """Tell it of a run.

        Args:
            message: what it is to know.

        Returns:
            Why there is no witness, or None.
        """
        with self._lock:
            try:
                if self._link is None or not self._link.is_up:
                    with above_standard():
                        self._link = _Link()
                flush()
                self._link.ask({"do": "open", **message}, "opened", ANSWER_S)
            except (OSError, RuntimeError, ValueError) as error:
                self._link = None
                return str(error)
        return None

    def tell(self, message: dict[str, Any]) -> None:
        """Tell it something; where there is none, nobody hears it."""
        link = self._link
        if link is not None and link.is_up:
            with contextlib.suppress(OSError):
                link.send(message)

    def tell_cells(self, notebook: str | None) -> None:
        """Tell it of the cells of a notebook, and listen to the one that begins."""
        link = self._link
        if link is not None and link.is_up:
            link.streams.tap_again()
        self.tell({"do": "cells", "notebook": notebook})

    def close(self, message: dict[str, Any]) -> None:
        """Tell it that a run has ended, and give it a moment to keep the last lines."""
        link = self._link
        if link is None or not link.is_up:
            return
        flush()
        with contextlib.suppress(OSError):
            link.ask({"do": "close", **message}, "closed", ANSWER_S)

    def dismiss(self) -> None:
        """The process exits: let everything that was printed be passed on before."""
        link, self._link = self._link, None
        if link is None:
            return
        flush()
        is_drained = False
        with contextlib.suppress(OSError):
            is_drained = link.ask({"do": "drain"}, "drained", DRAIN_S, must_be_up=False)
        if not link.is_up:
            link.listener.join(DRAIN_S)  # it passes on what is left
        elif not link.has_greeted:  # on a slow disk it is still being loaded
            link.streams.pass_on(timeout_s=0)
            link.streams.give_back()
            link.streams.pass_on(timeout_s=0)
        elif is_drained:
            link.streams.give_back()
        # else who reads it is slow: what is printed from now on stays behind what was before

    def after_fork(self) -> None:
        """In a forked child: the parent's witness is not its own."""
        self._lock = threading.RLock()
        if self._link is not None:
            self._link.abandon()
            self._link = None


class _Link:
    """One witness, from its start to its end."""

    def __init__(self) -> None:
        self.streams = Streams()
        self.is_up = True
        self.has_greeted = False
        self._is_deaf = False
        # a message either says what is unread or comes after "go"; again a handler may send one
        self._greeting = threading.RLock()
        self._answers: dict[str, threading.Event] = {}
        self._wire, theirs = socket.socketpair()
        fault_reading, self._fault = os.pipe()
        self._fault_is = os.fstat(self._fault)
        self._itself = _pidfd()  # opened while we live: it tells our exit code when we do not
        self.listener = threading.Thread(target=self._listen, name="trialog-witness", daemon=True)
        try:
            self.streams.open()
            spawn(self._layout(theirs.fileno(), fault_reading))
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
        self.streams.take_over()
        self._watch_faults()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; a witness that has been stopped holds nobody up for long.

        Raises:
            OSError: the witness is gone, or does not listen.
        """
        room = select.poll()
        room.register(self._wire, select.POLLOUT)
        self._is_deaf = not room.poll(0 if self._is_deaf else 1000 * SEND_S)
        if self._is_deaf:
            raise TimeoutError("the witness does not listen")
        self._wire.sendall(orjson.dumps(message) + b"\n")

    def ask(
        self, message: dict[str, Any], answer: str, timeout_s: float, *, must_be_up: bool = True
    ) -> bool:
        """Send a message and wait for the answer, but not for long.

        Args:
            message: what to send.
            answer: the word that answers it.
            timeout_s: how long to wait at most.
            must_be_up: wait only for a witness that has said a word already.

        Returns:
            Whether it has answered, or is gone.

        Raises:
            OSError: the witness is gone.
        """
        answered = self._answers[answer] = threading.Event()
        with self._greeting:
            has_greeted = self.has_greeted
            if not has_greeted:
                message = {**message, "unread": self.streams.unread()}
            self.send(message)
        return (has_greeted or not must_be_up) and answered.wait(timeout_s)

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
        for name, tapped in self.streams.tapped.items():
            layout[name] = [tapped.reading]
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
            with self._greeting:
                self.has_greeted = True
                with contextlib.suppress(OSError):
                    self.send({"do": "go"})
        if "broken" in message:
            self.streams.give_back(message["broken"])
        for word in message:
            if word in self._answers:
                self._answers[word].set()

    def _survive(self) -> None:
        """The witness is gone: its part is done here, or nobody could print any more."""
        self.is_up = False
        self._silence_faults()
        self.streams.give_back()
        for answered in self._answers.values():
            answered.set()
        self.streams.pass_on()


def _pidfd() -> int:
    """This process as a file; -1 where the system has no such thing."""
    try:
        return os.pidfd_open(os.getpid())
    except (AttributeError, OSError):
        return -1
