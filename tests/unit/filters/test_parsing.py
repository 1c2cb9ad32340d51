"""From text to the tree: what is understood, in which form, and where each part stood."""

from __future__ import annotations

import pickle

import pytest

from trialog._filters import parse_filter, parse_sort
from trialog._filters.expressions import (
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
    operands_of,
)
from trialog._filters.parsing import parse_operand
from trialog.errors import FilterError, InvalidTypeError

LR, NAME, STATUS = Parameter("lr"), Fact("name"), Fact("status")


def literals(*values):
    return tuple(map(Literal, values))


@pytest.mark.parametrize(
    "text,condition",
    [
        ("lr > 0.1", Comparison(">", LR, Literal(0.1))),
        ("lr>-1e-3", Comparison(">", LR, Literal(-1e-3))),
        ("parameters.lr == +3", Comparison("==", LR, Literal(3))),
        ('parameters["lr"] == 0x1f', Comparison("==", LR, Literal(31))),
        ("lr == 1_000", Comparison("==", LR, Literal(1000))),
        ("lr == .5", Comparison("==", LR, Literal(0.5))),
        ("lr == 9007199254740993", Comparison("==", LR, Literal(2**53 + 1))),
        ("0.1 < lr", Comparison(">", LR, Literal(0.1))),
        ("lr == True", Comparison("==", LR, Literal(True))),
        ("lr", Truth(LR)),
        ("not lr", Not(Truth(LR))),
        ("lr is None", Comparison("==", LR, Literal(None))),
        ("None is not lr", Comparison("!=", LR, Literal(None))),
        ("lr == None", Comparison("==", LR, Literal(None))),
        ("a < b", Comparison("<", Parameter("a"), Parameter("b"))),
        ("ended > created", Comparison(">", Fact("ended"), Fact("created"))),
        (
            "0 < lr <= 1",
            All((Comparison(">", LR, Literal(0)), Comparison("<=", LR, Literal(1)))),
        ),
        ("a and b or not c", AnyOf((All((Truth(Parameter("a")), Truth(Parameter("b")))),
                                    Not(Truth(Parameter("c")))))),
        ("lr in (1, 'a', None)", Membership(LR, literals(1, "a", None))),
        ("lr not in [-1,]", Membership(LR, literals(-1), True)),
        ("lr in (0.1)", Membership(LR, literals(0.1))),
        ("last(loss) < 1", Comparison("<", Metric("loss", "last"), Literal(1))),
        ("max('val/acc') > mean(name)",
         Comparison(">", Metric("val/acc", "max"), Metric("name", "mean"))),
        ('"a b" in tags', HasTag("a b")),
        ("'x' not in tags", HasTag("x", True)),
        ("tags is None", Comparison("==", Fact("tags"), Literal(None))),
        ('"abl" in name', TextMatch("contains", NAME, "abl")),
        ('"abl" not in parameters.model', TextMatch("contains", Parameter("model"), "abl", True)),
        ('name.startswith("x")', TextMatch("startswith", NAME, "x")),
        ('parameters["model/x"].endswith("x")', TextMatch("endswith", Parameter("model/x"), "x")),
        (r'matches(name, r"\d+")', TextMatch("matches", NAME, r"\d+")),
        (r'matches(name, "\d+")', TextMatch("matches", NAME, r"\d+")),
        ("status == 'Done'", Membership(STATUS, literals("COMPLETED"))),
        ("status != 'cancelled'", Membership(STATUS, literals("CANCELED"), True)),
        ("status in ('error', 'running')",
         Membership(STATUS, literals("CRASHED", "FAILED", "INTERRUPTED", "RUNNING"))),
        ("age < '2d'", Comparison("<", Fact("age"), Literal(172_800_000_000_000))),
        ("duration >= 1.5", Comparison(">=", Fact("duration"), Literal(1_500_000_000))),
        ("created > '1970-01-02T00:00Z'", Comparison(">", Fact("created"), Literal(86400 * 10**9))),
        ("deleted", Truth(Fact("deleted"))),
        ("deleted == False", Comparison("==", Fact("deleted"), Literal(False))),
        ("exit_code != 0", Comparison("!=", Fact("exit_code"), Literal(0))),
        (r'lr == "\u00e9\x41\n\"\\"', Comparison("==", LR, Literal('éA\n"\\'))),
        ("größe > 3 and x² > 1", All((Comparison(">", Parameter("größe"), Literal(3)),
                                      Comparison(">", Parameter("x²"), Literal(1))))),
        ("lr\n>\t1", Comparison(">", LR, Literal(1))),
        ("((lr)) > (1)", Comparison(">", LR, Literal(1))),
    ],
)  # fmt: skip
def test_a_text_says_what_it_says(text, condition):
    """One form for each thing, however it was written."""
    assert parse_filter(text) == condition


