"""The records of a console, as they are asked for."""

from __future__ import annotations

import pytest

from trialog._catalog.consolerows import console_of
from trialog._journals.addresses import ProjectPlace, RunPlace

PLACE = RunPlace(ProjectPlace("acme", "demo"), "named", "run-1")


@pytest.fixture
def ask(handmade):
    """Two witnesses' records: of rank 0, and of rank 1 in the second attempt."""

    def say(stream, second, text, **more):
        time_ns = handmade.now_ns + second
        content = {"stream": stream, "lines": [[time_ns, text]], **more}
        return handmade.fact(handmade.kinds.CONSOLE, content, time_ns)

    handmade.write(handmade.start())
    first = handmade.start(writer="w2", role="witness", rank=0)
    second = handmade.start(writer="w3", role="witness", rank=1, attempt=2)
    handmade.write(first + say("stdout", 1, "a") + say("stderr", 3, "c"), writer="w2")
    handmade.write(second + say("stdout", 2, "b", is_open=True, dropped_bytes=9), writer="w3")
    catalog = handmade.open()
    catalog.refresh()
    yield lambda **wish: catalog.ask(console_of, PLACE.key, **wish)
    catalog.close()


def texts(rows):
    return [text for row in rows for _, text in row.lines]


def test_records_stand_in_order(ask):
    """Of all writers, by time; each as it was written."""
    rows = ask()
    assert texts(rows) == ["a", "b", "c"]
    assert [(row.writer, row.rank, row.stream) for row in rows] == [
        ("w2", 0, "stdout"),
        ("w3", 1, "stdout"),
        ("w2", 0, "stderr"),
    ]
    assert [(row.is_open, row.dropped_bytes) for row in rows] == [(False, 0), (True, 9), (False, 0)]


@pytest.mark.parametrize(
    "wish, found",
    [
        ({"stream": "stdout"}, ["a", "b"]),
        ({"rank": 0}, ["a", "c"]),
        ({"rank": 0, "stream": "stderr"}, ["c"]),
        ({"attempt": 2}, ["b"]),
        ({"last": 2}, ["b", "c"]),
        ({"last": 2, "rank": 0}, ["a", "c"]),
        ({"last": 0}, []),
    ],
)
def test_only_what_is_asked_for_is_read(ask, wish, found):
    """In SQL, not afterwards."""
    assert texts(ask(**wish)) == found


def test_old_records_are_left_out(ask, handmade):
    """Those that hold nothing later than a time."""
    assert texts(ask(since_ns=handmade.now_ns + 2)) == ["b", "c"]


def test_what_was_seen_is_left_out(ask):
    """By journal and offset: others go on meanwhile."""
    first, second, _ = ask()
    assert texts(ask(seen={first.journal: first.offset})) == ["b", "c"]
    assert texts(ask(seen={first.journal: first.offset, second.journal: second.offset})) == ["c"]
