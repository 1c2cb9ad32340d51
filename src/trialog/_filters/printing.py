"""From what a filter says back to text, in one form: what it means when it is read again."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trialog._filters.ages import print_length
from trialog._filters.dates import print_date
from trialog._filters.expressions import (
    All,
    AnyOf,
    Comparison,
    Expression,
    Fact,
    HasTag,
    Literal,
    Membership,
    Metric,
    Not,
    Operand,
    Parameter,
    SortKey,
    TextMatch,
    Truth,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.quoting import metric_text, parameter_text, quoted


def print_filter(condition: Expression) -> str:
    """The text of a condition.

    Example:
        >>> from trialog._filters.parsing import parse_filter
        >>> print_filter(parse_filter("0.1<lr  and 'a' in tags"))
        'lr > 0.1 and "a" in tags'
    """
    match condition:
        case All(parts):
            return " and ".join(_part(part, All) for part in parts)
        case AnyOf(parts):
            return " or ".join(_part(part, AnyOf) for part in parts)
        case Not(part):
            return f"not ({print_filter(part)})"
        case Comparison(sign, left, Literal(None)):
            return f"{print_operand(left)} is {'not ' if sign == '!=' else ''}None"
        case Comparison(sign, left, right):
            written = _literal(left, right) if isinstance(right, Literal) else print_operand(right)
            return f"{print_operand(left)} {sign} {written}"
        case Membership(Fact("status"), (Literal(str(word)),), negated):
            return f"status {'!=' if negated else '=='} {quoted(word)}"
        case Membership(item, items, negated):
            listed = ", ".join(_literal(item, each) for each in items)
            return f"{print_operand(item)} {_in(negated=negated)} [{listed}]"
        case HasTag(tag, negated):
            return f"{quoted(tag)} {_in(negated=negated)} tags"
        case TextMatch():
            return _print_match(condition)
        case Truth(operand):
            return print_operand(operand)


def print_sort(keys: Sequence[SortKey]) -> str:
    """The text of an order.

    Example:
        >>> print_sort([SortKey(Metric("acc", "max"), descending=True), SortKey(Fact("name"))])
        '-max(acc), name'
    """
    return ", ".join(f"{'-' if key.descending else ''}{print_operand(key.operand)}" for key in keys)


def print_operand(operand: Operand) -> str:
    """The text that asks for something of a run."""
    match operand:
        case Parameter(name):
            return parameter_text(name)
        case Metric(name, measure):
            return metric_text(measure, name)
        case Fact(name):
            return name


def _print_match(condition: TextMatch) -> str:
    subject, text = print_operand(condition.subject), quoted(condition.text)
    if condition.kind == "contains":
        return f"{text} {_in(negated=condition.negated)} {subject}"
    if condition.kind == "matches":
        return f"matches({subject}, {text})"
    return f"{subject}.{condition.kind}({text})"


def _part(part: Expression, of: type[All | AnyOf]) -> str:
    text = print_filter(part)
    needs_brackets = isinstance(part, All | AnyOf) and (of is All or isinstance(part, AnyOf))
    return f"({text})" if needs_brackets else text


def _in(*, negated: bool) -> str:
    return "not in" if negated else "in"


def _literal(operand: Operand, literal: Literal) -> str:
    """A value, in the form that is written beside an operand."""
    value = literal.value
    if isinstance(operand, Fact) and type(value) is int:
        if FIELDS[operand.name].type is FactType.TIME:
            return quoted(print_date(value))
        if FIELDS[operand.name].type is FactType.LENGTH:
            return quoted(print_length(value))
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float) and math.isinf(value):
        return "1e999" if value > 0 else "-1e999"
    return repr(value)
