"""The witness listens, and takes what it is told between what was printed before and after."""

from __future__ import annotations

import os
import socket
import threading

import orjson

from trialog._tracking.marks import Mark, mark_bytes
from trialog._witness.main import Loop

KEY = "0123456789abcdef"


def test_words_wait_for_what_was_printed_before_them(tmp_path):
    """Of those that were said before it was there too: marks say what was printed by then."""
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    fault_reading, fault = os.pipe()
    target = tmp_path / "out"
    to = os.open(target, os.O_WRONLY | os.O_CREAT)
    layout = {"wire": [theirs.detach()], "fault": [fault_reading], "stdout": [reading, to]}

    def say(number: int, *, marked: list[str]) -> None:
        message = {"do": "drain", "mark": number, "marked": marked}
        ours.sendall(orjson.dumps(message) + b"\n")

    os.write(writing, b"01234" + mark_bytes(KEY, Mark(1, 1)) + b"56789")
    say(1, marked=["stdout"])
    thread = threading.Thread(target=Loop(layout, KEY).run)
    thread.start()
    with ours.makefile("rb") as answers:
        assert "hello" in orjson.loads(answers.readline())
        assert orjson.loads(answers.readline()) == {"drained": True}
        assert target.read_bytes() == b"0123456789"
        say(2, marked=["stdout"])  # sent before its mark is there, it is answered after it
        os.write(writing, b"abcde" + mark_bytes(KEY, Mark(2, 1)))
        assert orjson.loads(answers.readline()) == {"drained": True}
        assert target.read_bytes() == b"0123456789abcde"
    ours.close()
    os.close(writing)
    os.close(fault)
    thread.join(20)
    assert not thread.is_alive()
