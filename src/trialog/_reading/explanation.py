"""Why a run ended as it did: all that is known about it, put together for one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from trialog._catalog import Catalog, Summary, queries
from trialog._catalog.queries import WriterFact
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._format.facts import Witnessed
from trialog._format.records import Kind
from trialog._format.times import date_of
from trialog._journals.parts import SPEAKING
from trialog._reading.alerts import AlertInfo, read_alerts
from trialog._reading.console import (
    ConsoleReader,
    ConsoleWish,
    Printed,
    in_order,
    without_colours,
)
from trialog._reading.context import read_context
from trialog._reading.curves import Curve, choose_metrics, read_curves
from trialog._reading.differences import Differences, RunKnowledge, differences_between
from trialog._reading.headings import is_of_system
from trialog._reading.holdings import attachments_of, parameters_of
from trialog._reading.records import RunException, RunRecord, read_records
from trialog._reading.tracebacks import CodePlace, place_in, place_of_fault, without_traceback
from trialog._reading.writers import WriterInfo, read_writers

LINES = 8
CURVE_VALUES = 48
_TROUBLE = (RunStatus.CRASHED, RunStatus.FAILED)
_READ_LINES = 200  # so many are looked at for a traceback that is told already


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is known about how a run went.

    Attributes:
        record: its facts.
        blamed: the process that went wrong first; of a run of one process that one; None where
            nothing went wrong.
        processes: how many processes write to it, forked workers aside.
        exception: what ended the blamed process, or None.
        place: the user's line of code that it was at, or None.
        witnessed: how the blamed process ended that said nothing itself, or None.
        alerts: what a person should look at, oldest first.
        console: its last lines: those of stderr, and where these are few, of stdout too.
        curves: of memory and GPUs.
        before: the run of the project that COMPLETED before this one, or None.
        differences: what differs from that one, or None.
        last_point: when its last point was logged; None where it has none.
        last_line: when it last printed; None where it has not, as far as was kept.
    """

    record: RunRecord
    blamed: WriterInfo | None
    processes: int
    exception: RunException | None
    place: CodePlace | None
    witnessed: Witnessed | None
    alerts: list[AlertInfo]
    console: list[Printed]
    curves: list[Curve]
    before: RunRecord | None
    differences: Differences | None
    last_point: datetime | None
    last_line: datetime | None


def explain(catalog: Catalog, record: RunRecord) -> Explanation:
    """All that is known about how a run went, as far as the catalog knows it.

    Args:
        catalog: which is up to date.
        record: the run.
    """
    writers = [each for each in read_writers(catalog, record.place) if each.role != "fork"]
    present = [each for each in writers if each.attempt == record.attempt]
    facts = catalog.ask(queries.facts_of, record.key, SPEAKING)
    blamed = blamed_of(record, present, facts)
    rank = None if blamed is None or len(present) < 2 else blamed.rank  # noqa: PLR2004 # alone
    exception = (blamed and blamed.exception) or record.exception
    witnessed = _witnessed(facts, blamed)
    place = _place(exception, witnessed)
    summaries = catalog.summaries([record.key]).get(record.key, {})
    console = _last_lines(catalog, record, rank, has_traceback=exception is not None)
    before, differences = _compared(catalog, record)
    return Explanation(
        record=record,
        blamed=blamed,
        processes=len(present),
        exception=exception,
        place=place,
        witnessed=witnessed,
        alerts=read_alerts(catalog, record.place),
        console=console,
        curves=read_curves(catalog, record.key, choose_metrics(summaries), CURVE_VALUES, rank),
        before=before,
        differences=differences,
        last_point=_last_point(summaries),
        last_line=date_of(console[-1].time_ns) if console else None,
    )


def blamed_of(
    record: RunRecord, writers: Sequence[WriterInfo], facts: Sequence[WriterFact]
) -> WriterInfo | None:
    """The process that went wrong first; where none did, the one that began a run that failed.

    Args:
        record: the run.
        writers: of its latest attempt.
        facts: what was said of the ends of its processes, in order.
    """
    if not record.is_ended or record.status is RunStatus.COMPLETED:
        candidates = []
    else:
        candidates = [each for each in writers if each.role == "run"][-1:]
    troubled = {each.id: each for each in writers if each.status in _TROUBLE}
    for fact in facts:
        of = fact.content.get("writer") if fact.kind is Kind.WITNESSED else fact.writer
        if of in troubled:
            return troubled[of]
    # One that vanished without a word stands behind those that said why.
    return next(iter(troubled.values()), next(iter(candidates), None))


def _witnessed(facts: Sequence[WriterFact], blamed: WriterInfo | None) -> Witnessed | None:
    found = [
        Witnessed.from_json(fact.content)
        for fact in facts
        if fact.kind is Kind.WITNESSED and blamed and fact.content.get("writer") == blamed.id
    ]
    return found[-1] if found else None


def _place(exception: RunException | None, witnessed: Witnessed | None) -> CodePlace | None:
    if exception is not None and exception.traceback:
        return place_in(exception.traceback)
    if witnessed is not None and isinstance(witnessed.traceback, str):
        return place_of_fault(witnessed.traceback)
    return None


def _last_lines(
    catalog: Catalog, record: RunRecord, rank: int | None, *, has_traceback: bool
) -> list[Printed]:
    """The last lines of stderr; where these are few, of stdout too; by time."""

    def read(stream: str) -> list[Printed]:
        wish = ConsoleWish(stream, rank)
        lines = ConsoleReader(catalog, record.place, wish).read_last(_READ_LINES)
        return [line for line in lines if without_colours(line.text).strip()]

    errors = read("stderr")
    if has_traceback:  # it is told already
        errors = errors[: len(without_traceback([without_colours(each.text) for each in errors]))]
    errors = errors[-LINES:]
    room = LINES - len(errors)
    before = [line for line in read("stdout") if line.stream == "stdout"] if room else []
    return in_order([*before[-room:], *errors])


def _compared(catalog: Catalog, record: RunRecord) -> tuple[RunRecord | None, Differences | None]:
    """The run that COMPLETED before one that went wrong or goes on, and what differs from it."""
    if record.status in (RunStatus.COMPLETED, RunStatus.PENDING):
        return None, None
    project = record.place.project
    wanted = RunFilter(namespace=project.namespace, project=project.project)
    created_ns = catalog.ask(queries.runs_by_key, [record.key])[0].facts.created_ns
    rows = catalog.ask(queries.last_completed_before, wanted, created_ns)
    if not rows:
        return None, None
    before = read_records(catalog, rows)[0]
    old, new = (knowledge_of(catalog, each) for each in (before, record))
    return before, differences_between(old, new)


def knowledge_of(catalog: Catalog, record: RunRecord) -> RunKnowledge:
    """What is known of a run that tells it from others."""
    attachments = attachments_of(catalog, record.key)
    return RunKnowledge(
        parameters_of(catalog, [record.key]).get(record.key, {}),
        read_context(catalog, record.place),
        {name: attachments[name].sha256 for name in attachments},
    )


def _last_point(summaries: Mapping[str, Summary]) -> datetime | None:
    times = [each.last_ns for name, each in summaries.items() if not is_of_system(name)]
    return date_of(max(times)) if times else None
