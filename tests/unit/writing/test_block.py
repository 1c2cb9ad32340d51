"""A block takes whole records until it is full or sealed."""

from __future__ import annotations

import mmap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._format.blocks import TRAILER_BYTES, Extent, extent
from trialog._format.decoding import events, index_block
from trialog._format.encoding import encode_general, encode_point, encode_points
from trialog._format.records import Kind, make_word
from trialog._format.values import to_number
from trialog._writing.block import (
    Block,
    BlockFullError,
    BufferedBlock,
    DroppingBlock,
    MappedBlock,
    ShutBlock,
)

HALF, EXACT = to_number(0.5), to_number(2**60)
SMALL = Extent(1, 65_536, 4096)


def plain_block(size=4096):
    return Block(Extent(1, 65_536, size + TRAILER_BYTES), mmap.mmap(-1, size))


@settings(deadline=None)
@given(st.lists(st.integers(1, 1500), max_size=9))
def test_records_are_taken_whole_or_not_at_all(sizes):
    """One that does not fit leaves the block as it was, and a smaller one may still fit."""
    block, taken = plain_block(), b""
    for number, size in enumerate(sizes):
        record = bytes([number + 1]) * size
        if len(taken) + size <= 4096:
            block.put(record)
            taken += record
        else:
            with pytest.raises(BlockFullError):
                block.put(record)
            with pytest.raises(ValueError, match="out of range"):
                block.write(record)
        assert block.position == len(taken)
    assert bytes(block.memory()) == taken.ljust(4096, b"\0")


def test_a_sealed_block_takes_nothing_more():
    """Not a byte; how much it holds stays as it was, however often it is sealed."""
    block = plain_block()
    block.put(b"1234")
    assert block.seal() == block.seal() == block.position == 4
    with pytest.raises(BlockFullError):
        block.put(b"5")
    assert block.refused(ValueError(), 1)


def test_an_error_that_came_through_a_handler_is_no_refusal():
    """A signal handler's ValueError looks the same, and came from another frame."""
    block = plain_block()

    def handler():
        raise ValueError("from a handler")

    with pytest.raises(ValueError, match="from a handler") as caught:
        handler()
    assert not block.refused(caught.value, 10_000)
    assert not block.refused(ValueError(), 1)
    assert block.refused(ValueError(), 10_000)


def test_a_name_is_defined_once():
    """Its words are the first of its points, with step and without."""
    block = plain_block()
    loss = block.define("loss", 1)
    position = block.position
    assert block.define("loss", 2) is loss
    assert block.position == position
    assert loss == (0, make_word(Kind.POINT, 0), make_word(Kind.POINT_AUTO, 0))
    assert block.define("acc", 3).number == 1


def test_a_template_defines_its_names():
    """What it packs is read back as one call of them."""
    block = plain_block()
    template = block.define_template(("loss", "acc"), 1)
    assert block.define_template(("loss", "acc"), 2) is template
    record = encode_points(template.number, [HALF, HALF], 3, 9)
    assert template.pack(template.stepped, 3, 9, 0.5, 0.5) == record[:-4]
    block.put(record)
    index = index_block(block.memory()[: block.position], SMALL, is_settled=True)
    (call,) = events(index)
    assert (call.names, call.values, call.step) == (("loss", "acc"), (0.5, 0.5), 3)


def test_a_name_that_does_not_fit_is_not_defined():
    """It is tried again in the next block."""
    block = plain_block(64)
    with pytest.raises(BlockFullError):
        block.define("x" * 64, 1)
    assert (block.words, block.position) == ({}, 0)


def test_a_mapped_block_is_the_file(tmp_path):
    """What is written stands in the file at once, its space reserved."""
    with (tmp_path / "file").open("w+b") as file:
        block = MappedBlock.reserve(file.fileno(), extent(1))
        block.put(b"record")
        assert (tmp_path / "file").stat().st_size == extent(1).stop
        file.seek(extent(1).start)
        assert file.read(8) == b"record\0\0"
        block.close()


def test_a_buffered_block_is_copied_piece_by_piece(tmp_path):
    """Only what is new, and what no disk has taken is counted."""
    block = BufferedBlock(SMALL)
    number = block.define("loss", 1).number
    block.put(encode_point(number, HALF, 1, 1))
    block.put(encode_general(Kind.EDIT, 1, b"{}"))
    points, facts = block.unwritten()
    assert (points, [fact.payload for fact in facts]) == (1, [b"{}"])
    with (tmp_path / "file").open("w+b") as file:
        block.flush(file.fileno())
        assert block.unwritten() == (0, [])
        block.put(encode_point(number, HALF, 2, 1))
        assert block.unwritten() == (1, [])
        assert block.flushed < block.position
        block.flush(file.fileno())
        file.seek(SMALL.start)
        index = index_block(file.read(), SMALL, is_settled=True)
    assert [event.step for event in events(index) if hasattr(event, "step")] == [1, 2]
    assert block.unwritten() == (0, [])
    block.close()


def test_a_shut_block_refuses_everything():
    """As a full one does, so that the writer looks for the next."""
    block = ShutBlock(3)
    for call in (
        lambda: block.write(b"x"),
        lambda: block.put(b"x"),
        lambda: block.define("loss", 1),
        lambda: block.define_template(("loss",), 1),
    ):
        with pytest.raises(BlockFullError) as caught:
            call()
        assert block.refused(caught.value, 1)
    assert block.extent.number == 3


@pytest.mark.parametrize(
    "record,missing",
    [
        (encode_point(0, HALF, 1, 1), 1),
        (encode_point(0, HALF, None, 1), 1),
        (encode_point(0, EXACT, 1, 1), 1),
        (encode_general(Kind.EDIT, 1, b"{}"), 0),
        *((encode_points(0, [HALF] * count, 1, 1), count) for count in (1, 2, 3, 20)),
        *((encode_points(0, [HALF] * count, None, 1), count) for count in (1, 7)),
        *((encode_points(0, [EXACT] * count, 1, 1), count) for count in (1, 2, 3, 4, 5, 20)),
    ],
)
def test_a_dropping_block_counts_what_it_drops(record, missing):
    """Points are counted, whatever record they are in; facts are kept elsewhere."""
    block = DroppingBlock(5, 77)
    block.write(record)
    block.put(record)
    assert block.missing == 2 * missing
    assert (block.since_ns, block.extent.number) == (77, 5)


def test_a_dropping_block_has_words_for_all():
    """A call goes its ordinary way and costs no memory."""
    block = DroppingBlock(0, 0)
    block.define("loss", 1)
    template = block.define_template(("loss", "acc"), 1)
    assert (block.words, block.templates) == ({}, {})
    assert len(template.pack(template.auto, 0, 1, 0.5, 0.5)) == 32
