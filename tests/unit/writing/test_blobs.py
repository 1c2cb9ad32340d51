"""Bytes into the store: whole, once, under their own digest, whatever the source does."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from trialog import errors
from trialog._format.folders import StoreFolder
from trialog._writing.blobs import CHUNK_BYTES, PRIVATE_BYTES, BlobWriter


@pytest.fixture
def folder(tmp_path):
    return StoreFolder(tmp_path / "blobs-of")


@pytest.fixture
def blobs(folder):
    folder.path.mkdir()
    return BlobWriter(folder)


def kept(folder, stored):
    """The bytes of a blob, which are those of its digest and of its size."""
    data = folder.blob(stored.sha256).read_bytes()
    assert hashlib.sha256(data).hexdigest() == stored.sha256
    assert len(data) == stored.size_bytes
    return data


SIZES = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES + 17]


@pytest.mark.parametrize("size", SIZES)
def test_bytes_and_files_of_any_size(blobs, folder, tmp_path, size):
    """From memory and from a file the same blob, kept once."""
    data = os.urandom(size)
    (tmp_path / "source").write_bytes(data)
    first, second = blobs.put(data), blobs.put_file(tmp_path / "source")
    assert first == second
    assert kept(folder, first) == data
    assert first.head == data[: len(first.head)]
    assert list((folder.path / "blobs/incoming").iterdir()) == []
    assert len([each for each in (folder.path / "blobs/sha256").rglob("*") if each.is_file()]) == 1


def test_a_blob_that_was_cut_short_is_written_again(blobs, folder):
    """A crash of the machine may leave half of it under its name: the size tells."""
    stored = blobs.put(b"the whole")
    folder.blob(stored.sha256).write_bytes(b"the")
    assert blobs.put(b"the whole") == stored
    assert kept(folder, stored) == b"the whole"


def test_a_copy_is_no_link(blobs, folder, tmp_path):
    """Writing the source again, in place, changes nothing that was kept."""
    source = tmp_path / "source"
    source.write_bytes(b"before")
    stored = blobs.put_file(source)
    with source.open("r+b") as file:
        file.write(b"behind")
    assert kept(folder, stored) == b"before"
    assert folder.blob(stored.sha256).stat().st_ino != source.stat().st_ino


def test_a_file_that_is_added_to_without_end(blobs, folder, tmp_path):
    """It is kept as long as it was at the call: a growing log is no endless copy."""
    source = tmp_path / "log"
    source.write_bytes(b"x" * (8 * CHUNK_BYTES))
    stop = threading.Event()

    def grow():
        with source.open("ab", buffering=0) as file:
            while not stop.is_set() and file.tell() < 512 * CHUNK_BYTES:
                file.write(b"y" * 65_536)

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        stored = blobs.put_file(source)
    finally:
        stop.set()
        thread.join()
    assert kept(folder, stored)[: 8 * CHUNK_BYTES] == b"x" * (8 * CHUNK_BYTES)
    assert stored.size_bytes < source.stat().st_size


def test_a_file_that_is_cut_and_rewritten_while_it_is_copied(blobs, folder, tmp_path):
    """Whatever was read is what is kept, under its own digest; nothing raises."""
    source = tmp_path / "source"
    source.write_bytes(os.urandom(16 * CHUNK_BYTES))
    stop = threading.Event()

    def meddle():
        while not stop.is_set():
            os.truncate(source, 3 * CHUNK_BYTES)
            with source.open("r+b") as file:
                file.write(os.urandom(12 * CHUNK_BYTES))

    thread = threading.Thread(target=meddle)
    thread.start()
    try:
        for _ in range(10):
            kept(folder, blobs.put_file(source))
    finally:
        stop.set()
        thread.join()


def test_a_file_that_is_deleted_while_it_is_copied(blobs, folder, tmp_path):
    """What is open stays readable."""
    data = os.urandom(64 * CHUNK_BYTES)
    source = tmp_path / "source"
    source.write_bytes(data)
    thread = threading.Thread(target=lambda: (time.sleep(0.01), source.unlink()))
    thread.start()
    stored = blobs.put_file(source)
    thread.join()
    assert kept(folder, stored) == data


def test_files_that_say_nothing_of_their_size(blobs, folder):
    """Those of /proc say 0 and hold more."""
    stored = blobs.put_file(Path("/proc/version"))
    assert kept(folder, stored).startswith(b"Linux")


def test_what_is_no_file_is_refused_without_waiting(blobs, tmp_path):
    """A FIFO that nobody writes to would hold the call up for ever."""
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path / "fifo", tmp_path):
        with pytest.raises(errors.UnreadableFileError, match=str(path)):
            blobs.put_file(path)
    with pytest.raises(errors.MissingFileError, match="missing"):
        blobs.put_file(tmp_path / "missing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(errors.UnreadableFileError, match="loop"):
        blobs.put_file(tmp_path / "loop")


def test_many_threads_keep_the_same_bytes_at_once(blobs, folder):
    """One blob, and never a moment in which its name holds less than all of them."""
    data = os.urandom(CHUNK_BYTES)
    stored = []
    threads = [threading.Thread(target=lambda: stored.append(blobs.put(data))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(stored)) == 1
    assert kept(folder, stored[0]) == data


def test_a_buffer_that_changes_while_it_is_logged(blobs, folder):
    """Small and large: what is written is what was hashed, under its own digest."""
    for size in (CHUNK_BYTES, PRIVATE_BYTES + CHUNK_BYTES):
        buffer = bytearray(size)
        stop = threading.Event()

        def meddle(buffer=buffer, stop=stop):
            while not stop.is_set():
                buffer[-1] = (buffer[-1] + 1) & 255
                buffer[0] = buffer[-1]

        thread = threading.Thread(target=meddle)
        thread.start()
        try:
            for data in (buffer, memoryview(buffer).toreadonly()) * 3:
                kept(folder, blobs.put(data))
        finally:
            stop.set()
            thread.join()


@pytest.mark.parametrize("size", [11, PRIVATE_BYTES + 1])
@pytest.mark.parametrize("how", ["bytes", "bytearray", "file"])
def test_a_blob_that_was_damaged_is_written_again(blobs, folder, tmp_path, size, how):
    """Its size is right and its bytes are not: who logs the right ones mends it for all."""
    data = os.urandom(size)
    source = tmp_path / "source"
    source.write_bytes(data)
    target = folder.blob(blobs.put(data).sha256)
    with target.open("r+b") as file:
        file.write(bytes([data[0] ^ 1]))
    if how == "file":
        stored = blobs.put_file(source)
    else:
        stored = blobs.put(data if how == "bytes" else bytearray(data))
    assert kept(folder, stored) == data


def test_a_blob_that_is_whole_is_not_written_again(blobs, folder):
    """The same bytes again cost a look at them."""
    target = folder.blob(blobs.put(b"the same").sha256)
    before = target.stat().st_ino
    blobs.put(b"the same")
    assert target.stat().st_ino == before
