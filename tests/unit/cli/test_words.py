"""How times, sizes and values are said."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from trialog._cli import words
from trialog._entities import RunStatus

NOW = datetime(2026, 5, 20, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "seconds, expected",
    [
        (0, "0 ms"),
        (0.0004, "0 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (3599.4, "59 min 59 s"),
        (3600, "1 h 00 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d 0 h"),
        (10_000_000, "115 d 17 h"),
    ],
)
def test_durations(seconds, expected):
    """A duration has its two largest units, and never says 60 s or 1000 ms."""
    assert words.duration(seconds) == expected


@pytest.mark.parametrize(
    "seconds, expected",
    [
        (0, "now"),
        (-0.5, "now"),
        (1, "1 s ago"),
        (59.7, "1 min ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86_400, "1 day ago"),
        (6.9 * 86_400, "6 days ago"),
        (7 * 86_400, "2026-05-13"),
        (-3600, "2026-05-20 13:00:00 +00:00"),
    ],
)
def test_moments(seconds, expected):
    """Recent moments are relative, older ones are days, ones of another clock are told in full."""
    assert words.ago(NOW - timedelta(seconds=seconds), NOW) == expected


@pytest.mark.parametrize(
    "size_bytes, expected",
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1 KiB"),
        (1_023_999, "0.977 MiB"),
        (10**9, "954 MiB"),
        (2**60, "1048576 TiB"),
    ],
)
def test_sizes(size_bytes, expected):
    """Sizes have three digits and a binary unit."""
    assert words.size(size_bytes) == expected


@pytest.mark.parametrize(
    "value, expected",
    [
        (1.0, "1"),
        (0.1, "0.1"),
        (1 / 3, "0.3333333"),
        (1e-5, "1e-05"),
        (1e9, "1000000000"),
        (1e300, "1e+300"),
        (-0.0, "-0"),
        (math.nan, "NaN"),
        (-math.inf, "-inf"),
        (2**53 + 1, "9007199254740993"),
        (2**4000, "0x100000000000000000…"),
        (True, "True"),
        (None, "None"),
        ("", '""'),
        ("a\nb", "a↵b"),
    ],
)
def test_values(value, expected):
    """Values are short, one line, and never lose what makes them special."""
    assert words.parameter_value(value) == expected


def test_metric_values_have_five_digits():
    """A metric's value has five digits; integers stay whole."""
    assert words.metric_value(1 / 3) == "0.33333"
    assert words.metric_value(123456.0) == "123456"
    assert words.metric_value(None) == ""


@pytest.mark.parametrize("letter", ["\x1b", "\x00", "\x7f", "\x9b", "\u202e", "\u2066", "\u2028"])
def test_no_letter_steers_the_terminal(letter):
    """Control characters and those that turn the line around are shown as what they are."""
    for keeps_lines in (False, True):
        shown = words.printable(f"a{letter}b", keeps_lines=keeps_lines)
        assert letter not in shown
        assert shown.startswith("a")
        assert shown.endswith("b")


def test_letters_of_all_scripts_stay():
    """Other scripts, emoji and their joiners stay as they are; lines stay where they should."""
    text = "実験 λ 👩‍🔬 é"
    assert words.printable(text) == text
    assert words.printable("a\n  b\tc", keeps_lines=True) == "a\n  b    c"


def test_every_status_looks_different_without_colour():
    """No two statuses share a symbol, in Unicode or in ASCII."""
    marks = [words.mark_of(status) for status in RunStatus]
    assert len({mark.symbol for mark in marks}) == len(marks)
    assert len({mark.plain_symbol for mark in marks}) == len(marks)
    assert all(mark.plain_symbol.isascii() for mark in marks)


@pytest.mark.parametrize(
    "text, plain, coloured",
    [
        ("plain", "plain", "plain"),
        ("a\tb", "a\tb", "a\tb"),
        ("\x1b[1;31mred\x1b[0m", "red", "\x1b[1;31mred\x1b[0m"),
        ("\x1b[31m\x1b[2J", r"\x1b[2J", "\x1b[31m" + r"\x1b[2J"),
        ("a\nb\u202ec", r"a↵b\u202ec", r"a↵b\u202ec"),
    ],
)
def test_a_printed_line_keeps_its_colours_alone(text, plain, coloured):
    """Where they are wanted; nothing else may steer a terminal, and tabs stand."""
    assert words.printable_line(text, keeps_colours=False) == plain
    assert words.printable_line(text, keeps_colours=True) == coloured
