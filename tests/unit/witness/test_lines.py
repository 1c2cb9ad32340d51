"""From bytes to the lines that are kept: torn anywhere, timed, collapsed, bounded."""

from __future__ import annotations

import re
import time
from itertools import pairwise

import pytest

from trialog._format.records import MAX_PAYLOAD_BYTES
from trialog._witness.lines import LineReader

SECOND_NS = 1_000_000_000


def read(*payloads):
    """Lines as a reader sees them: an open one is replaced by what comes next."""
    lines, is_open = [], False
    for payload in payloads:
        assert payload.stream == "stdout"
        assert len(payload.encode()) <= MAX_PAYLOAD_BYTES
        if is_open:
            lines.pop()
        lines += [text for _, text in payload.lines]
        is_open = payload.is_open
    return lines[:-1] if is_open and not lines[-1] else lines


def lines_of(*parts, **limits):
    reader = LineReader("stdout", **limits)
    for part in parts:
        reader.feed(part, 1)
    return read(*reader.take(2, is_last=True))


@pytest.mark.parametrize(
    "printed, lines",
    [
        (b"", []),
        (b"a\nb", ["a", "b"]),
        ("é日😀\n".encode(), ["é日😀"]),
        (b"\xffa\xe6\x97b\xe6\n", ["\ufffda\ufffdb\ufffd"]),
        (b"end \xe6\x97", ["end \ufffd"]),
        (b"10%\r100%\r\nb\r\n", ["100%", "b"]),
        ("\N{NO-BREAK SPACE}\N{NEXT LINE}|".encode(), ["\N{NO-BREAK SPACE}|"]),
        (b"\x1b[31m", []),
    ],
)
def test_bytes_may_be_torn_anywhere(printed, lines):
    """A letter, a sequence or a line end that comes in two parts is one."""
    assert lines_of(printed) == lines
    assert lines_of(*[bytes([byte]) for byte in printed]) == lines


def test_each_line_has_the_time_of_its_end():
    """A reader of several streams puts them in order by it."""
    reader = LineReader("stderr")
    reader.feed(b"one\ntw", 10)
    reader.feed(b"o\n", 20)
    (payload,) = reader.take(30)
    assert (payload.stream, payload.lines, payload.is_open) == (
        "stderr",
        [[10, "one"], [20, "two"]],
        False,
    )


