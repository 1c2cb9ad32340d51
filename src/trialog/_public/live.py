"""What a notebook shows of something that goes on: drawn again while it does.

All of it is on the reading side: a thread reads what the journals hold, as another process would,
and sends the picture to the notebook. It exists only for what was displayed, and ends with it.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trialog.errors import TrialogError

_LEAST_WAIT_S = 1.0
_MOST_WAIT_S = 10.0
_SHARE = 10  # it may draw a tenth of the time, where there are millions of points
_AGE_SHARE = 600  # an update a second in the first ten minutes, every 6 s after an hour
_EVENTS = ("pre_run_cell", "post_run_cell")


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown.

    Attributes:
        html: for notebooks.
        text: for whoever shows no HTML.
        is_final: whether it will not change any more.
        facts: what it says without its moment; equal ones need not be sent again at once.
    """

    html: str
    text: str
    is_final: bool
    facts: object


Draw = Callable[[], Picture]
_shown: dict[str, LiveDisplay] = {}
"""What is shown live in this process, by what it is of: the newest display of each."""


def notebook_shell() -> Any:
    """The shell of the notebook this runs in; None elsewhere, in a terminal too."""
    module = sys.modules.get("IPython")
    shell = module.get_ipython() if module is not None and hasattr(module, "get_ipython") else None
    return shell if getattr(shell, "kernel", None) is not None else None


def show_live(subject: str, draw: Draw, shell: Any) -> None:
    """Show something, and show it again while it changes.

    Args:
        subject: what it is of; an earlier display of it stays as it is.
        draw: what is to be seen now.
        shell: of the notebook.
    """
    earlier = _shown.pop(subject, None)
    if earlier is not None:
        earlier.stop()
    display = LiveDisplay(subject, draw, shell)
    if display.begin():
        _shown[subject] = display


class LiveDisplay:
    """One output of a notebook that is drawn again until what it shows has ended.

    It stops too when its cell runs again, when the same is shown elsewhere, and when the kernel is
    interrupted.
    """

    def __init__(self, subject: str, draw: Draw, shell: Any) -> None:
        """Use :func:`show_live`."""
        self._subject = subject
        self._draw = draw
        self._shell = shell
        self._display_id = f"trialog-{uuid.uuid4().hex}"
        self._cell_id = _cell_id(shell)
        self._drawing = threading.Lock()
        self._nudged = threading.Event()
        self._is_over = False
        self._facts: object = None
        self._began = self._sent = time.monotonic()
        self._thread: threading.Thread | None = None

    def begin(self) -> bool:
        """Show it; whether it goes on."""
        picture = self._draw()
        self._facts = picture.facts
        self._send(picture, is_new=True)
        if picture.is_final:
            return False
        for event in _EVENTS:
            self._shell.events.register(event, getattr(self, f"_{event}"))
        # Not in this context: what it sends belongs to the cell that runs then, and is heard there.
        self._thread = threading.Thread(target=self._go_on, name="trialog-display", daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Leave what is shown as it is."""
        if self._is_over:
            return
        self._is_over = True
        self._nudged.set()
        for event in _EVENTS:
            with contextlib.suppress(ValueError):  # removed meanwhile
                self._shell.events.unregister(event, getattr(self, f"_{event}"))
        if _shown.get(self._subject) is self:
            del _shown[self._subject]

    def _go_on(self) -> None:
        wait_s = _LEAST_WAIT_S
        while not self._is_over:
            if self._nudged.wait(wait_s):
                self._nudged.clear()
                wait_s = _LEAST_WAIT_S
                continue
            began = time.monotonic()
            has_changed = self._refresh()
            now = time.monotonic()
            least_s = max(_LEAST_WAIT_S, (now - began) * _SHARE, (now - self._began) / _AGE_SHARE)
            wait_s = least_s if has_changed else max(least_s, min(wait_s * 1.5, _MOST_WAIT_S))

    def _refresh(self, *, is_asked: bool = False) -> bool:
        """Draw it again, and send it where it says something new; whether it does.

        Args:
            is_asked: send it where only its moment is new, too.
        """
        with self._drawing:
            if self._is_over:
                return False
            try:
                picture = self._draw()
            except TrialogError:  # deleted, or the store is gone: what is shown was true
                self.stop()
                return False
            has_changed = picture.facts != self._facts or picture.is_final
            if has_changed or is_asked or time.monotonic() - self._sent >= _MOST_WAIT_S:
                self._facts = picture.facts
                self._send(picture, is_new=False)
            if picture.is_final:
                self.stop()
            return has_changed

    def _send(self, picture: Picture, *, is_new: bool) -> None:
        self._sent = time.monotonic()
        self._shell.display_pub.publish(
            data={"text/html": picture.html, "text/plain": picture.text},
            metadata={},
            transient={"display_id": self._display_id},
            update=not is_new,
        )

    # -- what the notebook does ----------------------------------------------------------------

    def _pre_run_cell(self, info: Any) -> None:
        cell_id = getattr(info, "cell_id", None)
        if cell_id is not None and cell_id == self._cell_id:
            self.stop()  # its output is about to go
        else:
            self._nudged.set()

    def _post_run_cell(self, result: Any) -> None:
        """Before the cell is done, so that whoever executes notebooks gets the last word too."""
        self._refresh(is_asked=True)
        if isinstance(getattr(result, "error_in_exec", None), KeyboardInterrupt):
            self.stop()
        if self._is_over and self._thread is not None:
            self._thread.join(timeout=1)


def _cell_id(shell: Any) -> str | None:
    """The notebook's own id of the cell that runs, where it says so."""
    parent = shell.get_parent() if hasattr(shell, "get_parent") else None
    metadata = (parent or {}).get("metadata") or {}
    found = metadata.get("cellId")
    return found if isinstance(found, str) else None
