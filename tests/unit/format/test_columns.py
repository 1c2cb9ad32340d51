"""The decoder of readers gives what the pure decoder gives, as arrays."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._format.blocks import extent
from trialog._format.columns import calls
from trialog._format.decoding import Call, events, index_block
from trialog._format.encoding import encode_name, encode_point
from trialog._format.values import to_number


def as_records(group):
    """The calls of one group as the pure decoder would give them."""
    for row, offset in enumerate(group.offsets.tolist()):
        values = tuple(
            group.exact.get((row, column), value)
            for column, value in enumerate(group.values[row].tolist())
        )
        yield Call(
            offset,
            group.times_ns[row].item(),
            group.names,
            values,
            None if group.is_auto[row] else group.steps[row].item(),
            bool(group.is_continued[row]),
        )


@settings(deadline=None)
@given(st.data())
def test_arrays_hold_what_the_pure_decoder_finds(made_blocks, bitwise, data):
    """Of any block: every call, its step, time and values, bit for bit."""
    index = data.draw(made_blocks).index()
    groups = calls(index)
    found = [call for group in groups for call in as_records(group)]
    expected = [record for record in events(index) if isinstance(record, Call)]
    assert bitwise(sorted(found, key=lambda call: call.offset)) == bitwise(expected)


@settings(deadline=None)
@given(st.data())
def test_groups_are_alike_and_in_order(made_blocks, data):
    """One group for each first word; offsets ascend, shapes agree, exact integers are near."""
    index = data.draw(made_blocks).index()
    groups = calls(index)
    assert len(groups) == len(index.points)
    for group in groups:
        count = len(group.offsets)
        assert group.offsets.tolist() == sorted(set(group.offsets.tolist()))
        assert group.values.shape == (count, len(group.names))
        for column in (group.steps, group.is_auto, group.is_continued, group.times_ns):
            assert column.shape == (count,)
        assert all(not group.steps[row] for row in group.is_auto.nonzero()[0])
        for place, number in group.exact.items():
            assert group.values[place] == float(number)


def test_arrays_outlive_the_block():
    """They are copies: a reader lets go of the file's bytes."""
    data = bytearray(encode_name(0, "x", 1) + encode_point(0, to_number(0.5), 3, 9))
    (group,) = calls(index_block(data, extent(0), is_settled=True))
    data[:] = bytes(len(data))
    assert (group.steps.tolist(), group.times_ns.tolist()) == ([3], [9])
    assert group.values.tolist() == [[0.5]]
