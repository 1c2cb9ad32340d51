"""The reading half of a run's face: what it holds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from trialog._public.readonly import ReadOnlyDict
from trialog._public.unkept import NoSummaries, UnkeptReader

if TYPE_CHECKING:
    import pandas as pd

    from trialog._reading import Attachments, ContentReader
    from trialog._reading.moments import ParameterMoment, ValueMoment
    from trialog.codecs import Codec

T = TypeVar("T")
_PARAMETERS = "log it: run.log_parameter(name, value), or run.log_parameters(mapping)"
_SUMMARY = "log it: run.log(name, value); the summary follows from the points"


class RunContent:
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
    def metrics(self) -> list[str]:
        """The names of the run's metrics, sorted.

        Example:
            >>> run = getfixture("run")
            >>> run.log({"loss": 0.5, "acc": 0.9})
            >>> run.metrics
            ['acc', 'loss']
        """
        return self._reader().metrics

    def metric(self, name: str) -> pd.DataFrame:
        """All points of a metric in the order they were logged.

        Returns:
            A frame with the columns ``step`` (int64), ``time`` (UTC, nanoseconds) and ``value``
            (float64; object with exact integers where any is beyond 2**53).

        Raises:
            NotFoundError: there is no such metric; the message names the nearest.

        Example:
            >>> run = getfixture("run")
            >>> run.log("loss", 0.5, step=3)
            >>> run.metric("loss")["step"].tolist()
            [3]
        """
        return self._reader().metric(name)

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
