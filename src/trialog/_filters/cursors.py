"""Where a cursor stands in a filter that may be unfinished: what is wanted there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from trialog._filters.expressions import MEASURES, Operand
from trialog._filters.parsing import parse_operand
from trialog._filters.quoting import PARAMETERS, WORDS, unquoted
from trialog._filters.tokens import Token, read_tokens
from trialog.errors import FilterError

Wanted = Literal[
    "condition", "metric", "parameter", "method", "value", "whole", "operator", "word", "none"
]
_COMPARES = frozenset({"==", "!=", "<", "<=", ">", ">="})
_OPENING, _CLOSING = ("(", "["), (")", "]")


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is wanted where the cursor stands.

    Attributes:
        wanted: ``condition``: anything that begins one; ``metric`` and ``parameter``: a name;
            ``method``: what texts have behind a dot; ``value``: of what stands on the left;
            ``whole``: what is right of ``in``; ``operator`` and ``word``: how it goes on.
        start, end: what of the text is to be replaced.
        typed: the beginning of what is wanted, without quotes.
        is_quoted: it stands in quotes.
        left: what a value is compared with, or an operator follows; None where that is not known.
        left_is_text: a text stands left of ``in``.
        is_followed: more stands right of what is replaced.
        words: all that can stand there, where one of few ``word`` is wanted.
    """

    wanted: Wanted
    start: int
    end: int
    typed: str
    is_quoted: bool = False
    left: Operand | None = None
    left_is_text: bool = False
    is_followed: bool = False
    words: tuple[str, ...] = ()


class _Wish(NamedTuple):
    """What is wanted behind some pieces: see :class:`Cursor`; ``first``: from where on."""

    wanted: Wanted
    first: int | None = None
    left: Operand | None = None
    left_is_text: bool = False
    words: tuple[str, ...] = ()


def find_cursor(text: str, at: int) -> Cursor:
    """What is wanted at a place.

    Args:
        text: the filter, also unfinished.
        at: characters before the cursor; beyond the ends, the end.
    """
    at = min(max(at, 0), len(text))
    tokens = read_tokens(text)
    before = [token for token in tokens if token.end <= at]
    word = next((token for token in tokens if token.start < at <= token.end), None)
    start = end = at
    typed, is_quoted = "", False
    if word is not None and word.kind in ("name", "text", "open", "number"):
        is_inside = at < word.end or word.kind == "open"
        if word.kind in ("text", "open"):
            if word.kind == "text" and not is_inside:
                word = None
            else:
                typed, is_quoted = _content(text[word.start : at]), True
                start, end = word.start, at if word.kind == "open" else word.end
        elif word.kind == "number":
            return Cursor("none", at, at, "")
        else:
            typed, start, end = text[word.start : at], word.start, word.end
        if word is not None:
            before = [token for token in before if token.end <= word.start]
    is_followed = any(token.start >= end for token in tokens)
    wanted, first, left, left_is_text, words = _wanted(text, before)
    if is_quoted and wanted in ("operator", "method", "word"):
        wanted = "none"
    if first is not None:
        start = first
        closing = next((token for token in tokens if token.start >= end), None)
        if is_quoted and closing is not None and closing.text == "]":
            end = closing.end
    return Cursor(wanted, start, end, typed, is_quoted, left, left_is_text, is_followed, words)


