"""The form that a value takes beside what it is compared with, and values that never fit."""

from __future__ import annotations

from trialog._entities import RunStatus
from trialog._filters.ages import length_of_seconds, parse_length
from trialog._filters.dates import day_after, parse_date
from trialog._filters.expressions import Literal, Metric, Operand, Parameter, Span
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.mistakes import Mistake
from trialog._filters.quoting import quoted
from trialog._names import nearest
from trialog.errors import UsageError

STATUS_WORDS = (
    *(status.value.lower() for status in RunStatus),
    *("done", "succeeded", "finished", "error", "cancelled", "draft"),
)
"""What a status may be called, ours first."""
FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
OF_TIME = (FactType.TIME, FactType.LENGTH)
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


def check_time(fact: Operand, operator: str, literal: Literal, span: Span, text: str) -> None:
    """Find ``created > "2d"``, ``age < "2026-11-01"``, ``created == "2026-11-01"``.

    Raises:
        Mistake: it is such a thing, and means something else than it says.
    """
    if not isinstance(literal.value, str):
        return
    written = text[literal.span.start : literal.span.end]
    kind = FIELDS[fact.name].type
    if kind is FactType.TIME and _is_length(literal.value):
        hint = None
        if fact.name == "created" and operator not in ("==", "!="):
            hint = f"age {FLIPPED[operator]} {written}"
        raise Mistake(f"{fact.name} is a time, and this is how long something takes", span, hint)
    if kind is FactType.LENGTH and _is_date(literal.value):
        hint = None
        if fact.name == "age" and operator not in ("==", "!="):
            hint = f"created {FLIPPED[operator]} {written}"
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
    if folded in _STATES and status_word(Parameter(literal.value)):
        raise Mistake(f"{parameter.name!r} is called status here", parameter.span, "status")
    if folded in _TIMES and (_is_date(literal.value) or _is_length(literal.value)):
        fact = _TIMES[folded]
        raise Mistake(f"{parameter.name!r} is called {fact} here", parameter.span, fact)


def statuses_of(literal: Literal) -> tuple[Literal, ...]:
    """The statuses that a text in quotes stands for.

    Raises:
        Mistake: no tracker has that word.
    """
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


def status_word(operand: Operand) -> str | None:
    """The status that a word without quotes means, in quotes."""
    if not isinstance(operand, Parameter):
        return None
    try:
        RunStatus.parse_query(operand.name)
    except UsageError:
        return None
    return quoted(operand.name)


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
