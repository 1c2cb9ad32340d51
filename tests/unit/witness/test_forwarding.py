"""What is printed is passed on, whatever becomes of the listening; marks say what is heard when."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from trialog._tracking.marks import Mark, mark_bytes
from trialog._witness.forwarding import Forwarder

KEY = "0123456789abcdef"


class Ear:
    """Keeps what is heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes, int]] = []
        self._news = threading.Condition()

    def hear(self, name: str, data: bytes, time_ns: int) -> None:
        with self._news:
            self.heard.append((name, data, time_ns))
            self._news.notify_all()

    def await_bytes(self, count: int) -> bytes:
        """All that has been heard, once it is so much."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.text) >= count, 10)
            return self.text

    @property
    def text(self) -> bytes:
        return b"".join(data for _, data, _ in self.heard)


@contextmanager
def forwarding(hear, to: int) -> Iterator[tuple[Forwarder, int]]:
    """A forwarder of ``stdout``, and the end to print to."""
    reading, writing = os.pipe()
    told: list[str] = []
    forwarder = Forwarder({"stdout": [reading, to]}, KEY, heard=hear, broken=told.append)
    forwarder.start()
    yield forwarder, writing
    os.close(writing)
    forwarder.go_on()
    forwarder.wait(10)
    assert told == []


def test_what_cannot_be_understood_is_passed_on(tmp_path):
    """Whoever prints would wait for ever for a stream that nobody passes on."""
    target = tmp_path / "out"
    told = []

    def hear(name: str, data: bytes, time_ns: int) -> None:
        told.append(name)
        raise ValueError(data)

    to = os.open(target, os.O_WRONLY | os.O_CREAT)
    with forwarding(hear, to) as (forwarder, writing):
        for number, word in enumerate((b"one", b"two"), 1):
            os.write(writing, word)
            forwarder.catch_up(number, ())
    assert target.read_bytes() == b"onetwo"
    assert set(told) == {"stdout"}


def test_what_is_behind_a_mark_waits_for_its_message(tmp_path):
    """However late it is taken; what goes on does not wait, and has no mark in it."""
    target = tmp_path / "out"
    ear = Ear()
    to = os.open(target, os.O_WRONLY | os.O_CREAT)
    with forwarding(ear.hear, to) as (forwarder, writing):
        os.write(writing, b"before" + mark_bytes(KEY, Mark(1, time.time_ns())) + b"after")
        forwarder.catch_up(1, ["stdout"])
        assert ear.text == b"before"
        assert target.read_bytes() == b"beforeafter"
        forwarder.go_on(1)
        assert ear.await_bytes(11) == b"beforeafter"


def test_a_message_that_does_not_come_is_not_waited_for(tmp_path):
    """The next one shows that it will not: a signal has come between a mark and its message."""
    ear = Ear()
    to = os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT)
    with forwarding(ear.hear, to) as (forwarder, writing):
        os.write(writing, mark_bytes(KEY, Mark(1, 1)) + b"one" + mark_bytes(KEY, Mark(2, 1)))
        began_s = time.monotonic()
        forwarder.catch_up(2, ["stdout"])
        assert ear.text == b"one"
        assert time.monotonic() - began_s < 0.5


def test_times_are_on_their_side_of_a_mark(tmp_path):
    """Read together and late, lines are dated before the mark that they were printed before."""
    ear = Ear()
    to = os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT)
    with forwarding(ear.hear, to) as (_, writing):
        edges, printed = [], b""
        for number in range(5):
            printed += b"line %d\n" % number + mark_bytes(KEY, Mark(0, time.time_ns()))
            edges.append(time.time_ns())
        os.write(writing, printed + b"line 5\n")
        ear.await_bytes(6 * len(b"line 0\n"))
    for (_, data, time_ns), begin, end in zip(
        ear.heard, [0, *edges], [*edges, time.time_ns()], strict=True
    ):
        assert begin <= time_ns <= end, data


def test_the_first_byte_of_a_mark_alone_is_passed_on(tmp_path):
    """It was none, if nothing comes behind it for a moment."""
    ear = Ear()
    target = tmp_path / "out"
    to = os.open(target, os.O_WRONLY | os.O_CREAT)
    with forwarding(ear.hear, to) as (_, writing):
        os.write(writing, b"escape \x1b")
        assert ear.await_bytes(8) == b"escape \x1b"
        assert target.read_bytes() == b"escape \x1b"
