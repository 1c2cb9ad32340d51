"""Packs of journals: the same bytes for the same journals, and only journals come out."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tracemalloc

import pyarrow as pa
import pytest

from trialog._artifacts.journalpacks import (
    PACK_TYPE,
    JournalKey,
    JournalPart,
    pack_journals,
    unpack_journals,
    unpacked_bytes,
)
from trialog._oci.descriptors import digest_of, verified
from trialog._oci.members import END, header_of, padding_of
from trialog.errors import IntegrityError, UsageError

NAME = "runs/r1/w1.journal"


@pytest.fixture
def part(tmp_path):
    """A function that makes a journal to pack."""

    def make(run, writer, data, size=None):
        path = tmp_path / f"{run}-{writer}"
        path.write_bytes(data)
        return JournalPart(JournalKey(run, writer), path, len(data) if size is None else size)

    return make


def packed(parts):
    sink = io.BytesIO()
    return pack_journals(parts, sink), sink.getvalue()


def unpacked(data, limit=1 << 20):
    found = unpack_journals(io.BytesIO(data), "the pack", limit)
    return [(key, stream.read()) for key, _, stream in found]


def handmade(*members, end=END):
    """A pack as only somebody else would make it."""
    content = b"".join(header + data + bytes(padding_of(len(data))) for header, data in members)
    return pa.Codec("zstd").compress(content + end, asbytes=True)


def of_kind(kind, name=NAME):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info.tobuf(tarfile.USTAR_FORMAT)


def test_what_is_packed_comes_out(part):
    """Each journal up to its length, in the order of runs and writers."""
    parts = [part("r2", "w1", b"two"), part("r1", "w2", b"beyond", 4), part("r1", "w1", b"")]
    descriptor, data = packed(parts)
    assert (descriptor.digest, descriptor.size_bytes) == (digest_of(data), len(data))
    assert descriptor.media_type == PACK_TYPE
    assert unpacked(data, unpacked_bytes([3, 4, 0])) == [
        (("r1", "w1"), b""),
        (("r1", "w2"), b"beyo"),
        (("r2", "w1"), b"two"),
    ]
    assert packed(reversed(parts)) == (descriptor, data)


def test_any_tar_reads_a_pack(part, tmp_path):
    """Names and bytes, once a stock tool has decompressed it."""
    _, data = packed([part("r1", "w1", b"one")])
    content = pa.input_stream(io.BytesIO(data), compression="zstd").read()
    (tmp_path / "pack.tar").write_bytes(content)
    command = ["tar", "--extract", "--to-stdout", "--file", tmp_path / "pack.tar", NAME]
    assert subprocess.run(command, check=True, capture_output=True).stdout == b"one"


def test_no_journals(part):
    """A pack of none is one too."""
    assert unpacked(packed([])[1]) == []


def test_large_journals_in_little_memory(part, tmp_path):
    """Both ways a few pieces at a time; frames have their length however the bytes come."""
    parts = [part("r1", "w1", b"journal " * (4 << 20)), part("r2", "w1", b"x" * (5 << 20))]
    tracemalloc.start()
    try:
        with (tmp_path / "pack").open("w+b") as file:
            descriptor = pack_journals(parts, file)
            file.seek(0)
            limit = unpacked_bytes(each.size_bytes for each in parts)
            stream = verified(file, descriptor)
            sizes = [size for _, size, _ in unpack_journals(stream, "the pack", limit)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sizes == [32 << 20, 5 << 20]
    assert peak < 24 << 20


def test_what_was_not_read_is_skipped(part):
    """The next journal comes whole, however much of the one before was read."""
    _, data = packed([part("r1", "w1", b"one" * 1000), part("r2", "w1", b"two")])
    journals = unpack_journals(io.BytesIO(data), "the pack", 1 << 20)
    _, _, first = next(journals)
    assert first.read(5) == b"oneon"
    _, _, second = next(journals)
    assert (first.read(), second.read()) == (b"", b"two")


def test_journals_that_cannot_be_packed(part):
    """One that is shorter than it was, and one that is given twice."""
    with pytest.raises(IntegrityError, match="ends 2 bytes before its 5"):
        packed([part("r1", "w1", b"one", 5)])
    with pytest.raises(UsageError, match="twice"):
        packed([part("r1", "w1", b"one"), part("r1", "w1", b"one")])


@pytest.mark.parametrize(
    "data, message",
    [
        (
            handmade((header_of("../../x.journal", 0), b"")),
            "'../../x.journal' names no run's journal",
        ),
        (handmade((header_of("/runs/r1/w1.journal", 0), b"")), "names no run's journal"),
        (handmade((header_of("runs/../w1.journal", 0), b"")), "names no run's journal"),
        (handmade((header_of("runs/r1/.w1.journal", 0), b"")), "names no run's journal"),
        (handmade((header_of("runs/r1/w1", 0), b"")), "names no run's journal"),
        (handmade((header_of("runs/r1/w1.journal\n", 0), b"")), "names no run's journal"),
        (handmade((header_of("runs/r1/x/w1.journal", 0), b"")), "names no run's journal"),
        (handmade((of_kind(tarfile.SYMTYPE), b"")), "w1.journal is not a file"),
        (handmade((of_kind(tarfile.LNKTYPE), b"")), "w1.journal is not a file"),
        (handmade((of_kind(tarfile.DIRTYPE), b"")), "w1.journal is not a file"),
        (handmade((header_of(NAME, 0), b""), (header_of(NAME, 0), b"")), "stands after"),
        (
            handmade((header_of("runs/r2/w.journal", 0), b""), (header_of(NAME, 0), b"")),
            "runs/r1/w1.journal stands after runs/r2/w.journal, where it has no place",
        ),
        (handmade((header_of(NAME, 5), b"hello"), end=b""), "the pack is truncated"),
        (
            handmade((header_of(NAME, 700), b"hello"), end=b""),
            "of the 700 bytes of '.*' are missing",
        ),
        (handmade((header_of(NAME, 2**62), b"")), "are missing"),
        (handmade(end=END + b"more"), "bytes stand between its journals"),
        (handmade((header_of(NAME, 1), b"a"))[:-3], "is truncated or damaged: Truncated"),
        (b"hello", "is truncated or damaged"),
        (b"", "the pack is truncated"),
    ],
)
def test_hostile_packs(data, message):
    """What is no journal of a run, or not whole, is refused; the message names it."""
    with pytest.raises(IntegrityError, match=message):
        unpacked(data)


def test_bombs(part):
    """Bytes beyond the limit are never decompressed, be they in a journal, headers or zeros."""
    journal = packed([part("r1", "w1", bytes(50 << 20))])[1]
    headers = handmade(*[(header_of(f"runs/r{at:06}/w.journal", 0), b"") for at in range(20_000)])
    zeros = handmade(end=bytes(50 << 20))
    for bomb in (journal, headers, zeros):
        assert len(bomb) < 1 << 20
        with pytest.raises(IntegrityError, match="the pack has more than the 4096 bytes"):
            unpacked(bomb, 4096)


def test_a_changed_byte_of_the_pack(part):
    """The digest's error comes through as it is."""
    descriptor, data = packed([part("r1", "w1", b"one")])
    stream = verified(io.BytesIO(data[:-1] + b"!"), descriptor, "the shelf")
    with pytest.raises(IntegrityError, match="from the shelf holds other bytes"):
        list(unpack_journals(stream, "the pack", 1 << 20))
