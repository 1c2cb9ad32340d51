"""From the bytes of a stream to the lines that are kept: timed, collapsed, bounded. Pure."""

from __future__ import annotations

import codecs
import re
from collections import deque

import orjson

from trialog._format.facts import Console
from trialog._format.records import MAX_PAYLOAD_BYTES
from trialog._witness.screen import Lines, Screen

LINE_BYTES = MAX_PAYLOAD_BYTES - 256  # of a line in JSON: what a record holds beside its own keys
OPEN_NS = 1_000_000_000  # so often, at most, an unfinished line is given
_TIME_BYTES = 24  # what a line costs beside its text
_SURELY_SHORT = LINE_BYTES // 6 - 2  # letters: none is longer than 6 bytes in JSON
# Bytes of which ASCII text with line ends and tabs has none; those of C1 controls begin with C2.
_SPECIAL = bytes({*range(0x20), 0x7F, 0xC2} - {0x09, 0x0A})
_TORN_COLOUR = re.compile(r"\x1b(?:\[[0-9;:]*)?\Z")
_COLOURS = re.compile(r"\x1b\[[0-9;:]*m")


class LineReader:
    """Makes lines of what one stream says.

    The first ``limit_bytes`` are kept as they come; of what is printed beyond, the last
    ``tail_bytes``, which are given at the end.
    """

    def __init__(self, stream: str, limit_bytes: int = 16 << 20, tail_bytes: int = 1 << 20) -> None:
        """Make it.

        Args:
            stream: ``stdout`` or ``stderr``.
            limit_bytes: how much of text is kept; each line costs 24 bytes more, for its time.
            tail_bytes: how much is kept of the end of what goes beyond it, counted likewise.
        """
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._screen = Screen()
        self._finished: list[Lines] = []
        self._room_bytes = limit_bytes
        self._limit_bytes = limit_bytes
        self._tail = _Tail(tail_bytes)
        self._is_full = False
        self._time_ns = 0
        self._open: str | None = None  # as it was given last
        self._open_ns = -OPEN_NS
        self._open_bytes = 0
        self._has_news = False

    def feed(self, data: bytes, time_ns: int) -> None:
        """Take what was printed.

        Args:
            data: bytes, torn anywhere.
            time_ns: when they came.
        """
        self._time_ns = time_ns
        if b"\r\n" in data:
            data = data.replace(b"\r\n", b"\n")  # a terminal's line end; as one a \r does nothing
        is_torn = bool(self._decoder.getstate()[0])  # a letter began before
        is_plain = not is_torn and len(data.translate(None, _SPECIAL)) == len(data)
        done = self._screen.feed(self._decoder.decode(data), time_ns, is_plain=is_plain)
        self._has_news = True
        for lines in done:
            self._keep(lines)

    @property
    def is_waiting(self) -> bool:
        """Whether there is something that a later :meth:`take` will give, without more bytes."""
        return self._screen.is_holding or (self._has_news and not self._is_full)

    def take(self, now_ns: int, *, is_last: bool = False) -> list[Console]:
        """What is to be recorded now.

        Lines that have been finished; and, at most once a second, the one that has not, as an open
        line. Each second hereof costs more time between them, so that a bar that runs for weeks
        stays small.

        Args:
            now_ns: the time.
            is_last: nothing more will come: give what is left.

        Returns:
            Payloads that fit a record.
        """
        if is_last:
            last = self._screen.feed(self._decoder.decode(b"", final=True), self._time_ns)
            done = [*last, *self._screen.close()]
        else:
            done = self._screen.take(now_ns)
        for lines in done:
            self._keep(lines)
        finished, self._finished = self._finished, []
        packer = _Packer(self._stream)
        for lines in finished:
            packer.add(lines)
        if is_last:
            self._give_tail(packer)
        if packer.has_lines:
            self._open = None  # it has been replaced
        if is_last:
            self._close_open(packer, now_ns)
        elif not self._is_full:
            self._give_open(packer, now_ns)
        return packer.packed()

    # -- bounds --------------------------------------------------------------------------------

    def _keep(self, lines: Lines) -> None:
        if not self._is_full:
            cost = _cost(lines.texts)
            if cost <= self._room_bytes:
                self._room_bytes -= cost
                self._finished.append(lines)
                return
            self._is_full = True
            fitting = _count_fitting(lines.texts, self._room_bytes)
            if fitting:
                self._finished.append(Lines(lines.time_ns, lines.texts[:fitting]))
            lines = Lines(lines.time_ns, lines.texts[fitting:])
        self._tail.add(lines)

    def _give_tail(self, packer: _Packer) -> None:
        tail, dropped_bytes = self._tail.take()
        if dropped_bytes:
            packer.skip(dropped_bytes)
        for lines in tail:
            packer.add(lines)

    # -- the line that is not finished ---------------------------------------------------------

    def _give_open(self, packer: _Packer, now_ns: int) -> None:
        # Each 64th of what may be kept adds a second: weeks of a bar come to a few megabytes.
        pause_ns = OPEN_NS * (1 + self._open_bytes * 64 // max(self._limit_bytes, 1))
        if 0 <= now_ns - self._open_ns < pause_ns:  # else the clock was set back
            return
        self._has_news = False
        text = _fitting(self._screen.open_text())
        if text == (self._open or ""):
            return
        packer.add_open(self._time_ns, text)
        self._open, self._open_ns = text, now_ns
        self._open_bytes += len(text) + _TIME_BYTES

    def _close_open(self, packer: _Packer, now_ns: int) -> None:
        """Where an open line came to nothing, it must not stay the last word."""
        if self._open:
            packer.add_open(now_ns, "")
        self._open = None
        self._has_news = False


class _Tail:
    """The last lines of what could not be kept."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._lines: deque[tuple[Lines, int]] = deque()
        self._cost = 0
        self._dropped_bytes = 0

    def add(self, lines: Lines) -> None:
        """Take lines; those that are surely too old are let go."""
        if not lines.texts:
            return
        cost = _cost(lines.texts)
        self._lines.append((lines, cost))
        self._cost += cost
        while self._cost - self._lines[0][1] >= self._limit_bytes:
            oldest, cost = self._lines.popleft()
            self._cost -= cost
            self._dropped_bytes += cost - _TIME_BYTES * len(oldest.texts)

    def take(self) -> tuple[list[Lines], int]:
        """The lines, and how many bytes before them were dropped; it is empty afterwards."""
        room_bytes, kept = self._limit_bytes, []
        while self._lines:
            lines, cost = self._lines.pop()
            texts = lines.texts
            if cost > room_bytes:
                fitting = _count_fitting(texts[::-1], room_bytes)
                dropped = texts[: len(texts) - fitting]
                self._dropped_bytes += _cost(dropped) - _TIME_BYTES * len(dropped)
                texts, room_bytes = texts[len(dropped) :], 0
            else:
                room_bytes -= cost
            if texts:
                kept.append(Lines(lines.time_ns, texts))
        dropped_bytes, self._dropped_bytes, self._cost = self._dropped_bytes, 0, 0
        return kept[::-1], dropped_bytes


class _Packer:
    """Puts lines into payloads, as many into each as fit a record."""

    def __init__(self, stream: str) -> None:
        self._stream = stream
        self._packed: list[Console] = []
        self._lines: list[list[object]] = []
        self._bytes = 0
        self._dropped_bytes = 0

    @property
    def has_lines(self) -> bool:
        """Whether any line was added."""
        return bool(self._lines or self._packed)

    def skip(self, dropped_bytes: int) -> None:
        """Say that something is missing here."""
        self._close()
        self._dropped_bytes = dropped_bytes

    def add(self, lines: Lines) -> None:
        """Add lines."""
        time_ns = lines.time_ns
        for each in lines.texts:
            text = each if len(each) <= _SURELY_SHORT else _fitting(each)
            size = _json_bytes(text) + _TIME_BYTES
            if self._bytes + size > LINE_BYTES + _TIME_BYTES:
                self._close()
            self._lines.append([time_ns, text])
            self._bytes += size

    def add_open(self, time_ns: int, text: str) -> None:
        """Add a line that is not finished; nothing comes after it."""
        self.add(Lines(time_ns, [text]))
        self._close(is_open=True)

    def packed(self) -> list[Console]:
        """All payloads."""
        self._close()
        return self._packed

    def _close(self, *, is_open: bool = False) -> None:
        if self._lines:
            self._packed.append(
                Console(
                    stream=self._stream,
                    lines=self._lines,
                    is_open=is_open,
                    dropped_bytes=self._dropped_bytes,
                )
            )
            self._lines, self._bytes, self._dropped_bytes = [], 0, 0


def _cost(texts: list[str]) -> int:
    """What lines count: their bytes, a line end and a time each."""
    joined = "\n".join(texts)
    size = len(joined) if joined.isascii() else len(joined.encode())
    return size + 1 + _TIME_BYTES * len(texts) if texts else 0


def _count_fitting(texts: list[str], room_bytes: int) -> int:
    """How many of the first lines fit."""
    for count, text in enumerate(texts):
        room_bytes -= _cost([text])
        if room_bytes < 0:
            return count
    return len(texts)


def _json_bytes(text: str) -> int:
    return len(orjson.dumps(text))


def _fitting(text: str) -> str:
    """A text that a record can hold: a longer one is cut, and says so by an ellipsis."""
    if len(text) <= _SURELY_SHORT or _json_bytes(text) <= LINE_BYTES:
        return text
    low, high = 0, min(len(text), LINE_BYTES)
    room_bytes = LINE_BYTES - 16  # for the … and the end of a colour
    while low < high:
        middle = (low + high + 1) // 2
        if _json_bytes(text[:middle]) <= room_bytes:
            low = middle
        else:
            high = middle - 1
    short = _TORN_COLOUR.sub("", text[:low])
    return f"{short}…\x1b[0m" if _COLOURS.search(short) else f"{short}…"
