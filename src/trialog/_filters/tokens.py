"""The words, numbers, texts and signs of a filter, also of an unfinished one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from trialog._filters.expressions import Span

Kind = Literal["name", "number", "text", "open", "sign", "other"]


class Token(NamedTuple):
    """A piece of the text.

    Attributes:
        kind: ``open`` is a text whose quote is not closed; ``other`` a character that has no
            meaning in the language.
        text: as it stands.
        start: where it stands.
    """

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where it has ended."""
        return self.start + len(self.text)

    @property
    def span(self) -> Span:
        """All of it."""
        return Span(self.start, self.end)


def standing_alone(word: str, tokens: Sequence[Token], at: int) -> str:
    """A word for the place of a piece, with spaces where its neighbours touch it."""
    touches_left = at > 0 and tokens[at - 1].end == tokens[at].start
    touches_right = at + 1 < len(tokens) and tokens[at + 1].start == tokens[at].end
    return f"{' ' * touches_left}{word}{' ' * touches_right}"


_NUMBER = (
    r"0[xXoObB][0-9a-zA-Z_]+|(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+)"
    r"(?:[eE][+-]?[0-9]+)?\w*"
)
_TEXT = r'[rR]?(?:"(?:[^"\\\r\n]|\\[^\r\n])*"|' + r"'(?:[^'\\\r\n]|\\[^\r\n])*')"
_OPEN = r"[rR]?[\"'][^\r\n]*"
_SIGN = r"===|!==|==|!=|<=|>=|=<|=>|<>|=~|!~|~=|:=|&&|\|\||\*\*|//|[-+*/%@&|^~!<>=()\[\],.:;]"
_TOKENS = re.compile(
    rf"(?P<text>{_TEXT})|(?P<open>{_OPEN})|(?P<number>{_NUMBER})|(?P<name>[^\W\d]\w*)"
    rf"|(?P<sign>{_SIGN})|(?P<other>\S)"
)


def read_tokens(text: str) -> list[Token]:
    """All pieces of a text; what lies between them is space."""
    return [
        Token(found.lastgroup, found.group(), found.start())  # type: ignore[arg-type]
        for found in _TOKENS.finditer(text)
    ]
