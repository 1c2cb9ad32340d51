"""What people of other tools type is answered with how it is said here."""

from __future__ import annotations

import pytest

from trialog._filters import parse_filter, parse_sort
from trialog._filters.foreign import number_of
from trialog.errors import FilterError

SUGGESTED = [
    # text, what is marked, what is suggested
    ("lr = 1", "=", "=="),
    ("lr === 1", "===", "=="),
    ("lr <> 1", "<>", "!="),
    ("lr =< 1", "=<", "<="),
    ("status:'done'", ":", "=="),
    ("a && b", "&&", "and"),
    ("a || b", "||", "or"),
    ("!a", "!", "not "),
    ("a AND b", "AND", "and"),
    ("a Or b", "Or", "or"),
    ("NOT a", "NOT", "not"),
    ("x == null", "null", "None"),
    ("x == true", "true", "True"),
    ("a, b", ",", " and"),
    ("a&&b", "&&", " and "),
    ("val/acc > 0.9", "val/acc", 'last("val/acc")'),
    ("max(val/acc) > 0.9", "val/acc", '"val/acc"'),
    ("metrics.val/acc > 0.9", "metrics.val/acc", 'last("val/acc")'),
    ("params.model/depth > 9", "params.model/depth", 'parameters["model/depth"]'),
    ("metrics.loss < 1", "metrics.loss", "last(loss)"),
    ('metrics["val/acc"] < 1', 'metrics["val/acc"]', 'last("val/acc")'),
    ("summary.loss < 1", "summary.loss", "last(loss)"),
    ("params.lr < 1", "params.lr", "parameters.lr"),
    ("config.lr < 1", "config.lr", "parameters.lr"),
    ("config['a/b'] < 1", "config['a/b']", 'parameters["a/b"]'),
    ("model.depth < 1", "model.depth", 'parameters["model/depth"]'),
    ("a.b.c < 1", "a.b.c", 'parameters["a/b/c"]'),
    ("learning-rate < 1", "learning-rate", 'parameters["learning-rate"]'),
    ("lambda > 1", "lambda", 'parameters["lambda"]'),
    ("parameters.lambda > 1", "parameters.lambda", 'parameters["lambda"]'),
    ("max(lambda) > 1", "lambda", '"lambda"'),
    ('state == "finished"', "state", "status"),
    ('created_at > "2026-11-01"', "created_at", "created"),
    ('tags contains "x"', 'tags contains "x"', '"x" in tags'),
    ('name LIKE "%x%"', 'name LIKE "%x%"', '"x" in name'),
    ('name =~ "x"', 'name =~ "x"', 'matches(name, "x")'),
    ('name matches "x"', 'name matches "x"', 'matches(name, "x")'),
    ('name.contains("x")', 'name.contains("x")', '"x" in name'),
    ('name startswith "x"', 'name startswith "x"', 'name.startswith("x")'),
    ('tags == "x"', 'tags == "x"', '"x" in tags'),
    ('name == "abc', '"abc', '"abc"'),
    ("“x” in name", "“", '"'),
    ("avg(loss) < 1", "avg", "mean"),
    ("maxx(loss) < 1", "maxx", "max"),
    ('name.startwith("x")', "startwith", "startswith"),
    ('"val/acc" > 0.9', '"val/acc"', 'last("val/acc")'),
    ('"baseline"', '"baseline"', '"baseline" in name'),
    ("name == 3", "3", '"3"'),
    ('points == "3"', '"3"', "3"),
    ('status == "finshed"', '"finshed"', '"finished"'),
    ("status == done", "done", '"done"'),
    ("age < 2d", "2d", '"2d"'),
    ("created > 2026-11-01", "2026-11-01", '"2026-11-01"'),
    ('created > "2d"', 'created > "2d"', 'age < "2d"'),
    ('age < "2026-11-01"', 'age < "2026-11-01"', 'created > "2026-11-01"'),
    (
        'created == "2026-12-31"',
        'created == "2026-12-31"',
        '"2026-12-31" <= created < "2027-01-01"',
    ),
]
REFUSED = [
    # text, what is marked, a part of what is said
    ('age < "2q"', '"2q"', "a length of time is written"),
    ("age < True", "True", "how long something takes"),
    ("age < -1", "-1", "a length of time is written"),
    ('age < "99999999w"', '"99999999w"', "a length of time is written"),
    ('created > "soon"', '"soon"', "a time is written"),
    ('created > "2026-02-30"', '"2026-02-30"', "a time is written"),
    ("created > 5", "5", "created is a time"),
    ("f(x) > 1", "f", "there is no f(…)"),
    ("max() > 1", "()", "nothing stands"),
    ("max(a, b) > 1", "max(a, b)", "one metric"),
    ("max(loss)", "max(loss)", "alone says nothing"),
    ("status", "status", "alone says nothing"),
    ("1 < 2", "1 < 2", "the same for every run"),
    ("status < 'done'", "status < 'done'", "no order"),
    ('"R" in status', "status", "no text"),
    ("lr in 0.1", "0.1", "in brackets"),
    ("lr in (x, 1)", "x", "values alone"),
    ("1 in (1, 2)", "1 in (1, 2)", "whatever the run"),
    ("max(loss) > 'x'", "'x'", "a metric is a number"),
    ("max(loss) == name", "max(loss) == name", "a metric is a number"),
    ("name == points", "name == points", "does not compare"),
    ("duration > lr", "duration > lr", "the other side is none"),
    ("lr < None", "lr < None", "neither less nor greater"),
    ("lr is 3", "lr is 3", "asks for None alone"),
    ("deleted == 1", "1", "True or False"),
    ('matches(name, "(")', '"("', "no regular expression"),
    (r"matches(name, r'(a)\1')", r"r'(a)\1'", "no regular expression: invalid escape"),
    ('points.startswith("1")', "points", "no text"),
    ("name.startswith(3)", "3", "a text in quotes"),
    ("lr + 1 > 2", "+", "nothing is calculated"),
    ("lr ** 2 > 2", "**", "nothing is calculated"),
    ("-lr > 2", "-", "nothing is calculated"),
    ("lr > 1 # all", "#", "no comment"),
    ("lr > 01", "01", "is no number"),
    (r'lr == "\ud800"', r'"\ud800"', "stands for no character"),
    ("lr == \ud800", "\ud800", "half a character"),
    ("a b", "a b", "is missing"),
    ('f"x" in name', 'f"x"', "is missing"),
    ("a and", "and", "missing after"),
    ("and a", "and", "missing before"),
    ("a and or b", "and or", "missing between"),
    ("(a", "(", "is not closed"),
    ("a)", ")", "closes nothing"),
    ("(a]", "]", "is closed by"),
    ("()", "()", "nothing stands"),
    ("parameters > 1", "parameters", "a name is missing"),
    ('parameters[""] > 1', 'parameters[""]', "empty"),
    ("parameters[3] > 1", "3", "quoted"),
    ("(a > 1) == True", "a > 1", "is wanted here"),
    ("(a, b)", "a, b", "no condition"),
    ("a if b else c", "if", "is a word of the language"),
]


