"""What a run printed: the lines of its streams and ranks, in the order of their times."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, overload

from trialog._catalog import Catalog, RunPlace
from trialog._catalog.consolerows import ConsoleRow, console_of, has_console
from trialog._format.times import date_of, time_ns_of
from trialog._format.values import MAX_SIGNED
from trialog._names import nearest
from trialog._reading.keepers import keeper_of
from trialog.errors import InvalidTypeError, UsageError

STREAMS = ("stdout", "stderr")
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_FIRST_ROWS = 32
_PORTION_ROWS = 256  # of up to a few hundred lines each
_MORE = 4


class Printed(NamedTuple):
    """A line of a run's console.

    Attributes:
        time_ns: when it was finished.
        stream: ``stdout``, ``stderr``, or ``both`` where the two went to one place.
        text: with the program's colours.
        rank: of the process that printed it, or None.
    """

    time_ns: int
    stream: str
    text: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class ConsoleLine:
    """A line that a run printed.

    Attributes:
        date: when it was finished, UTC.
        stream: ``stdout``, ``stderr``, or ``both`` where the two went to one place.
        text: what it says.
        rank: of the process that printed it, or None.
        coloured: the same with the colours it was printed in, as escape sequences.
    """

    date: datetime
    stream: str
    text: str
    rank: int | None
    coloured: str = field(repr=False, default="")

    def __str__(self) -> str:
        return self.text


class ConsoleText(Sequence[ConsoleLine]):
    """What a run printed, line by line; print it to read it.

    Attributes:
        dropped_bytes: how much could not be kept: a run keeps the first 16 MiB of a stream, and
            the last MiB of what is beyond.
    """

    def __init__(self, lines: Iterable[ConsoleLine] = (), dropped_bytes: int = 0) -> None:
        """Use :meth:`trialog.Run.console`."""
        self._lines = tuple(lines)
        self.dropped_bytes = dropped_bytes

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> ConsoleLine: ...

    @overload
    def __getitem__(self, index: slice) -> ConsoleText: ...

    def __getitem__(self, index: int | slice) -> ConsoleLine | ConsoleText:
        if isinstance(index, slice):
            return ConsoleText(self._lines[index], self.dropped_bytes)
        return self._lines[index]

    def __str__(self) -> str:
        return "\n".join(line.text for line in self._lines)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} line{'' if len(self) == 1 else 's'}>"


class ConsoleWish(NamedTuple):
    """Which lines are asked for; None for all.

    Attributes:
        stream: ``stdout`` or ``stderr``; what went to one place with it cannot be told apart.
        rank: of one process of a launch.
        attempt: of one attempt.
        since_ns: later than this.
        until_ns: not later than this.
    """

    stream: str | None = None
    rank: int | None = None
    attempt: int | None = None
    since_ns: int | None = None
    until_ns: int | None = None

    @classmethod
    def parse(
        cls, *, stream: Any = None, rank: Any = None, attempt: Any = None, since: Any = None
    ) -> ConsoleWish:
        """What a caller asks for.

        Raises:
            UsageError: no such stream.
            InvalidTypeError: a value of another type.
        """
        if stream is not None and stream not in STREAMS:
            guess = nearest(str(stream), STREAMS)
            hint = f"did you mean {guess!r}?" if guess else f"there are: {', '.join(STREAMS)}"
            raise UsageError(f"there is no stream {stream!r}; {hint}")
        for name, value in (("rank", rank), ("attempt", attempt)):
            if value is not None and type(value) is not int:
                raise InvalidTypeError(f"{name} must be a number, not {value!r}")
        return cls(stream, rank, attempt, None if since is None else _instant(since))


def _instant(since: Any) -> int:
    """The last nanosecond of an instant: lines are kept to the nanosecond, a date has fewer."""
    if isinstance(since, timedelta):
        since = datetime.now(UTC) - since
    if not isinstance(since, datetime):
        raise InvalidTypeError(f"since must be a datetime or a timedelta, not {since!r}")
    return time_ns_of(since.astimezone(UTC)) + 999


class Wanted(NamedTuple):
    """What is looked for in a console.

    Attributes:
        text: the text.
        is_regex: whether it is a regular expression, in RE2's syntax.
        is_exact: whether upper and lower case are two.
    """

    text: str
    is_regex: bool = False
    is_exact: bool = False


class ConsoleReader:
    """Reads the console of a run, and reads on where it grows.

    Attributes:
        dropped_bytes: how much was missing in what has been read.
    """

    def __init__(self, catalog: Catalog, place: RunPlace, wish: ConsoleWish) -> None:
        """Make it.

        Args:
            catalog: where the run is read; bring it up to date before each reading.
            place: the run's place.
            wish: which lines are asked for.
        """
        if not catalog.ask(has_console, place.key):
            place, wish = _of_keeper(catalog, place, wish)
        self._catalog = catalog
        self._place = place
        self._wish = wish
        self._merger = _Merger(wish)
        self._seen: dict[int, int] = {}

    @property
    def dropped_bytes(self) -> int:
        """How much was missing in what has been read."""
        return self._merger.dropped_bytes

    def read(self) -> list[Printed]:
        """The lines that have been finished since the reading before, in order."""
        return self._merger.finished(self._unseen(None))

    def read_portions(self) -> Iterator[list[Printed]]:
        """The same in portions, for consoles too long for memory; each is in order in itself."""
        while rows := self._unseen(_PORTION_ROWS):
            yield self._merger.finished(rows)

    def open_lines(self) -> list[Printed]:
        """The lines that are unfinished as of the last reading, the one that moved last at the end.

        Each stream of each process has one at most.
        """
        return self._merger.open_lines()

    def read_last(self, amount: int) -> list[Printed]:
        """The last lines alone, unfinished ones too, without reading all that is before them."""
        wanted = _FIRST_ROWS
        while amount > 0:
            rows = self._rows(last=wanted)
            merger = _Merger(self._wish)
            lines = in_order([*merger.finished(rows), *merger.open_lines()])
            is_all = len(rows) < wanted
            # No line of an earlier record is later than that record, and so than the first here.
            if is_all or (len(lines) >= amount and lines[-amount].time_ns > rows[0].order_ns):
                self._merger = merger
                return lines[-amount:]
            wanted *= _MORE
        return []

    def _unseen(self, first: int | None) -> list[ConsoleRow]:
        rows = self._rows(seen=self._seen, first=first)
        for row in rows:
            self._seen[row.journal] = max(self._seen.get(row.journal, 0), row.offset)
        return rows

    def _rows(self, **portion: Any) -> list[ConsoleRow]:
        return self._catalog.ask(console_of, self._place.key, **self._wish._asdict(), **portion)


class _Merger:
    """Puts records together: what replaces what, and in which order lines stand."""

    def __init__(self, wish: ConsoleWish) -> None:
        self.dropped_bytes = 0
        self._since_ns = -1 if wish.since_ns is None else wish.since_ns
        self._until_ns = MAX_SIGNED if wish.until_ns is None else wish.until_ns
        self._open: dict[tuple[int, str], Printed] = {}
        self._latest_ns: defaultdict[tuple[int, str], int] = defaultdict(int)

    def finished(self, rows: Iterable[ConsoleRow]) -> list[Printed]:
        """The finished lines of further records, in order."""
        return in_order(line for row in rows for line in self._take(row))

    def open_lines(self) -> list[Printed]:
        """What is unfinished."""
        return in_order(line for line in self._open.values() if self._is_wished(line.time_ns))

    def _take(self, row: ConsoleRow) -> Iterator[Printed]:
        of = (row.journal, row.stream)
        self._open.pop(of, None)
        self.dropped_bytes += row.dropped_bytes
        last = len(row.lines) - 1
        for index, (time_ns, text) in enumerate(row.lines):
            # A clock that was set back must not change the order within a stream.
            latest_ns = self._latest_ns[of] = max(self._latest_ns[of], time_ns)
            line = Printed(latest_ns, row.stream, text, row.rank)
            if row.is_open and index == last:
                if text:
                    self._open[of] = line
            elif self._is_wished(latest_ns):
                yield line

    def _is_wished(self, time_ns: int) -> bool:
        return self._since_ns < time_ns <= self._until_ns


def _of_keeper(
    catalog: Catalog, place: RunPlace, wish: ConsoleWish
) -> tuple[RunPlace, ConsoleWish]:
    """Of a run of an experiment that kept no console: the experiment's, while the run went on."""
    keeper = keeper_of(catalog, place)
    if keeper is None:
        return place, wish
    since_ns = max(keeper.created_ns - 1, -1 if wish.since_ns is None else wish.since_ns)
    return keeper.place, ConsoleWish(wish.stream, None, None, since_ns, keeper.ended_ns)


