"""What may come next where the cursor stands in a filter that is being typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from trialog._filters.cursors import Cursor, find_cursor
from trialog._filters.expressions import MEASURES, Fact, Metric, Operand, Parameter
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.known import KnownNames
from trialog._filters.literals import STATUS_WORDS
from trialog._filters.quoting import metric_text, parameter_text, quoted

MOST = 50
"""So many are offered at most."""

ItemKind = Literal[
    "parameter",
    "metric",
    "fact",
    "measure",
    "function",
    "operator",
    "word",
    "status",
    "tag",
    "value",
]
_EQUAL, _ORDERED = ("==", "!="), ("==", "!=", "<", "<=", ">", ">=")
_OPERATORS = {
    FactType.TEXT: (*_EQUAL, "in", "not in"),
    FactType.NUMBER: (*_ORDERED, "in", "not in"),
    FactType.TIME: ("<", "<=", ">", ">="),
    FactType.LENGTH: ("<", "<=", ">", ">="),
    FactType.STATUS: (*_EQUAL, "in", "not in"),
    FactType.TAGS: ("is None", "is not None"),
    FactType.FLAG: (),
}
_MEANINGS = {
    "last": "the newest value",
    "min": "the least value",
    "max": "the greatest value",
    "first": "the first value",
    "mean": "the mean of all values",
    "count": "how many points it has",
    "step_of_min": "the step of the least value",
    "step_of_max": "the step of the greatest value",
}
_LENGTHS = ("1h", "1d", "7d", "30d")
_SIGNS = {
    "==": "is",
    "!=": "is not, or is missing",
    "<": "is less",
    "<=": "is at most",
    ">": "is greater",
    ">=": "is at least",
    "in": "is one of, or part of",
    "not in": "is none of, or no part of",
    "is None": "is missing",
    "is not None": "is there",
    "and": "both",
    "or": "one of them at least",
}


class Completion(NamedTuple):
    """Something that may stand there.

    Attributes:
        text: what to put in the place, whole.
        kind: what it is.
        detail: a few words on it, or nothing.
    """

    text: str
    kind: ItemKind
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Completions:
    """What may stand in the place of ``text[start:end]``; the best guess first."""

    start: int
    end: int
    items: list[Completion]


def complete(text: str, cursor: int, known: KnownNames) -> Completions:
    """What may come next, also in a text that cannot be understood yet.

    Args:
        text: what is typed as yet.
        cursor: characters (not bytes, not UTF-16 units) before the cursor.
        known: what there is to ask for.

    Example:
        >>> complete('sta', 3, KnownNames()).items[0].text
        'status'
        >>> complete('max("va', 7, KnownNames(metrics=["val/acc"])).items
        [Completion(text='"val/acc"', kind='metric', detail='')]
    """
    place = find_cursor(text, cursor)
    offered = dict.fromkeys(_fitting(place, _offers(place, known)))
    return Completions(place.start, place.end, list(offered)[:MOST])


def _offers(place: Cursor, known: KnownNames) -> Iterable[tuple[str, Completion]]:
    """Everything that can stand there, each with what a user would type for it."""
    match place.wanted:
        case "condition":
            return _tags(place, known) if place.is_quoted else _conditions(place, known)
        case "metric":
            return ((name, Completion(_named(name, place), "metric")) for name in known.metrics)
        case "parameter":
            return ((name, _explicit(name)) for name in known.parameters)
        case "method":
            words = ("startswith", "endswith")
            return ((word, Completion(f"{word}(", "function")) for word in words)
        case "value":
            return _values(place.left, known)
        case "whole":
            return _wholes(place, known)
        case "operator":
            return _operators(place)
        case "word":
            return (
                (word, Completion(word, "operator", _SIGNS.get(word, ""))) for word in place.words
            )
        case _:
            return ()


def _fitting(place: Cursor, offers: Iterable[tuple[str, Completion]]) -> Iterator[Completion]:
    """Those that begin as is typed, then those that hold it, in any case."""
    typed = place.typed.casefold()
    later: list[Completion] = []
    for name, item in offers:
        folded = name.casefold()
        if folded.startswith(typed):
            yield item
        elif typed in folded:
            later.append(item)
    yield from later


def _conditions(place: Cursor, known: KnownNames) -> Iterator[tuple[str, Completion]]:
    for name in known.parameters:
        yield name, Completion(parameter_text(name), "parameter")
    for name, field in FIELDS.items():
        yield name, Completion(name, "fact", field.meaning)
    for name in known.metrics:
        for measure in ("last", "max", "min") if place.typed else ("last",):
            item = Completion(metric_text(measure, name), "metric", _MEANINGS[measure])
            yield name, item
    for measure in MEASURES:
        yield measure, Completion(f"{measure}(", "measure", f"{_MEANINGS[measure]} of a metric")
        if place.typed and measure.startswith(place.typed):
            for name in known.metrics:
                yield measure, Completion(metric_text(measure, name), "metric", _MEANINGS[measure])
    yield "matches", Completion("matches(", "function", "a regular expression is found in a text")
    yield "not", Completion("not", "word", "the opposite")
    yield from _tags(place, known)


def _tags(place: Cursor, known: KnownNames) -> Iterator[tuple[str, Completion]]:
    ending = "" if place.is_followed else " in tags"
    for tag in known.tags:
        yield tag, Completion(f"{quoted(tag)}{ending}", "tag", "has the tag")


def _values(left: Operand | None, known: KnownNames) -> Iterator[tuple[str, Completion]]:
    """What something on the left can be."""
    if isinstance(left, Fact):
        match FIELDS[left.name].type:
            case FactType.STATUS:
                for word in STATUS_WORDS:
                    yield word, Completion(quoted(word), "status")
            case FactType.LENGTH:
                for length in _LENGTHS:
                    yield length, Completion(quoted(length), "value")
            case FactType.FLAG:
                for word in ("True", "False"):
                    yield word, Completion(word, "value")
            case FactType.TEXT:
                yield from _known_values(left.name, known, only=str)
        return
    if isinstance(left, Parameter):
        yield from _known_values(left.name, known, only=object)


def _known_values(name: str, known: KnownNames, only: type) -> Iterator[tuple[str, Completion]]:
    for value in known.values.get(name, ()):
        if isinstance(value, str):
            yield value, Completion(quoted(value), "value")
        elif isinstance(value, only) and isinstance(value, bool | int | float):
            is_number = value == value and abs(value) != float("inf")  # noqa: PLR0124 # not NaN
            if is_number:
                yield repr(value), Completion(repr(value), "value")


def _wholes(place: Cursor, known: KnownNames) -> Iterator[tuple[str, Completion]]:
    """What something can be in."""
    if not place.left_is_text:
        for name, item in _values(place.left, known):
            yield name, Completion(f"[{item.text}]", item.kind)
        return
    for name, field in FIELDS.items():
        if field.type in (FactType.TAGS, FactType.TEXT):
            yield name, Completion(name, "fact", field.meaning)
    for name in known.parameters:
        yield name, Completion(parameter_text(name), "parameter")


def _operators(place: Cursor) -> Iterator[tuple[str, Completion]]:
    words: tuple[str, ...] = ("and", "or")
    if place.left_is_text:
        words = ("in", "not in")
    elif isinstance(place.left, Fact):
        field = FIELDS[place.left.name]
        lacking = ("is None", "is not None") if field.may_lack else ()
        flag = words if field.type is FactType.FLAG else ()
        words = tuple(dict.fromkeys((*_OPERATORS[field.type], *lacking, *flag)))
    elif isinstance(place.left, Parameter):
        words = (*_ORDERED, "in", "not in", "is None", "is not None", *words)
    elif isinstance(place.left, Metric):
        words = (*_ORDERED, "is None", "is not None")
    for word in words:
        kind: ItemKind = "word" if word in ("and", "or") else "operator"
        yield word, Completion(word, kind, _SIGNS[word])


def _named(name: str, place: Cursor) -> str:
    """A metric's name inside of brackets."""
    return quoted(name) if place.is_quoted else metric_text("", name)[1:-1]


def _explicit(name: str) -> Completion:
    """A parameter that is asked for as one."""
    bare = parameter_text(name)
    return Completion(
        bare if bare.startswith("parameters") and bare != name else f"parameters.{name}",
        "parameter",
    )
