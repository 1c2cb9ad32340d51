"""The reading half of a run's face: what it holds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, TypeVar, overload

from trialog._public.readonly import ReadOnlyDict
from trialog._public.showing import Showing
from trialog._public.unkept import NoSummaries, UnkeptReader

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from trialog._reading import Attachments, ContentReader
    from trialog._reading.alerts import AlertInfo
    from trialog._reading.attempts import AttemptInfo
    from trialog._reading.console import ConsoleText
    from trialog._reading.libraries import Library
    from trialog._reading.moments import ParameterMoment, ValueMoment
    from trialog._reading.solves import SolveInfo
    from trialog._reading.writers import WriterInfo
    from trialog.codecs import Codec

T = TypeVar("T")
_PARAMETERS = "log it: run.log_parameter(name, value), or run.log_parameters(mapping)"
_CONTEXT = "log what you know yourself: run.log_parameters(mapping)"
_SUMMARY = "log it: run.log(name, value); the summary follows from the points"


class RunContent(Showing):
    """Reads one run's content; mixed into runs that are being recorded and into stored ones.

    Everything is read at the call: of a run under way, what has been logged until then. The reader
    itself comes with the first call, so that a process that only logs never loads it.
    """

    def _reader(self) -> ContentReader | UnkeptReader:
        """What reads this run. Each kind of run says so itself."""
        raise NotImplementedError

    @property
    def parameters(self) -> dict[str, Any]:
        """The run's parameters, each with its newest value, in the order they were first logged.

        The dict is only to be read: :meth:`Run.log_parameters` takes more.

        Example:
            >>> run = getfixture("run")
            >>> run.log_parameter("lr", 0.1)
            >>> run.parameters
            {'lr': 0.1}
        """
        return ReadOnlyDict(self._reader().parameters, _PARAMETERS)

    def parameter_history(self, name: str) -> list[ParameterMoment]:
        """All values that a parameter had, oldest first.

        Raises:
            NotFoundError: there is no such parameter; the message names the nearest.

        Example:
            >>> run = getfixture("run")
            >>> for lr in (0.1, 0.01):
            ...     run.log_parameter("lr", lr)
            >>> [moment.value for moment in run.parameter_history("lr")]
            [0.1, 0.01]
        """
        return self._reader().parameter_history(name)

    @property
    def attempts(self) -> list[AttemptInfo]:
        """The run's attempts, the first one first; one, unless it was resumed.

        Each says ``attempt`` (its number), ``status``, ``reason``, ``date_created``,
        ``date_ended`` and ``points``: all that it has logged, also what a later attempt replaced.

        Example:
            >>> import trialog
            >>> with trialog.init("acme", "demo", name="long") as run:
            ...     run.log("loss", 0.5)
            >>> with trialog.init("acme", "demo", resume="long") as run:
            ...     run.log("loss", 0.4)
            >>> [(each.attempt, each.status.value) for each in run.attempts]
            [(1, 'COMPLETED'), (2, 'COMPLETED')]
        """
        return self._reader().attempts

    @property
    def writers(self) -> list[WriterInfo]:
        """The processes that write to the run, ranks first, and what the part of each came to.

        Each says ``rank``, ``local_rank``, ``world_size``, ``host``, ``pid``, ``status``,
        ``reason``, ``exception``, ``exit_code``, ``points``, ``date_created``, ``attempt``,
        ``role`` and its ``id``. The status of the run is that of the process that began it.

        Example:
            >>> run = getfixture("run")
            >>> run.log("loss", 0.5)
            >>> [(each.role, each.status.value, each.points) for each in run.writers]
            [('run', 'RUNNING', 1)]
        """
        return self._reader().writers

    @property
    def context(self) -> dict[str, dict[str, Any]]:
        """What the run knows about itself: ``code``, ``environment`` and ``packages``.

        It is what the process knows that began the latest attempt; sections that were not asked
        for (``init(capture=…)``) are missing. It is there a moment after the run has begun.

        Example:
            >>> import trialog
            >>> with trialog.init("acme", "demo", capture=False) as run:
            ...     run.log("loss", 0.5)
            >>> run.context
            {}
        """
        return ReadOnlyDict(self._reader().context, _CONTEXT)

    @property
    def alerts(self) -> list[AlertInfo]:
        """What a person should look at, oldest first: by :meth:`Run.alert`, or noticed by trialog.

        Each says ``title``, ``text``, ``level``, ``by`` (``user`` or ``trialog``) and ``date``.

        Example:
            >>> run = getfixture("run")
            >>> run.log("loss", float("nan"), step=3)
            >>> [(each.by, each.title) for each in run.alerts]
            [('trialog', "metric 'loss' is NaN (step 3)")]
        """
        return self._reader().alerts

    def console(
        self,
        stream: str | None = None,
        *,
        tail: int | None = None,
        since: datetime | timedelta | None = None,
        attempt: int | None = None,
        rank: int | None = None,
    ) -> ConsoleText:
        """What the run printed, line by line: print it to read it.

        Each line says ``text``, ``date`` (UTC, when it was finished), ``stream``, ``rank`` and
        ``coloured`` (the text in its colours). Lines of several processes are merged by time. A
        progress bar is one line; of one that still moves, its state a moment ago.

        Args:
            stream: ``"stdout"`` or ``"stderr"``; None for both. Where the two went to one place,
                as on a terminal, they cannot be told apart: their lines are ``"both"``.
            tail: only the last so many lines.
            since: only lines later than a date, or than so long ago.
            attempt: only those of one attempt of a run that was resumed.
            rank: only those of one rank.

        Raises:
            UsageError: there is no such stream, or ``tail`` is negative.
            InvalidTypeError: an argument of a wrong type.

        Example:
            >>> import trialog
            >>> with trialog.init("acme", "demo", capture=False) as run:
            ...     print("warm")
            warm
            >>> len(run.console())  # nothing was to be kept
            0
        """
        return self._reader().console(stream, tail=tail, since=since, attempt=attempt, rank=rank)

    @property
    def metrics(self) -> list[str]:
        """The names of the run's metrics, sorted.

        Example:
            >>> run = getfixture("run")
            >>> run.log({"loss": 0.5, "acc": 0.9})
            >>> run.metrics
            ['acc', 'loss']
        """
        return self._reader().metrics

    @overload
    def metric(
        self,
        name: str,
        *,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
        to: Literal["pandas"] = "pandas",
    ) -> pd.DataFrame: ...

    @overload
    def metric(
        self,
        name: str,
        *,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
        to: Literal["polars"],
    ) -> pl.DataFrame: ...

    @overload
    def metric(
        self,
        name: str,
        *,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
        to: Literal["arrow"],
    ) -> pa.Table: ...

    def metric(
        self,
        name: str,
        *,
        attempt: int | Literal["all"] | None = None,
        rank: int | Iterable[int] | None = None,
        to: Library = "pandas",
    ) -> pd.DataFrame | pl.DataFrame | pa.Table:
        """The points of a metric in the order they were logged.

        Args:
            name: the metric's name.
            attempt: of a run that was resumed. None: the latest attempt wins: its points replace
                those of earlier attempts from its own lowest step on. "all": every point of every
                attempt. A number: that attempt alone.
            rank: only points of this rank or these ranks; None for all.
            to: the library whose table it is, "pandas", "polars" or "arrow". In the latter two,
                integers beyond 2**53 are doubles, with their digits in a column ``exact(value)``.

        Returns:
            A frame with the columns ``step`` (int64), ``time`` (UTC, nanoseconds) and ``value``
            (float64; object with exact integers where any is beyond 2**53); then ``rank`` (Int64)
            where the run has ranks or ``rank=`` is given, and ``attempt`` (Int64) where it has
            several attempts or ``attempt=`` is given.

        Raises:
            NotFoundError: there is no such metric, attempt or rank; the message names those there
                are.
            UsageError: ``attempt`` is another text than "all", or polars is asked for and not
                installed.
            InvalidTypeError: ``attempt`` or ``rank`` is no number.

        Example:
            >>> run = getfixture("run")
            >>> run.log("loss", 0.5, step=3)
            >>> run.metric("loss")["step"].tolist()
            [3]
        """
        found: Any = self._reader().metric(name, attempt=attempt, rank=rank, to=to)
        return found

    @property
    def summary(self) -> dict[str, dict[str, Any]]:
        """Of each metric: last, min, max, mean, count, first, step_of_min, step_of_max.

        NaN counts as a point; min, max and mean skip it. ``step_of_min`` is the first step at
        which the least value occurs, None where there is none. The dict is only to be read:
        :meth:`Run.log` takes more.

        Example:
            >>> run = getfixture("run")
            >>> for loss in (0.5, 0.2, 0.3):
            ...     run.log("loss", loss)
            >>> run.summary["loss"]["min"], run.summary["loss"]["step_of_min"]
            (0.2, 1)
        """
        found = self._reader().summary
        if isinstance(found, NoSummaries):
            return found
        read = {name: ReadOnlyDict(summary, _SUMMARY) for name, summary in found.items()}
        return ReadOnlyDict(read, _SUMMARY)  # type: ignore[arg-type]  # it is a dict of dicts

    def values(self, name: str) -> list[ValueMoment]:
        """The JSON values logged under a name, in order: step, date and value of each.

        Raises:
            NotFoundError: there are none; the message names the nearest.
            IntegrityError: a large value's blob is missing or damaged.

        Example:
            >>> run = getfixture("run")
            >>> run.log("note", "warm", step=3)
            >>> [(moment.step, moment.value) for moment in run.values("note")]
            [(3, 'warm')]
        """
        return self._reader().values(name)

    @property
    def attachments(self) -> Attachments:
        """The run's attachments by name, the newest version of each.

        Example:
            >>> run = getfixture("run")
            >>> run.log_json("confusion", {"cat": [9, 1]})
            >>> run.attachments["confusion"].media_type
            'application/json'
        """
        return self._reader().attachments

    @property
    def solves(self) -> list[SolveInfo]:
        """The calls of solvers and samplers, in order.

        Each says ``kind``, ``name``, ``adapter``, ``options``, ``status``, ``objective``,
        ``seconds``, ``date_began``, ``date_ended`` and ``exception``; ``get_input()`` and
        ``get_output()`` give the objects.

        Example:
            >>> getfixture("run").solves
            []
        """
        return self._reader().solves

    def get_attachment(self, name: str, version: int | None = None) -> bytes:
        """An attachment's bytes, checked against their digest.

        Args:
            name: the attachment's name.
            version: 1 for the first; the newest where not given.

        Raises:
            NotFoundError: there is no such attachment or version.
            IntegrityError: the bytes are missing or not what was logged.

        Example:
            >>> run = getfixture("run")
            >>> run.log_attachment("solver.log", "text/plain", b"optimal")
            >>> run.get_attachment("solver.log")
            b'optimal'
        """
        return self._reader().get_attachment(name, version)

    def open_attachment(self, name: str, version: int | None = None) -> BinaryIO:
        """An attachment as a binary stream, for bytes that are too many for memory.

        The stream is checked as it is read: its last read raises where the bytes are not what was
        logged.

        Raises:
            NotFoundError, IntegrityError: as :meth:`get_attachment`.

        Example:
            >>> run = getfixture("run")
            >>> run.log_attachment("solver.log", "text/plain", b"optimal")
            >>> with run.open_attachment("solver.log") as stream:
            ...     stream.read()
            b'optimal'
        """
        return self._reader().open_attachment(name, version)

    def get_json(self, name: str, version: int | None = None) -> Any:
        """The JSON value that was logged by ``log_json``.

        Raises:
            NotFoundError, IntegrityError: as :meth:`get_attachment`.
            UsageError: the attachment is not JSON.

        Example:
            >>> run = getfixture("run")
            >>> run.log_json("confusion", {"cat": [9, 1]})
            >>> run.get_json("confusion")
            {'cat': [9, 1]}
        """
        return self._reader().get_json(name, version)

    def get_value(self, name: str, version: int | None = None) -> Any:
        """What ``log_value`` was given, made of the bytes by the codec of their media type.

        Text, bytes, JSON, arrays, frames and images come back; a figure comes back as an image.

        Raises:
            NotFoundError, IntegrityError: as :meth:`get_attachment`.
            UsageError: no codec reads that media type.
            UnsafeCodecError: its codec could run code: read it by :meth:`get_with_codec`.

        Example:
            >>> run = getfixture("run")
            >>> run.log_value("note", {"warm": True})
            >>> run.get_value("note")
            {'warm': True}
        """
        return self._reader().get_value(name, version)

    def get_with_codec(
        self,
        codec: Codec[T],
        name: str,
        *,
        version: int | None = None,
        allow_unsafe: bool = False,
    ) -> T:
        """The object that a codec makes of an attachment.

        Args:
            codec: as it was logged with.
            name: the attachment's name.
            version: 1 for the first; the newest where not given.
            allow_unsafe: let a codec decode whose bytes can run code.

        Raises:
            NotFoundError, IntegrityError: as :meth:`get_attachment`.
            UsageError: the attachment has another media type.
            UnsafeCodecError: the codec is unsafe, and ``allow_unsafe`` is not True.

        Example:
            >>> from trialog.codecs import TextCodec
            >>> run = getfixture("run")
            >>> run.log_with_codec(TextCodec, "note", "warm")
            >>> run.get_with_codec(TextCodec, "note")
            'warm'
        """
        return self._reader().get_with_codec(
            codec, name, version=version, allow_unsafe=allow_unsafe
        )

    def write_attachment(
        self,
        name: str,
        path: str | os.PathLike[str],
        *,
        version: int | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write an attachment to a file, checked on the way, in constant memory.

        Args:
            name: the attachment's name.
            path: the file, or a folder: then the stored file name is used there.
            version: 1 for the first; the newest where not given.
            overwrite: replace a file that is there.

        Returns:
            The file's path.

        Raises:
            NotFoundError, IntegrityError: as :meth:`get_attachment`.
            AttachmentExistsError: the file is there and ``overwrite`` is False.

        Example:
            >>> run = getfixture("run")
            >>> run.log_attachment("solver.log", "text/plain", b"optimal")
            >>> run.write_attachment("solver.log", "copy.log").name
            'copy.log'
        """
        return self._reader().write_attachment(name, path, version=version, overwrite=overwrite)
