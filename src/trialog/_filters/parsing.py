"""From text to what it says: Python's own grammar gives the structure, and nothing is evaluated.

The text is cut into pieces; a skeleton of it, in which every text, number and foreign letter has a
stand-in of the same length, goes through ``ast``. So places in the tree are places in the text, and
values never pass through Python's own reading of escapes, digits and letters.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

from trialog._filters.expressions import (
    All,
    AnyOf,
    Expression,
    Fact,
    Literal,
    Metric,
    Not,
    Operand,
    Parameter,
    SortKey,
    Span,
    Truth,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.foreign import check_tokens, number_of
from trialog._filters.mistakes import Mistake
from trialog._filters.order import check_order
from trialog._filters.quoting import PARAMETERS, unquoted
from trialog._filters.relations import is_in, is_related
from trialog._filters.subjects import match_of, metric_of, parameter_in, parameter_of
from trialog._filters.tokens import Token, read_tokens
from trialog.errors import FilterError, InvalidTypeError

MAX_LENGTH = 10_000

T = TypeVar("T")
_OPERATORS = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}


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
    return _read(given, lambda: _Reader(given, read_tokens(given)).filter())


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
    return _read(given, lambda: _Reader(given, read_tokens(given)).sort())


def parse_operand(text: str) -> Operand:
    """What a text asks for: a parameter, a metric or a fact.

    Raises:
        FilterError: it asks for nothing, or for more.
    """
    return _read(text, lambda: _Reader(text, read_tokens(text)).operand())


def _checked(text: object, keyword: str) -> str:
    if not isinstance(text, str):
        kind = type(text).__name__
        raise InvalidTypeError(
            f"{keyword} must be text in the filter language, not {kind}: {text!r}"
        )
    return str.__str__(text)


def _read(text: str, read: Callable[[], T]) -> T:
    try:
        if len(text) > MAX_LENGTH:
            raise Mistake(
                f"this has {len(text)} characters; at most {MAX_LENGTH} are read",
                Span(MAX_LENGTH, len(text)),
            )
        for at, letter in enumerate(text):
            if "\ud800" <= letter <= "\udfff":
                raise Mistake(
                    "half a character, of a text that was cut or wrongly decoded", Span(at, at + 1)
                )
        return read()
    except Mistake as mistake:
        span = mistake.span
        raise FilterError(mistake.message, text, *span, mistake.suggestion) from None


class _Reader:
    """Makes one text's tree."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self._text = text
        self._tokens = tokens
        self._at = {token.start: token for token in tokens}

    def filter(self) -> Expression | None:
        """The whole text as a condition."""
        if not self._tokens:
            return None
        check_tokens(self._text, self._tokens)
        check_order(self._tokens)
        return self._expression(self._parsed(self._tokens))

    def sort(self) -> tuple[SortKey, ...]:
        """The whole text as an order."""
        check_tokens(self._text, self._tokens)
        keys: list[SortKey] = []
        for part, comma in _parts(self._tokens):
            if part:
                keys.append(self._sort_key(part))
            elif comma is not None:
                raise Mistake("something is missing before ','", comma.span)
        return tuple(keys)

    def operand(self) -> Operand:
        """The whole text as one thing to ask for."""
        if not self._tokens:
            raise Mistake("nothing is asked for", Span(0, len(self._text)))
        check_tokens(self._text, self._tokens)
        check_order(self._tokens)
        side = self._side(self._parsed(self._tokens))
        if isinstance(side, Literal):
            raise Mistake("a value asks for nothing", side.span)
        return side

    def _sort_key(self, tokens: Sequence[Token]) -> SortKey:
        span = Span(tokens[0].start, tokens[-1].end)
        if tokens[-1].text.casefold() in ("asc", "desc") and len(tokens) > 1:
            minus = "-" if tokens[-1].text.casefold() == "desc" else ""
            named = self._text[span.start : tokens[-2].end]
            raise Mistake("the greatest come first with a minus", span, f"{minus}{named}")
        descending = tokens[0].text == "-"
        named_tokens = tokens[1:] if descending else tokens
        if not named_tokens:
            raise Mistake("something is missing after '-'", span)
        check_order(named_tokens)
        operand = self._side(self._parsed(named_tokens))
        if isinstance(operand, Literal):
            self._refuse_sorting(operand)
        if isinstance(operand, Fact) and FIELDS[operand.name].type is FactType.TAGS:
            raise Mistake("tags have no order", operand.span)
        return SortKey(operand, descending, span)

    def _refuse_sorting(self, literal: Literal) -> NoReturn:
        hint = None
        if isinstance(literal.value, str) and literal.value:
            hint = f"last({self._text[literal.span.start : literal.span.end]})"
        raise Mistake("a value is nothing to sort by", literal.span, hint)

    def _parsed(self, tokens: Sequence[Token]) -> ast.expr:
        letters = [" "] * len(self._text)
        for token in tokens:
            letters[token.start : token.end] = _stand_in(token)
        try:
            return ast.parse(f"({''.join(letters)})", mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            span = Span(tokens[0].start, tokens[-1].end)
            raise Mistake("this cannot be understood", span) from None

    # -- conditions ----------------------------------------------------------------------------

    def _expression(self, node: ast.expr) -> Expression:
        span = _span(node)
        match node:
            case ast.BoolOp(op=ast.And(), values=values):
                return All(tuple(map(self._expression, values)), span)
            case ast.BoolOp(values=values):
                return AnyOf(tuple(map(self._expression, values)), span)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self._expression(operand), span)
            case ast.Compare():
                return self._comparisons(node)
            case ast.Call(func=ast.Attribute(attr=method, value=subject), args=arguments):
                sides = [self._side(subject), *map(self._side, arguments)]
                return match_of(method, sides, span, self._text)
            case ast.Call(func=ast.Name(id="matches"), args=arguments):
                return match_of("matches", list(map(self._side, arguments)), span, self._text)
            case ast.Tuple() | ast.List():
                raise Mistake("several things alone are no condition: join them by 'and'", span)
        return self._truth(self._side(node), span)

    def _truth(self, operand: Operand | Literal, span: Span) -> Expression:
        text = self._text[span.start : span.end]
        match operand:
            case Parameter():
                return Truth(operand, span)
            case Fact(name):
                kind = FIELDS[name].type
                if kind is FactType.FLAG:
                    return Truth(operand, span)
                say = '"…" in tags' if kind is FactType.TAGS else f"{name} == …"
                raise Mistake(f"{name} alone says nothing: say {say}", span)
            case Metric():
                raise Mistake(f"a metric alone says nothing: say {text} > …", span)
            case Literal(str(value)):
                raise Mistake(
                    "a text alone says nothing", span, f"{text} in name" if value else None
                )
        raise Mistake("a value alone says nothing: compare something with it", span)

    def _comparisons(self, node: ast.Compare) -> Expression:
        sides = [node.left, *node.comparators]
        found = tuple(
            self._comparison(left, _OPERATORS[type(operator)], right)
            for left, operator, right in zip(sides, node.ops, sides[1:], strict=False)
        )
        return found[0] if len(found) == 1 else All(found, _span(node))

    def _comparison(self, left: ast.expr, operator: str, right: ast.expr) -> Expression:
        span = Span(_span(left).start, _span(right).end)
        if operator in ("in", "not in"):
            item = self._side(left)
            negated = operator == "not in"
            if isinstance(right, ast.Tuple | ast.List):
                literals = [self._literal(each) for each in right.elts]
                return is_in(item, literals, span, self._text, negated=negated)
            whole = self._side(right)
            if isinstance(whole, Literal) and self._is_in_brackets(right):
                return is_in(item, [whole], span, self._text, negated=negated)
            return is_in(item, whole, span, self._text, negated=negated)
        for side in (left, right):
            if isinstance(side, ast.Tuple | ast.List):
                raise Mistake("several values are asked for by 'in'", _span(side))
        return is_related(self._side(left), operator, self._side(right), span, self._text)

    def _is_in_brackets(self, node: ast.expr) -> bool:
        before = [token for token in self._tokens if token.end <= _span(node).start]
        return bool(before) and before[-1].text == "("

    # -- what is compared ----------------------------------------------------------------------

    def _literal(self, node: ast.expr) -> Literal:
        side = self._side(node)
        if not isinstance(side, Literal):
            raise Mistake("in brackets stand values alone", side.span)
        return side

    def _side(self, node: ast.expr) -> Operand | Literal:
        span = _span(node)
        match node:
            case ast.Constant() | ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=ast.Constant()):
                return Literal(self._value(node), span)
            case ast.Name():
                return parameter_of(self._name(node), span)
            case ast.Attribute(value=ast.Name() as owner):
                return parameter_in(self._name(owner), self._name(node), span)
            case ast.Subscript(value=ast.Name() as owner, slice=ast.Constant() as key):
                name = self._value(key)
                if isinstance(name, str):
                    return parameter_in(self._name(owner), name, span)
                raise Mistake("the name in square brackets is quoted", _span(key))
            case ast.Call(func=ast.Name() as called, args=arguments):
                return self._metric(self._name(called), arguments, span)
            case ast.Attribute():
                words = self._text[span.start : span.end].split(".")
                first = words[1:] if words[0] == PARAMETERS else words
                raise Mistake(
                    "a name with dots is quoted", span, f'{PARAMETERS}["{"/".join(first)}"]'
                )
        raise Mistake("a parameter, a metric or a fact of the run is wanted here", span)

    def _metric(self, called: str, arguments: Sequence[ast.expr], span: Span) -> Metric:
        names: list[tuple[str | None, Span]] = []
        for each in arguments:
            found = None
            if isinstance(each, ast.Name):
                found = self._name(each)
            elif isinstance(each, ast.Constant):
                value = self._value(each)
                found = value if isinstance(value, str) else None
            names.append((found, _span(each)))
        return metric_of(called, names, span, self._text)

    def _value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.UnaryOp):
            number = self._value(node.operand)
            if type(number) not in (int, float):
                raise Mistake("a minus stands before numbers alone", _span(node))
            return -number if isinstance(node.op, ast.USub) else number
        token = self._at[_span(node).start]
        if token.kind == "text":
            return unquoted(token.text)
        if token.kind == "number":
            return number_of(token.text)
        return {"None": None, "True": True, "False": False}[token.text]

    def _name(self, node: ast.expr) -> str:
        """The name that a node ends with, as it stands."""
        span = _span(node)
        return next(token.text for token in reversed(self._tokens) if token.end == span.end)


def _span(node: ast.expr) -> Span:
    assert node.end_col_offset is not None  # noqa: S101 # ast.parse always knows
    return Span(node.col_offset - 1, node.end_col_offset - 1)


def _stand_in(token: Token) -> str:
    """As many letters, all ASCII, that Python reads as something of the same kind."""
    if token.kind == "text":
        return f'"{"_" * (len(token.text) - 2)}"'
    if token.kind == "number":
        return "1" * len(token.text)
    return token.text if token.text.isascii() else "x" * len(token.text)


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