def in_order(lines: Iterable[Printed]) -> list[Printed]:
    """Lines by time; those of one time as they come."""
    return sorted(lines, key=lambda line: line.time_ns)


def read_console(
    catalog: Catalog, place: RunPlace, wish: ConsoleWish, tail: Any = None
) -> ConsoleText:
    """What a run printed, as far as the catalog knows.

    Args:
        catalog: where it is read.
        place: the run's place.
        wish: which lines.
        tail: only so many, the last ones.

    Raises:
        UsageError: a negative ``tail``.
        InvalidTypeError: a ``tail`` that is no number.
    """
    reader = ConsoleReader(catalog, place, wish)
    lines = read_lines(reader, check_tail(tail))
    return ConsoleText(map(_line, lines), reader.dropped_bytes)


def read_lines(reader: ConsoleReader, tail: int | None) -> list[Printed]:
    """All lines of a run, or the last ones; what is unfinished is in them."""
    if tail is not None:
        return reader.read_last(tail)
    return in_order([*reader.read(), *reader.open_lines()])


def check_tail(tail: Any) -> int | None:
    """How many lines are asked for; None for all.

    Raises:
        UsageError: it is negative.
        InvalidTypeError: it is no number.
    """
    if tail is None:
        return None
    if type(tail) is not int:
        raise InvalidTypeError(f"tail must be a number of lines, not {tail!r}")
    if tail < 0:
        raise UsageError(f"tail must not be negative: {tail}")
    return tail


def read_end(catalog: Catalog, place: RunPlace, stream: str, limit_bytes: int) -> str | None:
    """The last lines of a stream, as many as go into a size; None where nothing was printed."""
    reader = ConsoleReader(catalog, place, ConsoleWish(stream=stream))
    amount = 256
    while True:
        lines = [without_colours(line.text) for line in reader.read_last(amount)]
        if len(lines) < amount or sum(map(len, lines)) >= limit_bytes:
            break
        amount *= _MORE
    if not lines:
        return None
    end = "\n".join(lines).encode()
    if len(end) > limit_bytes:
        _, _, end = end[-limit_bytes:].partition(b"\n")
    return end.decode()


def without_colours(text: str) -> str:
    """A line's text alone."""
    return _COLOUR.sub("", text) if "\x1b" in text else text


def _line(printed: Printed) -> ConsoleLine:
    text = without_colours(printed.text)
    return ConsoleLine(date_of(printed.time_ns), printed.stream, text, printed.rank, printed.text)
