"""What people of other tools and languages type, and how it is said here."""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence

from trialog._filters.ages import parse_length
from trialog._filters.expressions import MEASURES, Span
from trialog._filters.mistakes import Mistake
from trialog._filters.quoting import (
    PARAMETERS,
    VALUES,
    WORDS,
    metric_text,
    parameter_text,
    quoted,
    unquoted,
)
from trialog._filters.tokens import Token, standing_alone

_SIGNS = {
    "=": ("'=' does not compare", "=="),
    "===": ("'===' is no comparison", "=="),
    "!==": ("'!==' is no comparison", "!="),
    "<>": ("'<>' is no comparison", "!="),
    "=<": ("'=<' is no comparison", "<="),
    ":": ("':' does not compare", "=="),
    ":=": ("':=' does not compare", "=="),
    "&&": ("'&&' is written as a word", "and"),
    "&": ("'&' is written as a word", "and"),
    "||": ("'||' is written as a word", "or"),
    "|": ("'|' is written as a word", "or"),
    "!": ("'!' is written as a word", "not"),
    "~": ("'~' means nothing here: use 'not', or matches(name, \"…\")", None),
    ";": ("';' separates nothing", "and"),
}
_MATCHES = {"=~": "matches", "~=": "matches", "!~": "not matches"}
_INFIX = {
    "contains": "{text} in {subject}",
    "includes": "{text} in {subject}",
    "has": "{text} in {subject}",
    "like": "{text} in {subject}",
    "ilike": "{text} in {subject}",
    "matches": "matches({subject}, {text})",
    "startswith": "{subject}.startswith({text})",
    "endswith": "{subject}.endswith({text})",
}
_CURLY = {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "´": "'", "`": '"'}
METRICS = frozenset({"metrics", "metric", "summary", "summary_metrics"})
"""How other tools call what holds metrics."""
CONTAINERS = frozenset(
    {"params", "param", "parameter", "config", "hparams", "hyperparameters", PARAMETERS}
)
"""How other tools call what holds parameters."""
_MAX_DIGITS = 400
_INTEGER = re.compile(r"0+|[1-9][0-9]*(?:_[0-9]+)*|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+")
_FLOAT = re.compile(
    r"(?:[0-9]+(?:_[0-9]+)*\.?(?:[0-9]+(?:_[0-9]+)*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:T[0-9:.]+Z?)?")
_SLASHED = re.compile(r"[\w.:-]*(?:/[\w.:-]+)+/?")


def check_tokens(text: str, tokens: Sequence[Token]) -> None:
    """Find the first piece that the language does not have.

    Args:
        text: the whole filter.
        tokens: its pieces.

    Raises:
        Mistake: there is one.
    """
    for at, token in enumerate(tokens):
        match token.kind:
            case "open":
                ending = "" if token.text.endswith("\\") else token.text.lstrip("rR")[0]
                raise Mistake("the quote is not closed", token.span, f"{token.text}{ending}")
            case "other":
                raise _of_character(token)
            case "text":
                _check_text(token)
            case "name":
                _check_name(tokens, at)
            case "sign":
                _check_sign(text, tokens, at)
            case "number":
                _check_number(text, token)


def _of_character(token: Token) -> Mistake:
    if token.text in _CURLY:
        return Mistake(f"{token.text} is no quotation mark", token.span, _CURLY[token.text])
    if token.text == "#":
        return Mistake("'#' starts no comment here: quote names that hold it", token.span)
    return Mistake(f"{token.text!r} means nothing here: quote names that hold it", token.span)


def _check_text(token: Token) -> None:
    try:
        unquoted(token.text)
    except (ValueError, OverflowError):
        raise Mistake("an escape stands for no character", token.span) from None


def _check_name(tokens: Sequence[Token], at: int) -> None:
    token = tokens[at]
    if _is_after_dot(tokens, at) and not keyword.iskeyword(token.text):
        return
    folded = token.text.casefold()
    if folded in _INFIX:
        _check_infix(tokens, at, _INFIX[folded])
    if folded in WORDS and (token.text != folded or _is_after_dot(tokens, at)):
        if _is_after_dot(tokens, at):
            raise _of_keyword(tokens, at)
        raise Mistake(f"{token.text!r} is written in small letters", token.span, folded)
    if folded in VALUES and token.text != VALUES[folded]:
        raise Mistake(f"{token.text!r} is written as in Python", token.span, VALUES[folded])
    if keyword.iskeyword(token.text) and (
        _is_after_dot(tokens, at) or token.text not in {*WORDS, *VALUES.values()}
    ):
        raise _of_keyword(tokens, at)


def _of_keyword(tokens: Sequence[Token], at: int) -> Mistake:
    """A word of Python's own, as a name of somebody's."""
    token = tokens[at]
    what = f"{token.text!r} is a word of the language: quote it"
    if _is_after_dot(tokens, at):
        if at > 1 and tokens[at - 2].text == PARAMETERS:
            span = Span(tokens[at - 2].start, token.end)
            return Mistake(what, span, parameter_text(token.text))
        return Mistake(what, token.span)
    if _is_measured(tokens, at):
        return Mistake(what, token.span, quoted(token.text))
    return Mistake(what, token.span, parameter_text(token.text))