@pytest.mark.parametrize("text,marked,suggestion", SUGGESTED)
def test_what_was_meant_is_suggested(text, marked, suggestion):
    """In place of what is marked; the text that comes of it goes on, or is understood."""
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    error = caught.value
    assert (text[error.start : error.end], error.suggestion) == (marked, suggestion)
    with_it = text[: error.start] + suggestion + text[error.end :]
    if marked != "“":  # there is another one
        assert parse_filter(with_it)


@pytest.mark.parametrize("text,marked,said", REFUSED)
def test_what_cannot_be_meant_is_marked(text, marked, said):
    """And said in a few words, without a guess that would be one."""
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    error = caught.value
    assert said in error.message
    assert marked in text[error.start : error.end]


@pytest.mark.parametrize(
    "text,suggestion",
    [
        ("lr desc", "-lr"),
        ("max(acc) ASC", "max(acc)"),
        ('"val/acc"', 'last("val/acc")'),
        ("val/acc", 'last("val/acc")'),
        ("lr,,x", None),
        (",", None),
        ("tags", None),
        ("-", None),
        ("3", None),
        ("lr > 1", None),
        ("(lr", None),
    ],
)
def test_an_order_is_answered_likewise(text, suggestion):
    """Operands alone, each once behind a minus."""
    with pytest.raises(FilterError) as caught:
        parse_sort(text)
    assert caught.value.suggestion == suggestion


def test_words_of_other_tools_may_be_parameters():
    """Where what they are compared with does not give them away."""
    for text in ("state > 3", "state == 'liquid'", "parameters.state == 'done'", "runtime < 3"):
        assert parse_filter(text)


@pytest.mark.parametrize(
    "word,number",
    [("1", 1), ("0", 0), ("1_0", 10), ("0x1F", 31), ("0b11", 3), ("1.", 1.0), (".5e1", 5.0)]
    + [(word, None) for word in ("01", "1j", "1__0", "0x", "1e", "2d", "9" * 401)],
)
def test_numbers_are_pythons(word, number):
    """Without those that have no place in a filter."""
    assert number_of(word) == number
    assert type(number_of(word)) is type(number)
