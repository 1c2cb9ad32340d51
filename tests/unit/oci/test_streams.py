"""Streams that are checked while they are read: what is wrong is found before it is all given."""

from __future__ import annotations

import io

import pytest

from trialog._oci.descriptors import Descriptor, digest_of, verified
from trialog.errors import IntegrityError

DATA = b"a blob of some length"
BLOB = Descriptor("text/plain", digest_of(DATA), len(DATA))


class Dribble(io.BytesIO):
    """A stream that gives less than is asked for."""

    def read(self, size=-1):
        return super().read(min(size, 3) if size > 0 else size)


@pytest.mark.parametrize("kind", [io.BytesIO, Dribble])
@pytest.mark.parametrize("step", [1, 4, 21, 22, -1])
def test_what_is_right_is_read(kind, step):
    """In pieces of any size; then it ends."""
    stream = verified(kind(DATA), BLOB)
    assert b"".join(iter(lambda: stream.read(step), b"")) == DATA
    assert stream.read(1) == stream.read() == b""


@pytest.mark.parametrize(
    "data, message",
    [
        (b"", "ends 21 bytes before its 21"),
        (DATA[:-1], "ends 1 bytes before its 21"),
        (DATA + b"!", "goes on after its 21 bytes"),
        (DATA[:-1] + b"!", "holds other bytes, of digest sha256:"),
        (b"!" + DATA[1:], "holds other bytes, of digest sha256:"),
    ],
)
@pytest.mark.parametrize("step", [1, 5, 21, 100, -1])
def test_what_is_wrong_is_found(data, message, step):
    """Before the last piece is given out, again at each further read, and never too much of it."""
    stream = verified(io.BytesIO(data), BLOB, "the shelf")
    given = []
    with pytest.raises(IntegrityError, match=f"the blob {BLOB.digest} from the shelf {message}"):
        given.extend(iter(lambda: stream.read(step), b""))
    assert len(b"".join(given)) < len(DATA)
    with pytest.raises(IntegrityError):
        stream.read(5)


def test_an_empty_blob_is_checked_too():
    """One byte where none should be is too many."""
    empty = Descriptor("text/plain", digest_of(b""), 0)
    assert verified(io.BytesIO(b""), empty).read() == b""
    with pytest.raises(IntegrityError, match="goes on after its 0 bytes"):
        verified(io.BytesIO(b"x"), empty).read(1)


def test_streams_are_files():
    """They can be wrapped, and closing one closes what is beneath."""
    beneath = io.BytesIO(DATA)
    with io.BufferedReader(verified(beneath, BLOB)) as stream:
        assert stream.readline() == DATA
    assert beneath.closed
