"""The table of runs: a page of it, and what is offered while its filter is typed."""

from __future__ import annotations

from trialog._filters import check_names, complete, parse_filter
from trialog._filters.expressions import Fact, Metric, Operand, Parameter, operands_of
from trialog._reading import Records, unknown_name
from trialog._reading.headings import is_of_system
from trialog._reading.pages import find_keys, find_page, heads_of
from trialog._server.cells import column_of, parse_columns, read_cells
from trialog._server.knowledge import Known
from trialog._server.selecting import filter_of
from trialog._server.shapes import (
    Completed,
    CompleteQuery,
    CompletionItem,
    Names,
    Problem,
    TablePage,
    TableQuery,
)
from trialog._server.store import Store
from trialog.errors import FilterError, UsageError

_MOST_PARAMETERS = 6  # of those columns that nobody asked for
_MOST_METRICS = 3


def read_runs(store: Store, query: TableQuery) -> TablePage:
    """A page of the runs that a filter finds, column by column.

    Without ``columns`` it has those that suit most: status, the parameters that differ, the last
    values of some metrics, duration, beginning and tags.
    """
    catalog = store.catalog
    _check(query)
    wanted = filter_of(query.project, query.where, query.sort)
    records, total = find_page(catalog, wanted, query.offset, query.limit)
    return table_of(store, records, query, total)


def table_of(store: Store, records: Records, query: TableQuery, total: int) -> TablePage:
    """Some runs as a table.

    Args:
        store: where they are.
        records: the runs.
        query: which columns are wanted, and of which page they are.
        total: how many runs there are in all.
    """
    catalog = store.catalog
    operands = (
        _fitting_columns(store.knowledge.of(query.project))
        if query.columns is None
        else parse_columns(query.columns)
    )
    cells = read_cells(catalog, records, operands)
    return TablePage(
        total=total,
        offset=query.offset,
        ids=records.ids,
        names=records.names,
        paths=[each.place.project.path for each in records],
        statuses=[each.status.value for each in records],
        reasons=[each.reason for each in records],
        is_deleted=[each.date_deleted is not None for each in records],
        columns=[column_of(*each) for each in zip(operands, cells, strict=True)],
        now_ns=catalog.clock(),
        problem=None if total else _unknown_name(store, query),
    )


def read_names(store: Store, query: TableQuery) -> Names:
    """The ids and names of the runs that a filter finds, in its order; no columns."""
    catalog = store.catalog
    _check(query)
    keys = find_keys(catalog, filter_of(query.project, query.where, query.sort))
    heads = heads_of(catalog, keys[query.offset : query.offset + query.limit])
    return Names(
        total=len(keys), ids=[head[0] for head in heads], names=[head[1] for head in heads]
    )


def read_completions(store: Store, query: CompleteQuery) -> Completed:
    """What may come next in a filter that is being typed, and what is wrong with it."""
    store.catalog.refresh()
    known = store.knowledge.of(query.project)
    cursor = len(query.text) if query.cursor is None else query.cursor
    found = complete(query.text, cursor, known.names)
    problem = None
    try:
        condition = parse_filter(query.text)
        if known.runs and known.is_whole:  # else an older run may have the name
            check_names(condition, known.names, query.text)
    except FilterError as error:
        problem = _problem(error)
    return Completed(
        start=found.start,
        end=found.end,
        items=[
            CompletionItem(text=each.text, kind=each.kind, detail=each.detail)
            for each in found.items
        ],
        problem=problem,
    )


def _unknown_name(store: Store, query: TableQuery) -> Problem | None:
    """The name in a filter that no run has: why it may find none."""
    condition = parse_filter(query.where)
    asked = () if condition is None else operands_of(condition)
    if condition is None or not any(isinstance(each, Parameter | Metric) for each in asked):
        return None
    known = store.knowledge.of(query.project)
    is_whole = known.runs > 0 and known.is_whole
    wrong = unknown_name(condition, known.names, query.where, is_whole=is_whole)
    return None if wrong is None else _problem(wrong)


def _problem(error: FilterError) -> Problem:
    return Problem(
        kind=type(error).__name__,
        message=str(error).partition("\n")[0],
        start=error.start,
        end=error.end,
        suggestion=error.suggestion,
    )


def _check(query: TableQuery) -> None:
    if query.limit < 0 or query.offset < 0:
        raise UsageError("offset and limit are at least 0")


def _fitting_columns(known: Known) -> list[Operand]:
    """What most people want to see of the runs of a project."""
    names = [each.name for each in known.heads]
    varying = [each.name for each in known.heads if each.distinct > 1] or names
    metrics = [each for each in known.names.metrics if not is_of_system(each)]
    return [
        Fact("status"),
        *map(Parameter, varying[:_MOST_PARAMETERS]),
        *(Metric(name, "last") for name in metrics[:_MOST_METRICS]),
        Fact("duration"),
        Fact("created"),
        Fact("tags"),
    ]
