"""What a filter means: a tree and what one run says of itself make True or False.

This is the definition. What the catalog answers in SQL agrees with it, run by run.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from trialog._filters.expressions import (
    All,
    AnyOf,
    Comparison,
    Expression,
    Fact,
    HasTag,
    Literal,
    Measure,
    Membership,
    Metric,
    Not,
    Operand,
    Parameter,
    SortKey,
    TextMatch,
    Truth,
)
from trialog._filters.patterns import find_matches

T = TypeVar("T")
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NUMBER, _BOOLEAN, _TEXT = "number", "boolean", "text"
_RANKS = {_BOOLEAN: 0, _NUMBER: 1, _TEXT: 2}


class RunValues(Protocol):
    """What one run says of itself; None is what it lacks."""

    def parameter(self, name: str) -> bool | int | float | str | None:
        """The newest value of a parameter."""

    def measure(self, metric: str, measure: Measure) -> int | float | None:
        """What a metric comes to."""

    def fact(self, name: str) -> Any:
        """A fact, in the form that ``fields.FactType`` says."""


def holds(condition: Expression, run: RunValues) -> bool:
    """Whether a condition is true of a run.

    Args:
        condition: what :func:`trialog._filters.parsing.parse_filter` made.
        run: what the run says of itself, all at one moment.
    """
    match condition:
        case All(parts):
            return all(holds(part, run) for part in parts)
        case AnyOf(parts):
            return any(holds(part, run) for part in parts)
        case Not(part):
            return not holds(part, run)
        case Comparison(sign, left, right):
            return _compares(sign, value_of(left, run), right, run)
        case Membership(item, items, negated):
            value = value_of(item, run)
            return negated is not any(_compares("==", value, each, run) for each in items)
        case HasTag(tag, negated):
            return negated is not (tag in (run.fact("tags") or ()))
        case TextMatch(kind, subject, text, negated):
            return negated is not matches_text(kind, value_of(subject, run), text)
        case Truth(operand):
            return value_of(operand, run) is True


def value_of(operand: Operand, run: RunValues) -> Any:
    """What a run says where an operand asks; None where it lacks it."""
    match operand:
        case Parameter(name):
            return run.parameter(name)
        case Metric(name, measure):
            return run.measure(name, measure)
        case Fact(name):
            value = run.fact(name)
            return None if value == () else value  # of tags: there is none


def compare(sign: str, left: Any, right: Any) -> bool:
    """Two values: never None, and of one kind, or the comparison is False (``!=``: True).

    Kinds are bool, number (int and float, compared exactly) and text. NaN is as in Python.

    Example:
        >>> compare("==", 1, 1.0), compare("==", 1, True), compare("<", 1, "2")
        (True, False, False)
        >>> compare("!=", None, 1), compare(">", 2**53 + 1, float(2**53))
        (True, True)
    """
    if sign == "!=":
        return not compare("==", left, right)
    kind = _kind_of(left)
    return kind is not None and kind == _kind_of(right) and _ORDERS[sign](left, right)


def matches_text(kind: str, value: Any, text: str) -> bool:
    """Whether a value is text and like another, as :class:`TextMatch` says.

    Example:
        >>> matches_text("startswith", "ViT-S", "vit"), matches_text("contains", 3, "3")
        (True, False)
    """
    if not isinstance(value, str):
        return False
    if kind == "matches":
        return find_matches([value], text)[0]
    whole, part = value.casefold(), text.casefold()
    if kind == "contains":
        return part in whole
    return whole.startswith(part) if kind == "startswith" else whole.endswith(part)


def in_order(
    items: Iterable[T], keys: Sequence[SortKey], values: Callable[[T], RunValues]
) -> list[T]:
    """Items in the order that is asked for; equal ones stay as they come.

    Args:
        items: newest first.
        keys: the first counts most.
        values: what an item's run says of itself.
    """
    found = list(items)
    for key in reversed(keys):
        ranked = [(rank_of(value_of(key.operand, values(item))), item) for item in found]
        present = [each for each in ranked if each[0] is not None]
        present.sort(key=lambda each: each[0], reverse=key.descending)  # type: ignore[arg-type, return-value]
        found = [item for _, item in present]
        found += [item for rank, item in ranked if rank is None]
    return found


def rank_of(value: Any) -> tuple[int, Any] | None:
    """Where a value stands in an order; None, at the end, of what is missing and of NaN.

    Example:
        >>> sorted([rank_of("a"), rank_of(2), rank_of(True)])
        [(0, True), (1, 2), (2, 'a')]
    """
    kind = _kind_of(value)
    if kind is None or value != value:  # noqa: PLR0124 # NaN
        return None
    return _RANKS[kind], value


def _compares(sign: str, value: Any, right: Operand | Literal, run: RunValues) -> bool:
    if isinstance(right, Literal):
        if right.value is None:
            return (value is None) is (sign == "==")
        return compare(sign, value, right.value)
    return compare(sign, value, value_of(right, run))


def _kind_of(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return _BOOLEAN
    return _NUMBER if isinstance(value, int | float) else _TEXT
