"""Steps that were left out: one more than the highest so far of the names in the call."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from trialog._catalog.numbering import Numbering
from trialog._format.blocks import Extent
from trialog._format.columns import calls
from trialog._format.decoding import events, index_block
from trialog._format.encoding import encode_name, encode_point, encode_points, encode_template
from trialog._format.records import MAX_STEP
from trialog._format.values import to_number

NAMES = ("a", "b", "c", "d")
TEMPLATES = ((0,), (0, 1), (1, 2), (2, 3, 0))
DEFINITIONS = b"".join(
    encode_name(number, name, 0) for number, name in enumerate(NAMES)
) + b"".join(encode_template(number, names, 0) for number, names in enumerate(TEMPLATES))
STEPS = st.none() | st.integers(-3, 6) | st.sampled_from([MAX_STEP, -MAX_STEP])
RECORDS = st.tuples(st.booleans(), st.integers(0, 3), STEPS, st.integers(1, 3), st.booleans())


def encode(record):
    is_point, number, step, time_ns, continued = record
    value = to_number(0.5)
    if is_point:
        return encode_point(number, value, step, time_ns, continued=continued)
    values = [value] * len(TEMPLATES[number])
    return encode_points(number, values, step, time_ns, continued=continued)


def number_plainly(records):
    """The rule, call by call, as the page says it."""
    highest, before, steps = {}, (None, 0), []
    for call in records:
        if call.continued and call.time_ns == before[0]:
            step = before[1]
        elif call.step is not None:
            step = call.step
        else:
            met = [highest[name] for name in call.names if name in highest]
            step = min(max(met) + 1, MAX_STEP) if met else 0
        for name in call.names:
            highest[name] = max(step, highest.get(name, step))
        before = call.time_ns, step
        steps.append((call.offset, step))
    return steps, highest


@given(st.lists(RECORDS, max_size=30), st.integers(0, 30))
def test_numbering_in_arrays_is_numbering_call_by_call(records, split):
    """However the calls are grouped, and wherever reading stopped in between."""
    numbering, found = Numbering(), []
    start = 0
    plain = []
    for part in (records[:split], records[split:]):
        data = DEFINITIONS + b"".join(map(encode, part))
        index = index_block(data, Extent(0, start, len(data)), is_settled=True)
        start += len(data)
        plain += events(index)
        groups = calls(index)
        numbering.assign(groups)
        found += [
            (int(offset), int(step))
            for group in groups
            for offset, step in zip(group.offsets, group.steps, strict=True)
        ]
    steps, highest = number_plainly(plain)
    assert sorted(found) == steps
    assert numbering.highest == highest
