"""Whatever the bytes of a journal are, readers go on: they report damage and read the rest."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trialog
from trialog._format.blocks import extents
from trialog._format.encoding import (
    encode_general,
    encode_name,
    encode_point,
    encode_points,
    encode_template,
)
from trialog._format.records import Kind
from trialog._format.values import Number, dump_json, to_number
from trialog._reading.catalogs import catalog_of
from trialog.errors import IntegrityError, NotFoundError

pytestmark = pytest.mark.timeout(300)
FUZZ = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ENDINGS = st.sampled_from(["finish", "kill"])


def read_everything(home):
    """Ask every question; damage may make content vanish, never a reader fail."""
    runs = trialog.runs()
    runs.comparison_df(), runs.parameters_df(), runs.summary_df()
    runs.metrics_df(), runs.metrics_df(wide=True)
    found = {}
    for listed in runs:
        run = trialog.get_run(listed.id)
        assert run.status is not None
        for name in run.metrics:
            found[name] = run.metric(name)
        for read in (
            lambda run=run: run.parameters,
            lambda run=run: run.summary,
            lambda run=run: run.values("note"),
            lambda run=run: run.get_json("table"),
            lambda run=run: [run.get_attachment(name) for name in run.attachments],
            lambda run=run: run.parameter_history("lr"),
        ):
            with contextlib.suppress(NotFoundError, IntegrityError):
                read()
        assert trialog.fetch_run_info(run.id) is not None
    return found, catalog_of(home).verify()


def exact(values):
    return [struct.pack("<d", value) if isinstance(value, float) else value for value in values]


@st.composite
def mutations(draw):
    """Ways to change a journal's bytes: each takes and gives bytes."""
    kind = draw(st.sampled_from(["flip", "cut", "zero", "swap", "insert", "grow"]))
    at, size = draw(st.floats(0, 1)), draw(st.integers(1, 60_000))
    junk = draw(st.binary(min_size=1, max_size=40))
    return kind, at, size, junk


def mutate(data: bytes, mutation) -> bytes:
    kind, where, size, junk = mutation
    at = int(where * (len(data) - 1)) if data else 0
    if kind == "flip":
        changed = bytearray(data)
        for offset, byte in enumerate(junk, at):
            if offset < len(changed):
                changed[offset] ^= byte
        return bytes(changed)
    if kind == "cut":
        return data[:at]
    if kind == "zero":
        return data[:at] + bytes(min(size, len(data) - at)) + data[at + size :]
    if kind == "insert":
        return data[:at] + junk + data[at:]
    if kind == "grow":
        return data + bytes(size) + junk
    pieces = [data[block.start : block.stop] for block in extents(len(data))]
    return b"".join(reversed(pieces))


@FUZZ
@given(ENDINGS, st.lists(mutations(), min_size=1, max_size=4))
def test_no_change_of_bytes_stops_a_reader(samples, ending, changes):
    """Flips, cuts, holes, insertions, swapped blocks: every question has an answer."""
    sample = samples[ending]
    data = sample.data
    for change in changes:
        data = mutate(data, change)
    with sample.changed(data) as home:
        read_everything(home)


@FUZZ
@given(st.binary(max_size=200_000))
def test_arbitrary_bytes_stop_no_reader(samples, data):
    """A file that is no journal at all is reported."""
    with samples["finish"].changed(data) as home:
        _, verification = read_everything(home)
    if any(data):
        assert not verification.is_sound


@FUZZ
@given(ENDINGS, st.data())
def test_a_flip_in_a_closed_block_is_found_and_nothing_wrong_is_read(samples, ending, data):
    """The other blocks are read; what is read is what was written."""
    sample = samples[ending]
    closed = sample.data if ending == "finish" else sample.data[:49_152]
    at = data.draw(
        st.integers(0, len(closed) - 1).filter(lambda at: not 49_152 <= at < 65_536), label="at"
    )
    bit = data.draw(st.integers(0, 7), label="bit")
    good = sample.read(read_everything)
    changed = bytearray(sample.data)
    changed[at] ^= 1 << bit
    with sample.changed(bytes(changed)) as home:
        found, verification = read_everything(home)
        assert not verification.is_sound
        (run,) = trialog.runs()
        assert run.damages
        for name, frame in found.items():
            written = exact(good[name]["value"])
            read = iter(written)
            assert all(value in read for value in exact(frame["value"]))  # in order, none invented


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
WORDS = (
    "writer run role namespace project name status tags attempt created_ns pid boot host format "
    "values step continued sha256 size_bytes media_type filename codec add_tags remove_tags "
    "description deleted by missing missing_since_ns since_ns reason exception exit_code "
    "$blob $int $float $object"
)
KEYS = st.sampled_from(WORDS.split())
FACTS = st.sampled_from(
    [kind for kind in Kind if Kind.START <= kind < Kind.TRAILER] + [Kind.NAME, Kind.TEMPLATE]
)
TIMES = st.integers(-(2**63), 2**63 - 1)
NUMBERS = (st.integers(-(2**63), 2**64 - 1) | st.floats()).map(to_number)


@st.composite
def sealed_records(draw):
    """Records that an insane program wrote: good checksums around nonsense."""
    shape = draw(st.sampled_from(["bytes", "json", "name", "template", "point", "points"]))
    number, time_ns = draw(st.integers(0, 3)), draw(TIMES)
    step = draw(st.none() | st.integers(-(2**63), 2**63 - 1))
    continued = draw(st.booleans())
    if shape == "bytes":
        return encode_general(draw(FACTS), time_ns, draw(st.binary(max_size=60)))
    if shape == "json":
        content = draw(st.dictionaries(KEYS, JSON, max_size=8) | JSON)
        return encode_general(draw(FACTS), time_ns, dump_json(content, "nonsense"))
    if shape == "name":
        return encode_name(number, draw(st.text(max_size=3)), time_ns)
    if shape == "template":
        return encode_template(number, draw(st.lists(st.integers(0, 4), max_size=4)), time_ns)
    if shape == "point":
        return encode_point(number, draw(NUMBERS), step, time_ns, continued=continued)
    values: list[Number] = draw(st.lists(NUMBERS, max_size=4))
    return encode_points(number, values, step, time_ns, continued=continued)


@settings(FUZZ, max_examples=150)
@given(st.booleans(), st.lists(sealed_records(), max_size=12))
def test_nonsense_with_good_checksums_stops_no_reader(samples, is_beginning, records):
    """A payload of another shape, a name that nobody defined, a step beyond all bounds."""
    sample = samples["finish"]
    nonsense = b"".join(records)
    head = 0 if is_beginning else int.from_bytes(sample.data[1:4], "little") + 20 & ~3
    with sample.changed(sample.data[:head] + nonsense + bytes(64)) as home:
        read_everything(home)


@pytest.mark.parametrize("ending", ["finish", "kill"])
def test_a_journal_cut_anywhere_is_read_up_to_there(samples, ending):
    """Truncation loses what is behind the cut, and nothing before it but a closed block's rest."""
    sample = samples[ending]
    before = -1
    for size in [*range(0, 49_152, 3_001), *range(49_152, len(sample.data), 7_001)]:
        with sample.changed(sample.data[:size]) as home:
            found, _ = read_everything(home)
            count = len(found.get("loss", ()))
            assert count >= before
            before = count
    assert before > 2_500
