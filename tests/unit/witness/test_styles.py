"""Colour sequences add up to a style, from which the same look is made again."""

from __future__ import annotations

import pytest

from trialog._witness.styles import change, restyled


@pytest.mark.parametrize(
    "sequences, style",
    [
        ([""], ""),
        (["31"], "31"),
        (["31", "32"], "32"),
        (["1", "31"], "1;31"),
        (["1;31"], "1;31"),
        (["01;31"], "1;31"),
        (["1;31", "0"], ""),
        (["1;31", ""], ""),
        (["1;31;0;4"], "4"),
        (["1", "2"], "1;2"),
        (["1;2", "22"], ""),
        (["4:3"], "4:3"),
        (["4", "4:0"], ""),
        (["38;5;237"], "38;5;237"),
        (["38;2;1;2;3;1"], "38;2;1;2;3;1"),
        (["38:2::1:2:3"], "38:2::1:2:3"),
        (["38;5;237", "91"], "91"),
        (["38;5;237;48;5;1", "39"], "48;5;1"),
        (["31;41", "49"], "31"),
        (["31;99"], "31"),
        (["31;7", "27"], "31"),
    ],
)
def test_a_style_is_what_its_sequences_add_up_to(sequences, style):
    """A newer colour replaces an older one, a reset takes all away, unknown codes do nothing."""
    found = ""
    for each in sequences:
        found = restyled(found, each)
    assert found == style


def test_a_style_never_grows():
    """Thousands of sequences without a reset add up to a few parameters."""
    style = ""
    for number in range(5000):
        style = restyled(style, f"38;5;{number % 256};1;4;{40 + number % 8}")
    assert len(style) < 40


@pytest.mark.parametrize(
    "before, after, sequence",
    [
        ("", "", ""),
        ("31", "31", ""),
        ("", "31", "\x1b[31m"),
        ("31", "", "\x1b[0m"),
        ("1;31", "32", "\x1b[0;32m"),
    ],
)
def test_a_change_leads_from_any_style_to_another(before, after, sequence):
    """Whoever reads from here on sees the new style, whatever was before."""
    assert change(before, after) == sequence