def _check_infix(tokens: Sequence[Token], at: int, form: str) -> None:
    """``tags contains "x"``."""
    if not 0 < at < len(tokens) - 1 or tokens[at + 1].kind != "text":
        return
    word, value = tokens[at], tokens[at + 1]
    first = _operand_start(tokens, at - 1)
    if first is None:
        return
    subject = "".join(each.text for each in tokens[first:at])
    literal = value.text
    if word.text.casefold().endswith("like"):
        literal = quoted(unquoted(value.text).strip("%"))
    suggestion = form.format(subject=subject, text=literal)
    span = Span(tokens[first].start, value.end)
    raise Mistake(f"{word.text!r} does not stand between two things", span, suggestion)


def _operand_start(tokens: Sequence[Token], at: int) -> int | None:
    """Where the name that ends at a token begins: ``name``, ``parameters.model``."""
    if tokens[at].kind != "name" or tokens[at].text in WORDS:
        return None
    if at > 1 and tokens[at - 1].text == "." and tokens[at - 2].kind == "name":
        return at - 2
    return at


def _check_sign(text: str, tokens: Sequence[Token], at: int) -> None:
    token = tokens[at]
    sign = token.text
    if sign in "/-" and at > 0:
        _check_joined(text, tokens, at)
    if sign in _MATCHES:
        _check_infix(tokens, at, f"{_MATCHES[sign]}({{subject}}, {{text}})")
        raise Mistake(f'{sign!r} is no comparison: use matches(name, "…")', token.span)
    if sign in _SIGNS:
        message, suggestion = _SIGNS[sign]
        if suggestion is not None and suggestion.isalpha():
            suggestion = standing_alone(suggestion, tokens, at)
        raise Mistake(message, token.span, suggestion)
    if sign in ("*", "**", "/", "//", "%", "@", "^"):
        raise Mistake(f"{sign!r}: nothing is calculated here; quote names that hold it", token.span)


def _check_joined(text: str, tokens: Sequence[Token], at: int) -> None:
    """``val/acc``, ``learning-rate``, ``2026-11-01``: one thing that looks like a calculation."""
    first = last = at
    while first and tokens[first - 1].end == tokens[first].start and _joins(tokens[first - 1]):
        first -= 1
    while (last + 1 < len(tokens) and tokens[last].end == tokens[last + 1].start) and _joins(
        tokens[last + 1]
    ):
        last += 1
    span = Span(tokens[first].start, tokens[last].end)
    word = text[span.start : span.end]
    if _DATE.fullmatch(word):
        raise Mistake("a date is quoted", span, quoted(word))
    if tokens[first].kind != "name" or (tokens[at].text == "/" and not _SLASHED.fullmatch(word)):
        return
    if tokens[last].kind not in ("name", "number"):
        return
    what = f"a name with {tokens[at].text!r} is quoted"
    if _is_measured(tokens, first):
        raise Mistake(what, span, quoted(word))
    prefix, _, rest = word.partition(".")
    if prefix in METRICS and rest:
        raise Mistake(what, span, metric_text("last", rest))
    if prefix in CONTAINERS and rest:
        raise Mistake(what, span, parameter_text(rest))
    if tokens[at].text == "/":
        what += f": {metric_text('last', word)} is a metric, {parameter_text(word)} a parameter"
        raise Mistake(what, span, metric_text("last", word))
    raise Mistake(what, span, parameter_text(word))


def _joins(token: Token) -> bool:
    return token.kind in ("name", "number") or token.text in ("/", "-", ".")


def _check_number(text: str, token: Token) -> None:
    if number_of(token.text) is not None:
        return
    try:
        parse_length(token.text)
    except ValueError:
        pass
    else:
        raise Mistake("a length of time is quoted", token.span, quoted(token.text))
    found = _DATE.match(text, token.start)
    if found:
        raise Mistake("a date is quoted", Span(*found.span()), quoted(found[0]))
    raise Mistake(f"{token.text!r} is no number", token.span)


def number_of(word: str) -> int | float | None:
    """The number that a piece is as Python writes it, or None."""
    if len(word) > _MAX_DIGITS:
        return None
    if _INTEGER.fullmatch(word):
        return int(word, 0)
    is_float = _FLOAT.fullmatch(word) and not word.replace("_", "").isdigit()
    return float(word) if is_float else None


def _is_after_dot(tokens: Sequence[Token], at: int) -> bool:
    return at > 0 and tokens[at - 1].text == "."


def _is_measured(tokens: Sequence[Token], at: int) -> bool:
    """Whether it stands right behind ``max(`` or its kin."""
    return at > 1 and tokens[at - 1].text == "(" and tokens[at - 2].text in MEASURES
