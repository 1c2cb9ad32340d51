"""Whether somebody has asked a run to stop: what ``run.should_stop`` says, and how it then ends.

A request is a journal that somebody else puts into the run's folder (see ``cancellation``). So a
look is one ``stat`` of the folder, twice a second, by the steward's thread; only where the folder
has changed its names are listed and new journals opened. Nothing of it is on the way of ``log``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from trialog._entities import RunStatus
from trialog._format.facts import Cancel, End
from trialog._format.folders import JOURNAL_SUFFIX
from trialog._tracking.earlier import read_cancels

INTERVAL_S = 0.25  # the steward comes by every 0.5 s, and more often where it has work
SETTLING_S = 2.5  # a folder's time may be as coarse as 2 s: so long it is listed after a change
_MAX_READS = 60  # of a journal whose writer never came to its end: half a minute


class StopWatch:
    """Looks for requests to stop one attempt of one run, for one process.

    Attributes:
        request: the latest request, or None.
    """

    def __init__(
        self,
        folder: Path | None,
        attempt: int,
        own: str = "",
        *,
        is_brief: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make one; it looks only when it is called.

        Args:
            folder: the run's folder; None where nothing is kept.
            attempt: requests to stop another attempt do not count.
            own: the file name of this process's journal, which holds none.
            is_brief: the end does not look once more; a run that short has ended by itself.
            clock: seconds, from any beginning; never set back.
        """
        self._clock = clock
        self.request: Cancel | None = None
        self._folder = folder
        self._attempt = attempt
        self._pid = os.getpid()
        self._was_told = False
        self._signals: set[str] = set()
        self._is_brief = is_brief
        self._looked_s = clock() if is_brief else 0.0
        self._changed_ns: int | None = None
        self._changed_s = 0.0
        self._read = {own}
        self._reads: dict[str, int] = {}

    def is_asked(self) -> bool:
        """Whether the run was asked to stop. Who is answered yes has been told."""
        if os.getpid() != self._pid:
            self.look_if_due()  # a forked child: its steward begins with what it logs
        if self.request is None:
            return False
        self._was_told = True
        return True

    def look_if_due(self) -> None:
        """Look, where the last time was a while ago."""
        if self._clock() - self._looked_s >= INTERVAL_S:
            self.look()

    def look(self) -> None:
        """Look now. A signal handler may do so in the middle of another look."""
        if self._folder is None:
            return
        now_s = self._looked_s = self._clock()
        with contextlib.suppress(OSError):  # a folder that cannot be read asks for nothing
            changed_ns = self._folder.stat().st_mtime_ns
            if changed_ns != self._changed_ns:
                self._changed_ns, self._changed_s = changed_ns, now_s
            if now_s - self._changed_s <= SETTLING_S or self._reads:
                self._read_new(self._folder)

    def _read_new(self, folder: Path) -> None:
        for name in sorted(os.listdir(folder)):  # noqa: PTH208 # on the way of finish()
            if name in self._read or not name.endswith(JOURNAL_SUFFIX):
                continue  # writers' names begin with their times
            found = None
            with contextlib.suppress(OSError):
                found = read_cancels(folder / name)
            if found is not None and found.attempt == self._attempt:
                self._take(found.requests)
            reads = self._reads.get(name, 0) + 1
            if (found is not None and found.is_complete) or reads >= _MAX_READS:
                self._read.add(name)
                self._reads.pop(name, None)
            else:
                self._reads[name] = reads

    def _take(self, requests: list[Cancel]) -> None:
        for request in requests:
            self.request = request
            if request.signal is not None:
                self._signals.add(request.signal)

    # -- how the run ends ----------------------------------------------------------------------

    @property
    def took_effect(self) -> bool:
        """Whether it was asked to stop, and either the user's code knew or a signal was sent.

        A run that ends without having heard of the request has ended by itself.
        """
        self._look_at_end()
        if self.request is None:
            return False
        return self._was_told or any(not _is_ignored(name) for name in self._signals)

    def ending(self, end: End) -> End:
        """How a run ends that would have ended so.

        Args:
            end: COMPLETED, where nobody has given a status, or INTERRUPTED, where nobody has
                mapped the exception; another one stays.
        """
        if end.status == RunStatus.COMPLETED.value:
            return self.canceled(end) if end.reason is None and self.took_effect else end
        if end.status != RunStatus.INTERRUPTED.value:
            return end
        self._look_at_end()
        return end if self.request is None else self.canceled(end)

    def _look_at_end(self) -> None:
        if self._is_brief:
            self.look_if_due()
        else:
            self.look()

    def canceled(self, end: End, note: str | None = None) -> End:
        """The end of a run that was asked to stop, and has.

        Args:
            end: how it would have ended.
            note: more about why, or None.
        """
        request = self.request
        assert request is not None  # noqa: S101 # else nobody has asked
        reason = request.text + (f" ({note})" if note else "")
        return replace(end, status=RunStatus.CANCELED.value, reason=reason)


def _is_ignored(name: str) -> bool:
    number = getattr(signal, name, None)
    return number is not None and signal.getsignal(number) is signal.SIG_IGN
