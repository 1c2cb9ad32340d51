"""What one run holds: parameters, metrics, JSON values, attachments."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeVar

from trialog._catalog import Catalog, RunPlace, queries
from trialog._catalog.queries import JsonValue
from trialog._format.records import Kind
from trialog._format.times import date_of
from trialog._format.values import load_json
from trialog._journals.blobs import read_blob
from trialog._journals.stretches import Stretch, empty_stretch
from trialog._journals.summaries import Summary
from trialog._names import nearest
from trialog._reading.alerts import AlertInfo, read_alerts
from trialog._reading.attachments import AttachmentInfo, Attachments, open_checked, write_blob
from trialog._reading.attempts import AttemptInfo, read_attempts
from trialog._reading.console import ConsoleText, ConsoleWish, read_console
from trialog._reading.context import Context, read_context
from trialog._reading.holdings import attachments_of
from trialog._reading.moments import ParameterMoment, ValueMoment
from trialog._reading.selection import view_of
from trialog._reading.solves import BlobOf, SolveInfo, solve_info
from trialog._reading.writers import WriterInfo, read_writers
from trialog.codecs import Codec, codec_for_media_type, decode_with
from trialog.errors import IntegrityError, NotFoundError, UsageError

T = TypeVar("T")
Fetch = Callable[[str, int], None]
"""Brings the blob of a SHA-256 digest and size in bytes into the store, if it is not there."""


class Source(NamedTuple):
    """Where a run's content is read: its catalog, and its place there."""

    catalog: Catalog
    place: RunPlace


