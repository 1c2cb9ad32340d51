"""Whether the pieces of a filter follow one another as they may: what, then how, then what.

Everything that Python's own parser would refuse is refused here, with a span that does not depend
on Python's version.
"""

from __future__ import annotations

from collections.abc import Sequence

from trialog._filters.expressions import Span
from trialog._filters.mistakes import Mistake
from trialog._filters.tokens import Token, standing_alone

MAX_NESTED = 50
_COMPARES = frozenset({"==", "!=", "<", "<=", ">", ">="})
_JOINS = frozenset({"and", "or"})
_CLOSING = {"(": ")", "[": "]"}


def check_order(tokens: Sequence[Token]) -> None:
    """Find the first piece that stands where it cannot.

    Args:
        tokens: at least one.

    Raises:
        Mistake: there is one.
    """
    _Walk(tokens).walk()


class _Walk:
    """One walk over all pieces, with the brackets that are open."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._open: list[Token] = []
        self._nots = 0
        self._expected = -1  # the 'in' of 'not in'

    def walk(self) -> None:
        has_operand = False
        for at in range(len(self._tokens)):
            has_operand = self._after(at) if has_operand else self._before(at)
            if len(self._open) + self._nots > MAX_NESTED:
                raise Mistake("this is nested too deeply", self._tokens[at].span)
        if self._open:
            bracket = self._open[-1]
            closing = _CLOSING[bracket.text]
            raise Mistake(f"'{bracket.text}' is not closed: add '{closing}'", bracket.span)
        if not has_operand:
            last = self._tokens[-1]
            raise Mistake(f"something is missing after {last.text!r}", last.span)

    def _before(self, at: int) -> bool:
        """Where something must be named; whether it was."""
        token = self._tokens[at]
        if at == self._expected:
            return False
        previous = self._tokens[at - 1] if at else None
        if token.kind == "name" and previous and previous.text == ".":
            return True
        if token.text == "not" and not (previous and previous.text in (".", "-", "+", *_COMPARES)):
            self._nots += 1
            return False
        if token.text in ("-", "+") and not (previous and previous.text in ("-", "+", ".")):
            if at + 1 < len(self._tokens) and self._tokens[at + 1].kind != "number":
                raise Mistake(f"{token.text!r}: nothing is calculated here", token.span)
            return False
        if token.text in ("(", "["):
            self._open.append(token)
            return False
        is_word = token.text in _JOINS or token.text in ("in", "is", "not")
        if token.kind in ("text", "number") or (token.kind == "name" and not is_word):
            if previous and previous.text == ".":
                raise Mistake("a name is missing after '.'", previous.span)
            return True
        if token.text in (")", "]") and previous and previous.text == ",":
            return self._close(token)
        raise self._mistake(token, previous)

    def _mistake(self, token: Token, previous: Token | None) -> Mistake:
        """What cannot stand where something must be named."""
        if previous and self._open and previous is self._open[-1] and token.text in (")", "]"):
            return Mistake("nothing stands in the brackets", Span(previous.start, token.end))
        if previous is None or previous.text in ("(", "[", ","):
            return Mistake(f"something is missing before {token.text!r}", token.span)
        return Mistake(
            f"something is missing between {previous.text!r} and {token.text!r}",
            Span(previous.start, token.end),
        )

    def _after(self, at: int) -> bool:
        """Where it must be said how it goes on; whether that was a closing bracket."""
        token, previous = self._tokens[at], self._tokens[at - 1]
        if token.text in _JOINS:
            self._nots = 0
            return False
        if token.text in _COMPARES or token.text in ("in", ".", "is"):
            return False
        if token.text == "not":
            following = self._tokens[at + 1].text if at + 1 < len(self._tokens) else ""
            if following != "in":
                raise Mistake("'not' stands before a condition, or as 'not in'", token.span)
            self._expected = at + 1
            return False
        if token.text in ("(", "["):
            if previous.kind != "name" or previous.text in ("None", "True", "False"):
                raise Mistake(f"{token.text!r} follows nothing that takes it", token.span)
            self._open.append(token)
            return False
        if token.text in (")", "]"):
            return self._close(token)
        if token.text == ",":
            if not self._open:
                word = standing_alone("and", self._tokens, at)
                raise Mistake("conditions are joined by words", token.span, word)
            return False
        if token.kind in ("name", "number", "text"):
            span = Span(previous.start, token.end)
            raise Mistake("between these two, 'and', 'or' or a comparison is missing", span)
        raise Mistake(f"{token.text!r}: nothing is calculated here", token.span)

    def _close(self, token: Token) -> bool:
        if not self._open:
            raise Mistake(f"'{token.text}' closes nothing", token.span)
        opening = self._open.pop()
        if _CLOSING[opening.text] != token.text:
            wanted = _CLOSING[opening.text]
            raise Mistake(f"'{opening.text}' is closed by '{wanted}'", token.span, wanted)
        return True
