"""Regular expressions in filters: what they find, and that none can stop the reader."""

from __future__ import annotations

import time

import pytest

from trialog._filters.patterns import check_pattern, find_matches


@pytest.mark.parametrize(
    "pattern,found",
    [
        ("vit", ["ViT-S"]),
        ("^VIT-[a-z]$", ["ViT-S"]),
        (r"\d{2}", ["res-18"]),
        ("(?P<one>ü)", ["Ü"]),
        ("a.b", []),
        ("", ["ViT-S", "res-18", "Ü", "a\nb"]),
    ],
)
def test_a_pattern_is_found_anywhere_in_any_case(pattern, found):
    """Letters beyond ASCII too; a dot is no line's end."""
    texts = ["ViT-S", "res-18", "Ü", "a\nb"]
    matched = find_matches(texts, pattern)
    assert [text for text, is_match in zip(texts, matched, strict=True) if is_match] == found
    assert find_matches([], pattern) == []


@pytest.mark.parametrize("pattern", ["(a+)+$", "^(a|aa)*$", "(.*)(.*)(.*)(.*)(.*)b$"])
def test_no_pattern_takes_for_ever(pattern):
    """What backtracking would not finish in a lifetime is told in no time."""
    start = time.process_time()
    assert find_matches(["a" * 5000 + "!"], pattern) == [False]
    assert time.process_time() - start < 5


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "*", r"(a)\1", "(?<=a)b", "((a{1000}){1000})"])
def test_what_is_no_pattern_is_refused(pattern):
    """So is what cannot be searched in a time that one can wait for: it says which part."""
    with pytest.raises(ValueError, match=r"^(?!Invalid)."):
        check_pattern(pattern)
