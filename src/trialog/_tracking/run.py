"""The run that is being recorded: the face of the write half."""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Token
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Never, Self, TypeVar
from zlib import crc32

from trialog import _names
from trialog._entities import RunOrg, RunProject, RunStatus, RunUser
from trialog._format import owners
from trialog._format.facts import End, Start
from trialog._format.records import MAX_PAYLOAD_BYTES, POINT, WORD, Kind
from trialog._tracking import active, endings
from trialog._tracking.attachments import AttachmentLog
from trialog._tracking.calls import MISSING, CallLog, raise_bad
from trialog._tracking.client import LocalClient, check_client
from trialog._tracking.disabled import ClosedJournal, DisabledJournal
from trialog._tracking.facts import FactLog, check_description, check_tags
from trialog._tracking.handlers import handlers
from trialog._tracking.parameters import Scalar, flatten, flatten_one
from trialog._writing.journal import JournalClosedError
from trialog._writing.trouble import tell_on_stderr
from trialog.errors import InvalidTypeError, RunFinishedError, TrialogError

if TYPE_CHECKING:
    from trialog._writing.journal import Journal
    from trialog.codecs import AttachmentCodec

T = TypeVar("T")
_ALL_FLOATS = {float}
_pack_point = POINT.pack
_pack_crc = WORD.pack
_PackError = struct.error