def test_a_blank_text_says_nothing():
    """A field that was left empty is no condition."""
    assert parse_filter("") is parse_filter(" \n") is None
    assert parse_sort(" ") == ()


def test_literals_of_two_types_are_two():
    """1, 1.0 and True are equal in Python, but not here."""
    assert len({Literal(1), Literal(1.0), Literal(True)}) == 3
    assert parse_filter("lr == 1") != parse_filter("lr == True")


def test_an_order_is_a_list_of_operands():
    """A minus is for the greatest first."""
    assert parse_sort('-max("val/acc"), lr,name,') == (
        SortKey(Metric("val/acc", "max"), True),
        SortKey(LR),
        SortKey(NAME),
    )


def test_spans_count_characters():
    """Of a text with letters of two, three and four bytes."""
    text = 'größe == "日本" and "𝒳" in parameters["𝒳/é"] and max("é") > 1'
    condition = parse_filter(text)
    spans = [text[slice(*part.span)] for part in condition.parts]
    assert spans == ['größe == "日本"', '"𝒳" in parameters["𝒳/é"]', 'max("é") > 1']
    operands = [text[slice(*operand.span)] for operand in operands_of(condition)]
    assert operands == ["größe", 'parameters["𝒳/é"]', 'max("é")']
    with pytest.raises(FilterError) as caught:
        parse_filter('"日本" in größe and é = 3')
    assert (caught.value.start, caught.value.end) == (20, 21)


def test_everything_asked_for_is_told():
    """In the order of the text; tags too."""
    condition = parse_filter('not ("a" in tags or lr in (1, 2)) and last(x) > y and "n" in name')
    assert list(operands_of(condition)) == [
        Fact("tags"),
        LR,
        Metric("x", "last"),
        Parameter("y"),
        NAME,
    ]


def test_one_operand_can_be_read_alone():
    """A column, for instance."""
    assert parse_operand("max(acc)") == Metric("acc", "max")
    for text in ("", "1", "lr > 1", "a, b"):
        with pytest.raises(FilterError):
            parse_operand(text)


@pytest.mark.parametrize("parse", [parse_filter, parse_sort])
def test_only_text_is_read(parse):
    """A list of conditions is none."""
    with pytest.raises(InvalidTypeError, match="must be text"):
        parse(["lr > 1"])


def test_depth_and_length_are_bounded():
    """Far beyond what anybody types, far below what Python's parser takes."""
    assert parse_filter("(" * 40 + "lr" + ")" * 40) == Truth(LR)
    assert parse_filter(" and ".join(["not lr"] * 200))
    for text in ("(" * 60 + "lr" + ")" * 60, "not " * 60 + "lr"):
        with pytest.raises(FilterError, match="too deeply"):
            parse_filter(text)
    with pytest.raises(FilterError, match="at most 10000"):
        parse_filter("lr" + " " * 10_000)


def test_an_error_shows_the_place():
    """One line that says what is wrong, the text, and carets under the place."""
    with pytest.raises(FilterError) as caught:
        parse_filter("日本 > 1 and lr = 0.1")
    error = caught.value
    assert str(error).splitlines() == [
        "'=' does not compare: did you mean ==?",
        "  日本 > 1 and lr = 0.1",
        "                  ^",
    ]
    assert (error.text, error.start, error.end, error.suggestion) == (error.text, 14, 15, "==")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.end, again.suggestion) == (str(error), 15, "==")
    with pytest.raises(FilterError) as caught:
        parse_filter("x > 1 and " * 20 + "lr = 1" + " and x > 1" * 20)
    assert max(map(len, str(caught.value).splitlines())) < 100