def _wanted(text: str, before: Sequence[Token]) -> _Wish:
    """What is wanted behind some pieces."""
    if not before:
        return _Wish("condition")
    last = before[-1]
    previous = before[-2] if len(before) > 1 else None
    if last.text == ".":
        if previous is not None and previous.text == PARAMETERS:
            return _Wish("parameter", previous.start)
        is_named = previous is not None and previous.kind == "name"
        return _Wish("method" if is_named else "none")
    if last.text == "[" and previous is not None and previous.text == PARAMETERS:
        return _Wish("parameter", previous.start)
    if last.text == "(" and previous is not None and previous.text in MEASURES:
        return _Wish("metric")
    if _ends_operand(last):
        return _operator(text, before)
    if last.text in _COMPARES:
        return _Wish("value", left=_operand_before(text, before[:-1]))
    if last.text == "in":
        rest = before[:-2] if previous is not None and previous.text == "not" else before[:-1]
        is_text = bool(rest) and rest[-1].kind == "text"
        return _Wish("whole", left=_operand_before(text, rest), left_is_text=is_text)
    if last.text in (*_OPENING, ","):
        return _in_brackets(text, before)
    if last.text == "not":
        return _behind_not(previous)
    if last.text == "is":
        return _Wish("word", words=("None", "not None"))
    return _Wish("condition" if last.text in ("and", "or") else "none")


def _behind_not(previous: Token | None) -> _Wish:
    if previous is not None and _ends_operand(previous):
        return _Wish("word", words=("in",))
    if previous is not None and previous.text == "is":
        return _Wish("word", words=("None",))
    return _Wish("condition")


def _in_brackets(text: str, before: Sequence[Token]) -> _Wish:
    """Right behind a bracket or a comma."""
    opening = _opening_before(before)
    if opening and before[opening - 1].text == "in":
        rest = before[: opening - 1]
        rest = rest[:-1] if rest and rest[-1].text == "not" else rest
        return _Wish("value", left=_operand_before(text, rest))
    is_called = bool(opening) and opening is not None and _is_name(before[opening - 1])
    begins = before[-1].text == "(" and not is_called
    return _Wish("condition" if begins else "none")


def _operator(text: str, before: Sequence[Token]) -> _Wish:
    """Behind something that is complete: alone as yet, or the right side of a comparison."""
    opening = _opening_before(before)
    if opening and (before[opening - 1].text == "in" or _is_name(before[opening - 1])):
        return _Wish("none")
    start = _operand_start(before)
    opener = before[start - 1].text if start else ""
    if before[-1].kind == "text" and start == len(before) - 1:
        return _Wish("operator", left_is_text=opener not in (*_COMPARES, "in"))
    is_alone = opener in ("", "and", "or", "not", "(") and before[-1].text != "None"
    return _Wish("operator", left=_operand_before(text, before) if is_alone else None)


def _operand_before(text: str, tokens: Sequence[Token]) -> Operand | None:
    """What a filter asks for right before a place."""
    if not tokens:
        return None
    start = _operand_start(tokens)
    try:
        return parse_operand(text[tokens[start].start : tokens[-1].end])
    except FilterError:
        return None


def _operand_start(tokens: Sequence[Token]) -> int:
    """Where the operand begins that ends with the last piece."""
    at = len(tokens) - 1
    if tokens[at].text in _CLOSING:
        opening = _opening_before(tokens[:at])
        if opening is None:
            return at
        at = opening
        if at and _is_name(tokens[at - 1]):
            at -= 1
    if at > 1 and tokens[at - 1].text == "." and _is_name(tokens[at - 2]):
        at -= 2
    return at


def _opening_before(tokens: Sequence[Token]) -> int | None:
    """The bracket that is still open behind the last piece."""
    closed = 0
    for at in range(len(tokens) - 1, -1, -1):
        if tokens[at].text in _CLOSING:
            closed += 1
        elif tokens[at].text in _OPENING:
            if not closed:
                return at
            closed -= 1
    return None


def _ends_operand(token: Token) -> bool:
    return token.kind in ("text", "number") or token.text in _CLOSING or _is_name(token)


def _is_name(token: Token) -> bool:
    return token.kind == "name" and token.text not in WORDS


def _content(typed: str) -> str:
    """What stands behind an opening quote, as far as it is typed."""
    prefix = 2 if typed[0] in "rR" else 1
    try:
        return unquoted(f'"{typed[prefix:]}"')
    except (ValueError, OverflowError):
        return typed[prefix:]
