"""Runs side by side: parameters and metrics, sorted by any of them. No terminal here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trialog._catalog import Catalog, Summary, queries
from trialog._cli.found import FoundRun, facts_as_json
from trialog._names import nearest
from trialog._reading.content import summary_values
from trialog._reading.headings import SUMMARY, is_of_system
from trialog.errors import NotFoundError, UsageError

_HEADING = re.compile(rf"({'|'.join(SUMMARY)})\((.*)\)", re.DOTALL)
_FACTS: dict[str, Callable[[FoundRun], Any]] = {
    "name": lambda run: run.record.name,
    "status": lambda run: run.record.status.value,
    "created": lambda run: run.row.facts.created_ns,
    "duration": lambda run: run.record.duration,
    "id": lambda run: run.record.id,
}


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """A run with what it is compared by."""

    found: FoundRun
    parameters: dict[str, Any]
    metrics: dict[str, Summary]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Runs in the order in which they are shown.

    Attributes:
        runs: the runs.
        metrics: the metrics of any of them, sorted.
        asked: the metrics that were asked for by name; empty for all.
        goal: the statistic and metric that say which is the best run, or None.
        best: the id of the best run, or None.
    """

    runs: tuple[ComparedRun, ...]
    metrics: tuple[str, ...]
    asked: tuple[str, ...] = ()
    goal: tuple[str, str] | None = None
    best: str | None = None

    @classmethod
    def read(
        cls, catalog: Catalog, runs: Sequence[FoundRun], metrics: Sequence[str] | None
    ) -> Comparison:
        """Read what runs are compared by.

        Args:
            catalog: which is up to date.
            runs: in the order in which they are shown.
            metrics: show only these; None for all but those of the machine.

        Raises:
            NotFoundError: no run has one of the metrics.
        """
        keys = [run.record.key for run in runs]
        parameters = catalog.ask(queries.parameters_of, keys)
        summaries = catalog.summaries(keys)
        known = tuple(sorted({name for each in summaries.values() for name in each}))
        asked = tuple(dict.fromkeys(metrics or ()))
        for name in asked:
            _check_metric(name, known)
        compared = tuple(
            ComparedRun(run, parameters.get(key, {}), summaries.get(key, {}))
            for run, key in zip(runs, keys, strict=True)
        )
        return cls(compared, known, asked)

    @property
    def parameters(self) -> list[str]:
        """The parameters of any run, in the order in which they were first logged."""
        oldest_first = sorted(self.runs, key=lambda run: run.found.row.facts.created_ns)
        return list(dict.fromkeys(name for run in oldest_first for name in run.parameters))

    @property
    def shown(self) -> tuple[str, ...]:
        """The metrics that were asked for; else all but those of the machine (``system/…``)."""
        return self.asked or tuple(name for name in self.metrics if not is_of_system(name))

    def is_same(self, parameter: str) -> bool:
        """Whether all runs have the same value of a parameter."""
        return is_same([run.parameters for run in self.runs], parameter)

    def ordered(self, sort: str | None, best: str | None, goal: str | None) -> Comparison:
        """In the order that the user asks for; as it is where nothing is asked.

        Raises:
            NotFoundError: no run has the metric that is to be the best.
            UsageError: there is no such column; the message names the nearest.
        """
        if best is not None:
            return self.by_best(best, (goal or "max").lower())
        return self if sort is None else self.sorted_by(sort)

    def by_best(self, metric: str, goal: str) -> Comparison:
        """Sorted by the greatest (or least) value of a metric; of equal runs the oldest is first.

        Raises:
            NotFoundError: no run has the metric.
        """
        _check_metric(metric, self.metrics)

        def value(run: ComparedRun) -> Any:
            summary = run.metrics.get(metric)
            return None if summary is None else getattr(summary, goal)

        oldest_first = sorted(self.runs, key=lambda run: run.found.row.facts.created_ns)
        runs = _sorted(oldest_first, value, is_descending=goal == "max")
        has_best = bool(runs) and _rank(value(runs[0])) is not None
        best = runs[0].found.record.id if has_best else None
        return replace(self, runs=runs, goal=(goal, metric), best=best)

    def sorted_by(self, column: str) -> Comparison:
        """Sorted by a column; runs without a value are last.

        Raises:
            UsageError: there is no such column; the message names the nearest.
        """
        is_descending = column.startswith("-") and column not in self.parameters
        name = column[1:] if is_descending else column
        return replace(self, runs=_sorted(self.runs, self._value_of(name), is_descending))

    def limited(self, limit: int | None) -> Comparison:
        """The first runs."""
        return self if limit is None else replace(self, runs=self.runs[:limit])

    def as_json(self) -> Iterator[dict[str, Any]]:
        """Each run's facts, parameters and metrics."""
        shown = {*self.shown, *(self.goal or ())[1:]}
        for run in self.runs:
            facts = facts_as_json(run.found)
            metrics = {
                name: summary_values(summary)
                for name, summary in run.metrics.items()
                if name in shown
            }
            content = {**facts, "parameters": run.parameters, "metrics": metrics}
            yield content if self.goal is None else {**content, "is_best": facts["id"] == self.best}

    def _value_of(self, column: str) -> Callable[[ComparedRun], Any]:
        if column in _FACTS:
            return lambda run: _FACTS[column](run.found)
        if column in self.parameters:
            return lambda run: run.parameters.get(column)
        match = _HEADING.fullmatch(column)
        statistic, metric = match.groups() if match else ("last", column)
        if metric in self.metrics:
            return lambda run: (
                summary_values(run.metrics[metric])[statistic] if metric in run.metrics else None
            )
        known = [*_FACTS, *self.parameters, *self.metrics]
        guess = nearest(column, known)
        hint = f"; did you mean {guess!r}?" if guess else f"; there are: {', '.join(known)}"
        raise UsageError(f"there is no column {column!r} to sort by{hint}")


def _check_metric(name: str, known: Sequence[str]) -> None:
    if name not in known:
        guess = nearest(name, known)
        hint = f"; did you mean {guess!r}?" if guess else f"; there are: {', '.join(known)}"
        raise NotFoundError(f"no run has a metric {name!r}{hint if known else ''}")


def is_same(parameters: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether all have a parameter, with the same value.

    Example:
        >>> is_same([{"lr": 1}, {"lr": 1.0}], "lr"), is_same([{"lr": 1}, {}], "lr")
        (True, False)
    """
    if not all(name in each for each in parameters):
        return False
    return len({_identity(each[name]) for each in parameters}) == 1


def _identity(value: Any) -> tuple[str, Any]:
    """Equal for values that are the same to a user: 1 and 1.0, but not 1 and True."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number", value if value == value else "NaN"  # noqa: PLR0124 # NaN
    return type(value).__name__, repr(value)


def _rank(value: Any) -> tuple[int, Any] | None:
    """What a value is sorted by: numbers, then texts, then the rest; None for no value."""
    if value is None or value != value:  # noqa: PLR0124 # NaN
        return None
    if isinstance(value, int | float):
        return 0, value
    return (1, value) if isinstance(value, str) else (2, repr(value))


def _sorted(
    runs: Sequence[ComparedRun], value: Callable[[ComparedRun], Any], is_descending: bool
) -> tuple[ComparedRun, ...]:
    """Sorted, equal ones in their order, those without a value last."""
    ranked = [(rank, run) for run in runs if (rank := _rank(value(run))) is not None]
    ranked.sort(key=lambda each: each[0], reverse=is_descending)
    rest = [run for run in runs if _rank(value(run)) is None]
    return (*(run for _, run in ranked), *rest)
