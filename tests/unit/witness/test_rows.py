"""A row of a terminal, letters over letters."""

from __future__ import annotations

import re

import pytest

from trialog._witness.rows import MAX_COLUMNS, Row, width_of


def written(*parts):
    """A row on which texts were written; a number moves to that column."""
    row = Row()
    for part in parts:
        if isinstance(part, int):
            row.column = part
        elif isinstance(part, tuple):
            row.put(*part)
        else:
            row.put(part, "")
    return row


@pytest.mark.parametrize(
    "parts, text",
    [
        (["abc", "def"], "abcdef"),
        (["abcdef", 0, "xy"], "xycdef"),
        (["abc", 1, "xyz"], "axyz"),
        (["abc", 5, "x"], "abc  x"),
        (["abc   "], "abc   "),
        (["abcdef", 0, "x     "], "x"),
        (["日本語", 0, "ab"], "ab本語"),
        (["日本語", 1, "a"], " a本語"),
        (["日本語", 0, "a"], "a 本語"),
        (["abcd", 1, "日"], "a日d"),
        (["e\u0301a", 1, "b"], "e\u0301b"),
        (["\u0301a"], "\u0301a"),
        ([("a", "31"), ("b", "31"), "c"], "\x1b[31mab\x1b[0mc"),
        ([("abc", "31"), 1, ("b", "32")], "\x1b[31ma\x1b[0;32mb\x1b[0;31mc\x1b[0m"),
        ([("abc", "31"), 0, "   "], ""),
        (["a\tb"], "a\tb"),
    ],
)
def test_letters_go_over_letters(parts, text):
    """What is written later stands there; half a wide letter becomes a blank."""
    assert written(*parts).text() == text


def test_erasing_takes_letters_away():
    """From a column on, up to one, or between two."""
    for text in ("abcdef", "日本語"):
        for parts in ([text], [(text, "31")]):
            row = written(*parts)
            row.erase(2)
            letters = re.sub("\x1b[^m]*m", "", row.text())
            assert letters == text[: 2 // width_of(text[0])]
            row.erase(0)
            assert (row.text(), row.width) == ("", 0)
    row = written("abcdef")
    row.erase(0, 3)
    assert row.text() == "   def"
    row.erase(4, 99)
    assert row.text() == "   d"


def test_a_row_is_made_again_of_its_text():
    """Colours too: what is written over it meets the same letters."""
    row = written("ab", ("cd", "1;31"), "ef")
    again = Row(row.text())
    assert again.text() == row.text()
    again.column = 3
    again.put("X", "")
    assert again.text() == "ab\x1b[1;31mc\x1b[0mXef"


def test_a_row_is_bounded():
    """Whatever is written, it holds no more than its columns."""
    row = Row()
    for text in ("x" * 1000, "日" * 1000, "\u0301" * 1000):
        for _ in range(40):
            row.put(text, "")
    assert row.width == MAX_COLUMNS
    assert len(row.text()) <= 2 * MAX_COLUMNS + 1
