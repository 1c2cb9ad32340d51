"""The witnesses of this process, as its runs see them: started where one is needed, told, let go.

How one is spoken to stands in ``link.py``.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from trialog._tracking.link import ANSWER_S, Link
from trialog._tracking.streams import flush
from trialog._writing.descriptors import above_standard


class Witness:
    """The witness of this process, started when it is first needed."""

    def __init__(self) -> None:
        # one, or a second where the first was started for a run that keeps no console
        self._links: list[Link] = []
        # runs of several threads share one start; a signal handler may begin a run in the middle
        self._lock = threading.RLock()

    def open(self, message: dict[str, Any], *, listens: bool, leads: bool) -> str | None:
        """Tell it of a run.

        Args:
            message: what it is to know.
            listens: whether what is printed is to be kept.
            leads: whether streams that are files may be led through the witness for that.

        Returns:
            Why there is no witness, or None.
        """
        with self._lock:
            try:
                link = next((each for each in self._up() if each.listens or not listens), None)
                if link is None:
                    with above_standard():
                        link = Link(listens=listens, leads=leads)
                    self._links.append(link)
                flush()
                link.tell_in_order({"do": "open", **message})
            except (OSError, RuntimeError, ValueError) as error:
                return str(error)
        return None

    def tell(self, message: dict[str, Any]) -> None:
        """Tell it something; where there is none, nobody hears it."""
        for link in self._up():
            with contextlib.suppress(OSError):
                link.send(message)

    def tell_cells(self, notebook: str | None) -> None:
        """Tell it of the cells of a notebook, and listen to the one that begins."""
        for link in self._up():
            link.streams.listen()
        self.tell({"do": "cells", "notebook": notebook})

    def close(self, message: dict[str, Any]) -> None:
        """Tell it that a run has ended, and give it a moment to keep the last lines."""
        for link in self._up():
            flush()
            with contextlib.suppress(OSError):
                link.ask({"do": "close", **message}, "closed", ANSWER_S)

    def settle(self) -> None:
        """See that everything printed so far, by whomever, is dated before now.

        A witness that is still being loaded is waited for until the streams are led: a compiled
        program that printed before would not be heard.
        """
        for link in self._up():
            if link.listens:
                with contextlib.suppress(OSError):
                    link.settle()

    def hear_out(self) -> None:
        """As :meth:`settle`, for who may have printed nothing.

        A witness that is being loaded is waited for once, where Python has printed: until then only
        what Python prints is heard.
        """
        for link in self._up():
            if link.listens:
                with contextlib.suppress(OSError):
                    link.hear_out()

    def dismiss(self) -> None:
        """The process exits: let everything that was printed be passed on before."""
        links, self._links = self._links, []
        for link in links:
            link.dismiss()

    def after_fork(self) -> None:
        """In a forked child: the parent's witness is not its own."""
        self._lock = threading.RLock()
        links, self._links = self._links, []
        for link in links:
            link.abandon()

    def _up(self) -> list[Link]:
        return [link for link in self._links if link.is_up]
