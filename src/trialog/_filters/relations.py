"""Comparing: which things compare with which, and the form that literals take beside a fact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from trialog._entities import RunStatus
from trialog._filters.ages import length_of_seconds, parse_length
from trialog._filters.dates import day_after, parse_date
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
    Parameter,
    Span,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.mistakes import Mistake
from trialog._filters.quoting import metric_text, quoted
from trialog._filters.subjects import matched
from trialog._names import nearest
from trialog.errors import UsageError

STATUS_WORDS = (
    *(status.value.lower() for status in RunStatus),
    *("done", "succeeded", "finished", "error", "cancelled", "draft"),
)
"""What a status may be called, ours first."""
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
_OF_TIME = (FactType.TIME, FactType.LENGTH)
_STATES = frozenset({"state", "run_status", "run_state"})
_TIMES = {
    "started": "created",
    "start_time": "created",
    "created_at": "created",
    "date_created": "created",
    "end_time": "ended",
    "ended_at": "ended",
    "date_ended": "ended",
    "updated_at": "updated",
    "runtime": "duration",
}


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
            raise _of_values(left, right, text)
        if operator not in ("is", "is not"):
            operator = _FLIPPED[operator]
        left, right = right, left
    if operator in ("is", "is not"):
        if not isinstance(right, Literal) or right.value is not None:
            better = "==" if operator == "is" else "!="
            raise Mistake(f"{operator!r} asks for None alone: use {better}", span)
        operator = "==" if operator == "is" else "!="
    if not isinstance(right, Literal):
        _check_kinds(left, right, span)
        return Comparison(cast("Operator", operator), left, right, span)
    if right.value is None:
        if operator not in ("==", "!="):
            raise Mistake("what is missing is neither less nor greater", span)
        return Comparison(cast("Operator", operator), left, right, span)
    if isinstance(left, Fact):
        kind = FIELDS[left.name].type
        if kind is FactType.STATUS:
            if operator not in ("==", "!="):
                raise Mistake("statuses have no order: use ==, != or in", span)
            return Membership(left, _statuses(right), operator == "!=", span)
        if kind is FactType.TAGS:
            negated = " not" if operator == "!=" else ""
            written = text[right.span.start : right.span.end]
            raise Mistake("a run has several tags", span, f"{written}{negated} in tags")
        if kind in _OF_TIME:
            _check_time(left, operator, right, span, text)
    return Comparison(cast("Operator", operator), left, formed(left, right, text), span)


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
            formed_items += _statuses(each)
        else:
            formed_items.append(formed(item, each, text))
    return Membership(item, tuple(formed_items), negated, span)


def formed(operand: Operand, literal: Literal, text: str) -> Literal:
    """A literal in the form of what it is compared with; None is no such literal.

    Raises:
        Mistake: it can never compare with it.
    """
    value = literal.value
    if isinstance(operand, Parameter):
        _check_foreign(operand, literal)
        return literal
    if isinstance(operand, Metric):
        if isinstance(value, bool | str):
            raise Mistake("a metric is a number", literal.span)
        return literal
    kind = FIELDS[operand.name].type
    match kind:
        case FactType.NUMBER:
            if isinstance(value, bool | str):
                raise Mistake(f"{operand.name} is a number", literal.span, _unquoted(value))
        case FactType.FLAG:
            if not isinstance(value, bool):
                raise Mistake(f"{operand.name} is True or False", literal.span)
        case FactType.TIME:
            return Literal(_time(operand, literal), literal.span)
        case FactType.LENGTH:
            return Literal(_length(operand, literal), literal.span)
        case _:
            if not isinstance(value, str):
                written = text[literal.span.start : literal.span.end]
                raise Mistake(f"{operand.name} is a text", literal.span, quoted(written))
    return literal


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
            hint = _status_word(other) if kind is FactType.STATUS else None
            if hint:
                raise Mistake("a status is quoted", other.span, hint)
            raise Mistake(f"{fact.name} is compared with texts in quotes alone", span)
        if kind in _OF_TIME and kinds[0] is not kinds[1]:
            raise Mistake(f"{fact.name} is a {kind}, and the other side is none", span)
    is_metric = isinstance(left, Metric) or isinstance(right, Metric)
    if is_metric and any(kind not in (None, FactType.NUMBER) for kind in kinds):
        raise Mistake("a metric is a number, and the other side is none", span)
    if None not in kinds and kinds[0] is not kinds[1]:
        raise Mistake(f"a {kinds[0]} does not compare with a {kinds[1]}", span)


def _check_time(fact: Operand, operator: str, literal: Literal, span: Span, text: str) -> None:
    """What is meant by ``created > "2d"``, ``age < "2026-11-01"``, ``created == "2026-11-01"``."""
    if not isinstance(literal.value, str):
        return
    written = text[literal.span.start : literal.span.end]
    kind = FIELDS[fact.name].type
    if kind is FactType.TIME and _is_length(literal.value):
        hint = None
        if fact.name == "created" and operator not in ("==", "!="):
            hint = f"age {_FLIPPED[operator]} {written}"
        raise Mistake(f"{fact.name} is a time, and this is how long something takes", span, hint)
    if kind is FactType.LENGTH and _is_date(literal.value):
        hint = None
        if fact.name == "age" and operator not in ("==", "!="):
            hint = f"created {_FLIPPED[operator]} {written}"
        raise Mistake(f"{fact.name} is how long something takes, and this is a time", span, hint)
    if kind is FactType.TIME and operator in ("==", "!=") and _is_date(literal.value):
        day = day_after(literal.value)
        if day is not None:
            hint = f"{written} <= {fact.name} < {quoted(day)}"
            hint = hint if operator == "==" else f"not ({hint})"
            raise Mistake("a day begins at midnight: no run is just so old", span, hint)


def _check_foreign(parameter: Parameter, literal: Literal) -> None:
    """Words of other tools, where what they are compared with shows that no parameter is meant."""
    if not isinstance(literal.value, str) or parameter.span.end - parameter.span.start != len(
        parameter.name
    ):
        return
    folded = parameter.name.casefold()
    if folded in _STATES and _status_word(Parameter(literal.value)):
        raise Mistake(f"{parameter.name!r} is called status here", parameter.span, "status")
    if folded in _TIMES and (_is_date(literal.value) or _is_length(literal.value)):
        fact = _TIMES[folded]
        raise Mistake(f"{parameter.name!r} is called {fact} here", parameter.span, fact)


def _statuses(literal: Literal) -> tuple[Literal, ...]:
    word = literal.value
    if not isinstance(word, str):
        raise Mistake("a status is a text", literal.span)
    try:
        return tuple(Literal(status.value, literal.span) for status in RunStatus.parse_query(word))
    except UsageError:
        names = ", ".join(RunStatus.__members__)
        guess = nearest(word.casefold(), STATUS_WORDS)
        hint = None if guess is None else quoted(guess)
        raise Mistake(
            f"there is no status {word!r}; use one of: {names}", literal.span, hint
        ) from None


def _status_word(operand: Operand) -> str | None:
    """The status that a word without quotes means, in quotes."""
    if not isinstance(operand, Parameter):
        return None
    try:
        RunStatus.parse_query(operand.name)
    except UsageError:
        return None
    return quoted(operand.name)


def _of_values(left: Literal, right: Literal, text: str) -> Mistake:
    """Two values: one of them may have been meant as a name."""
    for each in (left, right):
        if isinstance(each.value, str) and each.value:
            hint = metric_text("last", each.value)
            message = f"a text in quotes is a value; a metric is asked for by {hint}"
            return Mistake(message, each.span, hint)
    return Mistake(
        "two values compare the same for every run", Span(left.span.start, right.span.end)
    )


def _unquoted(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return (
        value.strip()
        if value.strip().lstrip("+-").isascii() and value.strip().lstrip("+-").isdigit()
        else None
    )


def _time(fact: Operand, literal: Literal) -> int:
    what = 'a time is written "2026-11-01" or "2026-11-01 14:00"'
    if not isinstance(literal.value, str):
        raise Mistake(f"{fact.name} is a time: {what}", literal.span)
    try:
        return parse_date(literal.value)
    except (ValueError, OverflowError, OSError):
        raise Mistake(what, literal.span) from None


def _length(fact: Operand, literal: Literal) -> int:
    what = 'a length of time is written "2d", "1d12h" or "90s", or is a number of seconds'
    value = literal.value
    if isinstance(value, bool) or value is None:
        raise Mistake(f"{fact.name} is how long something takes: {what}", literal.span)
    try:
        return parse_length(value) if isinstance(value, str) else length_of_seconds(value)
    except (ValueError, OverflowError):
        raise Mistake(what, literal.span) from None


def _is_length(word: str) -> bool:
    try:
        parse_length(word)
    except ValueError:
        return False
    return True


def _is_date(word: str) -> bool:
    try:
        parse_date(word)
    except (ValueError, OverflowError, OSError):
        return False
    return True
