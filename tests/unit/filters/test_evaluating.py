"""What filters mean: true or false, of every run."""

from __future__ import annotations

import math

import pytest

from trialog._filters import holds, in_order, parse_filter, parse_sort
from trialog._filters.fields import FIELDS

FACTS = {
    "id": "abc123",
    "name": "ViT-Straße",
    "status": "COMPLETED",
    "tags": ("base", "a b"),
    "created": 10**18,
    "ended": 10**18 + 90 * 10**9,
    "duration": 90 * 10**9,
    "age": 3600 * 10**9,
    "exit_code": 0,
    "deleted": False,
}
PARAMETERS = {
    "lr": 0.1,
    "big": 2**53 + 1,
    "auto": "Auto",
    "yes": True,
    "one": 1,
    "nan": math.nan,
    "model/depth": 3,
    "empty": "",
}
METRICS = {"loss": {"last": 0.5, "max": math.nan}, "val/acc": {"max": 0.9, "count": 3}}


class Run:
    """A run that says what it was given."""

    def __init__(self, parameters=PARAMETERS, facts=FACTS):
        self._parameters = parameters
        self._facts = facts

    def parameter(self, name):
        return self._parameters.get(name)

    def measure(self, metric, measure):
        return METRICS.get(metric, {}).get(measure)

    def fact(self, name):
        return self._facts.get(name)


TRUE = """
    lr < 0.2; 0.05 < lr <= 0.1; lr == 1e-1; one == 1.0; big == 9007199254740993
    big > 9007199254740992.0; auto == "Auto"; auto < "B"; yes; yes == True; not one; lr in (0.1, 2)
    lr not in ("0.1", 1); parameters["model/depth"] == 3; max("val/acc") >= 0.9
    gone is None; lr is not None; gone != 1; gone not in (1, 2); gone in (1, None)
    nan != nan; nan is not None; yes != 1; yes > False; auto != 1; max(loss) != max(loss)
    "VIT" in name; "STRASSE" in name; name.startswith("vit"); name.endswith("SSE")
    matches(name, "^v.t-"); "auto" in auto; "" in empty; not "1" in one; not "" in gone
    "base" in tags; "a b" in tags; "Base" not in tags; tags is not None
    status == "done"; status in ("error", "completed"); status != "running"
    age > "59m"; age <= "1h"; duration == 90; ended > created; created < "2026-11-01"; not deleted
    exit_code == 0; exit_code is not None; reason is None; reason != "x"; deleted == False
    lr > 1 or one == 1; not (lr > 1 and one == 1); not lr > 1; count("val/acc") > max("val/acc")
"""
FALSE = """
    lr > 0.2; lr == "0.1"; one == True; yes == 1; auto > 1; auto < 1; auto == "auto"; gone < 1
    gone > 1; gone == gone; gone in (1, 2); nan == nan; nan < 1; nan > 1; not gone != 1
    max(loss) > 0; max(loss) < 0; mean(loss) < 9; "x" in name; "bas" in tags; tags is None
    status == "running"; age < 5; deleted; reason == "x"; big == 9007199254740992.0; auto; gone; one
"""


def statements(text):
    return [each.strip() for line in text.splitlines() for each in line.split(";") if each.strip()]


@pytest.mark.parametrize("text", statements(TRUE))
def test_what_is_true(text):
    """And its opposite is false."""
    assert holds(parse_filter(text), Run()) is True
    assert holds(parse_filter(f"not ({text})"), Run()) is False


@pytest.mark.parametrize("text", statements(FALSE))
def test_what_is_false(text):
    """And its opposite is true."""
    assert holds(parse_filter(text), Run()) is False
    assert holds(parse_filter(f"not ({text})"), Run()) is True


def test_no_tags_are_missing_tags():
    """Like any other thing that a run lacks."""
    bare = Run(facts={"tags": ()})
    assert holds(parse_filter("tags is None and 'x' not in tags"), bare)


@pytest.mark.parametrize(
    "sort,order",
    [
        ("x", ["no", "yes", "one", "two", "a", "b", "gone", "nan"]),
        ("-x", ["b", "a", "two", "one", "yes", "no", "gone", "nan"]),
        ("y", ["gone", "one", "two", "a", "b", "nan", "yes", "no"]),
        ("y, -x", ["one", "gone", "b", "a", "two", "yes", "no", "nan"]),
        ("-max(gone), created", ["gone", "two", "a", "one", "b", "nan", "yes", "no"]),
    ],
)
def test_what_is_missing_comes_last(sort, order):
    """Either way, with NaN; types follow one another; equal ones stay as they came."""
    runs = {
        "gone": Run({"y": 1}),
        "two": Run({"x": 2, "y": 2}),
        "a": Run({"x": "a", "y": 2}),
        "one": Run({"x": 1.0, "y": 1}),
        "b": Run({"x": "b", "y": 2}),
        "nan": Run({"x": math.nan, "y": 3}),
        "yes": Run({"x": True, "y": 3}),
        "no": Run({"x": False, "y": 3}),
    }
    assert in_order(runs, parse_sort(sort), runs.__getitem__) == order


def test_every_fact_is_documented(page_table):
    """The page has a row for each, in the order in which they are offered."""
    rows = [
        [f"`{name}`", field.type + ", may be missing" * field.may_lack, field.meaning]
        for name, field in FIELDS.items()
    ]
    assert page_table("reference/filter-language.md", "facts") == rows
