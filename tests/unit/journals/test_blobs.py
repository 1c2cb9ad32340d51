"""Every byte of a blob that is read was written."""

from __future__ import annotations

import hashlib

import pytest

from trialog._format.folders import StoreFolder
from trialog._journals.blobs import CHUNK_BYTES, hash_blob, open_blob, read_blob
from trialog.errors import IntegrityError

SIZES = pytest.mark.parametrize("size", [0, 1, 1000, CHUNK_BYTES, CHUNK_BYTES + 1])


@pytest.fixture
def store_of(tmp_path):
    """A store that holds the bytes, and their digest."""

    def keep(data):
        store, digest = StoreFolder(tmp_path), hashlib.sha256(data).hexdigest()
        store.blob(digest).parent.mkdir(parents=True)
        store.blob(digest).write_bytes(data)
        return store, digest

    return keep


@SIZES
def test_bytes_come_back(store_of, size):
    """At once and as a stream, in pieces of any size."""
    data = bytes(range(256)) * (size // 256) + bytes(size % 256)
    store, digest = store_of(data)
    assert read_blob(store, digest) == data
    assert hash_blob(store.blob(digest)) == digest
    for piece in (777, -1):
        with open_blob(store, digest) as stream:
            assert (
                b"".join(iter(lambda stream=stream, piece=piece: stream.read(piece), b"")) == data
            )


@SIZES
def test_other_bytes_are_never_taken_for_good(store_of, size):
    """One bit is enough; so is a byte more. A stream says so before it ends."""
    store, digest = store_of(bytes(size))
    for changed in (b"\1" + bytes(max(size - 1, 0)), bytes(size + 1)):
        store.blob(digest).write_bytes(changed)
        with pytest.raises(IntegrityError, match=digest[:12]):
            read_blob(store, digest)
        with open_blob(store, digest) as stream, pytest.raises(IntegrityError, match=digest[:12]):
            stream.read()
        assert hash_blob(store.blob(digest)) != digest


def test_a_blob_that_is_missing(store_of):
    """It is named by its digest."""
    store, digest = store_of(b"x")
    store.blob(digest).unlink()
    for read in (read_blob, open_blob):
        with pytest.raises(IntegrityError, match=digest[:12]):
            read(store, digest)