class Run:
    """One execution, being recorded. Made by :func:`trialog.init`.

    As a context manager it ends by itself: COMPLETED, or as the exception says. By hand it ends
    with :meth:`finish`.

    Example:
        >>> import trialog
        >>> with trialog.init("acme", "Protein folding") as run:
        ...     run.log_parameter("lr", 1e-3)
        ...     run.log("loss", 0.3, step=1)
        >>> run.status
        <RunStatus.COMPLETED: 'COMPLETED'>
    """

    def __init__(
        self,
        journal: Journal | DisabledJournal,
        facts: FactLog,
        *,
        home: Path | None,
        place: active.Place,
        ends: Mapping[type[BaseException], RunStatus],
        at_exit: RunStatus | None,
        on_end: Callable[[Run], None],
    ) -> None:
        """Use :func:`trialog.init` instead."""
        self._journal = journal
        self._start: Start = journal.start
        self._fact_log = facts
        self._calls = CallLog(self._facts)
        self._attachments = AttachmentLog(self._facts)
        self._now = journal.now
        self._home = home
        self._ends = ends
        self._at_exit = at_exit
        self._on_end = on_end
        self._pid = os.getpid()
        self._ending = threading.RLock()
        self._end: End | None = None
        self._opened: Journal | DisabledJournal | None = journal
        self._is_pending = self._start.status == RunStatus.PENDING.value
        self._tokens: list[Token[tuple[Run, ...]]] = []
        self._description = self._start.description
        self._tags = list(self._start.tags)
        self._updated_ns = self._start.created_ns
        self._cell_error: BaseException | None = None
        self.place = place
        self.was_entered = False

    # -- what it is ----------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """The run's id, which never changes."""
        return self._start.run

    @property
    def name(self) -> str:
        """The run's name, unique in its project."""
        return self._start.name

    @property
    def description(self) -> str | None:
        """What the user wrote about it."""
        return self._description

    @property
    def status(self) -> RunStatus:
        """PENDING or RUNNING, then how it ended."""
        if self._end is not None:
            return RunStatus[self._end.status]
        return RunStatus.PENDING if self._is_pending else RunStatus.RUNNING

    @property
    def reason(self) -> str | None:
        """Why it ended as it did, in words."""
        return self._end.reason if self._end else None

    @property
    def tags(self) -> tuple[str, ...]:
        """The run's tags, in the order they were added."""
        return tuple(self._tags)

    @property
    def url(self) -> str:
        """Where the run is kept: the URI of its folder; empty where nothing is kept."""
        return self._home.as_uri() if self._home else ""

    @property
    def date_created(self) -> datetime:
        """When it began, UTC."""
        return _date(self._start.created_ns)

    @property
    def date_updated(self) -> datetime:
        """When a fact about it was last written (metrics aside), UTC."""
        return _date(self._updated_ns)

    @property
    def organization(self) -> RunOrg:
        """The namespace."""
        return owners.organization(self._start)

    @property
    def project(self) -> RunProject:
        """The project."""
        return owners.project(self._start)

    @property
    def user(self) -> RunUser:
        """Who started it."""
        return owners.user(self._start)

    @property
    def is_ended(self) -> bool:
        """Whether nothing more can be logged."""
        return self._end is not None

    def __repr__(self) -> str:
        return f"<Run {self.name!r} {self.status} {self._start.namespace}/{self._start.project}>"

    def __reduce__(self) -> Never:
        raise InvalidTypeError(
            f"run {self.name!r} cannot be pickled; in another process start a run of its own"
        )

    # -- logging -------------------------------------------------------------------------------

    def log(
        self,
        name: str | Mapping[str, Any],
        value: Any = MISSING,
        step: int | None = None,
        client: LocalClient | None = None,
        **unknown: Never,
    ) -> None:
        """Log a value of a metric, or of several: ``log("loss", 0.3)``, ``log({"loss": 0.3})``.

        Numbers of every kind become points of a series, with their IEEE bits; other JSON values
        become timed JSON records. What is logged is kept when the call returns.

        Args:
            name: the metric's name, ``/`` making a hierarchy; or a mapping of names to values.
            value: the value. With a mapping, this position may hold the step.
            step: any 64-bit integer; may repeat and go back. None: one more than the highest
                step so far of the names in the call.
            client: the seam of a later version.
            unknown: none; a misspelt keyword is answered with the nearest.

        Raises:
            RunFinishedError: the run has ended.
            InvalidNameError: a name is empty, too long, or holds control characters.
            InvalidTypeError: a value that is not JSON, or a step that is no integer. The good
                values of a mapping are kept.

        Example:
            >>> run = getfixture("run")
            >>> run.log("loss", 0.3, step=10)
            >>> run.log({"loss": 0.29, "accuracy": 0.91}, step=11)
        """
        if type(value) is float and client is None and not unknown:
            block = self._journal.block
            try:
                words = block.words.get(name)
                if words is not None:
                    if step is None:
                        word = words[2]
                        block.write(_pack_point(word, 0, self._now(), value, word))
                        return
                    if type(step) is int:
                        word = words[1]
                        block.write(_pack_point(word, step, self._now(), value, word))
                        return
            except (ValueError, TypeError, _PackError):
                pass  # a full block, a mapping for a name, a step beyond 32 bits: see below
        elif value is MISSING and type(name) is dict and client is None and not unknown:
            block = self._journal.block
            template = block.templates.get(tuple(name))
            if template is not None and (step is None or type(step) is int):
                values = name.values()
                if {*map(type, values)} == _ALL_FLOATS:
                    word = template[2] if step is None else template[1]
                    try:
                        record = template[3](word, step or 0, self._now(), *values)
                        block.write(record + _pack_crc(crc32(record)))
                    except (ValueError, _PackError):
                        pass  # a full block, a step beyond 32 bits: see below
                    else:
                        return
        _names.refuse_keywords("log", unknown, ("name", "value", "step", "client"))
        check_client(client, "log")
        with self._refusing():
            self._calls.log(name, value, step)

    def log_parameter(self, name: str, value: Any) -> None:
        """Log one parameter: a scalar known for comparing runs.

        The same name again replaces the value; the history is kept. The forms of enums, paths,
        dates, lists and nested values are in the table of docs/reference/parameters.md.

        Raises:
            RunFinishedError, InvalidNameError, InvalidTypeError: as :meth:`log`.

        Example:
            >>> getfixture("run").log_parameter("lr", 1e-3)
        """
        self._log_parameters(*flatten_one(_names.check_name(name, "parameter"), value))

    def log_parameters(self, parameters: Any = None, /, **named: Any) -> None:
        """Log many parameters: a mapping, argparse Namespace, dataclass, attrs or OmegaConf.

        Nested names join with ``/``. The good ones are kept where others cannot be.

        Raises:
            RunFinishedError, InvalidNameError, InvalidTypeError: as :meth:`log`.

        Example:
            >>> getfixture("run").log_parameters({"model": {"depth": 3}}, lr=1e-3)
        """
        good, bad = flatten(parameters) if parameters is not None else ({}, [])
        more_good, more_bad = flatten(named)
        self._log_parameters(good | more_good, bad + more_bad)

    def _log_parameters(self, good: dict[str, Scalar], bad: list[TrialogError]) -> None:
        with self._refusing():
            if good:
                self._facts().append_parameters(good)
        raise_bad(bad)

    def log_json(
        self, name: str, value: Any, *, step: int | None = None, overwrite: bool = True
    ) -> None:
        """Attach a JSON value. The same name again is a new version.

        Args:
            name: the attachment's name, ``/`` making a hierarchy.
            value: None, bool, int, float (NaN and infinities too), text, lists and mappings.
            step: what it belongs to.
            overwrite: False refuses a name that this run has logged before.

        Raises:
            RunFinishedError, InvalidNameError, InvalidTypeError: as :meth:`log`.
            AttachmentExistsError: the name is taken and ``overwrite=False``.

        Example:
            >>> getfixture("run").log_json("confusion", {"cat": {"cat": 9, "dog": 1}})
        """
        with self._refusing():
            self._attachments.log_json(name, value, step, overwrite=overwrite)

    def log_file(
        self,
        name: str,
        path: str | os.PathLike[str],
        media_type: str | None = None,
        filename: str | None = None,
        *,
        step: int | None = None,
        overwrite: bool = True,
    ) -> None:
        """Attach a file as it is now; it is copied before this returns. Links are followed.

        Args:
            name: the attachment's name.
            path: the file.
            media_type: what it is; by its content, else by its name, where not given.
            filename: its name when written again; its own where not given. The path is not kept.
            step: what it belongs to.
            overwrite: False refuses a name that this run has logged before.

        Raises:
            MissingFileError: there is no such file.
            UnreadableFileError: it is a directory or a device, or may not be read.
            RunFinishedError, InvalidNameError, AttachmentExistsError: as :meth:`log_json`.

        Example:
            >>> getfixture("run").log_file("readme", "README.md")
        """
        with self._refusing():
            self._attachments.log_file(name, path, media_type, filename, step, overwrite=overwrite)

    def log_directory(
        self,
        name: str,
        path: str | os.PathLike[str],
        pattern: str = "**/*",
        *,
        step: int | None = None,
        overwrite: bool = True,
    ) -> list[str]:
        """Attach the files of a directory, each as ``name/relative/path``.

        Returns:
            The attachments' names.

        Raises:
            MissingFileError: there is no such directory.
            UnreadableFileError: it is a file.
            UsageError: no file matches the pattern.
            RunFinishedError, InvalidNameError, AttachmentExistsError: as :meth:`log_json`.
        """
        with self._refusing():
            return self._attachments.log_directory(name, path, pattern, step, overwrite=overwrite)

    def log_attachment(
        self,
        name: str,
        media_type: str,
        bytes: bytes | bytearray | memoryview,  # noqa: A002 # OMMX's name for it
        *,
        filename: str | None = None,
        step: int | None = None,
        overwrite: bool = True,
    ) -> None:
        """Attach bytes of a known media type.

        Raises:
            RunFinishedError, InvalidNameError, InvalidTypeError, AttachmentExistsError: as
                :meth:`log_json`.

        Example:
            >>> getfixture("run").log_attachment("solver.log", "text/plain", b"optimal")
        """
        with self._refusing():
            self._attachments.log_bytes(
                name, media_type, bytes, step, filename=filename, overwrite=overwrite
            )

    def log_with_codec(
        self,
        codec: type[AttachmentCodec[T]] | AttachmentCodec[T],
        name: str,
        value: T,
        *,
        step: int | None = None,
        overwrite: bool = True,
    ) -> None:
        """Attach what a codec makes of a value (see :mod:`trialog.codecs`).

        Raises:
            InvalidTypeError: the codec lacks a member, or gave no bytes.
            RunFinishedError, InvalidNameError, AttachmentExistsError: as :meth:`log_json`. What
                the codec raises passes through.
        """
        with self._refusing():
            self._attachments.log_with_codec(codec, name, value, step, overwrite=overwrite)

    def log_value(
        self, name: str, value: Any, step: int | None = None, *, overwrite: bool = True
    ) -> None:
        """Attach a value with the codec of its type: figure, image, array, frame, text, JSON.

        Raises:
            InvalidTypeError: no codec takes it.
            RunFinishedError, InvalidNameError, AttachmentExistsError: as :meth:`log_json`.
        """
        with self._refusing():
            self._attachments.log_value(name, value, step, overwrite=overwrite)

    def add_tags(self, *tags: str | Iterable[str]) -> None:
        """Add tags; those it has stay as they are.

        Raises:
            RunFinishedError, InvalidNameError: as :meth:`log`.

        Example:
            >>> getfixture("run").add_tags("baseline", "gpu")
        """
        new = [tag for tag in check_tags(tags) if tag not in self._tags]
        with self._refusing():
            if new:
                self._facts().append(Kind.EDIT, {"add_tags": new}, "tags")
                self._tags.extend(new)

    def set_description(self, description: str | None) -> None:
        """Replace the description.

        Raises:
            RunFinishedError, InvalidTypeError: as :meth:`log`.
        """
        with self._refusing():
            checked = check_description(description)
            self._facts().append(Kind.EDIT, {"description": checked}, "description")
            self._description = checked

    # -- how it ends ---------------------------------------------------------------------------

    def finish(
        self,
        client: LocalClient | RunStatus | str | None = None,
        status: RunStatus | str | None = RunStatus.COMPLETED,
        *,
        reason: str | None = None,
        **unknown: Never,
    ) -> None:
        """End the run; a second time changes nothing.

        In a ``with`` block too: the status sticks, unless an exception follows.

        Args:
            client: the seam of a later version; a status may stand here.
            status: COMPLETED, FAILED, CRASHED, INTERRUPTED or CANCELED, in any case.
            reason: why, in words.
            unknown: none; a misspelt keyword is answered with the nearest.

        Raises:
            UsageError: a run cannot end with that status.

        Example:
            >>> getfixture("run").finish("FAILED", reason="infeasible")
        """
        _names.refuse_keywords("finish", unknown, ("client", "status", "reason"))
        if isinstance(client, RunStatus | str):
            client, status = None, client
        check_client(client, "finish")
        checked = endings.check_end(status)
        if reason is not None and not isinstance(reason, str):
            raise InvalidTypeError(f"the reason must be text, not {type(reason).__name__}")
        self._finish(End(status=checked.value, reason=reason))

    def __enter__(self) -> Self:
        """Make it the active run of this context."""
        if self._end is not None:
            raise self._finished()
        self.was_entered = True
        self._begin()
        self._tokens.append(active.push(self))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it as the exception says; the exception goes on."""
        if self._tokens:
            active.pop(self, self._tokens.pop())
        if not self._tokens:
            self._leave_block(error)

    def _leave_block(self, error: BaseException | None) -> None:
        end = endings.ending_of(error, self._ends, handlers.signal_of(error))
        earlier = self._end
        if earlier is not None and (error is None or end.status == RunStatus.COMPLETED.value):
            end = earlier
        self._close(end, is_known=end is earlier)

    def _finish(self, end: End) -> None:
        """End it now; inside its block the journal stays open, for an exception may follow."""
        with self._ending:
            if self._end is not None:
                return
            if not self._tokens or self._is_inherited:
                self._close(end)
                return
            self._journal.append_fact(Kind.END, end.encode_within(MAX_PAYLOAD_BYTES))
            self._ended_as(end)

    def _close(self, end: End, *, is_known: bool = False) -> None:
        """Write how it ended and close the journal.

        A process that inherited the run by a fork ends its own part only.
        """
        with self._ending:
            journal, self._opened = self._opened, None
            if journal is None:
                return
            self._ended_as(end)
            is_part = self._is_inherited or self._start.role != "run"
            try:
                if is_part:
                    journal.close(Kind.LEAVE)
                else:
                    journal.close(Kind.LEAVE if is_known else Kind.END, None if is_known else end)
            except OSError as error:
                journal.trouble.tell_failing(error)
            finally:
                self._on_end(self)

    def _ended_as(self, end: End) -> None:
        self._end = end
        self._updated_ns = self._now()
        self._journal = ClosedJournal(self._start)

    @property
    def _is_inherited(self) -> bool:
        """Whether this process got the run by a fork."""
        return os.getpid() != self._pid

    def interrupt(self, signal_name: str) -> None:
        """A signal ends the process: INTERRUPTED."""
        self._close(End(status=RunStatus.INTERRUPTED.value, reason=signal_name))

    def supersede(self, name: str) -> None:
        """Another run takes its place, and it was never entered: FAILED."""
        self._end_unfinished(f"superseded by {name}", RunStatus.FAILED)

    def end_with(self, error: BaseException) -> None:
        """An exception that nobody caught ends the process."""
        self._close(endings.ending_of(error, self._ends, handlers.signal_of(error)))

    def end_at_exit(self) -> None:
        """The interpreter exits and it is still open."""
        status = self._at_exit or RunStatus.FAILED
        if not self._is_inherited and status is RunStatus.FAILED and self._cell_error is None:
            tell_on_stderr(
                f"run {self.name!r} was left unfinished and is kept as FAILED. Use `with "
                "trialog.init(…) as run:`, call run.finish(), or pass at_exit='COMPLETED'."
            )
        self._end_unfinished("left unfinished", status)

    def _end_unfinished(self, reason: str, status: RunStatus) -> None:
        """Nobody finished it. The error of the last notebook cell, if it had one, says why."""
        if self._cell_error is None:
            self._close(End(status=status.value, reason=None if status is _COMPLETED else reason))
            return
        end = endings.ending_of(self._cell_error, self._ends)
        self._close(replace(end, reason=f"{end.reason} ({reason})"))

    def note_cell(self, error: BaseException | None) -> None:
        """A notebook cell ended, with an error or without; the run stays open."""
        if error is None and self._cell_error is None:
            return
        self._cell_error = error
        content = {"error": endings.describe(error) if error else None}
        with self._refusing():
            self._facts().append(Kind.CELL, content, "the cell's error")

    # -- inside --------------------------------------------------------------------------------

    def _facts(self) -> FactLog:
        """Where facts go, once it is sure that the run takes them."""
        if self._end is not None:
            raise self._finished()
        self._begin()
        self._updated_ns = self._now()
        return self._fact_log

    def _begin(self) -> None:
        """A pending run begins with its block or with the first thing logged."""
        if self._is_pending:
            self._is_pending = False
            self._fact_log.append(Kind.EDIT, {"status": RunStatus.RUNNING.value}, "status")

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """A journal that is closed means a run that has ended."""
        try:
            yield
        except JournalClosedError:
            raise self._finished() from None

    def _finished(self) -> RunFinishedError:
        return RunFinishedError(
            f"run {self.name!r} has ended ({self.status}): nothing more can be logged to it. Start "
            "another one with trialog.init()"
        )


_COMPLETED = RunStatus.COMPLETED


def _date(time_ns: int) -> datetime:
    return datetime.fromtimestamp(time_ns / 1_000_000_000, UTC)
