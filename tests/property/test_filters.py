"""The filter language: whatever is typed, and whatever can be said in it."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from trialog._entities import RunStatus
from trialog._filters import (
    KnownNames,
    complete,
    holds,
    parse_filter,
    parse_sort,
    print_filter,
    print_sort,
)
from trialog._filters.evaluating import compare
from trialog._filters.expressions import (
    MEASURES,
    All,
    AnyOf,
    Comparison,
    Fact,
    HasTag,
    Literal,
    Membership,
    Metric,
    Not,
    Parameter,
    SortKey,
    TextMatch,
    Truth,
)
from trialog._filters.fields import FIELDS, FactType
from trialog._filters.tokens import read_tokens
from trialog.errors import FilterError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.sampled_from(
    ["lr", "model/depth", "name", "lambda", "größe", "x²", "AND", "a.b", "日本"]
)
NAMES = NAMES | TEXTS.filter(bool)
NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False)
LENGTHS, TIMES = st.integers(0, 2**63 - 1), st.integers(-9_000_000_000, 9_000_000_000)
STATUSES = st.sampled_from([status.value for status in RunStatus])


def facts_of(*types):
    return st.sampled_from([Fact(name) for name, field in FIELDS.items() if field.type in types])


PARAMETERS = st.builds(Parameter, NAMES)
METRICS = st.builds(Metric, NAMES, st.sampled_from(MEASURES))
TEXT_FACTS, NUMBER_FACTS = facts_of(FactType.TEXT), facts_of(FactType.NUMBER)
ORDERS = st.sampled_from(["<", "<=", ">", ">="])
OPERATORS = st.sampled_from(["==", "!="]) | ORDERS
FORMS = [
    (PARAMETERS, TEXTS | NUMBERS | st.booleans()),
    (METRICS | NUMBER_FACTS, NUMBERS),
    (TEXT_FACTS, TEXTS),
    (facts_of(FactType.LENGTH), LENGTHS),
]
ANY = PARAMETERS | METRICS | facts_of(*FactType)


def conditions_of(subject, values):
    literals = values.map(Literal)
    listed = st.lists(literals | st.just(Literal(None)), min_size=1, max_size=3).map(tuple)
    return st.builds(Comparison, OPERATORS, subject, literals) | st.builds(
        Membership, subject, listed, st.booleans()
    )


STATEMENTS = st.one_of(
    *[conditions_of(*form) for form in FORMS],
    st.builds(
        Comparison, ORDERS, facts_of(FactType.TIME), TIMES.map(lambda s: Literal(s * 10**9 + 1))
    ),
    st.builds(Comparison, st.sampled_from(["==", "!="]), ANY, st.just(Literal(None))),
    st.builds(Comparison, OPERATORS, PARAMETERS | METRICS, PARAMETERS | METRICS | NUMBER_FACTS),
    st.builds(
        Membership,
        st.just(Fact("status")),
        st.lists(STATUSES.map(Literal), min_size=1, max_size=3).map(tuple),
        st.booleans(),
    ),
    st.builds(HasTag, TEXTS, st.booleans()),
    st.builds(TextMatch, st.just("contains"), PARAMETERS | TEXT_FACTS, TEXTS, st.booleans()),
    st.builds(
        TextMatch, st.sampled_from(["startswith", "endswith"]), PARAMETERS | TEXT_FACTS, TEXTS
    ),
    st.builds(TextMatch, st.just("matches"), TEXT_FACTS, st.just(r"\d+\"x\\")),
    st.builds(Truth, PARAMETERS | st.just(Fact("deleted"))),
)


def joined(parts):
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(All, several) | st.builds(AnyOf, several) | st.builds(Not, parts)


CONDITIONS = st.recursive(STATEMENTS, joined, max_leaves=6)
PIECES = st.sampled_from(
    [
        *("lr", "name", "status", "tags", "created", "age", "max", "last", "matches", "parameters"),
        *("and", "or", "not", "in", "is", "None", "True", "lambda", "AND", "state", "contains"),
        *(
            '"x"',
            "'done'",
            '"2d"',
            '"2026-11-01"',
            r'r"\d"',
            r'"\ud800"',
            "1",
            "-1",
            "2.5e3",
            "2d",
            "01",
        ),
        *(
            "(",
            ")",
            "[",
            "]",
            ",",
            ".",
            "==",
            "!=",
            "<",
            "<=",
            ">",
            ">=",
            ".startswith(",
            "deleted",
        ),
        *(
            "=",
            "&&",
            "||",
            "!",
            "/",
            "-",
            "+",
            "#",
            "é",
            "“",
            "日本",
            ":",
            ";",
            "\\",
            "\n",
            "\0",
            "\ud800",
        ),
    ]
)
WRITTEN = st.lists(PIECES | TEXTS, max_size=12).map(" ".join) | st.text(max_size=30)


class Values:
    """What a run says, made up as it is asked."""

    def __init__(self, numbers, texts):
        self.numbers = numbers
        self.texts = texts

    def _of(self, name, *kinds):
        kind = kinds[sum(map(ord, name)) % len(kinds)]
        return self.numbers.get(name) if kind == "number" else self.texts.get(name)

    def parameter(self, name):
        return self._of(name, "number", "text")

    def measure(self, metric, measure):
        return self._of(metric + measure, "number")

    def fact(self, name):
        match FIELDS[name].type:
            case FactType.TEXT:
                return self.texts.get(name)
            case FactType.FLAG:
                return name in self.numbers
            case FactType.TAGS:
                return tuple(self.texts.values())
            case FactType.STATUS:
                return "RUNNING"
        return None if name in self.texts else 10**18


RUNS = st.builds(
    Values,
    st.dictionaries(NAMES, NUMBERS | st.booleans() | st.just(math.nan)),
    st.dictionaries(NAMES, TEXTS),
)


@given(CONDITIONS)
def test_what_is_printed_says_the_same(condition):
    """The text of a condition is read as that condition, at any depth and with any name."""
    assert parse_filter(print_filter(condition)) == condition


@given(st.lists(st.builds(SortKey, PARAMETERS | METRICS | NUMBER_FACTS, st.booleans()), max_size=4))
def test_what_is_printed_sorts_the_same(keys):
    """Likewise of an order."""
    assert list(parse_sort(print_sort(keys))) == keys


@given(WRITTEN)
@example("not " * 3000)
@example("(" * 3000)
@example("1" * 5000 + " > lr")
@example("a." * 2000 + "a")
@example("[" * 40 + "]" * 40)
@example("x" * 10_001)
def test_no_text_raises_anything_else(text):
    """A text is understood or refused with a place in it, by the parser of each kind."""
    for parse in (parse_filter, parse_sort):
        try:
            parse(text)
        except FilterError as error:
            wrong = error
        else:
            continue
        assert 0 <= wrong.start <= wrong.end <= len(text) == len(wrong.text)
        assert str(wrong).count("\n") == 2


@given(WRITTEN)
def test_what_is_suggested_is_better(text):
    """Whoever takes the suggestions one after another does not go in circles."""
    seen = set()
    for _ in range(30):
        try:
            parse_filter(text)
        except FilterError as error:
            if error.suggestion is None:
                return
            assert text not in seen
            seen.add(text)
            text = text[: error.start] + error.suggestion + text[error.end :]
        else:
            return


@given(CONDITIONS, RUNS)
def test_not_is_the_complement(condition, run):
    """Of every condition and every run; missing values, NaN and mixed types are no exception."""
    assert holds(Not(condition), run) is not holds(condition, run)
    assert holds(parse_filter(f"not ({print_filter(condition)})"), run) is not holds(condition, run)


@given(NUMBERS | TEXTS | st.booleans() | st.none(), NUMBERS | TEXTS | st.booleans() | st.none())
def test_unequal_is_not_equal(left, right):
    """``!=`` is the opposite of ``==``; at most one of <, ==, > is true."""
    assert compare("!=", left, right) is not compare("==", left, right)
    assert sum(compare(sign, left, right) for sign in ("<", "==", ">")) <= 1


KNOWN = KnownNames(
    parameters=["lr", "model/depth", "name", "lambda", "größe"],
    metrics=["loss", "val/acc"],
    tags=["base line", 'q"uote'],
    values={"lr": [0.1, "auto", True], "name": ["brave_pasta"]},
)
ENDINGS = [
    *("", " == 1", ' == "x"', ' == "done"', ' < "2d"', ' < "2026-11-01"', " is None", " > 1", " 1"),
    *(' "x"', ' "x")', " tags", " lr", " [1]", ' ["x"]', ' ["done"]', ") > 1", "loss) > 1", "]"),
    *('name, "x")', ' "2d"', ' "2026-11-01"', " in tags", ' "done"'),
]


@pytest.mark.parametrize(
    "text",
    [
        'lr > 0.1 and status == "done" and max("val/acc") > 0.9',
        '"base line" in tags or not (name.startswith("b") and age < "2d")',
        'parameters["model/depth"] in [1, 2] or parameters.name == "x" and last(loss) is not None',
        'größe != "日本" and deleted and created >= "2026-11-01" and "x" not in name',
        'matches(name, "x") and exit_code not in (0, 1)',
    ],
)
def test_what_is_offered_can_stand_there(text):
    """At every place of a text that is typed from left to right, each offer can be gone on with."""
    offers = 0
    for at in range(len(text) + 1):
        typed = text[:at]
        found = complete(typed, at, KNOWN)
        assert 0 <= found.start <= found.end <= at
        for item in found.items:
            offers += 1
            assert any(
                is_understood(typed[: found.start] + item.text, ending) for ending in ENDINGS
            ), (
                typed,
                item,
            )
    assert offers > 20


def is_understood(text, ending):
    closing = ""
    for token in read_tokens(text + ending):
        if token.text in ("(", "["):
            closing = (")" if token.text == "(" else "]") + closing
        elif token.text in (")", "]"):
            closing = closing[1:]
    with contextlib.suppress(FilterError):
        return parse_filter(text + ending + closing) is not None
    return False


@given(WRITTEN, st.integers(-2, 40))
def test_completing_never_fails(text, cursor):
    """Whatever is typed, wherever the cursor stands."""
    found = complete(text, cursor, KNOWN)
    assert 0 <= found.start <= found.end <= len(text)
    assert len(found.items) <= 50
