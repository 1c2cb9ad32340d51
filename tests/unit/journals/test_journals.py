"""Reading a journal's file: what counts of a writer that lives, was killed, or lost its power."""

from __future__ import annotations

import struct
from zlib import crc32

import pytest

import trialog
from trialog._format.blocks import TRAILER_BYTES, encode_trailer
from trialog._format.encoding import encode_general, encode_name, encode_point
from trialog._format.facts import SYNCED
from trialog._format.records import Kind
from trialog._format.values import to_number
from trialog._journals.journals import JournalFile, last_synced
from trialog._journals.processes import Presence

NAME = encode_name(0, "x", 1)


def points(count, first=0):
    return b"".join(
        encode_point(0, to_number(float(each)), each, each + 1)
        for each in range(first, first + count)
    )


def synced(offset):
    return encode_general(Kind.SYNCED, 1, SYNCED.pack(offset))


@pytest.fixture
def journal(tmp_path):
    def write(data, size=49_152):
        path = tmp_path / "w.journal"
        path.write_bytes(data.ljust(size, b"\0"))
        return path

    return write


def count(path, presence):
    with JournalFile(path) as file:
        blocks = list(file.blocks(0, presence))
    indices = [block.records for block in blocks]
    found = sum(len(each) for index in indices for each in index.points.values())
    return found, [damage for index in indices for damage in index.damage]


@pytest.mark.parametrize("presence", list(Presence))
def test_a_torn_tail_is_no_damage(journal, presence):
    """Half a record at the end is what a kill leaves; of a living writer, it is under way."""
    path = journal(NAME + points(5) + points(1, 5)[:20])
    kept = 0 if presence is Presence.REBOOTED else 5
    assert count(path, presence) == (kept, [])


def test_after_a_reboot_only_what_was_synced_counts(journal):
    """Pages reach a disk in any order: what follows the last mark may have holes."""
    before = NAME + points(5)
    mark = synced(len(before))
    path = journal(before + mark + points(3, 5))
    assert count(path, Presence.REBOOTED) == (5, [])
    assert count(path, Presence.GONE) == (8, [])
    with JournalFile(path) as file:
        (again,) = file.blocks_read(49_152, is_rebooted=True)
    assert [len(each) for each in again.points.values()] == [5]


def test_a_mark_behind_a_hole_is_found():
    """The last mark counts wherever it stands, and never for more than what is before it."""
    data = NAME + points(5) + bytes(400) + synced(100)
    assert last_synced(data, 0) == 100
    assert last_synced(NAME + synced(10**6), 0) == len(NAME)
    assert last_synced(data[:-1] + b"\1", 0) == 0


def test_a_hole_before_records_is_damage_once_the_writer_is_gone(journal):
    """While it lives, it may be a write under way."""
    path = journal(NAME + points(5) + bytes(28) + points(5))
    assert count(path, Presence.HERE) == (5, [])
    found, damage = count(path, Presence.GONE)
    assert found == 5
    assert damage


def test_a_block_whose_trailer_is_damaged_is_read_and_reported(journal):
    """Nothing vouches for its records any more."""
    body = (NAME + points(5)).ljust(49_152 - TRAILER_BYTES, b"\0")
    trailer = encode_trailer(len(NAME + points(5)), crc32(body))
    assert count(journal(body + trailer), Presence.GONE) == (5, [])
    for at in range(TRAILER_BYTES):
        flipped = bytearray(trailer)
        flipped[at] ^= 16
        found, (damage,) = count(journal(body + bytes(flipped)), Presence.GONE)
        assert found == 5
        assert "trailer" in damage.reason


@pytest.mark.slow
def test_every_flip_of_a_finished_journal_is_found(store):
    """Clean finishes close the last block too, whoever looks: the writer's own process here."""
    with trialog.init("acme", "demo", parameters={"lr": 0.1}) as run:
        for step in range(20):
            run.log("loss", step / 3)
    (path,) = store.glob("namespaces/*/*/runs/*/*/*.journal")
    data = path.read_bytes()
    assert count(path, Presence.HERE) == (20, [])
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        path.write_bytes(flipped)
        for presence in (Presence.HERE, Presence.GONE):
            assert count(path, presence)[1], (at, presence)


def test_a_mark_is_8_bytes():
    """The layout that :func:`last_synced` looks for."""
    assert struct.calcsize("<Q") == SYNCED.size


def test_damaged_last_words_are_said_to_be_damaged(tmp_path):
    """Once the writer is gone: each is written at once, so none is torn; what follows is read."""
    first, second = (encode_general(Kind.TROUBLE, 1, text) for text in (b'{"a":1}', b'{"b":2}'))
    path = tmp_path / "w.journal"

    def found(last_words, presence):
        path.write_bytes(NAME.ljust(49_152, b"\0") + last_words.ljust(16_384, b"\0"))
        with JournalFile(path) as file:
            index = file.last_words(presence)
        return [fact.payload for fact in index.facts], [each.offset for each in index.damage]

    broken = first.replace(b"1", b"7")
    assert found(first + second, Presence.GONE) == ([b'{"a":1}', b'{"b":2}'], [])
    assert found(broken + second, Presence.GONE) == ([b'{"b":2}'], [49_152])
    assert found(second + broken, Presence.GONE) == ([b'{"b":2}'], [49_152 + len(second)])
    assert found(second + broken, Presence.HERE) == ([b'{"b":2}'], [])
    assert found(second + b"\xfe", Presence.GONE) == ([b'{"b":2}'], [49_152 + len(second)])
