"""Marks are taken out wherever what is printed is torn, and nothing else is."""

from __future__ import annotations

import pytest

from trialog._tracking.marks import Mark, MarkReader, mark_bytes, new_key

KEY = "0123456789abcdef"
ONE, TWO = Mark(1, 1_790_000_000_000_000_000), Mark(2, 1_790_000_000_000_000_001)
FOREIGN = mark_bytes(new_key(), ONE)
PRINTED = [
    (b"", [b""]),
    (b"no mark\n", [b"no mark\n"]),
    (mark_bytes(KEY, ONE), [b"", ONE, b""]),
    (b"a" + mark_bytes(KEY, ONE) + mark_bytes(KEY, TWO) + b"b", [b"a", ONE, b"", TWO, b"b"]),
    (b"\x1b[31mred" + mark_bytes(KEY, ONE) + b"\x1b[0m\xff", [b"\x1b[31mred", ONE, b"\x1b[0m\xff"]),
    (FOREIGN + mark_bytes(KEY, TWO) + FOREIGN, [FOREIGN, TWO, FOREIGN]),
    (
        b"\x1b_trialog;" + KEY.encode() + b";not one",
        [b"\x1b_trialog;" + KEY.encode() + b";not one"],
    ),
    (b"begun \x1b_tria", [b"begun \x1b_tria"]),
]


@pytest.mark.parametrize("size", [1000, 40, 7, 1])
@pytest.mark.parametrize("data,expected", PRINTED)
def test_marks_are_taken_out_however_it_is_torn(data, expected, size):
    """Fed whole or in parts, the same stands between the same marks."""
    reader = MarkReader(KEY)
    found: list[bytes | Mark] = [b""]
    for start in range(0, len(data), size):
        for text, mark in reader.feed(data[start : start + size]):
            found[-1] += text
            if mark is not None:
                found += [mark, b""]
    found[-1] += reader.release()
    assert found == expected
    assert not reader.is_holding


def test_only_what_may_be_a_mark_is_held():
    """A line is given at once, with colours too; only its last bytes may wait."""
    reader = MarkReader(KEY)
    (piece,) = reader.feed(b"\x1b[1mbold\x1b[0m> ")
    assert piece.text == b"\x1b[1mbold\x1b[0m> "
    (piece,) = reader.feed(b"bold\x1b")
    assert (piece.text, reader.is_holding) == (b"bold", True)
    (piece,) = reader.feed(b"[0m")
    assert (piece.text, reader.is_holding) == (b"\x1b[0m", False)
