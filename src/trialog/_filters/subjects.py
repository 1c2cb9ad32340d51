"""What is asked of a run, by the names that stand in the text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from trialog._filters.expressions import (
    MEASURES,
    Fact,
    Literal,
    MatchKind,
    Metric,
    Operand,
    Parameter,
    Span,
    TextMatch,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.foreign import CONTAINERS, METRICS
from trialog._filters.mistakes import Mistake
from trialog._filters.patterns import check_pattern
from trialog._filters.quoting import PARAMETERS, metric_text, parameter_text, quoted
from trialog._names import nearest

_MEASURES_ELSEWHERE = {
    "avg": "mean",
    "average": "mean",
    "latest": "last",
    "final": "last",
    "maximum": "max",
    "minimum": "min",
    "argmax": "step_of_max",
    "argmin": "step_of_min",
    "len": "count",
}
_METHODS = ("startswith", "endswith")


def parameter_of(name: str, span: Span) -> Fact | Parameter:
    """What a bare name is: a fact, where there is one of that name, else a parameter.

    Raises:
        Mistake: it is the word before the names of parameters.
    """
    if name in FIELDS:
        return Fact(name, span)
    if name == PARAMETERS:
        raise Mistake(f'a name is missing: {PARAMETERS}.lr, {PARAMETERS}["model/depth"]', span)
    return Parameter(name, span)


def parameter_in(owner: str, name: str, span: Span) -> Parameter:
    """``parameters.lr`` and ``parameters["model/depth"]``.

    Raises:
        Mistake: another word stands before the name.
    """
    if not name:
        raise Mistake("the name is empty", span)
    if owner == PARAMETERS:
        return Parameter(name, span)
    if owner in CONTAINERS:
        raise Mistake(f"{owner!r} is called {PARAMETERS} here", span, _explicit(name))
    if owner in METRICS:
        raise Mistake("a metric is asked for by what it comes to", span, metric_text("last", name))
    if owner in FIELDS:
        raise Mistake(f"{owner} has no {name!r}", span)
    raise Mistake("a name with dots is quoted", span, parameter_text(f"{owner}/{name}"))


def metric_of(
    called: str, names: Sequence[tuple[str | None, Span]], span: Span, text: str
) -> Metric:
    """``max(acc)`` and ``max("val/acc")``.

    Args:
        called: the word before the brackets.
        names: what stands in the brackets, and where; None for what is no name.
        span: of all of it.
        text: the whole filter.

    Raises:
        Mistake: nothing is called so, or it is not given one name.
    """
    word = Span(span.start, span.start + len(called))
    if called == "matches":
        raise Mistake("matches(…) is a condition, and compares with nothing", span)
    if called not in MEASURES:
        guess = _MEASURES_ELSEWHERE.get(called.casefold()) or nearest(called, MEASURES)
        listed = ", ".join(MEASURES)
        raise Mistake(f"there is no {called}(…); there are {listed} and matches", word, guess)
    if len(names) != 1:
        raise Mistake(f"{called}(…) takes the name of one metric", span)
    ((name, place),) = names
    if name is None:
        inside = text[place.start : place.end]
        raise Mistake("the name of a metric is wanted here", place, quoted(inside))
    if not name:
        raise Mistake("the name is empty", place)
    return Metric(name, called, span)


def match_of(method: str, sides: Sequence[Operand | Literal], span: Span, text: str) -> TextMatch:
    """``name.startswith("x")``, ``matches(name, "x")``.

    Args:
        method: the word.
        sides: what it is asked of, then its arguments.
        span: of all of it.
        text: the whole filter.

    Raises:
        Mistake: it does not exist, or is not asked of a text with a text.
    """
    written = [text[side.span.start : side.span.end] for side in sides]
    is_method = bool(sides) and sides[0].span.start == span.start
    if is_method and method in ("contains", "includes", "matches"):
        right = {"matches": "matches({0}, {1})"}.get(method, "{1} in {0}")
        hint = right.format(*written) if len(sides) == 2 else None  # noqa: PLR2004
        raise Mistake(f"texts have no {method}(…) here", span, hint)
    if method not in (*_METHODS, "matches"):
        end = span.start + len(written[0]) if sides else span.start
        at = text.find(method, end, span.end)
        guess = nearest(method, _METHODS)
        raise Mistake(
            f"there is no .{method}(…); texts have .startswith and .endswith",
            Span(at, at + len(method)),
            guess,
        )
    if len(sides) != 2:  # noqa: PLR2004 # a subject and a text
        form = 'matches(name, "…")' if method == "matches" else f'name.{method}("…")'
        raise Mistake(f"{method} takes one text: {form}", span)
    subject, pattern = sides
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        raise Mistake("a text in quotes is wanted here", pattern.span)
    kind = cast("MatchKind", method)
    return matched(kind, subject, pattern, span)


def matched(
    kind: MatchKind,
    subject: Operand | Literal,
    pattern: Literal,
    span: Span,
    *,
    negated: bool = False,
) -> TextMatch:
    """A text match, if the subject has text.

    Raises:
        Mistake: it has none, or the regular expression is none.
    """
    assert isinstance(pattern.value, str)  # noqa: S101 # the caller has looked
    is_text = isinstance(subject, Parameter) or (
        isinstance(subject, Fact) and FIELDS[subject.name].type is FactType.TEXT
    )
    if not is_text:
        raise Mistake("this is no text", subject.span)
    if kind == "matches":
        try:
            check_pattern(pattern.value)
        except ValueError as error:
            raise Mistake(f"no regular expression: {error}", pattern.span) from None
    return TextMatch(kind, cast("Parameter | Fact", subject), pattern.value, negated, span)


def _explicit(name: str) -> str:
    text = parameter_text(name)
    return text if text.startswith(PARAMETERS) else f"{PARAMETERS}.{name}"
