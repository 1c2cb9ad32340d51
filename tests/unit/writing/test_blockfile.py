"""A journal's file: room for an end before anything else, blocks by and by, a clean cut."""

from __future__ import annotations

import fcntl

import pytest

from trialog._format.blocks import (
    LAST_WORDS_BYTES,
    LAST_WORDS_END,
    LAST_WORDS_START,
    PAGE_BYTES,
    SHORT_BYTES,
    TRAILER_BYTES,
    decode_trailer,
    extent,
)
from trialog._format.decoding import index_last_words
from trialog._format.encoding import encode_general
from trialog._format.records import Kind
from trialog._writing.block import (
    BufferedBlock,
    DroppingBlock,
    HeldBlock,
    MappedBlock,
    ShortBlock,
    ShutBlock,
)
from trialog._writing.blockfile import MEMORY_LIMIT_BLOCKS, BlockFile, JournalClosedError
from trialog._writing.trouble import Trouble

FIRST = encode_general(Kind.START, 1, b"{}")
BOTH = pytest.mark.parametrize("may_map", [True, False], ids=["mapped", "appended"])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "w.journal"


@pytest.fixture
def make(path):
    """Makes block files, and closes them."""
    made = []

    def make_file(*, may_map=True, now_ns=5, is_brief=False):
        trouble = Trouble("run 'r'", tell=lambda text: None)
        made.append(
            BlockFile(may_map=may_map, trouble=trouble, clock=lambda: now_ns, is_brief=is_brief)
        )
        return made[-1]

    yield make_file
    for each in made:
        each.abandon()


@BOTH
def test_a_new_file_has_its_first_record_and_room_for_an_end(make, path, may_map):
    """Both stand on the disk before the first call returns."""
    file = make(may_map=may_map)
    assert not file.is_open
    first = file.create(path, FIRST, must_reserve=True)
    assert file.is_open
    assert isinstance(first, MappedBlock if may_map else BufferedBlock)
    data = path.read_bytes()
    assert data == FIRST.ljust(LAST_WORDS_END, b"\0")


def test_a_file_that_is_there_is_left_alone(make, path):
    """No journal is ever opened for writing again."""
    path.write_bytes(b"another's")
    file = make()
    with pytest.raises(FileExistsError):
        file.create(path, FIRST, must_reserve=True)
    assert path.read_bytes() == b"another's"
    assert not file.is_open


def test_a_file_that_could_not_be_begun_is_removed(make, path):
    """A first record that does not fit leaves nothing behind."""
    file = make()
    with pytest.raises(ValueError, match="out of range"):
        file.create(path, bytes(extent(0).size), must_reserve=True)
    assert not path.exists()
    assert not file.is_open


def test_the_writer_holds_the_lock(make, path):
    """By which another process knows that it lives; it goes with the file and its last block."""
    file = make()
    file.create(path, FIRST, must_reserve=True)
    with path.open("rb") as other:
        with pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
        file.abandon()
        fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)


@BOTH
def test_the_block_after_one_is_the_same_for_all_who_ask(make, path, may_map):
    """Threads that find a block full go on in one and the same."""
    file = make(may_map=may_map)
    first = file.create(path, FIRST, must_reserve=True)
    second = file.after(first)
    assert second is file.after(first)
    assert second.extent == extent(1)
    assert file.reached_after(first) is None
    second.put(b"1234")
    assert file.reached_after(first) is second


def test_a_block_is_reserved_ahead_once(make, path):
    """The writer finds it ready, and no second one is made."""
    file = make()
    first = file.create(path, FIRST, must_reserve=True)
    file.reserve_ahead(first)
    assert path.stat().st_size == extent(1).stop
    ahead = file.after(first)
    file.reserve_ahead(first)
    assert file.after(first) is ahead


@BOTH
def test_full_blocks_are_ended_and_a_clean_end_cuts_the_file(make, path, may_map):
    """Every block has its trailer, and the file stops behind the last one."""
    file = make(may_map=may_map)
    first = file.create(path, FIRST, must_reserve=True)
    second = file.after(first)
    second.put(b"12345678")
    assert file.full_blocks(second) == [first]
    file.flush(second)
    file.sync(file.full_blocks(second))
    assert file.full_blocks(second) == []
    data = path.read_bytes()
    assert decode_trailer(data[: extent(0).stop]).used == len(FIRST)
    assert file.unended(second) == [second]
    file.end_all(second)
    data = path.read_bytes()
    assert len(data) == extent(1).start + 8 + TRAILER_BYTES
    assert decode_trailer(data[extent(1).start :]).used == 8
    assert not file.is_buffered


