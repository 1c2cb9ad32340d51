"""A sweep: parameters against what the runs came to, and which of them matter."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from trialog._catalog import Catalog
from trialog._filters.expressions import Measure, Metric, Operand, Parameter
from trialog._filters.parsing import parse_operand
from trialog._filters.printing import print_operand
from trialog._reading import Records
from trialog._reading.differences import comparable
from trialog._reading.headings import is_of_system
from trialog._reading.holdings import metric_names_of, parameters_of
from trialog._reading.importances import find_importances
from trialog._server.cells import parse_columns, read_cells, sendable
from trialog._server.compareshapes import (
    Sweep,
    SweepColumn,
    SweepImportance,
    SweepImportances,
    SweepQuery,
)
from trialog._server.heads import head_of
from trialog._server.selecting import select
from trialog._server.store import Store
from trialog.errors import UsageError

_LESS_IS_BETTER = re.compile(
    r"loss|err|perplexity|rmse|mae|mse|cost|regret|duration|time", re.IGNORECASE
)
_MOST_CHOICES = 200
_MOST_MEASURES = 50
_MOST_RUNS = 20_000


class _Runs(NamedTuple):
    """The runs of a sweep, oldest first, with what they were given and what they came to."""

    total: int
    records: Records
    choices: list[str]
    objective: Operand | None
    goal: Literal["max", "min"]
    outcomes: list[Any]
    parameters: list[dict[str, Any]]

    @property
    def numbers(self) -> list[float | None]:
        return [_number(each) for each in self.outcomes]


def read_sweep(store: Store, query: SweepQuery) -> Sweep:
    """The parameters that differ between runs, and what the runs came to."""
    if len(query.measures) > _MOST_MEASURES:
        raise UsageError(f"{len(query.measures)} measures at once; {_MOST_MEASURES} at most")
    runs = _read_runs(store.catalog, query)
    numbers = runs.numbers
    operands = parse_columns(query.measures)
    cells = read_cells(store.catalog, runs.records, operands) if operands else []
    return Sweep(
        total=runs.total,
        runs=[head_of(record) for record in runs.records],
        objective="" if runs.objective is None else print_operand(runs.objective),
        goal=runs.goal,
        choices=runs.choices,
        outcomes=[sendable(each) for each in runs.outcomes],
        columns=_columns(runs.parameters),
        measures=[
            _column(operand.name, operand, values)
            for operand, values in zip(operands, cells, strict=True)
        ],
        best=_best(numbers, runs.goal),
        best_so_far=_best_so_far(numbers, runs.goal),
    )


def read_importances(store: Store, query: SweepQuery) -> SweepImportances:
    """Which parameters matter for what the runs came to; this may take seconds."""
    runs = _read_runs(store.catalog, query)
    found = find_importances(runs.parameters, runs.numbers)
    return SweepImportances(
        parameters=[
            SweepImportance(
                name=each.name,
                share=each.share,
                spread=each.spread,
                correlation=each.correlation,
            )
            for each in found.parameters
        ],
        runs=found.runs,
        explained=found.explained,
        note=found.note,
    )


def _read_runs(catalog: Catalog, query: SweepQuery) -> _Runs:
    found = select(catalog, query.selection)
    places = sorted(range(len(found)), key=found.created_ns.__getitem__)
    records = found.chosen(places[-_MOST_RUNS:])
    choices = _choices(catalog, records)
    objective = _objective(query.objective, choices)
    outcomes: list[Any] = [None] * len(records)
    if objective is not None:
        outcomes = read_cells(catalog, records, [objective])[0]
    by_run = parameters_of(catalog, records.keys)
    parameters = [by_run.get(key, {}) for key in records.keys]
    goal = query.goal or _goal_of(objective)
    return _Runs(len(found), records, choices, objective, goal, outcomes, parameters)


def _choices(catalog: Catalog, records: Records) -> list[str]:
    """What may be an objective: the metrics that most of the runs have first."""
    names = metric_names_of(catalog, records.keys)
    training = [name for name in names if not is_of_system(name)]
    summaries = catalog.summaries(records.keys, training) if training else {}
    amounts = Counter(name for each in summaries.values() for name in each)
    likely = sorted(training, key=lambda name: (-amounts[name], not _is_checked(name), name))
    found = []
    for name in likely:
        measures: tuple[Measure, ...] = ("max", "last", "min")
        if _LESS_IS_BETTER.search(name):
            measures = measures[::-1]
        found += [print_operand(Metric(name, measure)) for measure in measures]
    return found[:_MOST_CHOICES]


def _is_checked(name: str) -> bool:
    """Whether a metric is measured on what was not trained with."""
    return bool(re.search(r"val|test|eval|dev", name, re.IGNORECASE))


def _objective(text: str | None, choices: Sequence[str]) -> Operand | None:
    if text:
        return parse_operand(text)
    return parse_operand(choices[0]) if choices else None


def _goal_of(objective: Operand | None) -> Literal["max", "min"]:
    name = "" if objective is None else objective.name
    return "min" if _LESS_IS_BETTER.search(name) else "max"


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _best(numbers: Sequence[float | None], goal: str) -> int | None:
    known = [(value, place) for place, value in enumerate(numbers) if value is not None]
    if not known:
        return None
    best = max if goal == "max" else min
    return best(known, key=lambda item: item[0])[1]


def _best_so_far(numbers: Sequence[float | None], goal: str) -> list[Any]:
    best: float | None = None
    found: list[Any] = []
    for value in numbers:
        if value is not None and (
            best is None or (value > best if goal == "max" else value < best)
        ):
            best = value
        found.append(best)
    return found


def _columns(parameters: Sequence[dict[str, Any]]) -> list[SweepColumn]:
    """The parameters that differ, in the order in which they were first logged."""
    names = dict.fromkeys(name for each in parameters for name in each)
    columns = []
    for name in names:
        values = [each.get(name) for each in parameters]
        if len({comparable(each) for each in values}) > 1:
            columns.append(_column(name, Parameter(name), values))
    return columns


def _column(name: str, operand: Operand, values: Sequence[Any]) -> SweepColumn:
    is_number = all(
        isinstance(each, int | float) and not isinstance(each, bool)
        for each in values
        if each is not None
    )
    return SweepColumn(
        name=name,
        text=print_operand(operand),
        type="number" if is_number else "text",
        values=[str(each) if isinstance(each, list) else sendable(each) for each in values],
    )
