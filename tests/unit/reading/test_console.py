"""What a run printed, read back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import trialog
from trialog._catalog import ProjectPlace, RunPlace
from trialog._format.folders import day_of
from trialog._reading.console import (
    ConsoleReader,
    ConsoleWish,
    read_console,
    read_end,
)
from trialog.errors import InvalidTypeError, UsageError

RUN = "run-1"
PLACE = RunPlace(ProjectPlace("acme", "demo"), day_of(RUN), RUN)


class Printing:
    """A run whose witnesses keep what a test says was printed."""

    def __init__(self, handmade):
        self.made = handmade
        self.data = {"w1": handmade.start()}
        self.made.write(self.data["w1"])
        self.catalog = handmade.open()

    def say(self, stream, *lines, writer="w2", rank=None, attempt=1, is_open=False, dropped=0):
        """Lines of ``(second, text)``, as one record."""
        if writer not in self.data:
            self.data[writer] = self.made.start(
                writer=writer, role="witness", rank=rank, attempt=attempt
            )
        base = self.made.now_ns
        content = {
            "stream": stream,
            "lines": [[base + int(second * 1e9), text] for second, text in lines],
            "is_open": is_open,
            "dropped_bytes": dropped,
        }
        latest = max((line[0] for line in content["lines"]), default=base)
        self.data[writer] += self.made.fact(self.made.kinds.CONSOLE, content, latest)
        self.made.write(self.data[writer], writer=writer)

    def read(self, tail=None, **wish):
        self.catalog.refresh_runs([PLACE])
        return read_console(self.catalog, PLACE, ConsoleWish.parse(**wish), tail)

    def reader(self, **wish):
        return ConsoleReader(self.catalog, PLACE, ConsoleWish.parse(**wish))

    def date(self, second):
        return datetime.fromtimestamp(self.made.now_ns / 1e9 + second, UTC)


@pytest.fixture
def printing(handmade):
    made = Printing(handmade)
    yield made
    made.catalog.close()


def texts(lines):
    return [line.text for line in lines]


def test_lines_are_merged_by_time(printing):
    """Streams and ranks alike; each says where it comes from."""
    printing.say("stdout", (1, "a"), (5, "d"))
    printing.say("stderr", (2, "b"), writer="w3", rank=1)
    printing.say("stdout", (3, "c"), writer="w3", rank=1)
    found = printing.read()
    assert str(found) == "a\nb\nc\nd"
    assert [(line.stream, line.rank) for line in found] == [
        ("stdout", None),
        ("stderr", 1),
        ("stdout", 1),
        ("stdout", None),
    ]
    assert found[1].date == printing.date(2)
    assert found[0].date.tzinfo is UTC


def test_an_open_line_is_replaced_by_what_comes_next(printing):
    """Of its own stream and process; the last one stays."""
    printing.say("stdout", (1, "10%"), is_open=True)
    printing.say("stderr", (2, "warning"))
    printing.say("stdout", (3, "20%"), is_open=True)
    printing.say("stdout", (4, "30%"), writer="w3", rank=1, is_open=True)
    assert texts(printing.read()) == ["warning", "20%", "30%"]
    printing.say("stdout", (5, "100%"), (6, "done"))
    assert texts(printing.read()) == ["warning", "30%", "100%", "done"]


def test_an_open_line_may_come_to_nothing(printing):
    """A bar that erased itself is an empty one."""
    printing.say("stdout", (1, "50%"), is_open=True)
    printing.say("stdout", (2, ""), is_open=True)
    assert texts(printing.read()) == []
    printing.say("stdout", (3, ""), (4, "x"))
    assert texts(printing.read()) == ["", "x"]


def test_what_is_asked_for_is_given(printing):
    """A stream, a rank, an attempt, a time, the last few."""
    printing.say("stdout", (1, "a"), (2, "b"))
    printing.say("stderr", (3, "c"))
    printing.say("stdout", (4, "d"), writer="w3", rank=7, attempt=2)
    assert texts(printing.read(stream="stderr")) == ["c"]
    assert texts(printing.read(rank=7)) == ["d"]
    assert texts(printing.read(attempt=1)) == ["a", "b", "c"]
    assert texts(printing.read(tail=2)) == ["c", "d"]
    assert texts(printing.read(tail=2, stream="stdout")) == ["b", "d"]
    assert texts(printing.read(tail=0)) == []
    assert texts(printing.read(tail=99)) == ["a", "b", "c", "d"]
    assert texts(printing.read(since=printing.date(2), tail=1)) == ["d"]


def test_since_leaves_out_the_instant_itself(printing):
    """The date of a line, which is to the microsecond, gives those after it."""
    printing.made.now_ns += 789
    printing.say("stdout", (1, "a"), (1.000001, "b"), (2, "c"))
    found = printing.read()
    assert texts(printing.read(since=found[0].date)) == ["b", "c"]
    assert texts(printing.read(since=found[0].date.astimezone())) == ["b", "c"]
    long_ago = datetime.now(UTC) - found[1].date
    assert texts(printing.read(since=long_ago + timedelta(hours=1))) == ["a", "b", "c"]
    assert texts(printing.read(since=timedelta(0))) == []


def test_a_clock_that_is_set_back_changes_no_order(printing):
    """Within a stream lines stand as they were printed."""
    printing.say("stdout", (10, "a"), (2, "b"))
    printing.say("stdout", (3, "c"))
    assert texts(printing.read()) == ["a", "b", "c"]


def test_the_last_lines_are_right_however_many_records_there_are(printing):
    """Without reading them all: ranks may lag behind each other."""
    for number in range(150):
        printing.say("stdout", (number, f"a{number}"), writer="w2", rank=0)
        if number % 10 == 0:
            printing.say("stdout", (number, f"b{number}"), writer="w3", rank=1, is_open=True)
    whole = texts(printing.read())
    for amount in (1, 31, 32, 33, 100, 151, 152):
        assert texts(printing.read(tail=amount)) == whole[-amount:]


def test_reading_goes_on_where_it_stopped(printing):
    """Each finished line once; ranks that join are read too."""
    printing.say("stdout", (1, "a"))
    reader = printing.reader()
    printing.catalog.refresh_runs([PLACE])
    assert texts(reader.read()) == ["a"]
    assert reader.read() == []
    printing.say("stdout", (2, "50%"), is_open=True)
    printing.say("stderr", (3, "b"), writer="w3", rank=1)
    printing.catalog.refresh_runs([PLACE])
    assert texts(reader.read()) == ["b"]
    assert texts(reader.open_lines()) == ["50%"]
    printing.say("stdout", (4, "100%"))
    printing.catalog.refresh_runs([PLACE])
    assert texts(reader.read()) == ["100%"]
    assert reader.open_lines() == []


def test_what_is_missing_is_counted(printing):
    """A run that has printed more than its bound says how much."""
    printing.say("stdout", (1, "first"))
    printing.say("stdout", (9, "last"), dropped=1234)
    found = printing.read()
    assert found.dropped_bytes == 1234
    assert found[:1].dropped_bytes == 1234


def test_colours_stand_beside_the_text(printing):
    """The text can be searched; who wants to can show it as it was."""
    printing.say("stdout", (1, "\x1b[1;31mred\x1b[0m hat"))
    (line,) = printing.read()
    assert (line.text, str(line)) == ("red hat", "red hat")
    assert line.coloured == "\x1b[1;31mred\x1b[0m hat"
    assert "\x1b" not in str(printing.read())


def test_a_console_is_a_sequence(printing):
    """Index, slice, length, iteration; its representation does not flood a notebook."""
    assert repr(printing.read()) == "<ConsoleText of 0 lines>"
    printing.say("stdout", (1, "a"), (2, "b"))
    found = printing.read()
    assert (len(found), found[-1].text, str(found[1:])) == (2, "b", "b")
    assert repr(found[:1]) == "<ConsoleText of 1 line>"


def test_the_end_of_a_stream_is_bounded(printing):
    """Whole lines, as many as there is room for; None where nothing was printed."""
    printing.catalog.refresh_runs([PLACE])
    assert read_end(printing.catalog, PLACE, "stdout", 100) is None
    for start in range(0, 600, 100):
        lines = [(number, f"\x1b[31mé {number:06d}\x1b[0m") for number in range(start, start + 100)]
        printing.say("stdout", *lines)
    printing.catalog.refresh_runs([PLACE])
    end = read_end(printing.catalog, PLACE, "stdout", 1000)
    assert end.splitlines() == [f"é {number:06d}" for number in range(500, 600)]
    assert read_end(printing.catalog, PLACE, "stdout", 1 << 20).count("\n") == 599
    assert read_end(printing.catalog, PLACE, "stderr", 100) is None


@pytest.mark.parametrize(
    "wish, error, message",
    [
        ({"stream": "stdot"}, UsageError, "did you mean 'stdout'"),
        ({"stream": "tty9"}, UsageError, "there are: stdout, stderr"),
        ({"tail": -1}, UsageError, "-1"),
        ({"tail": "5"}, InvalidTypeError, "'5'"),
        ({"rank": "0"}, InvalidTypeError, "rank"),
        ({"attempt": True}, InvalidTypeError, "attempt"),
        ({"since": "yesterday"}, InvalidTypeError, "datetime"),
    ],
)
@pytest.mark.parametrize("mode", ["local", "disabled"])
def test_a_wish_that_means_nothing_is_told(monkeypatch, mode, wish, error, message):
    """Of a run that keeps nothing too."""
    monkeypatch.setenv("TRIALOG_MODE", mode)
    with trialog.init("acme", "demo") as run, pytest.raises(error, match=message):
        run.console(**wish)


@pytest.mark.parametrize("mode", ["local", "disabled"])
def test_a_run_without_a_console_has_no_lines(monkeypatch, mode):
    """And nothing is raised."""
    monkeypatch.setenv("TRIALOG_MODE", mode)
    with trialog.init("acme", "demo") as run:
        assert str(run.console(tail=3, since=timedelta(hours=1), rank=0)) == ""
        assert run.console().dropped_bytes == 0