def test_blocks_wait_in_memory_up_to_a_limit(make, path):
    """Then points are dropped and counted, since now: memory is bounded."""
    file = make(may_map=False, now_ns=77)
    blocks = [file.create(path, FIRST, must_reserve=True)]
    for _ in range(MEMORY_LIMIT_BLOCKS):
        blocks.append(file.after(blocks[-1]))
    assert file.is_buffered
    assert all(isinstance(block, BufferedBlock) for block in blocks[:-1])
    assert isinstance(blocks[-1], DroppingBlock)
    assert blocks[-1].since_ns == 77
    fresh = BufferedBlock(extent(MEMORY_LIMIT_BLOCKS))
    file.replace(fresh)
    assert file.after(blocks[-2]) is fresh


def test_a_shut_file_has_no_further_block(make, path):
    """The journal is closed for good."""
    file = make()
    first = file.create(path, FIRST, must_reserve=True)
    file.is_shut = True
    with pytest.raises(JournalClosedError):
        file.after(first)
    with pytest.raises(JournalClosedError):
        file.reserve(7)


def test_nothing_is_unended_where_nothing_was_begun(make):
    """A file that could not be made has no blocks."""
    assert make().unended(ShutBlock()) == []


def test_last_words_take_what_fits(make, path):
    """In the order given; one that is too long does not keep out the next."""
    file = make()
    first = file.create(path, FIRST, must_reserve=True)
    payloads = [b"one", bytes(LAST_WORDS_BYTES - 100), b"two" * 60, b"three"]
    records = [encode_general(Kind.END, 1, payload) for payload in payloads]
    assert file.write_last_words(records, first) == [True, True, False, True]
    index = index_last_words(path.read_bytes()[LAST_WORDS_START:LAST_WORDS_END])
    assert [fact.payload for fact in index.facts] == [payloads[0], payloads[1], payloads[3]]


def test_the_disk_lacks_room_since_it_was_first_noted(make):
    """The time of the first refusal stays, the reason is the latest."""
    file = make(now_ns=9)
    file.note_full(OSError(28, "full"))
    file.note_full(latest := OSError(122, "quota"))
    assert (file.lacks_room, file.lacks_room_since_ns) == (latest, 9)


def test_a_brief_file_begins_with_a_page_and_becomes_a_block(make, path):
    """What stands in the page, and is defined there, is that of the whole block."""
    file = make(is_brief=True)
    first = file.create(path, FIRST, must_reserve=True)
    assert isinstance(first, ShortBlock)
    assert path.read_bytes() == FIRST.ljust(PAGE_BYTES, b"\0")
    words = first.define("loss", 2)
    file.reserve_ahead(first)
    assert path.stat().st_size == PAGE_BYTES
    whole = file.after(first)
    assert file.after(first) is whole
    assert (whole.extent, whole.position) == (extent(0), first.position)
    assert whole.define("loss", 3) is words
    assert whole.define("accuracy", 3).number == words.number + 1
    with pytest.raises(ValueError, match="^$"):
        first.put(b"1234")
    whole.put(b"12345678")
    file.end_all(whole)
    data = path.read_bytes()
    assert data.startswith(FIRST)
    assert decode_trailer(data).used == len(data) - TRAILER_BYTES


def test_a_brief_file_of_one_page_is_cut_at_its_end(make, path):
    """Nothing of it waits for the disk."""
    file = make(is_brief=True)
    first = file.create(path, FIRST, must_reserve=True)
    assert file.is_one_page(first)
    file.end_all(first, syncs=False)
    data = path.read_bytes()
    assert len(data) == len(FIRST) + TRAILER_BYTES
    assert decode_trailer(data).used == len(FIRST)


def test_a_first_record_too_large_for_a_page_has_a_whole_block(make, path):
    """Of a run with a long description."""
    large = encode_general(Kind.START, 1, bytes(SHORT_BYTES))
    first = make(is_brief=True).create(path, large, must_reserve=True)
    assert not isinstance(first, ShortBlock)
    assert first.extent == extent(0)


def test_a_page_whose_rest_has_no_room_keeps_its_own_for_the_end(make, path, monkeypatch):
    """Nothing is copied to the file before there is room for all of it, and for last words."""
    file = make(is_brief=True)
    first = file.create(path, FIRST, must_reserve=True)
    monkeypatch.setattr("trialog._format.blocks.LAST_WORDS_END", 1 << 62)  # no disk has that
    held = file.after(first)
    monkeypatch.undo()
    assert isinstance(held, HeldBlock)
    assert file.lacks_room is not None
    assert held.position == held.flushed == len(FIRST)
    record = encode_general(Kind.PARAMETERS, 1, bytes(PAGE_BYTES))
    held.put(record)
    assert file.last_words_bytes(held) == PAGE_BYTES - len(FIRST)
    end = encode_general(Kind.END, 1, b"{}")
    assert file.write_last_words([end, record], held) == [True, False]
    assert path.read_bytes().rstrip(b"\0") == (FIRST + end).rstrip(b"\0")
    file.flush(held)
    assert file.last_words_bytes(held) == LAST_WORDS_BYTES
    assert path.read_bytes().startswith(FIRST + record)
