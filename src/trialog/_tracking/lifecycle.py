"""From its start to its end: the states of a run that is being recorded, and what moves them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from trialog._entities import RunStatus
from trialog._format.facts import Alert, End, Start
from trialog._format.records import MAX_PAYLOAD_BYTES, Kind
from trialog._tracking import endings, writers
from trialog._tracking.active import Place, session
from trialog._tracking.alerts import AlertLog
from trialog._tracking.disabled import ClosedJournal, DisabledJournal
from trialog._tracking.facts import FactLog
from trialog._tracking.handlers import handlers
from trialog._tracking.hook_calls import Hooks
from trialog._tracking.hooks import HookSet
from trialog._tracking.presence import is_running
from trialog._tracking.stop_watch import StopWatch
from trialog._writing.blockfile import JournalClosedError
from trialog._writing.journal import Journal
from trialog._writing.trouble import tell_on_stderr
from trialog.errors import RunFinishedError

_COMPLETED = RunStatus.COMPLETED


class _LastWords(NamedTuple):
    """What a journal's last record says.

    Attributes:
        kind: END, or LEAVE where the run is not this process's to end, or has its END already.
        end: how it ended.
        is_orphans: whether the process that began the run has left it to us, as daemons do.
    """

    kind: Kind
    end: End
    is_orphans: bool = False


class Lifecycle:
    """The life of one run: PENDING, RUNNING, ended.

    Attributes:
        journal: where records go; one that refuses them all, once the run has ended.
        place: where it was started.
        was_entered: whether a ``with`` block has held it.
        end: how it ended, or None.
        updated_ns: when a fact about it was last written.
        on_end: called once, when the journal has been closed.
        stop: whether somebody has asked the run to stop.
        leaving: the exception that is leaving a block of it just now, or None.
        hooks: whom to tell of its start, its end and its alerts.
        alerts: what a person should look at.
        at_exit: the status where the interpreter exits and the run was left open; None is FAILED.
        is_brief: it is one of many: its end does not wait for the disk, the steward does.
    """

    def __init__(
        self,
        journal: Journal | DisabledJournal,
        facts: FactLog,
        *,
        place: Place,
        ends: Mapping[type[BaseException], RunStatus],
        at_exit: RunStatus | None,
        is_brief: bool = False,
    ) -> None:
        """Begin one.

        Args:
            journal: the open journal.
            facts: appends facts to it.
            place: where the run is started.
            ends: the user's rules: exceptions to statuses.
            at_exit: the status where the interpreter exits and the run was left open.
            is_brief: it is one of many: its end does not wait for the disk, the steward does.
        """
        self.journal = journal
        self.place = place
        self.was_entered = False
        self.is_brief = is_brief
        self.end: End | None = None
        self.updated_ns = journal.start.created_ns
        self.on_end: Callable[[], None] = lambda: None
        self.leaving: BaseException | None = None
        is_kept = isinstance(journal, Journal)
        self.hooks = Hooks(HookSet(), journal.start, "")
        who = journal.start.name if is_kept else None
        self.alerts = AlertLog(self.facts, self._tell_alert, who=who)
        if isinstance(journal, Journal):
            self.stop = StopWatch(
                journal.folder, journal.start.attempt, journal.path.name, is_brief=is_brief
            )
            journal.on_tend = self.stop.look_if_due
        else:
            self.stop = StopWatch(None, journal.start.attempt)
        self._opened: Journal | DisabledJournal | None = journal
        self._start: Start = journal.start
        self._facts = facts
        self._ends = ends
        self.at_exit = at_exit
        self._pid = os.getpid()
        self._lock = threading.RLock()  # one thread ends it; a signal handler may, in the middle
        self._is_pending = self._start.status == RunStatus.PENDING.value
        self._cell_error: BaseException | None = None
        self._block_end: End | None = None
        self._closing: _LastWords | None = None
        self._is_left = False

    @property
    def status(self) -> RunStatus:
        """PENDING or RUNNING; CANCELING once it was asked to stop; then how it ended."""
        if self.end is not None and not self._is_left:
            return RunStatus[self.end.status]
        if self.stop.request is not None:
            return RunStatus.CANCELING
        return RunStatus.PENDING if self._is_pending else RunStatus.RUNNING

    @property
    def has_ended_run(self) -> bool:
        """Whether the end of this process's part is the end of the run."""
        return self.end is not None and self._start.role == "run" and not self._is_left

    def facts(self) -> FactLog:
        """Where facts go; a pending run begins with the first.

        Raises:
            RunFinishedError: it has ended.
        """
        if self.end is not None:
            raise self.finished()
        self.begin()
        self.updated_ns = self._facts.journal.now()
        return self._facts

    def begin(self) -> None:
        """A pending run begins with its block or with the first thing logged."""
        if self._is_pending:
            self._is_pending = False
            self._facts.append(Kind.EDIT, {"status": RunStatus.RUNNING.value}, "status")
            self.tell_started()

    def tell_started(self) -> None:
        """Tell the hooks of a run that has begun; a pending one has not."""
        if self._start.role == "run" and not self._is_pending:
            self.hooks.tell_started()

    def _tell_alert(self, alert: Alert, time_ns: int) -> None:
        self.hooks.tell_alert(alert, time_ns)

    def finished(self) -> RunFinishedError:
        """The error for what comes after the end."""
        if self._is_left:
            return RunFinishedError(
                f"this process has left run {self._start.name!r}, which goes on in the one that "
                "began it: nothing more can be logged to it here"
            )
        start = "experiment.run()" if self._start.experiment else "trialog.init()"
        return RunFinishedError(
            f"run {self._start.name!r} has ended ({self.status}): nothing more can be logged to "
            f"it. Start another one with {start}"
        )

    # -- what ends it --------------------------------------------------------------------------

    def finish(self, end: End, *, is_in_block: bool, has_status: bool = True) -> None:
        """End it now; inside its block the journal stays open, for an exception may follow.

        Args:
            end: how it ends.
            is_in_block: whether this is called inside a block of it.
            has_status: whether the user gave the status.
        """
        with self._lock:
            if self.end is not None:
                return
            says_canceled = end.status == RunStatus.CANCELED.value and end.reason is None
            is_by_request = self.stop.took_effect
            if (is_by_request and not has_status) or (says_canceled and self.stop.request):
                end = self.stop.canceled(end, end.reason)
            end = endings.writable(end)
            if is_in_block and not self._is_inherited:
                self._facts.journal.append_fact(Kind.END, end.encode_within(MAX_PAYLOAD_BYTES))
                self._ended_as(end)
                return
            if self._is_others and end.status != _COMPLETED.value:
                tell_on_stderr(
                    f"run {self._start.name!r} does not end as {end.status}: only the process that "
                    "began it ends it; this one's part of it has ended."
                )
        self._close(end)

    def leave(self, error: BaseException | None, *, is_outermost: bool = True) -> None:
        """A block of it ends, with an exception or without.

        Args:
            error: what left the block.
            is_outermost: whether no other thread is in a block of it; else the run goes on, and
                the error is kept for its end.
        """
        end = self._ending_of(error)
        if self._block_end is None and end.status != _COMPLETED.value:
            self._block_end = end
        if not is_outermost:
            self.leaving = None
            return
        if self._block_end is not None:
            end = self._block_end
        earlier = self.end
        if end.status == _COMPLETED.value:
            end = self.stop.ending(end) if earlier is None else earlier
        self._close(end, is_known=end is earlier)
        self.leaving = None

    def interrupt(self, signal_name: str) -> None:
        """A signal ends the process: INTERRUPTED."""
        self._close(self.stop.ending(End(status=RunStatus.INTERRUPTED.value, reason=signal_name)))

    def supersede(self, name: str) -> None:
        """Another run takes its place, and it was never entered: FAILED."""
        self._end_unfinished(f"superseded by {name}", RunStatus.FAILED)

    def end_with(self, error: BaseException) -> None:
        """An exception that nobody caught ends the process."""
        self._close(self._ending_of(error))

    def end_at_exit(self) -> None:
        """The interpreter exits and it is still open."""
        if self.leaving is not None:  # a signal's handler has raised while its block was ending
            self.end_with(self.leaving)
            return
        status = self.at_exit or RunStatus.FAILED
        is_joined_record = self._start.kind == "experiment" and self._start.role != "run"
        if self._is_others or is_joined_record:
            status = _COMPLETED  # a forked child need not finish what is its parent's
        is_forgotten = self._cell_error is None and not self.stop.took_effect
        if status is RunStatus.FAILED and is_forgotten:
            tell_on_stderr(self._unfinished())
        self._end_unfinished("left unfinished", status)

    def _unfinished(self) -> str:
        """What to say of a run that was left open."""
        name = self._start.name
        if self._start.kind == "experiment":
            return (
                f"experiment {name!r} was left uncommitted; everything of it is kept. Use `with "
                "trialog.Experiment(…) as experiment:` or call experiment.commit(); "
                f"trialog.Experiment.open({name!r}) goes on with it."
            )
        part = "" if self._start.role == "run" else "this process's part of "
        return (
            f"{part}run {name!r} was left unfinished and is kept as FAILED. Use "
            "`with trialog.init(…) as run:`, call run.finish(), or pass at_exit='COMPLETED'."
        )

    def note_cell(self, error: BaseException | None) -> None:
        """A notebook cell ended, with an error or without; the run stays open."""
        if self.end is not None or (error is None and self._cell_error is None):
            return
        self._cell_error = error
        content = {"error": endings.describe(error) if error else None}
        try:
            self.facts().append(Kind.CELL, content, "the cell's error")
        except (JournalClosedError, RunFinishedError):
            return  # another thread has just ended it

    # -- inside --------------------------------------------------------------------------------

    def _ending_of(self, error: BaseException | None) -> End:
        """How the run ends by an exception; what interrupts a run that was to stop cancels it."""
        end = endings.ending_of(error, self._ends, handlers.signal_of(error))
        is_interrupted = end.status == RunStatus.INTERRUPTED.value
        if not is_interrupted or endings.is_mapped(error, self._ends):
            return end
        return self.stop.ending(end)

    def _end_unfinished(self, reason: str, status: RunStatus) -> None:
        """Nobody finished it. The error of the last notebook cell, if it had one, says why."""
        if self._cell_error is None:
            end = End(status=status.value, reason=None if status is _COMPLETED else reason)
            self._close(self.stop.canceled(end) if self.stop.took_effect else end)
            return
        end = self._ending_of(self._cell_error)
        self._close(replace(end, reason=f"{end.reason} ({reason})"))

    def _close(self, end: End, *, is_known: bool = False) -> None:
        """Write how it ended and close the journal.

        A process that inherited the run by a fork ends its own part only, unless it is what goes on
        of a process that has made itself a daemon. A signal handler that comes in between completes
        what it interrupted; how the run ends was said before.
        """
        if self.is_brief:
            session.witness.hear_out()  # its lines are told from the next one's by their times
        with self._lock:
            journal = self._opened
            if journal is None:
                return
            if self._closing is None:
                self._closing = self._last_words(endings.writable(end), is_known=is_known)
            last = self._closing
            self._ended_as(last.end)
            is_cut = False
            try:
                if last.is_orphans:
                    writers.end_orphan(self._start, journal.folder, last.end)
                journal.close(last.kind, last.end, completes=not self.is_brief)
            except OSError as error:
                journal.trouble.tell_failing(error)
            except BaseException:
                is_cut = not journal.is_ended  # by a signal's handler: the exit completes it
                raise
            finally:
                if self._opened is not None and not is_cut:
                    self._opened = None
                    if self.has_ended_run:
                        self.hooks.tell_ended(last.end)
                    self.on_end()
        self.hooks.wait()  # not while the lock is held: a hook may ask the run something

    def _last_words(self, end: End, *, is_known: bool) -> _LastWords:
        self._is_left = self._is_others
        if self._is_inherited:
            is_orphans = not (is_known or self._is_others) and self._start.role == "run"
            return _LastWords(Kind.LEAVE, end, is_orphans=is_orphans)
        is_part = is_known or self._start.role != "run"
        return _LastWords(Kind.LEAVE if is_part else Kind.END, end)

    def _ended_as(self, end: End) -> None:
        self.end = end
        self.updated_ns = self._facts.journal.now()
        self.journal = ClosedJournal(self._start)

    @property
    def _is_inherited(self) -> bool:
        """Whether this process got the run by a fork."""
        return os.getpid() != self._pid

    @property
    def _is_others(self) -> bool:
        """Whether this process got the run by a fork, and who began it can still end it."""
        return self._is_inherited and is_running(self._start.pid, self._start.process_start)
