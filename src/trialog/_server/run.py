"""A run's page: its facts, how it ended and why, and what there is of it."""

from __future__ import annotations

from datetime import datetime

from trialog._catalog import Catalog
from trialog._format.times import time_ns_of
from trialog._reading import RunRecord, resolve
from trialog._reading.alerts import AlertInfo
from trialog._reading.attempts import AttemptInfo, read_attempts
from trialog._reading.experiments import experiment_name
from trialog._reading.explanation import Explanation, explain
from trialog._reading.headings import is_of_system
from trialog._reading.holdings import (
    attachments_of,
    count_solves,
    metric_names_of,
    parameters_of,
    troubles_of,
    value_names_of,
)
from trialog._reading.records import RunException
from trialog._reading.writers import WriterInfo, read_writers
from trialog._server.heads import head_of
from trialog._server.runshapes import (
    AlertShape,
    AttemptShape,
    CodePlaceInfo,
    Counts,
    CurveShape,
    DifferenceArea,
    DifferenceShape,
    EndShape,
    ExceptionInfo,
    LineShape,
    RunPulse,
    RunQuery,
    RunShape,
    TroubleShape,
    WriterShape,
)
from trialog._server.store import Store

_AREAS = ("parameters", "code", "packages", "environment")
_MAX_DIFFERENCES = 100
_MAX_TEXT = 400
_MAX_LINE = 2000


def read_run(store: Store, query: RunQuery) -> RunShape:
    """A run: its facts, how it ended and why, and how much there is of what."""
    catalog = store.catalog
    record = find_run(store, query)
    found = explain(catalog, record)
    experiment = record.experiment
    return RunShape(
        head=head_of(record),
        description=record.description,
        namespace_name=record.organization.display_name,
        project_name=record.project.display_name,
        user=record.user.username,
        folder=record.url,
        pid=record.pid,
        python=record.python,
        trialog=record.trialog,
        points=record.points,
        missing=record.missing,
        missing_since_ns=_ns(record.missing_since),
        damages=record.damages,
        parent=record.parent,
        experiment_id=experiment,
        experiment_name=experiment_name(catalog, record) or experiment,
        number=record.number if experiment else None,
        annotations=record.annotations,
        deleted_ns=_ns(record.date_deleted),
        deleted_by=record.deleted_by,
        is_ended=record.is_ended,
        end=_end(found),
        alerts=[_alert(each) for each in found.alerts],
        attempts=[attempt_of(each) for each in read_attempts(catalog, record.place)],
        trouble=[
            TroubleShape(time_ns=each.time_ns, what=each.what)
            for each in troubles_of(catalog, record.key)
        ],
        counts=_counts(catalog, record, found),
        version=_version(record),
    )


def read_pulse(store: Store, query: RunQuery) -> RunPulse:
    """Whether anything of a run has changed: a page that shows it asks again then."""
    record = find_run(store, query)
    return RunPulse(status=record.status.value, is_ended=record.is_ended, version=_version(record))


def find_run(store: Store, query: RunQuery) -> RunRecord:
    """The run that is meant, deleted or not.

    Raises:
        NotFoundError: there is none.
        UsageError: several may be meant.
    """
    return resolve(store.catalog, query.run, namespace=query.namespace, project=query.project)


def attempt_of(info: AttemptInfo) -> AttemptShape:
    """An attempt."""
    return AttemptShape(
        attempt=info.attempt,
        status=info.status.value,
        reason=info.reason,
        created_ns=time_ns_of(info.date_created),
        ended_ns=_ns(info.date_ended),
        points=info.points,
    )


def writer_of(info: WriterInfo) -> WriterShape:
    """A process."""
    return WriterShape(
        id=info.id,
        role=info.role,
        rank=info.rank,
        world_size=info.world_size,
        attempt=info.attempt,
        host=info.host,
        pid=info.pid,
        status=None if info.status is None else info.status.value,
        reason=info.reason,
        exit_code=info.exit_code,
        created_ns=time_ns_of(info.date_created),
        points=info.points,
        exception=exception_shape(info.exception),
    )


def exception_shape(exception: RunException | None) -> ExceptionInfo | None:
    """What ended a run, a part of it, or a call."""
    if exception is None:
        return None
    return ExceptionInfo(
        type=exception.type, message=exception.message, traceback=exception.traceback
    )


def _end(found: Explanation) -> EndShape:
    witnessed, place = found.witnessed, found.place
    code = found.record.exit_code
    return EndShape(
        exception=exception_shape(found.exception),
        place=None if place is None else CodePlaceInfo(**place._asdict()),
        blamed=writer_of(found.blamed) if found.blamed and found.processes > 1 else None,
        processes=found.processes,
        signal=None if witnessed is None else witnessed.signal,
        exit_code=witnessed.exit_code if code is None and witnessed is not None else code,
        fault=None if witnessed is None else witnessed.traceback,
        lines=[
            LineShape(
                number=None,
                time_ns=each.time_ns,
                stream=each.stream,
                rank=each.rank,
                text=each.text[:_MAX_LINE],
                more=max(0, len(each.text) - _MAX_LINE),
            )
            for each in found.console
        ],
        curves=[
            CurveShape(
                metric=each.metric,
                values=[value if value == value else None for value in each.values],  # noqa: PLR0124 # NaN
                least=each.least,
                greatest=each.greatest,
                last=each.last,
            )
            for each in found.curves
        ],
        before=None if found.before is None else head_of(found.before),
        differences=list(_differences(found)),
        last_point_ns=_ns(found.last_point),
        last_line_ns=_ns(found.last_line),
    )


def _differences(found: Explanation) -> list[DifferenceArea]:
    areas = []
    for area in _AREAS if found.differences is not None else ():
        items = getattr(found.differences, area)
        shown = [
            DifferenceShape(what=each.what, before=_shown(each.before), after=_shown(each.after))
            for each in items[:_MAX_DIFFERENCES]
        ]
        if items:
            areas.append(DifferenceArea(area=area, total=len(items), items=shown))
    return areas


def _shown(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]} …"


def _alert(info: AlertInfo) -> AlertShape:
    return AlertShape(
        title=info.title,
        text=info.text,
        level=info.level,
        by=info.by,
        time_ns=time_ns_of(info.date),
    )


def _counts(catalog: Catalog, record: RunRecord, found: Explanation) -> Counts:
    key = record.key
    metrics = metric_names_of(catalog, [key])
    system = sum(map(is_of_system, metrics))
    return Counts(
        parameters=len(parameters_of(catalog, [key]).get(key, {})),
        metrics=len(metrics) - system,
        system=system,
        attachments=len(attachments_of(catalog, key)),
        values=len(value_names_of(catalog, key)),
        alerts=len(found.alerts),
        solves=count_solves(catalog, key),
        writers=len(read_writers(catalog, record.place)),
    )


def _version(record: RunRecord) -> str:
    return f"{time_ns_of(record.date_updated)}.{record.points}.{record.status.value}"


def _ns(date: datetime | None) -> int | None:
    return None if date is None else time_ns_of(date)
