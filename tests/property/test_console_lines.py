"""The lines of a console do not depend on how its bytes came."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._format.records import MAX_PAYLOAD_BYTES
from trialog._witness.lines import LineReader

SECOND_NS = 1_000_000_000
PIECES = [
    "a", "loss 0.25", "  ", "\t", "é", "日本", "e\u0301", "█▌", "😀", "\r", "\n", "\r\n", "\b",
    "\x07", "\x1b[K", "\x1b[1K", "\x1b[2K", "\x1b[5G", "\x1b[A", "\x1b[2A", "\x1b[B", "\x1b[3C",
    "\x1b[2D",
    "\x1b[E", "\x1b[F", "\x1b[J", "\x1b[2J", "\x1b[31m", "\x1b[1;38;5;200m", "\x1b[m", "\x1b[?25l",
    "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x1b]unended", "\x1b", "\x1b[", "\x1b[1", "\x85",
    "x" * 3000,
]  # fmt: skip
printed = st.lists(
    st.one_of(st.sampled_from(PIECES).map(str.encode), st.binary(max_size=4)), max_size=40
).map(b"".join)


def read(payloads):
    lines, is_open = [], False
    for payload in payloads:
        assert len(payload.encode()) <= MAX_PAYLOAD_BYTES
        if is_open:
            lines.pop()
        lines += [text for _, text in payload.lines]
        is_open = payload.is_open
    return lines[:-1] if is_open and not lines[-1] else lines


def torn(data, cuts):
    places = [0, *sorted({cut % (len(data) + 1) for cut in cuts}), len(data)]
    return [data[start:stop] for start, stop in pairwise(places)]


@given(printed, st.lists(st.integers(0, 10_000), max_size=20))
@settings(deadline=None)
def test_any_tearing_gives_the_same_lines(data, cuts):
    """Bytes come in whatever portions the pipe makes of them."""
    whole, parts = LineReader("stdout"), LineReader("stdout")
    whole.feed(data, 1)
    for part in torn(data, cuts):
        parts.feed(part, 1)
    assert read(parts.take(2, is_last=True)) == read(whole.take(2, is_last=True))


@given(
    printed.map(lambda data: data.replace(b"\x1b", b"")),
    st.lists(st.integers(0, 10_000), max_size=20),
    st.lists(st.integers(0, 2 * SECOND_NS), min_size=22, max_size=22),
)
@settings(deadline=None)
def test_taking_changes_no_line(data, cuts, waits):
    """However often they are taken; unfinished states are replaced by what comes after them."""
    whole, parts = LineReader("stdout"), LineReader("stdout")
    whole.feed(data, 1)
    payloads, now_ns = [], 0
    for part, wait_ns in zip(torn(data, cuts), waits, strict=False):
        now_ns += wait_ns
        parts.feed(part, now_ns)
        payloads += parts.take(now_ns)
    payloads += parts.take(now_ns, is_last=True)
    assert read(payloads) == read(whole.take(2, is_last=True))


moves = st.one_of(
    st.text("abcxyz ", min_size=1, max_size=5).map(lambda text: ("text", text)),
    st.sampled_from([("\r", 0), ("\b", 0), ("\x1b[K", 0), ("\x1b[2K", 0), ("\x1b[1K", 0)]),
    st.integers(1, 12).map(lambda column: ("G", column)),
)


@given(st.lists(moves, max_size=30))
@settings(deadline=None)
def test_a_row_is_what_a_terminal_shows(steps):
    """A model of one row: a list of letters and a column."""
    letters, column, sent = [], 0, ""
    for what, amount in steps:
        if what == "text":
            letters += " " * (column - len(letters))
            letters[column : column + len(amount)] = amount
            column += len(amount)
            sent += amount
        elif what == "G":
            column = amount - 1
            sent += f"\x1b[{amount}G"
        else:
            sent += what
            if what == "\r":
                column = 0
            elif what == "\b":
                column = max(column - 1, 0)
            elif what == "\x1b[K":
                del letters[column:]
            elif what == "\x1b[2K":
                letters = []
            else:
                letters[: column + 1] = " " * min(column + 1, len(letters))
    reader = LineReader("stdout")
    reader.feed(sent.encode() + b"|\n", 1)
    letters += " " * (column - len(letters))
    letters[column : column + 1] = "|"
    assert [line.rstrip() for line in read(reader.take(2))] == ["".join(letters).rstrip()]
