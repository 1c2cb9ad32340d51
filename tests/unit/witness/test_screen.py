"""What stands on a terminal when a program has printed."""

from __future__ import annotations

import pytest

from trialog._witness.screen import MAX_ROWS, Screen

SECOND_NS = 1_000_000_000


def shown(*pieces):
    """The lines that stand there in the end."""
    screen = Screen()
    done = [lines for piece in pieces for lines in screen.feed(piece, 1)]
    return [text for lines in [*done, *screen.close()] for text in lines.texts]


@pytest.mark.parametrize(
    "printed, lines",
    [
        ("", []),
        ("a\nb\n", ["a", "b"]),
        ("a\n\nb", ["a", "", "b"]),
        ("a\r\nb\r\n", ["a", "b"]),
        ("10%\r50%\r100%\n", ["100%"]),
        ("a long line\rshort\n", ["shortg line"]),
        ("a long line\r\x1b[Kshort\n", ["short"]),
        ("a long line\x1b[2K\rshort\n", ["short"]),
        ("abc\x1b[1K\rx", ["x"]),
        ("|\b/\b-\bok\n", ["ok"]),
        ("abcdef\x1b[3Gx\x1b[2Dy\x1b[1Cz\n", ["ayxzef"]),
        ("\x1b[31mred\x1b[0m plain\n", ["\x1b[31mred\x1b[0m plain"]),
        ("\x1b[31mred\nstill\x1b[m\n", ["\x1b[31mred\x1b[0m", "\x1b[31mstill\x1b[0m"]),
        ("\x1b]0;a title\x07text\n", ["text"]),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\n", ["link"]),
        ("\x1b]0;never ended\nnext\n", ["", "next"]),
        ("\x1b]0;broken off\x1b[31mred\n", ["\x1b[31mred\x1b[0m"]),
        ("\x1bP sixel \x1b\\\x1b_ picture \x1b\\text\n", ["text"]),
        ("\x1b(Ba\x1b7b\x1b8c\x1b=d\x1b\n", ["abcd"]),
        ("\x1b[?2004h\x1b[>4;2ma\x1b[6n\x1b[5 qb\n", ["ab"]),
        ("bell\x07 null\x00 delete\x7f next\x85line\n", ["bell null delete nextline"]),
        ("a\tb\n", ["a\tb"]),
        ("one\ntwo\x1b[A!\n", ["one!", "two"]),
        ("a\nb\n\x1b[2A\x1b[JX\n", ["X"]),
        ("a\nb\n\x1b[2FX\x1b[EY\n", ["X", "Y"]),
        ("a\x1b[2Bb\n", ["a", "", " b"]),
        ("kept\x1b[H\x1b[2Jafter\n", ["kept", "after"]),
        ("kept\n\x1b[H\x1b[2Jafter\n", ["kept", "after"]),
        ("\x1b[99999999999Gx\n", [" " * 16383 + "x"]),
        ("\x1b[" + "1;" * 40 + "mx\n", ["1;" * 8 + "mx"]),
    ],
)
def test_a_stream_looks_as_on_a_terminal(printed, lines):
    """At once, letter by letter, and torn at each place."""
    assert shown(printed) == lines
    assert shown(*printed) == lines
    for at in range(len(printed)):
        assert shown(printed[:at], printed[at:]) == lines


def test_lines_far_above_are_finished():
    """A cursor can come back to the last rows alone, so that memory is bounded."""
    screen = Screen()
    done = screen.feed("x\n" * 1000, 1, is_plain=True)
    assert sum(len(lines.texts) for lines in done) == 1000 - MAX_ROWS
    screen.feed(f"\x1b[{10 * MAX_ROWS}Atop", 2)
    texts = [text for lines in screen.close() for text in lines.texts]
    assert texts == ["top", *["x"] * (MAX_ROWS - 1)]


def test_a_line_has_the_time_it_was_finished_at():
    """Not the one when it began."""
    screen = Screen()
    screen.feed("slow", 5)
    screen.feed(" line\nnext", 7)
    assert screen.take(8) == [(7, ["slow line"])]
    assert screen.open_text() == "next"


def test_rows_of_several_bars_are_held_while_they_move():
    """The bars of tqdm and rich collapse, however often lines are taken meanwhile."""
    screen = Screen()
    screen.feed("\x1b[?25lone 0%\ntwo 0%", 0)
    taken = []
    for step in range(1, 4):
        now_ns = step * SECOND_NS // 2
        taken += screen.take(now_ns)
        assert screen.is_holding
        screen.feed(f"\r\x1b[2K\x1b[1A\x1b[2Kone {step}%\ntwo {step}%", now_ns)
    assert taken == []
    assert screen.open_text() == "two 3%"
    screen.feed("\n\x1b[?25h", 2 * SECOND_NS)
    assert screen.take(2 * SECOND_NS) == [(3 * SECOND_NS // 2, ["one 3%"])]
    assert screen.take(4 * SECOND_NS) == [(2 * SECOND_NS, ["two 3%"])]
    assert not screen.is_holding


def test_what_was_taken_stays_taken():
    """A cursor that moves up stops at what is finished for good."""
    screen = Screen()
    screen.feed("one\ntwo\n", 0)
    assert screen.take(1) == [(0, ["one", "two"])]
    screen.feed("\x1b[5Athree\n", 2)
    assert screen.take(2 + 2 * SECOND_NS) == [(2, ["three"])]


def test_a_bar_above_another_is_the_open_line():
    """The outer one of tqdm, on whose row the cursor rests."""
    screen = Screen()
    screen.feed("outer 1\n\rinner 7\x1b[A", 0)
    assert screen.open_text() == "outer 1"
    screen.feed("\r\x1b[K", 1)
    assert screen.open_text() == "inner 7"
