"""The names that runs have, and what is wrong with a filter that asks for others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from trialog._filters.expressions import (
    Expression,
    Metric,
    Operand,
    Parameter,
    SortKey,
    operands_of,
)
from trialog._filters.quoting import metric_text, parameter_text
from trialog._names import nearest
from trialog.errors import FilterError


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What there is to ask for.

    Attributes:
        parameters: names; the first are offered first.
        metrics: names, likewise.
        tags: of any run.
        values: of some parameters and facts (``name``, ``host``, …): some of the values they have.
    """

    parameters: Sequence[str] = ()
    metrics: Sequence[str] = ()
    tags: Sequence[str] = ()
    values: Mapping[str, Sequence[object]] = field(default_factory=dict)


def check_names(asked: Expression | Sequence[SortKey] | None, known: KnownNames, text: str) -> None:
    """Say where a filter asks for what no run has.

    Nothing is wrong with such a filter, which finds no run: this is for whoever types it.

    Args:
        asked: a condition or an order.
        known: what the runs have.
        text: what was read.

    Raises:
        FilterError: no run has a parameter or a metric of that name; it suggests the nearest.
    """
    for operand in _operands(asked):
        if isinstance(operand, Parameter) and operand.name not in known.parameters:
            start, end = operand.span
            message = f"no run has a parameter {operand.name!r}"
            raise FilterError(message, text, start, end, _parameter_guess(operand.name, known))
        if isinstance(operand, Metric) and operand.name not in known.metrics:
            start, end = operand.span
            guess = nearest(operand.name, known.metrics)
            hint = None if guess is None else metric_text(operand.measure, guess)
            raise FilterError(f"no run has a metric {operand.name!r}", text, start, end, hint)


def _operands(asked: Expression | Sequence[SortKey] | None) -> list[Operand]:
    if asked is None:
        return []
    if isinstance(asked, Sequence):
        return [key.operand for key in asked]
    return list(operands_of(asked))


def _parameter_guess(name: str, known: KnownNames) -> str | None:
    if name in known.metrics:
        return metric_text("last", name)
    guess = nearest(name, known.parameters)
    if guess is not None:
        return parameter_text(guess)
    metric = nearest(name, known.metrics)
    return None if metric is None else metric_text("last", metric)
