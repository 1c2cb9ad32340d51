"""Python's streams, listened to until what is written there goes another way."""

from __future__ import annotations

import os
import threading
import time

import pytest

from trialog._tracking.taps import Tap


class Stream:
    """Somewhere to print; one print can be made to last."""

    def __init__(self):
        self.written = []
        self.goes_on = threading.Event()
        self.goes_on.set()
        self.has_begun = threading.Event()

    def write(self, text):
        self.has_begun.set()
        assert self.goes_on.wait(10)
        self.written.append(text)
        return len(text)


@pytest.fixture
def stream():
    return Stream()


@pytest.fixture
def tap(stream):
    """Listening; ``tap.copied()`` gives what has been heard."""
    tap = Tap(stream)
    reading = os.dup(tap.reading)
    os.set_blocking(reading, False)
    tap.copied = lambda: os.read(reading, 1 << 16)
    tap.install()
    yield tap
    tap.close()
    os.close(reading)


def test_a_print_that_has_begun_is_copied_before_another_way_is_taken(stream, tap):
    """Else its copy came behind the mark, and what is printed next might be heard before it."""
    stream.goes_on.clear()
    printing = threading.Thread(target=stream.write, args=["line"])
    printing.start()
    assert stream.has_begun.wait(10)
    threading.Timer(0.02, stream.goes_on.set).start()
    with tap.held_up(time.monotonic() + 10):
        tap.remove()
        assert tap.mark(b"|")
    printing.join(10)
    stream.write(" 18\n")
    assert tap.copied() == b"line|"
    assert stream.written == ["line", " 18\n"]


def test_a_print_waits_while_another_way_is_made(stream, tap, monkeypatch):
    """It goes the new way, and is not copied."""
    monkeypatch.setattr("trialog._tracking.taps._HELD_S", 30)
    with tap.held_up(time.monotonic()):
        printing = threading.Thread(target=stream.write, args=["later\n"])
        printing.start()
        time.sleep(0.02)
        assert not stream.has_begun.is_set()
        tap.remove()
        assert tap.mark(b"|")
    printing.join(10)
    assert tap.copied() == b"|"
    assert stream.written == ["later\n"]


def test_a_print_that_comes_while_another_way_is_made_waits_for_its_end(stream, tap, monkeypatch):
    """Though nobody listens any more: it would go the old way, and its copy none."""
    monkeypatch.setattr("trialog._tracking.taps._HELD_S", 30)
    with tap.held_up(time.monotonic()):
        printing = threading.Thread(target=stream.write, args=["later\n"])
        tap.remove()
        printing.start()
        time.sleep(0.02)
        assert not stream.has_begun.is_set()
    printing.join(10)
    assert stream.written == ["later\n"]


def test_a_forked_child_prints_on(stream, monkeypatch):
    """Whoever held up its prints is a thread of the parent's: it has none to wait for."""
    monkeypatch.setattr("trialog._tracking.taps._HELD_S", 30)
    tap = Tap(stream)
    tap.install()
    holding = tap.held_up(time.monotonic())
    holder = threading.Thread(target=holding.__enter__)
    holder.start()
    holder.join(10)
    tap.close()
    begun_s = time.monotonic()
    stream.write("on\n")
    assert time.monotonic() - begun_s < 10
    assert stream.written == ["on\n"]


def test_a_stream_may_take_more_than_text(stream, tap):
    """What it takes and gives is its own affair; the text is heard."""
    tap.remove()
    said = []
    stream.write = lambda text, *, end="": said.append(text + end) or len(text)
    tap.install()
    assert stream.write("one", end="!") == 3
    assert said == ["one!"]
    assert tap.copied() == b"one"


def test_a_stream_that_refuses_to_be_listened_to_is_left_alone():
    """Whatever it raises."""

    class Refusing:
        def __setattr__(self, name, value):
            raise TypeError(name)

        def write(self, text):
            return len(text)

    tap = Tap(Refusing())
    tap.install()
    assert not tap.is_installed
    tap.close()


def test_a_print_that_lasts_holds_nobody_up_for_long(stream, tap):
    """Nor does who makes another way and never comes to an end."""
    stream.goes_on.clear()
    printing = threading.Thread(target=stream.write, args=["slow"])
    printing.start()
    assert stream.has_begun.wait(10)
    begun_s = time.monotonic()
    with tap.held_up(begun_s + 0.01):
        other = threading.Thread(target=stream.write, args=["other"])
        stream.goes_on.set()
        other.start()
        other.join(10)
        assert "other" in stream.written
    printing.join(10)
    assert sorted(stream.written) == ["other", "slow"]


def test_what_a_stream_prints_itself_meanwhile_is_not_held_up(stream, tap, monkeypatch):
    """A flush of somebody else's may print: on the thread that makes the way, and once."""
    monkeypatch.setattr("trialog._tracking.taps._HELD_S", 30)
    with tap.held_up(time.monotonic()):
        begun_s = time.monotonic()
        stream.write("within\n")
        assert time.monotonic() - begun_s < 10
    assert stream.written == ["within\n"]
    assert tap.copied() == b"within\n"