class ContentReader:
    """Reads one run's content; ``_public.content`` tells users what each member gives.

    Everything is read at the call: of a run under way, what has been logged until then.
    """

    def __init__(self, catalog: Catalog, place: RunPlace, fetch: Fetch | None = None) -> None:
        """Make a reader.

        Args:
            catalog: where the run is read.
            place: its place in the store.
            fetch: brings an attachment's bytes into the store that are kept elsewhere.
        """
        self._source = Source(catalog, place)
        self._fetch = fetch

    def _fresh(self) -> Source:
        """The source, once the catalog knows what the run's journals hold now.

        Raises:
            NotFoundError: the run has been deleted from the disk.
        """
        source = self._source
        source.catalog.refresh_runs([source.place])
        return source

    # -- parameters ----------------------------------------------------------------------------

    @property
    def parameters(self) -> dict[str, Any]:
        """The run's parameters, each with its newest value, in the order they were first logged."""
        source = self._fresh()
        found = source.catalog.ask(queries.parameters_of, [source.place.key])
        if source.place.key not in found:
            raise _vanished(source)
        return found[source.place.key]

    def parameter_history(self, name: str) -> list[ParameterMoment]:
        """All values that a parameter had, oldest first."""
        source = self._fresh()
        found = source.catalog.ask(queries.parameter_history, source.place.key, name)
        if not found:
            raise _unknown("parameter", name, list(self.parameters))
        return [ParameterMoment(date_of(each.time_ns), each.value) for each in found]

    # -- how it went ---------------------------------------------------------------------------

    @property
    def attempts(self) -> list[AttemptInfo]:
        """The run's attempts, the first one first."""
        source = self._fresh()
        return read_attempts(source.catalog, source.place)

    @property
    def writers(self) -> list[WriterInfo]:
        """The processes that write to the run, and what the part of each came to."""
        source = self._fresh()
        return read_writers(source.catalog, source.place)

    @property
    def context(self) -> Context:
        """What the process that began the run knows about itself, by section."""
        source = self._fresh()
        return read_context(source.catalog, source.place)

    @property
    def alerts(self) -> list[AlertInfo]:
        """What a person should look at, oldest first."""
        source = self._fresh()
        return read_alerts(source.catalog, source.place)

    def console(
        self,
        stream: str | None = None,
        *,
        tail: int | None = None,
        since: datetime | timedelta | None = None,
        attempt: int | None = None,
        rank: int | None = None,
    ) -> ConsoleText:
        """What the run printed."""
        wish = ConsoleWish.parse(stream=stream, rank=rank, attempt=attempt, since=since)
        source = self._fresh()
        return read_console(source.catalog, source.place, wish, tail)

    # -- metrics -------------------------------------------------------------------------------

    @property
    def metrics(self) -> list[str]:
        """The names of the run's metrics, sorted."""
        source = self._fresh()
        return source.catalog.ask(queries.metric_names, [source.place.key])

    def metric(
        self, name: str, *, attempt: Any = None, rank: Any = None, to: str = "pandas"
    ) -> Any:
        """The points of a metric that count, in the order they were logged."""
        from trialog._reading import frames  # noqa: PLC0415 # loads pandas
        from trialog._reading.libraries import (  # noqa: PLC0415 # loads pyarrow
            check_library,
            in_library,
        )

        check_library(to)
        source = self._fresh()
        view = view_of(source.catalog, [source.place.key], attempt, rank)
        reading = source.catalog.points([source.place.key], [name], view, tells=True)
        points = next((found[name] for _, found in reading if name in found), None)
        if points is None:
            points = self._none(source, name)
        return in_library(frames.metric_frame(points, reading.view), to)

    def _none(self, source: Source, name: str) -> Stretch:
        """No points, where the run has such a metric."""
        known = source.catalog.ask(queries.metric_names, [source.place.key])
        if name in known:
            return empty_stretch()  # of these attempts and ranks
        if name in source.catalog.ask(queries.json_value_names, source.place.key):
            raise NotFoundError(f"{name!r} holds JSON values, not points: read them by values()")
        raise _unknown("metric", name, known)

    @property
    def summary(self) -> dict[str, dict[str, Any]]:
        """Of each metric: last, min, max, mean, count, first, step_of_min, step_of_max."""
        source = self._fresh()
        found = source.catalog.summaries([source.place.key])
        metrics = found.get(source.place.key, {})
        return {name: summary_values(summary) for name, summary in metrics.items()}

    def values(self, name: str) -> list[ValueMoment]:
        """The JSON values logged under a name, in order: step, date and value of each."""
        source = self._fresh()
        found = source.catalog.ask(queries.json_values, source.place.key, name)
        if not found:
            known = source.catalog.ask(queries.json_value_names, source.place.key)
            raise _unknown("JSON value", name, known)
        return [
            ValueMoment(each.step, date_of(each.time_ns), _json_value(source, name, each))
            for each in found
        ]

    # -- attachments ---------------------------------------------------------------------------

    @property
    def attachments(self) -> Attachments:
        """The run's attachments by name, the newest version of each."""
        source = self._fresh()
        return attachments_of(source.catalog, source.place.key)

    def get_attachment(self, name: str, version: int | None = None) -> bytes:
        """An attachment's bytes, checked against their digest."""
        return self._checked(self._find(name, version))

    def open_attachment(self, name: str, version: int | None = None) -> BinaryIO:
        """An attachment as a binary stream, for bytes that are too many for memory."""
        info = self._find(name, version)
        return open_checked(self._source.catalog.store, info)

    def get_json(self, name: str, version: int | None = None) -> Any:
        """The JSON value that was logged by ``log_json``."""
        info = self._find(name, version)
        try:
            return load_json(self._checked(info))
        except ValueError as error:
            raise UsageError(
                f"attachment {name!r} is {info.media_type}, not JSON; read it by get_attachment()"
            ) from error

    def get_value(self, name: str, version: int | None = None) -> Any:
        """What the codec of its media type makes of an attachment; unsafe ones are refused."""
        info = self._find(name, version)
        codec = codec_for_media_type(info.media_type)
        if codec is None:
            raise UsageError(
                f"attachment {name!r} is {info.media_type}, which no codec here reads; read its "
                "bytes by get_attachment(), or pass a codec to get_with_codec()"
            )
        return decode_with(codec, self._checked(info), media_type=info.media_type)

    def get_with_codec(
        self,
        codec: Codec[T],
        name: str,
        *,
        version: int | None = None,
        allow_unsafe: bool = False,
    ) -> T:
        """The object that a codec makes of an attachment."""
        info = self._find(name, version)
        data = self._checked(info)
        return decode_with(codec, data, media_type=info.media_type, allow_unsafe=allow_unsafe)

    def write_attachment(
        self,
        name: str,
        path: str | os.PathLike[str],
        *,
        version: int | None = None,
        overwrite: bool = False,
    ) -> Path:
        """Write an attachment to a file, checked on the way, in constant memory."""
        info = self._find(name, version)
        return write_blob(self._source.catalog.store, info, path, overwrite=overwrite)

    @property
    def solves(self) -> list[SolveInfo]:
        """The calls of solvers and samplers, in order."""
        source = self._fresh()
        facts = source.catalog.ask(queries.facts_of_runs, [source.place.key], Kind.SOLVE)
        return [solve_info(fact.content, self.read_solved) for fact in facts]

    def read_solved(self, blob: BlobOf) -> Any:
        """What the codec of its media type makes of what went into a solver or came out."""
        if self._fetch is not None:
            self._fetch(blob.sha256, blob.size_bytes)
        codec = codec_for_media_type(blob.media_type)
        if codec is None:
            raise UsageError(f"no codec here reads {blob.media_type}")
        data = read_blob(self._source.catalog.store, blob.sha256)
        return decode_with(codec, data, media_type=blob.media_type)

    def _find(self, name: str, version: int | None) -> AttachmentInfo:
        """An attachment whose bytes are in the store, or have just been brought there."""
        info = self.attachments.find(name, version)
        if self._fetch is not None:
            self._fetch(info.sha256, info.size_bytes)
        return info

    def _checked(self, info: AttachmentInfo) -> bytes:
        try:
            return read_blob(self._source.catalog.store, info.sha256)
        except IntegrityError as error:
            raise IntegrityError(f"attachment {info.name!r}: {error}") from error


def summary_values(summary: Summary) -> dict[str, Any]:
    """What users see of a summary."""
    return {
        "last": summary.last,
        "min": summary.min,
        "max": summary.max,
        "mean": summary.mean,
        "count": summary.count,
        "first": summary.first,
        "step_of_min": summary.step_of_min,
        "step_of_max": summary.step_of_max,
    }


def _json_value(source: Source, name: str, found: JsonValue) -> Any:
    if found.value is not None:
        return load_json(found.value.encode())
    assert found.blob is not None  # noqa: S101 # one of the two is there
    return load_json(read_blob(source.catalog.store, found.blob))["values"][name]


def _unknown(what: str, name: str, known: list[str]) -> NotFoundError:
    guess = nearest(name, known)
    hint = f"; did you mean {guess!r}?" if guess else f"; there are: {', '.join(known) or 'none'}"
    return NotFoundError(f"the run has no {what} {name!r}{hint}")


def _vanished(source: Source) -> NotFoundError:
    return NotFoundError(f"the run {source.place.id!r} is not in the store any more")