def test_a_bar_is_one_line():
    """A thousand states of it are told once a second while it moves, and become one line."""
    reader = LineReader("stdout")
    payloads = []
    for step in range(1000):
        now_ns = step * SECOND_NS // 100
        reader.feed(b"\r%3d%%|####|" % (step // 10), now_ns)
        if step % 20 == 0:
            payloads += reader.take(now_ns)
    assert len(payloads) == 10
    assert all(payload.is_open for payload in payloads)
    assert read(*payloads[:3]) == [payloads[2].lines[0][1]]
    reader.feed(b"\ndone\n", 11 * SECOND_NS)
    payloads += reader.take(11 * SECOND_NS)
    assert read(*payloads) == [" 99%|####|", "done"]
    assert reader.take(12 * SECOND_NS, is_last=True) == []


def test_an_open_line_is_told_only_where_it_is_new():
    """And what is unfinished at the end is a line as any other."""
    reader = LineReader("stdout")
    assert not reader.is_waiting
    reader.feed(b"Continue? ", SECOND_NS)
    assert reader.is_waiting
    (first,) = reader.take(SECOND_NS)
    assert (first.lines, first.is_open) == ([[SECOND_NS, "Continue? "]], True)
    assert not reader.is_waiting
    assert reader.take(5 * SECOND_NS) == []
    reader.feed(b"y", 6 * SECOND_NS)
    last = reader.take(6 * SECOND_NS, is_last=True)
    assert read(first, *last) == ["Continue? y"]
    assert not last[-1].is_open


def test_an_open_line_waits_for_its_second():
    """It is given later without more bytes; whoever takes lines knows it by is_waiting."""
    reader = LineReader("stdout")
    reader.feed(b"1%", SECOND_NS)
    reader.take(SECOND_NS)
    reader.feed(b"\r2%", SECOND_NS + 1)
    assert reader.take(SECOND_NS + 2) == []
    assert reader.is_waiting
    assert read(*reader.take(2 * SECOND_NS)) == ["2%"]
    assert not reader.is_waiting


@pytest.mark.parametrize("is_last", [False, True])
def test_an_open_line_that_comes_to_nothing_is_taken_back(is_last):
    """A bar that erases itself leaves nothing behind."""
    reader = LineReader("stdout")
    reader.feed(b"before\nbar 50%", 0)
    payloads = reader.take(SECOND_NS)
    reader.feed(b"\r\x1b[K", 2 * SECOND_NS)
    payloads += reader.take(3 * SECOND_NS, is_last=is_last)
    assert read(*payloads) == ["before"]


def test_a_bar_of_weeks_stays_small():
    """The more has been said of open lines, the longer the next one waits."""
    reader = LineReader("stdout")
    payloads = []
    for second in range(0, 30 * 86_400, 300):
        reader.feed(b"\r%d " % second + b"#" * 100, second * SECOND_NS)
        payloads += reader.take(second * SECOND_NS)
    assert sum(len(payload.encode()) for payload in payloads) < 24 << 20
    waits = [b.lines[0][0] - a.lines[0][0] for a, b in pairwise(payloads)]
    assert max(waits) < 600 * SECOND_NS


@pytest.mark.parametrize(
    "line, start",
    [
        (b"x" * 100_000, "xxxx"),
        ("日".encode() * 50_000, "日日日"),
        (b'"' * 50_000, '"""'),
        (b"\x1b[31ma\x1b[32mb" * 20_000, "\x1b[31ma\x1b[0;32mb"),
        ("e\u0301".encode() * 50_000, "e\u0301e"),
        (b"\t" * 50_000, "\t\t"),
    ],
)
def test_a_long_line_is_cut(line, start):
    """It fills a record and ends with …; the next line is whole."""
    for parts in ([line + b"\nnext\n"], [line[:70_000], line[70_000:] + b"\nnext\n"]):
        cut, after = lines_of(*parts)
        assert cut.startswith(start)
        assert cut.removesuffix("\x1b[0m").endswith("…")
        assert re.sub("\x1b[^m]*m", "", after) == "next"


def test_a_line_that_just_fits_is_whole():
    """Only what no record can hold is cut."""
    for size in (16_000, 16_126):
        assert lines_of(b"x" * size) == ["x" * size]
    (cut,) = lines_of(b"x" * 16_127)
    assert cut.endswith("…")


def test_beyond_its_bound_the_last_lines_are_kept():
    """What is dropped between is counted to the byte."""
    lines = [b"line %06d" % number for number in range(10_000)]
    reader = LineReader("stdout", limit_bytes=36 * 100, tail_bytes=36 * 50)
    payloads = []
    for at in range(0, len(lines), 7):
        reader.feed(b"\n".join(lines[at : at + 7]) + b"\n", at)
        payloads += reader.take(at)
    assert len(read(*payloads)) == 100
    last = reader.take(20_000, is_last=True)
    texts = [line.decode() for line in lines]
    assert read(*payloads, *last) == texts[:100] + texts[-50:]
    assert last[0].dropped_bytes == 12 * (10_000 - 150)
    assert sum(payload.dropped_bytes for payload in [*payloads, *last[1:]]) == 0


def test_where_the_rest_fits_the_tail_nothing_is_dropped():
    """The bound and the tail together are the whole of it."""
    reader = LineReader("stdout", limit_bytes=36 * 10, tail_bytes=36 * 10)
    reader.feed(b"".join(b"line %06d\n" % number for number in range(20)), 0)
    payloads = reader.take(1, is_last=True)
    assert len(read(*payloads)) == 20
    assert all(payload.dropped_bytes == 0 for payload in payloads)


def test_it_goes_on_after_the_last_take():
    """Another run of the same process may take what comes."""
    reader = LineReader("stdout")
    reader.feed(b"one", 0)
    assert read(*reader.take(1, is_last=True)) == ["one"]
    reader.feed(b"two", 2)
    assert read(*reader.take(3, is_last=True)) == ["two"]


@pytest.mark.parametrize(
    "chunk, amount",
    [
        (b"x" * 65_536, 400),
        (b"\n" * 65_536, 100),
        (b"\x1b[31m" * 10_000, 20),
        ("\u0301".encode() * 30_000, 10),
        (b"\x1b]" + b"x" * 65_536, 400),
        (b"\x1b[A\n" * 10_000, 5),
    ],
)
def test_memory_is_bounded(chunk, amount):
    """Whatever is printed, and however seldom it is taken."""
    import tracemalloc

    reader = LineReader("stdout", limit_bytes=1 << 20, tail_bytes=1 << 18)
    tracemalloc.start()
    try:
        for number in range(amount):
            reader.feed(chunk, number)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


def test_it_keeps_up():
    """A tenth of what it does on a quiet machine: enough to see that something has gone wrong."""
    line = b"2026-01-01 12:00:00 INFO step 1234 loss=0.123456 acc=0.98765 lr=0.0001 something\n"
    bar = b"\r 45%|" + "█".encode() * 30 + b" " * 20 + b"| 450/1000 [00:12<00:15, 36.2it/s]"
    for text, least in ((line, 10), (bar, 2)):
        chunk = text * (65_536 // len(text))
        reader = LineReader("stdout")
        started = time.process_time()
        for number in range(100):
            reader.feed(chunk, number)
        spent = time.process_time() - started
        assert len(chunk) * 100 / spent / 1e6 > least
