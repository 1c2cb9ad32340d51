"""The run that is being recorded: the face of the write half."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import Token
from functools import cached_property
from math import hypot
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Never, Self, TypeVar
from zlib import crc32

from trialog import _names
from trialog._entities import RunStatus
from trialog._format.facts import End, Start
from trialog._format.records import POINT, POINTS_HEAD, WORD, Kind
from trialog._format.values import to_double, to_doubles
from trialog._tracking import active, endings
from trialog._tracking.calls import MISSING, CallLog, raise_bad
from trialog._tracking.client import LocalClient, check_client
from trialog._tracking.described import DescribedRun
from trialog._tracking.earlier import read_attachment_names
from trialog._tracking.facts import check_description, check_tags
from trialog._tracking.foreign import (
    FINISH_KEYWORDS,
    LOG_KEYWORDS,
    refuse_assignment,
)
from trialog._tracking.lifecycle import Lifecycle
from trialog._tracking.parameters import Scalar, flatten, flatten_one
from trialog._tracking.solving import Solving
from trialog._writing.block import Block, ShutBlock
from trialog._writing.blockfile import JournalClosedError
from trialog.errors import InvalidTypeError, TrialogError

if TYPE_CHECKING:
    from trialog._tracking.attachments import AttachmentLog
    from trialog._tracking.facts import FactLog
    from trialog.codecs import AttachmentCodec

T = TypeVar("T")
_pack_point = POINT.pack
_pack_crc = WORD.pack
_PackError = struct.error


class Run(DescribedRun, Solving):
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

    def __init__(self, start: Start, lifecycle: Lifecycle, home: Path | None) -> None:
        """Use :func:`trialog.init` instead."""
        super().__init__(start, lifecycle, home)
        self._now = lifecycle.journal.now
        self._alerts = lifecycle.alerts
        self._calls = CallLog(lifecycle.facts, self._alerts.note_values)
        self._blocks: list[tuple[active.Place, Token[tuple[Run, ...]]]] = []

    @cached_property
    def _attachments(self) -> AttachmentLog:
        from trialog._tracking.attachments import AttachmentLog  # noqa: PLC0415 # codecs and types

        return AttachmentLog(self._lifecycle.facts, self._names_of_others)

    def _names_of_others(self) -> set[str]:
        """The attachments that earlier attempts and other processes have logged to this run."""
        if self._home is None:
            return set()
        return read_attachment_names(self._home, but=self._start.writer)

    if not TYPE_CHECKING:  # else a type checker would take any assignment

        def __setattr__(self, name: str, value: object) -> None:
            if not name.startswith("_"):
                refuse_assignment(name)
            super().__setattr__(name, value)

    def __reduce__(self) -> Never:
        raise InvalidTypeError(
            f"run {self.name!r} cannot be pickled; in another process start a run of its own"
        )

    # -- logging -------------------------------------------------------------------------------

    def log(  # noqa: C901, PLR0912 # the short ways stand in one place, without a call
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
            block = self._lifecycle.journal.block
            try:
                words = block.words.get(name)
                if words is not None:
                    if step is None:
                        word = words[2]
                        block.write(_pack_point(word, 0, self._now(), value, word))
                        if value - value == 0.0:  # finite
                            return
                        self._alerts.note_value(name, value, step)
                        return
                    if type(step) is int:
                        word = words[1]
                        block.write(_pack_point(word, step, self._now(), value, word))
                        if value - value == 0.0:  # as above
                            return
                        self._alerts.note_value(name, value, step)
                        return
            except (ValueError, TypeError, _PackError) as error:
                # a full block, a mapping for a name, a step beyond 32 bits: see below
                if _is_foreign(error, block, POINT.size):
                    raise
        elif type(name) is dict and client is None and not unknown:
            block = self._lifecycle.journal.block
            if value is not MISSING and step is None:
                value, step = MISSING, value
            template = block.templates.get(tuple(name))
            if template is not None and value is MISSING and (step is None or type(step) is int):
                try:
                    values: Any = name.values()
                    if [*map(type, values)].count(float) == len(name):
                        total = sum(values)
                    else:
                        values = to_doubles(values)
                        total = 0.0 if values is None else hypot(*values)  # numpy warns of sums
                    if values is not None:
                        word = template[2] if step is None else template[1]
                        record = template[3](word, step or 0, self._now(), *values)
                        block.write(record + _pack_crc(crc32(record)))
                        if total - total != 0.0:  # one is not finite, or all are large
                            self._alerts.note_values(name, values, step)
                        return
                except (ValueError, _PackError) as error:
                    # a full block, a step beyond 32 bits: see below
                    if _is_foreign(error, block, POINTS_HEAD.size + 8 * len(name) + WORD.size):
                        raise
        elif type(name) is str and client is None and not unknown:
            number = to_double(value)
            if number is not None:
                self.log(name, number, step)
                return
        _names.refuse_keywords("log", unknown, ("name", "value", "step", "client"), LOG_KEYWORDS)
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
        try:
            if good:
                self._lifecycle.facts().append_parameters(good)
        except JournalClosedError:
            raise self._lifecycle.finished() from None
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

        Example:
            >>> getfixture("run").log_directory("plots", "plots", "*.svg")
            ['plots/loss.svg']
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

        Example:
            >>> from trialog.codecs import TextCodec
            >>> getfixture("run").log_with_codec(TextCodec, "note", "warm")
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

        Example:
            >>> getfixture("run").log_value("note", "warm", step=3)
        """
        with self._refusing():
            self._attachments.log_value(name, value, step, overwrite=overwrite)

    def alert(self, title: str, text: str = "", level: str = "info") -> None:
        """Note something that a person should look at; it is also told on stderr and to hooks.

        Args:
            title: what it is, in a line.
            text: more about it.
            level: ``info``, ``warning`` or ``error``, in any case.

        Raises:
            UsageError: the title is empty or long, or there is no such level.
            RunFinishedError, InvalidTypeError: as :meth:`log`.

        Example:
            >>> run = getfixture("run")
            >>> run.alert("the loss goes up", "for 100 steps", level="warning")
            >>> run.alerts[0].title
            'the loss goes up'
        """
        with self._refusing():
            self._alerts.alert(title, text, level)

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
                self._lifecycle.facts().append(Kind.EDIT, {"add_tags": new}, "tags")
                self._tags.extend(new)

    def remove_tags(self, *tags: str | Iterable[str]) -> None:
        """Remove tags; those it does not have are no error.

        Raises:
            RunFinishedError, InvalidNameError: as :meth:`log`.

        Example:
            >>> run = getfixture("run")
            >>> run.add_tags("good", "old")
            >>> run.remove_tags("old")
            >>> run.tags
            ('good',)
        """
        old = check_tags(tags)
        with self._refusing():
            if old:
                self._lifecycle.facts().append(Kind.EDIT, {"remove_tags": old}, "tags")
                self._tags = [tag for tag in self._tags if tag not in old]

    def set_description(self, description: str | None) -> None:
        """Replace the description.

        Raises:
            RunFinishedError, InvalidTypeError: as :meth:`log`.

        Example:
            >>> getfixture("run").set_description("with a warm start")
        """
        with self._refusing():
            checked = check_description(description)
            self._lifecycle.facts().append(Kind.EDIT, {"description": checked}, "description")
            self._description = checked

    # -- how it ends ---------------------------------------------------------------------------

    def finish(
        self,
        client: LocalClient | RunStatus | str | None = None,
        status: RunStatus | str | None = None,
        *,
        reason: str | None = None,
        **unknown: Never,
    ) -> None:
        """End the run; a second time changes nothing.

        In a ``with`` block too: the status sticks, unless an exception follows.

        Args:
            client: the seam of a later version; a status may stand here.
            status: COMPLETED, FAILED, CRASHED, INTERRUPTED or CANCELED, in any case. Left out, it
                is COMPLETED; CANCELED where the run was asked to stop, and knew.
            reason: why, in words.
            unknown: none; a misspelt keyword is answered with the nearest.

        Raises:
            UsageError: a run cannot end with that status.

        Example:
            >>> getfixture("run").finish("FAILED", reason="infeasible")
        """
        _names.refuse_keywords("finish", unknown, ("client", "status", "reason"), FINISH_KEYWORDS)
        if not isinstance(client, LocalClient | None):
            client, status = None, client
        check_client(client, "finish")
        checked = endings.check_end(status)
        if reason is not None and not isinstance(reason, str):
            raise InvalidTypeError(f"the reason must be text, not {type(reason).__name__}")
        end = End(status=checked.value, reason=reason)
        self._lifecycle.finish(end, is_in_block=bool(self._blocks), has_status=status is not None)

    def __enter__(self) -> Self:
        """Make it the active run of this context."""
        if self.is_ended:
            raise self._lifecycle.finished()
        self._lifecycle.was_entered = True
        self._lifecycle.begin()
        self._blocks.append((active.this_place(is_notebook=False), active.push(self)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it as the exception says; the exception goes on."""
        self._lifecycle.leaving = error  # first of all: a signal's handler may raise right here
        here = active.this_place(is_notebook=False)
        mine = [block for block in self._blocks if block[0] == here] or self._blocks
        if mine:
            self._blocks.remove(mine[-1])
            active.pop(self, mine[-1][1])
        if all(place != here for place, _ in self._blocks):
            self._lifecycle.leave(error, is_outermost=not self._blocks)

    # -- inside --------------------------------------------------------------------------------

    def _facts(self) -> FactLog:
        return self._lifecycle.facts()

    def _append_fact(self, kind: Kind, content: dict[str, Any], what: str) -> None:
        """Append a fact of a kind that has no method of its own.

        Raises:
            RunFinishedError: the run has ended.
            InvalidTypeError: the content is not JSON.
        """
        with self._refusing():
            self._lifecycle.facts().append(kind, content, what)

    def _leave_block(self, error: BaseException) -> None:
        """End as an exception says, that left a block of what this run is the record of."""
        self._lifecycle.leave(error)

    def _set_at_exit(self, status: RunStatus) -> None:
        """How to end where the interpreter exits and nobody has ended it."""
        self._lifecycle.at_exit = status

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """A journal that is closed means a run that has ended."""
        try:
            yield
        except JournalClosedError:
            raise self._lifecycle.finished() from None


def _is_foreign(error: Exception, block: Block | ShutBlock, size: int) -> bool:
    """Whether an error did not come from writing a record, but from a signal's handler.

    The handler's has been through a frame of its own; the record may then be written already.
    """
    if isinstance(error, ValueError):
        return not block.refused(error, size)
    return error.__traceback__ is not None and error.__traceback__.tb_next is not None
