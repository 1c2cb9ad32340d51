"""From pieces of text to the tree: Python's own grammar gives the structure, nothing is evaluated.

A skeleton of the text, in which every text, number and foreign letter has a stand-in of the same
length, goes through ``ast``. So places in the tree are places in the text, and values never pass
through Python's own reading of escapes, digits and letters.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

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
from trialog._filters.tokens import Token

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


class TreeReader:
    """Makes one text's tree."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        """Make it.

        Args:
            text: the whole text.
            tokens: all its pieces.
        """
        self._text = text
        self._tokens = tokens
        self._at = {token.start: token for token in tokens}

    def condition(self) -> Expression:
        """The whole text as a condition; there is at least one piece of it."""
        check_tokens(self._text, self._tokens)
        check_order(self._tokens)
        return self._expression(self._parsed(self._tokens))

    def side(self, tokens: Sequence[Token]) -> Operand | Literal:
        """Some of the pieces, which were looked at, as one thing to ask for, or a value."""
        check_order(tokens)
        return self._side(self._parsed(tokens))

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
