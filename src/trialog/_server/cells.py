"""What stands in the cells of a table of runs: parameters, measures of metrics, facts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal

from trialog._catalog import Catalog
from trialog._filters.expressions import Fact, Metric, Operand, Parameter
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.parsing import parse_operand
from trialog._filters.printing import print_operand
from trialog._format.times import time_ns_of
from trialog._format.values import MAX_EXACT
from trialog._reading import Records, RunRecord
from trialog._reading.holdings import parameters_of
from trialog._server.shapes import Scalar, TableColumn

_SECOND = 1_000_000_000
_FACTS: dict[str, Callable[[RunRecord], Any]] = {
    "id": lambda run: run.id,
    "name": lambda run: run.name,
    "description": lambda run: run.description,
    "status": lambda run: run.status.value,
    "reason": lambda run: run.reason,
    "exception": lambda run: None if run.exception is None else run.exception.type,
    "exit_code": lambda run: run.exit_code,
    "tags": lambda run: list(run.tags),
    "namespace": lambda run: run.place.project.namespace,
    "project": lambda run: run.place.project.project,
    "username": lambda run: run.user.username,
    "host": lambda run: run.host,
    "created": lambda run: _ns(run.date_created),
    "updated": lambda run: _ns(run.date_updated),
    "ended": lambda run: _ns(run.date_ended),
    "duration": lambda run: run.duration,
    "attempt": lambda run: run.attempt,
    "points": lambda run: run.points,
    "parent": lambda run: run.parent,
    "experiment": lambda run: run.experiment,
    "number": lambda run: run.number,
    "deleted": lambda run: run.date_deleted is not None,
}
_KINDS: dict[type[Operand], Literal["parameter", "metric", "fact"]] = {
    Parameter: "parameter",
    Metric: "metric",
    Fact: "fact",
}
Cells = list[list[Any]]
"""The values of each column, one for each run; None where a run has none."""


def parse_columns(texts: Sequence[str]) -> list[Operand]:
    """What columns ask for.

    Raises:
        FilterError: one of them cannot be understood.
    """
    return [parse_operand(text) for text in texts]


def read_cells(catalog: Catalog, records: Records, operands: Sequence[Operand]) -> Cells:
    """The values of some columns for some runs.

    Args:
        catalog: of the store.
        records: the runs.
        operands: what is asked of each.
    """
    keys = records.keys
    parameters: dict[int, dict[str, Any]] = {}
    if any(isinstance(each, Parameter) for each in operands):
        parameters = parameters_of(catalog, keys)
    metrics = sorted({each.name for each in operands if isinstance(each, Metric)})
    summaries = catalog.summaries(keys, metrics) if metrics else {}
    now_ns = catalog.clock()
    cells: Cells = []
    for operand in operands:
        match operand:
            case Parameter(name):
                cells.append([parameters.get(key, {}).get(name) for key in keys])
            case Metric(name, measure):
                found = [summaries.get(key, {}).get(name) for key in keys]
                cells.append([None if each is None else getattr(each, measure) for each in found])
            case Fact("age"):
                cells.append([(now_ns - each) / _SECOND for each in records.created_ns])
            case Fact(name):
                cells.append([_FACTS[name](run) for run in records])
    return cells


def column_of(operand: Operand, values: Sequence[Any] = ()) -> TableColumn:
    """A column as the page gets it."""
    type_of = FIELDS[operand.name].type if isinstance(operand, Fact) else None
    is_time = type_of is FactType.TIME  # of which the page keeps the microseconds
    return TableColumn(
        text=print_operand(operand),
        kind=_KINDS[type(operand)],
        name=operand.name,
        measure=operand.measure if isinstance(operand, Metric) else None,
        type=None if type_of is None else type_of.value,
        values=[each if is_time or isinstance(each, list) else sendable(each) for each in values],
    )


def sendable(value: Any) -> Scalar:
    """A value as JSON and JavaScript hold it: what they cannot is a text.

    Example:
        >>> sendable(float("nan")), sendable(2**60), sendable(0.5)
        ('NaN', '1152921504606846976', 0.5)
    """
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_EXACT:
        return str(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _ns(date: datetime | None) -> int | None:
    return None if date is None else time_ns_of(date)
