"""The witness listens, and begins to pass on when it has been heard."""

from __future__ import annotations

import fcntl
import os
import select
import socket
import termios
import threading

import orjson

from trialog._witness.main import Loop


def waiting_bytes(fd: int) -> int:
    return int.from_bytes(fcntl.ioctl(fd, termios.FIONREAD, bytes(4)), "little")


def test_early_words_wait_for_what_was_printed_before_them(tmp_path):
    """The process counts what is unread until it has heard us: nothing is read before that."""
    ours, theirs = socket.socketpair()
    reading, writing = os.pipe()
    fault_reading, fault = os.pipe()
    target = tmp_path / "out"
    to = os.open(target, os.O_WRONLY | os.O_CREAT)

    def say(**message) -> None:
        ours.sendall(orjson.dumps(message) + b"\n")

    def say_unread(word: str) -> None:
        say(do=word, unread={"stdout": waiting_bytes(reading)})

    os.write(writing, b"0123456789")
    say_unread("drain")
    loop = Loop({"wire": [theirs.detach()], "fault": [fault_reading], "stdout": [reading, to]})
    thread = threading.Thread(target=loop.run)
    thread.start()
    with ours.makefile("rb") as answers:
        assert "hello" in orjson.loads(answers.readline())
        select.select([ours], [], [], 0.1)  # an answer now would come too early
        os.write(writing, b"abcde")
        say_unread("drain")
        say(do="go")
        for _ in range(2):
            assert orjson.loads(answers.readline()) == {"drained": True}
    assert target.read_bytes() == b"0123456789abcde"
    ours.close()
    os.close(writing)
    os.close(fault)
    thread.join(20)
    assert not thread.is_alive()
