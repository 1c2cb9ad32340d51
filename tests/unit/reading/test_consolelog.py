"""A whole console kept close together: its lines by number, and where a text is in it."""

from __future__ import annotations

import numpy as np
import pytest

from trialog._catalog import ProjectPlace, RunPlace
from trialog._format.folders import day_of
from trialog._reading.console import ConsoleWish, Wanted, read_console
from trialog._reading.consolelogs import ConsoleLogs, nearest_hit
from trialog.errors import UsageError

PLACE = RunPlace(ProjectPlace("acme", "demo"), day_of("run-1"), "run-1")


@pytest.fixture
def say(handmade):
    """Lets a witness of the run keep lines of ``(second, text)``, as one record."""
    handmade.write(handmade.start())
    kept = [handmade.start(writer="w2", role="witness")]

    def say(stream, *lines, is_open=False, is_last=True):
        base = handmade.now_ns
        content = {
            "stream": stream,
            "lines": [[base + int(second * 1e9), text] for second, text in lines],
            "is_open": is_open,
            "dropped_bytes": 0,
        }
        time_ns = max(line[0] for line in content["lines"])
        kept.append(handmade.fact(handmade.kinds.CONSOLE, content, time_ns))
        if is_last:  # of those that become visible at once
            handmade.write(b"".join(kept), writer="w2")

    return say


@pytest.fixture
def log_of(handmade):
    """The console of the run, as far as it was printed."""
    catalog, logs = handmade.open(), ConsoleLogs()
    yield lambda **wish: logs.log_of(catalog, PLACE, ConsoleWish.parse(**wish))
    catalog.close()


def texts(log):
    return [line.text for line in log.lines(0, len(log))]


def test_lines_stand_in_the_order_of_their_times(say, log_of, handmade):
    """As the whole console says them, however many records there are."""
    for number in range(225):  # more than one portion
        say("stdout", (number, f"out {number}"), is_last=number == 224)
        if number % 3 == 0:
            say("stderr", (number - 0.5, f"err {number}"), is_last=False)
    catalog = handmade.open()
    catalog.refresh_runs([PLACE])
    expected = [line.text for line in read_console(catalog, PLACE, ConsoleWish())]
    catalog.close()
    assert texts(log_of()) == expected
    assert len(expected) == 300
    assert texts(log_of(stream="stderr"))[:2] == ["err 0", "err 3"]


def test_a_line_keeps_its_number(say, log_of):
    """What is printed later stands at the end; an unfinished line is none yet."""
    say("stdout", (1, "one"), (2, "50%"), is_open=True)
    log = log_of()
    assert (texts(log), [line.text for line in log.open_lines]) == (["one"], ["50%"])
    say("stdout", (3, "100%"), (4, "two"))
    again = log_of()
    assert again is log
    assert texts(log) == ["one", "100%", "two"]
    assert log.open_lines == []
    assert [line.text for line in log.lines(1, 2)] == ["100%"]
    assert log.lines(5, 9) == []


def test_a_text_is_found_beneath_colours(say, log_of):
    """Without regard to case unless asked; what is shown keeps its colours."""
    say("stdout", (1, "Loss 1"), (2, "\x1b[31mlo\x1b[0mss 2"), (3, "acc"))
    log = log_of()
    assert log.find(Wanted("LOSS")).tolist() == [0, 1]
    assert log.find(Wanted("Loss", is_exact=True)).tolist() == [0]
    assert log.find(Wanted("^loss [2-9]$", is_regex=True)).tolist() == [1]
    assert log.lines(1, 2)[0].text == "\x1b[31mlo\x1b[0mss 2"
    assert list(log.texts()) == ["Loss 1", "loss 2", "acc"]
    say("stdout", (4, "loss 4"))
    assert log_of().find(Wanted("LOSS")).tolist() == [0, 1, 3]


def test_no_expression_takes_for_ever(say, log_of):
    """Expressions that go astray in other engines take time in proportion to the text."""
    say("stdout", (1, "a" * 5000 + "!"))
    assert log_of().find(Wanted("(a+)+$", is_regex=True)).tolist() == []
    with pytest.raises(UsageError, match="no regular expression"):
        log_of().find(Wanted("(", is_regex=True))


@pytest.mark.parametrize(
    "line, is_backwards, place",
    [(0, False, 0), (5, False, 1), (6, False, None), (5, True, 0), (2, True, None), (9, True, 1)],
)
def test_the_next_one_is_found(line, is_backwards, place):
    """Forwards from the line itself on, backwards before it."""
    assert nearest_hit(np.array([2, 5]), line, is_backwards=is_backwards) == place


def test_few_consoles_stay_in_memory(say, handmade):
    """Those that were looked at last."""
    say("stdout", (1, "one"))
    catalog, logs = handmade.open(), ConsoleLogs(kept=2)
    first, second, third = (
        logs.log_of(catalog, PLACE, ConsoleWish.parse(stream=stream))
        for stream in ("stdout", "stderr", None)
    )
    assert logs.log_of(catalog, PLACE, ConsoleWish()) is third
    assert logs.log_of(catalog, PLACE, ConsoleWish(stream="stderr")) is second
    assert logs.log_of(catalog, PLACE, ConsoleWish(stream="stdout")) is not first
    catalog.close()
