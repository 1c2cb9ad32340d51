"""What a run holds: parameters, summaries, JSON values, its context, where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trialog._filters import RunFilter
from trialog._filters.expressions import Comparison, Fact, Literal
from trialog._format.times import time_ns_of
from trialog._format.values import dump_json
from trialog._public.fetching import fetch_for
from trialog._reading import ContentReader, RunRecord
from trialog._reading.context import read_context
from trialog._reading.experiments import ExperimentReader, experiment_name
from trialog._reading.finding import find
from trialog._reading.headings import is_of_system
from trialog._reading.holdings import parameter_counts_of, parameters_of
from trialog._reading.solves import SolveInfo
from trialog._server.cells import sendable
from trialog._server.heads import head_of
from trialog._server.run import attempt_of, exception_shape, find_run, writer_of
from trialog._server.runshapes import (
    ContextShape,
    LineageShape,
    MomentShape,
    ParameterHistory,
    ParameterShape,
    RunParameterQuery,
    RunParameters,
    RunQuery,
    SolveShape,
    SummaryRow,
    SummaryShape,
    ValueShape,
    ValuesQuery,
    ValuesShape,
)
from trialog._server.shapes import RunHead
from trialog._server.store import Store
from trialog.errors import NotFoundError

_MANY = 500
_VALUES = 200
_VALUE_LENGTH = 20_000


def reader_of(store: Store, query: RunQuery) -> ContentReader:
    """What reads a run's content; bytes that its experiment keeps elsewhere are fetched.

    Raises:
        NotFoundError, UsageError: as ``find_run``.
    """
    record = find_run(store, query)
    return ContentReader(store.catalog, record.place, fetch_for(store.catalog, record))


def read_parameters(store: Store, query: RunQuery) -> RunParameters:
    """All parameters of a run, as texts with all digits."""
    record = find_run(store, query)
    found = parameters_of(store.catalog, [record.key]).get(record.key, {})
    counts = parameter_counts_of(store.catalog, record.key)
    return RunParameters(
        parameters=[
            ParameterShape(name=name, changes=counts.get(name, 1), **_worded(value))
            for name, value in found.items()
        ]
    )


def read_parameter(store: Store, query: RunParameterQuery) -> ParameterHistory:
    """All values that a parameter of a run had."""
    moments = reader_of(store, query).parameter_history(query.name)
    return ParameterHistory(
        name=query.name,
        moments=[
            MomentShape(time_ns=time_ns_of(each.time), **_worded(each.value)) for each in moments
        ],
    )


def read_summary(store: Store, query: RunQuery) -> SummaryShape:
    """What each metric of a run came to."""
    found = reader_of(store, query).summary
    rows = {name: _summary_row(name, found[name]) for name in sorted(found)}
    return SummaryShape(
        metrics=[row for name, row in rows.items() if not is_of_system(name)],
        system=[row for name, row in rows.items() if is_of_system(name)],
    )


def read_values(store: Store, query: ValuesQuery) -> ValuesShape:
    """JSON values that a run logged under a name, 200 at a time."""
    found = reader_of(store, query).values(query.name)
    start = max(0, query.start if query.start >= 0 else len(found) + query.start)
    values = []
    for each in found[start : start + _VALUES]:
        text = dump_json(each.value, query.name).decode()
        values.append(
            ValueShape(
                step=each.step,
                time_ns=time_ns_of(each.time),
                text=text[:_VALUE_LENGTH],
                more=max(0, len(text) - _VALUE_LENGTH),
            )
        )
    return ValuesShape(name=query.name, total=len(found), start=start, values=values)


def read_run_context(store: Store, query: RunQuery) -> ContextShape:
    """What a run knows about itself: its code, its packages, its machine."""
    record = find_run(store, query)
    found = read_context(store.catalog, record.place)
    return ContextShape(sections={name: _plain(section) for name, section in found.items()})


def read_lineage(store: Store, query: RunQuery) -> LineageShape:
    """Where a run comes from, what came of it, and the processes that wrote it."""
    catalog = store.catalog
    record = find_run(store, query)
    reader = ContentReader(catalog, record.place)
    children = RunFilter(where=_is("parent", record.id), limit=_MANY)
    return LineageShape(
        parent=_parent(store, record),
        parent_id=record.parent,
        children=[head_of(each) for each in find(catalog, children)],
        siblings=_siblings(store, record),
        experiment_id=record.experiment,
        experiment_name=experiment_name(catalog, record),
        writers=[writer_of(each) for each in reader.writers],
        attempts=[attempt_of(each) for each in reader.attempts],
        solves=[_solve(each) for each in reader.solves[:_MANY]],
    )


def _worded(value: Any) -> dict[str, str]:
    """A parameter's type and value: a float with the digits that make it, as Python writes it."""
    if isinstance(value, bool | int | float):
        return {"kind": type(value).__name__, "text": repr(value)}
    return {"kind": "none" if value is None else "str", "text": "None" if value is None else value}


def _summary_row(name: str, found: Mapping[str, Any]) -> SummaryRow:
    numbers = {key: sendable(found[key]) for key in ("last", "min", "max", "mean", "first")}
    return SummaryRow(
        name=name,
        count=found["count"],
        step_of_min=found["step_of_min"],
        step_of_max=found["step_of_max"],
        **numbers,
    )


def _plain(value: Any) -> Any:
    """A fact as JSON holds it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return sendable(value)


def _is(fact: str, value: str) -> Comparison:
    return Comparison("==", Fact(fact), Literal(value))


def _parent(store: Store, record: RunRecord) -> RunHead | None:
    if record.parent is None:
        return None
    wanted = RunFilter(with_deleted=True, where=_is("id", record.parent))
    found = find(store.catalog, wanted)
    return head_of(found[0]) if found else None


def _siblings(store: Store, record: RunRecord) -> list[RunHead]:
    if record.experiment is None:
        return []
    project = record.place.project
    reader = ExperimentReader(store.catalog, project.namespace, project.project, record.experiment)
    try:
        members = reader.members()
    except NotFoundError:
        return []
    return [head_of(each) for each in members[:_MANY] if each.id != record.id]


def _solve(info: SolveInfo) -> SolveShape:
    return SolveShape(
        kind=info.kind,
        name=info.name,
        adapter=info.adapter,
        status=info.status,
        objective=sendable(info.objective),
        seconds=info.seconds,
        began_ns=time_ns_of(info.date_began),
        options={name: repr(value)[:200] for name, value in info.options.items()},
        exception=exception_shape(info.exception),
    )
