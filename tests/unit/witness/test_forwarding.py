"""What is printed is passed on, whatever becomes of the listening."""

from __future__ import annotations

import os

from trialog._witness.forwarding import Forwarder


def test_what_cannot_be_understood_is_passed_on(tmp_path):
    """Whoever prints would wait for ever for a stream that nobody passes on."""
    reading, writing = os.pipe()
    target = tmp_path / "out"
    told = []

    def hear(name: str, data: bytes, time_ns: int) -> None:
        told.append(name)
        raise ValueError(data)

    to = os.open(target, os.O_WRONLY | os.O_CREAT)
    forwarder = Forwarder({"stdout": [reading, to]}, heard=hear, broken=told.append)
    forwarder.start()
    for word in (b"one", b"two"):
        os.write(writing, word)
        forwarder.catch_up({})
    os.close(writing)
    forwarder.wait(10)
    assert target.read_bytes() == b"onetwo"
    assert set(told) == {"stdout"}
