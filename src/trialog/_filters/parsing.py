"""From text to what it says, or to an error that shows what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from trialog._filters.expressions import Expression, Fact, Literal, Operand, SortKey, Span
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.foreign import check_tokens
from trialog._filters.mistakes import Mistake
from trialog._filters.tokens import Token, read_tokens
from trialog._filters.trees import TreeReader
from trialog.errors import FilterError, InvalidTypeError

MAX_LENGTH = 10_000

T = TypeVar("T")


def parse_filter(text: object) -> Expression | None:
    """What a condition says; None where it is blank and says nothing.

    Args:
        text: in the filter language, at most 10,000 characters.

    Raises:
        FilterError: it cannot be understood.
        InvalidTypeError: it is no text.

    Example:
        >>> parse_filter("0.1 < lr")
        Comparison(operator='>', left=Parameter(name='lr'), right=Literal(value=0.1))
    """
    given = _checked(text, "where")
    return _read(given, lambda: _read_filter(given))


def parse_sort(text: object) -> tuple[SortKey, ...]:
    """What to sort by: operands with commas between, a minus before those that descend.

    Raises:
        FilterError: it cannot be understood.
        InvalidTypeError: it is no text.

    Example:
        >>> parse_sort("-max(acc), lr")[0]
        SortKey(operand=Metric(name='acc', measure='max'), descending=True)
    """
    given = _checked(text, "sort")
    return _read(given, lambda: _read_sort(given))


def parse_operand(text: str) -> Operand:
    """What a text asks for: a parameter, a metric or a fact.

    Raises:
        FilterError: it asks for nothing, or for more.
    """
    return _read(text, lambda: _read_operand(text))


def _checked(text: object, keyword: str) -> str:
    if not isinstance(text, str):
        kind = type(text).__name__
        raise InvalidTypeError(
            f"{keyword} must be text in the filter language, not {kind}: {text!r}"
        )
    return str.__str__(text)


def _read(text: str, read: Callable[[], T]) -> T:
    try:
        _check_letters(text)
        return read()
    except Mistake as mistake:
        span = mistake.span
        raise FilterError(mistake.message, text, *span, mistake.suggestion) from None


def _check_letters(text: str) -> None:
    if len(text) > MAX_LENGTH:
        message = f"this has {len(text)} characters; at most {MAX_LENGTH} are read"
        raise Mistake(message, Span(MAX_LENGTH, len(text)))
    half = re.search("[\ud800-\udfff]", text)
    if half:
        raise Mistake("half a character, of a text that was wrongly decoded", Span(*half.span()))


def _read_filter(text: str) -> Expression | None:
    tokens = read_tokens(text)
    return TreeReader(text, tokens).condition() if tokens else None


def _read_operand(text: str) -> Operand:
    tokens = read_tokens(text)
    if not tokens:
        raise Mistake("nothing is asked for", Span(0, len(text)))
    check_tokens(text, tokens)
    side = TreeReader(text, tokens).side(tokens)
    if isinstance(side, Literal):
        raise Mistake("a value asks for nothing", side.span)
    return side


def _read_sort(text: str) -> tuple[SortKey, ...]:
    tokens = read_tokens(text)
    check_tokens(text, tokens)
    reader = TreeReader(text, tokens)
    keys: list[SortKey] = []
    for part, comma in _parts(tokens):
        if part:
            keys.append(_sort_key(text, reader, part))
        elif comma is not None:
            raise Mistake("something is missing before ','", comma.span)
    return tuple(keys)


def _sort_key(text: str, reader: TreeReader, tokens: Sequence[Token]) -> SortKey:
    span = Span(tokens[0].start, tokens[-1].end)
    direction = tokens[-1].text.casefold()
    if direction in ("asc", "desc") and len(tokens) > 1:
        minus = "-" if direction == "desc" else ""
        named = text[span.start : tokens[-2].end]
        raise Mistake("the greatest come first with a minus", span, f"{minus}{named}")
    descending = tokens[0].text == "-"
    named_tokens = tokens[1:] if descending else tokens
    if not named_tokens:
        raise Mistake("something is missing after '-'", span)
    operand = reader.side(named_tokens)
    if isinstance(operand, Literal):
        _refuse_sorting(text, operand)
    if isinstance(operand, Fact) and FIELDS[operand.name].type is FactType.TAGS:
        raise Mistake("tags have no order", operand.span)
    return SortKey(operand, descending, span)


def _refuse_sorting(text: str, literal: Literal) -> NoReturn:
    hint = None
    if isinstance(literal.value, str) and literal.value:
        hint = f"last({text[literal.span.start : literal.span.end]})"
    raise Mistake("a value is nothing to sort by", literal.span, hint)


def _parts(tokens: Sequence[Token]) -> list[tuple[list[Token], Token | None]]:
    """Pieces between commas that stand in no brackets, each with the comma behind it."""
    parts: list[tuple[list[Token], Token | None]] = []
    part: list[Token] = []
    depth = 0
    for token in tokens:
        if token.text == "," and not depth:
            parts.append((part, token))
            part = []
            continue
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        part.append(token)
    return [*parts, (part, None)]
