"""A sweep: parameters against what the runs came to."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

from trialog._catalog import queries
from trialog._filters.expressions import Measure, Metric, Operand
from trialog._filters.parsing import parse_operand
from trialog._filters.printing import print_operand
from trialog._reading import Records
from trialog._reading.headings import is_of_system
from trialog._reading.importances import find_importances
from trialog._server.cells import read_cells, sendable
from trialog._server.compareshapes import Sweep, SweepColumn, SweepImportance, SweepQuery
from trialog._server.heads import head_of
from trialog._server.selecting import select
from trialog._server.store import Store

_LESS_IS_BETTER = re.compile(
    r"loss|err|perplexity|rmse|mae|mse|cost|regret|duration|time", re.IGNORECASE
)
_MOST_CHOICES = 200


def read_sweep(store: Store, query: SweepQuery) -> Sweep:
    """The parameters that differ between runs, what the runs came to, and what mattered for it."""
    catalog = store.catalog
    found = select(catalog, query.selection)
    records = found.chosen(sorted(range(len(found)), key=found.created_ns.__getitem__))
    keys = records.keys
    choices = _choices(store, records)
    objective = _objective(query.objective, choices)
    goal = query.goal or _goal_of(objective)
    outcomes: list[Any] = [None] * len(keys)
    if objective is not None:
        outcomes = read_cells(catalog, records, [objective])[0]
    numbers = [_number(each) for each in outcomes]
    by_run = catalog.ask(queries.parameters_of, keys)
    parameters = [by_run.get(key, {}) for key in keys]
    importances = find_importances(parameters, numbers)
    so_far = _best_so_far(numbers, goal)
    return Sweep(
        runs=[head_of(record) for record in records],
        objective="" if objective is None else print_operand(objective),
        goal=goal,
        choices=choices,
        outcomes=[sendable(each) for each in outcomes],
        columns=_columns(parameters),
        best=_best(numbers, goal),
        best_so_far=so_far,
        importances=[
            SweepImportance(
                name=each.name,
                share=each.share,
                spread=each.spread,
                correlation=each.correlation,
            )
            for each in importances.parameters
        ],
        explained=importances.explained,
        note=importances.note,
    )


def _choices(store: Store, records: Records) -> list[str]:
    """What may be an objective: the metrics that most of the runs have first."""
    names = store.catalog.ask(queries.metric_names, records.keys)
    training = [name for name in names if not is_of_system(name)]
    summaries = store.catalog.summaries(records.keys, training) if training else {}
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
        if len({(type(each).__name__, repr(each)) for each in values}) > 1:
            is_number = all(
                isinstance(each, int | float) and not isinstance(each, bool)
                for each in values
                if each is not None
            )
            columns.append(
                SweepColumn(
                    name=name,
                    type="number" if is_number else "text",
                    values=[sendable(each) for each in values],
                )
            )
    return columns
