"""The tree of what a filter says.

What the parser makes is canonical, so that whoever compiles it has few forms to know:

* ``left`` of a comparison is never a literal: ``0.1 < lr`` is ``lr > 0.1``; of two facts, metrics
  or parameters both sides are operands.
* ``x is None`` and ``x == None`` are ``Comparison("==", x, Literal(None))``; no other operator but
  ``!=`` meets None.
* Literals beside a fact have the fact's form (see ``fields.py``): nanoseconds since 1970 for a
  time, nanoseconds for a length of time, our own word for a status.
* A status is always asked by ``Membership``, tags by ``HasTag`` (or compared with None: has none).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal as OneOf
from typing import NamedTuple, TypeAlias

Measure = OneOf["last", "min", "max", "first", "mean", "count", "step_of_min", "step_of_max"]
Operator = OneOf["==", "!=", "<", "<=", ">", ">="]
MatchKind = OneOf["contains", "startswith", "endswith", "matches"]
Value: TypeAlias = str | int | float | bool | None

MEASURES: tuple[Measure, ...] = (
    "last",
    "min",
    "max",
    "first",
    "mean",
    "count",
    "step_of_min",
    "step_of_max",
)


class Span(NamedTuple):
    """Where something stands in the text: characters from ``start`` up to ``end``."""

    start: int
    end: int


_NOWHERE = Span(0, 0)  # two trees that say the same are equal wherever they stood


# -- what is compared ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Parameter:
    """The newest value of a parameter: bool, int, float or str; missing where a run has none."""

    name: str
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that a metric comes to; missing where a run has no point of it.

    As in ``Summary``: ``min``, ``max``, ``mean`` leave NaN out; ``step_of_min`` and ``step_of_max``
    are missing where all is NaN.
    """

    name: str
    measure: Measure
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """What every run says of itself; the names and types stand in ``fields.py``."""

    name: str
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A value as it was written, or in the form of the fact that it is compared with."""

    value: Value
    span: Span = field(default=_NOWHERE, compare=False, repr=False)

    def __eq__(self, other: object) -> bool:
        """1, 1.0 and True are three values."""
        if not isinstance(other, Literal):
            return NotImplemented
        return type(self.value) is type(other.value) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


Operand: TypeAlias = Parameter | Metric | Fact

# -- what is said ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``; False where either is missing, but ``!=`` is then True."""

    operator: Operator
    left: Operand
    right: Operand | Literal
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Membership:
    """``item in (…)``: whether it equals one of the literals; with None among them, is missing."""

    item: Operand
    items: tuple[Literal, ...]
    negated: bool = False
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class HasTag:
    """``"tag" in tags``: whether a run has exactly that tag."""

    tag: str
    negated: bool = False
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class TextMatch:
    """Whether a text (a fact's or parameter's) is like another, upper and lower case being one.

    ``contains``, ``startswith`` and ``endswith`` compare ``str.casefold()`` of both; ``matches``
    searches as ``patterns.py`` says. False where there is no text.
    """

    kind: MatchKind
    subject: Parameter | Fact
    text: str
    negated: bool = False
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether a parameter is the boolean True (no number or text is), or a fact holds."""

    operand: Parameter | Fact
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class All:
    """``a and b and …``."""

    parts: tuple[Expression, ...]
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """``a or b or …``."""

    parts: tuple[Expression, ...]
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """``not a``: the complement, always."""

    part: Expression
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


Expression: TypeAlias = Comparison | Membership | HasTag | TextMatch | Truth | All | AnyOf | Not


@dataclass(frozen=True, slots=True)
class SortKey:
    """One thing to sort by. Runs that lack it (or where it is NaN) come last, either way.

    Parameters of mixed types: False, True, then numbers, then texts by code points; descending is
    the reverse of that. Among equals, the newest is first.
    """

    operand: Operand
    descending: bool = False
    span: Span = field(default=_NOWHERE, compare=False, repr=False)


def operands_of(expression: Expression) -> Iterator[Operand]:
    """Everything that a filter asks of a run, in the order of the text, also twice."""
    match expression:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from operands_of(part)
        case Not(part):
            yield from operands_of(part)
        case Comparison(_, left, right):
            yield left
            if not isinstance(right, Literal):
                yield right
        case Membership(item):
            yield item
        case TextMatch(_, subject):
            yield subject
        case Truth(operand):
            yield operand
        case HasTag():
            yield Fact("tags", expression.span)
