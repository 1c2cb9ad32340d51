"""Comparing: which things compare with which, and the form that literals take beside a fact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from trialog._filters.expressions import (
    Comparison,
    Expression,
    Fact,
    HasTag,
    Literal,
    Membership,
    Metric,
    Operand,
    Operator,
    Span,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.literals import FLIPPED, OF_TIME, check_time, formed, status_word, statuses_of
from trialog._filters.mistakes import Mistake
from trialog._filters.quoting import metric_text
from trialog._filters.subjects import matched


def is_related(
    left: Operand | Literal, operator: str, right: Operand | Literal, span: Span, text: str
) -> Expression:
    """``left operator right``.

    Args:
        left: one side.
        operator: a comparison's, or ``is`` or ``is not``.
        right: the other side.
        span: of all of it.
        text: the whole filter.

    Raises:
        Mistake: the two do not compare so.
    """
    if isinstance(left, Literal):
        if isinstance(right, Literal):
            raise _of_values(left, right)
        if operator not in ("is", "is not"):
            operator = FLIPPED[operator]
        left, right = right, left
    if operator in ("is", "is not"):
        if not isinstance(right, Literal) or right.value is not None:
            better = "==" if operator == "is" else "!="
            raise Mistake(f"{operator!r} asks for None alone: use {better}", span)
        operator = "==" if operator == "is" else "!="
    if not isinstance(right, Literal):
        _check_kinds(left, right, span)
        return Comparison(cast("Operator", operator), left, right, span)
    return _with_literal(left, cast("Operator", operator), right, span, text)


def _with_literal(
    left: Operand, operator: Operator, right: Literal, span: Span, text: str
) -> Expression:
    if right.value is None:
        if operator not in ("==", "!="):
            raise Mistake("what is missing is neither less nor greater", span)
        return Comparison(operator, left, right, span)
    if isinstance(left, Fact):
        kind = FIELDS[left.name].type
        if kind is FactType.STATUS:
            if operator not in ("==", "!="):
                raise Mistake("statuses have no order: use ==, != or in", span)
            return Membership(left, statuses_of(right), operator == "!=", span)
        if kind is FactType.TAGS:
            negated = " not" if operator == "!=" else ""
            written = text[right.span.start : right.span.end]
            raise Mistake("a run has several tags", span, f"{written}{negated} in tags")
        if kind in OF_TIME:
            check_time(left, operator, right, span, text)
    return Comparison(operator, left, formed(left, right, text), span)


def is_in(
    item: Operand | Literal,
    items: Sequence[Literal] | Operand | Literal,
    span: Span,
    text: str,
    *,
    negated: bool,
) -> Expression:
    """``item in items``.

    Args:
        item: what is looked for.
        items: where: several values, tags, or a text.
        span: of all of it.
        text: the whole filter.
        negated: it says ``not in``.

    Raises:
        Mistake: nothing of the kind can be in it.
    """
    if not isinstance(items, Sequence):
        return _is_within(item, items, span, text, negated=negated)
    if isinstance(item, Literal):
        raise Mistake("a value is in other values or not, whatever the run", span)
    formed_items: list[Literal] = []
    for each in items:
        if isinstance(item, Fact) and FIELDS[item.name].type is FactType.TAGS:
            written = text[each.span.start : each.span.end]
            raise Mistake("a run has several tags", span, f"{written} in tags")
        if each.value is None:
            formed_items.append(each)
        elif isinstance(item, Fact) and FIELDS[item.name].type is FactType.STATUS:
            formed_items += statuses_of(each)
        else:
            formed_items.append(formed(item, each, text))
    return Membership(item, tuple(formed_items), negated, span)


def _is_within(
    item: Operand | Literal, whole: Operand | Literal, span: Span, text: str, *, negated: bool
) -> Expression:
    """``"x" in tags``, ``"x" in name``."""
    if isinstance(whole, Literal):
        written = text[whole.span.start : whole.span.end]
        raise Mistake("several values stand in brackets", whole.span, f"({written},)")
    if isinstance(whole, Metric):
        raise Mistake("a metric is a number, and nothing is in it", whole.span)
    if not isinstance(item, Literal) or not isinstance(item.value, str):
        raise Mistake("a text in quotes is wanted here", item.span)
    if isinstance(whole, Fact):
        if FIELDS[whole.name].type is FactType.TAGS:
            return HasTag(item.value, negated, span)
        if FIELDS[whole.name].type is not FactType.TEXT:
            raise Mistake(f"{whole.name} is a {FIELDS[whole.name].type}, and no text", whole.span)
    return matched("contains", whole, item, span, negated=negated)


def _check_kinds(left: Operand, right: Operand, span: Span) -> None:
    """Two things of runs: times with times, texts with texts; a parameter may be anything else."""
    kinds = [FIELDS[each.name].type if isinstance(each, Fact) else None for each in (left, right)]
    for fact, kind in zip((left, right), kinds, strict=True):
        if kind is FactType.STATUS or kind is FactType.TAGS:
            other = right if fact is left else left
            hint = status_word(other) if kind is FactType.STATUS else None
            if hint:
                raise Mistake("a status is quoted", other.span, hint)
            raise Mistake(f"{fact.name} is compared with texts in quotes alone", span)
        if kind in OF_TIME and kinds[0] is not kinds[1]:
            raise Mistake(f"{fact.name} is a {kind}, and the other side is none", span)
    is_metric = isinstance(left, Metric) or isinstance(right, Metric)
    if is_metric and any(kind not in (None, FactType.NUMBER) for kind in kinds):
        raise Mistake("a metric is a number, and the other side is none", span)
    if None not in kinds and kinds[0] is not kinds[1]:
        raise Mistake(f"a {kinds[0]} does not compare with a {kinds[1]}", span)


def _of_values(left: Literal, right: Literal) -> Mistake:
    """Two values: one of them may have been meant as a name."""
    for each in (left, right):
        if isinstance(each.value, str) and each.value:
            hint = metric_text("last", each.value)
            message = f"a text in quotes is a value; a metric is asked for by {hint}"
            return Mistake(message, each.span, hint)
    return Mistake(
        "two values compare the same for every run", Span(left.span.start, right.span.end)
    )
