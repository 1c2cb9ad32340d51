"""Steps that were left out: one more than the highest so far of the names in the call."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trialog
from trialog._catalog import queries
from trialog._filters import RunFilter
from trialog._format.blocks import Extent
from trialog._format.columns import calls
from trialog._format.decoding import events, index_block
from trialog._format.encoding import encode_name, encode_point, encode_points, encode_template
from trialog._format.records import MAX_STEP, Kind
from trialog._format.values import to_number
from trialog._journals.journals import with_next
from trialog._journals.numbering import STRETCHES, CallCutError, Numbering

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


def number_plainly(stretches):
    """The rule, call by call, as the page says it."""
    calls_of_all = [(number, call) for number, part in enumerate(stretches) for call in part]
    whole = [list(call.names) for _, call in calls_of_all]
    first_of = {}
    for place, (number, call) in enumerate(calls_of_all):
        if not call.continued or call.step is not None:
            continue
        for before in reversed(range(place)):
            its_number, other = calls_of_all[before]
            if other.time_ns == call.time_ns and not other.continued:
                first_of[place] = before
                if number - its_number <= 1:
                    whole[before] += call.names
                break
    highest, steps = {}, []
    for place, (_, call) in enumerate(calls_of_all):
        step = call.step
        if place in first_of:
            step = steps[first_of[place]]
        elif step is None:
            met = [highest[name] for name in whole[place] if name in highest]
            step = min(max(met) + 1, MAX_STEP) if met else 0
        for name in call.names:
            highest[name] = max(step, highest.get(name, step))
        steps.append(step)
    offsets = [call.offset for _, call in calls_of_all]
    return list(zip(offsets, steps, strict=True)), highest


def indexed(parts):
    """The parts of a journal as blocks."""
    start, found = 0, []
    for part in parts:
        data = DEFINITIONS + b"".join(map(encode, part))
        found.append(index_block(data, Extent(0, start, len(data)), is_settled=True))
        start += len(data)
    return found


def steps_of(groups):
    return [
        (int(offset), int(step))
        for group in groups
        for offset, step in zip(group.offsets, group.steps, strict=True)
    ]


PARTS = st.lists(st.lists(RECORDS, max_size=12), min_size=1, max_size=4)


@given(PARTS)
def test_numbering_in_arrays_is_numbering_call_by_call(parts):
    """However the calls are grouped, and in how many blocks they stand."""
    numbering, found = Numbering(), []
    blocks = indexed(parts)
    for index, after in with_next(blocks):
        groups = calls(index)
        numbering.assign(groups, None if after is None else calls(after))
        found += steps_of(groups)
    steps, highest = number_plainly([list(events(index)) for index in blocks])
    assert sorted(found) == steps
    assert numbering.highest == highest


@given(PARTS, st.booleans())
def test_reading_in_pieces_numbers_alike_or_says_that_it_cannot(parts, is_forgotten):
    """A call of which half was read is found out, by whoever reads on."""
    numbering, found = Numbering(), []
    blocks = indexed(told_apart(parts))
    for index in blocks:
        groups = calls(index)
        try:
            numbering.assign(groups)
        except CallCutError:
            return
        found += steps_of(groups)
        if is_forgotten:
            known = numbering.highest, numbering.call_ns, numbering.call_step
            numbering = Numbering(*known, unknown=STRETCHES)
    assert sorted(found) == number_plainly([list(events(index)) for index in blocks])[0]


def told_apart(parts):
    """The same records, those that begin a call each at a time of its own.

    All records of a call say the same of its step: no writer mixes them.
    """
    begun, found, said = 0, [], {}
    for part in parts:
        found.append([])
        for is_point, number, step, back, continued in part:
            begun += not continued
            time_ns = max(begun - back + 1, 0) if continued else begun
            of_call = said.setdefault(time_ns, step)
            found[-1].append((is_point, number, of_call, time_ns, continued))
    return found


VALUE = {"values": {"t": "y"}, "step": None, "continued": True}


def numbered(handmade):
    """The steps of the points and JSON values, as the catalog says."""
    catalog = handmade.open()
    catalog.refresh()
    (row,) = catalog.ask(queries.find_runs, RunFilter())
    ((_, stretches),) = catalog.points([row.key], ["a"])
    values = catalog.ask(queries.json_values, row.key, "t")
    catalog.close()
    return stretches["a"].steps.tolist(), [value.step for value in values]


@pytest.mark.parametrize("others", [0, 5])
def test_a_call_that_was_read_in_half_is_numbered_again(handmade, others):
    """Live and rebuilt agree, also where records of other threads stand between the halves."""
    zero, time_ns = to_number(0.0), handmade.now_ns
    value = handmade.fact(Kind.VALUE, {"values": {"t": "x"}, "step": 100, "continued": False})
    data = handmade.start() + encode_name(0, "a", 1) + encode_name(1, "noise", 1) + value
    data += encode_point(0, zero, None, time_ns + 1)
    data += b"".join(encode_point(1, zero, None, time_ns + 2 + each) for each in range(others))
    handmade.write(data)
    assert numbered(handmade) == ([0], [100])
    handmade.write(data + handmade.fact(Kind.VALUE, VALUE, time_ns + 1))
    assert numbered(handmade) == ([101], [100, 101])
    for cache in handmade.store.path.glob("catalog.db*"):
        cache.unlink()
    assert numbered(handmade) == ([101], [100, 101])


def test_a_continued_record_whose_beginning_was_lost_is_a_call_of_its_own(handmade):
    """As on a full disk, where points are dropped; reading it ends."""
    handmade.write(handmade.start() + handmade.points([1.0], "a"))
    numbered(handmade)
    late = handmade.fact(Kind.VALUE, VALUE, handmade.now_ns + 7)
    handmade.write(handmade.start() + handmade.points([1.0], "a") + late)
    assert numbered(handmade) == ([0], [0])


def test_all_names_of_a_mapping_count():
    """Numbers and JSON values of one call have one step, and so have a thousand names."""
    wide = {f"m{number}/{'x' * 900}": float(number) for number in range(60)}
    last = list(wide)[-1]
    with trialog.init("acme", "demo") as run:
        run.log({"t": "x"}, step=100)
        run.log({"a": 1.0, "t": "y"})
        run.log(last, 0.0, 500)
        run.log(wide)
    kept = trialog.get_run(run.id)
    assert kept.metric("a")["step"].tolist() == [101]
    assert [moment.step for moment in kept.values("t")] == [100, 101]
    assert {tuple(kept.metric(name)["step"])[-1] for name in wide} == {501}


def test_another_thread_may_log_between_the_parts_of_a_call():
    """Large values are stored before their record is: there is much time for others."""
    is_over = threading.Event()
    with trialog.init("acme", "demo") as run:

        def log_on():
            while not is_over.is_set():
                run.log("noise", 1.0)

        thread = threading.Thread(target=log_on)
        thread.start()
        for number in range(10):
            run.log("loss", 0.0)
            run.log({"loss": float(number), "table": [f"row {number}"] * 8000})
        is_over.set()
        thread.join()
    kept = trialog.get_run(run.id)
    steps = kept.metric("loss")["step"].tolist()
    assert steps == list(range(20))
    assert [moment.step for moment in kept.values("table")] == steps[1::2]
