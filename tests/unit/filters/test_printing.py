"""Filters as text again."""

from __future__ import annotations

import pytest

from trialog._filters import parse_filter, parse_sort, print_filter, print_sort


@pytest.mark.parametrize(
    "text,printed",
    [
        ("0.1<lr", "lr > 0.1"),
        ("parameters['lr']==1", "lr == 1"),
        ("parameters.name == 'x'", 'parameters.name == "x"'),
        ("max('acc') < 1e999", "max(acc) < 1e999"),
        ("max('val/acc') > -1e999", 'max("val/acc") > -1e999'),
        ("lr == None", "lr is None"),
        ("lr in (1, 'a')", 'lr in [1, "a"]'),
        ("status == 'done'", 'status == "COMPLETED"'),
        ("status != 'error'", 'status not in ["CRASHED", "FAILED", "INTERRUPTED"]'),
        ("'a' not in tags", '"a" not in tags'),
        ("age < '36h'", 'age < "1d12h"'),
        ("duration > 0.5", 'duration > "0.5s"'),
        ("created > '2026-11-01 14:00Z'", 'created > "2026-11-01T14:00:00Z"'),
        ("(a and b) or not (c or d)", "a and b or not (c or d)"),
        ("(a or b) and (c and d)", "(a or b) and (c and d)"),
        (r"matches(name, r'\d')", r'matches(name, "\\d")'),
        (r"x == '\x00\u00ad😀'", r'x == "\u0000\u00ad😀"'),
    ],
)
def test_one_form_of_each(text, printed):
    """Which reads as the same condition, and prints as itself."""
    condition = parse_filter(text)
    assert print_filter(condition) == printed
    assert parse_filter(printed) == condition


def test_orders_are_printed_too():
    """With a minus for what descends."""
    assert print_sort(parse_sort("- max('acc') , lr")) == "-max(acc), lr"
