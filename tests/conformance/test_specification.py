"""The tables of docs/reference/journal.md, compared with the code."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import struct
from pathlib import Path
from zlib import crc32

import pytest

import trialog
from trialog._format import blocks, facts, records, values
from trialog._format.encoding import encode_general, encode_name, encode_point, encode_points
from trialog._format.folders import STORE_VERSION, StoreFolder, make_id
from trialog._format.records import Kind
from trialog._journals.liveness import SILENCE_NS
from trialog._names import MAX_NAME_BYTES
from trialog._tracking import endings
from trialog._writing.journal import HEARTBEAT_NS

PAGE = "reference/journal.md"
TYPES = {"u32": "I", "i32": "i", "i64": "q", "f64": "d", "8 bytes": "d"}


@pytest.fixture
def table(page_table):
    return lambda name: page_table(PAGE, name)


def test_blocks_lie_where_the_page_says(table):
    """Every area of the file, and the rule for those after the table."""
    for area, offset, size in table("extents"):
        if area == "last words":
            assert (int(offset), int(size)) == (blocks.LAST_WORDS_START, blocks.LAST_WORDS_BYTES)
        elif "k" in area.split(",")[0].split()[1]:
            start, step = offset.split(" + (k − 4) × ")
            for k in (5, 6, 400):
                assert blocks.extent(k)[1:] == (int(start) + (k - 4) * int(step), int(size))
        else:
            assert blocks.extent(int(area.split()[1]))[1:] == (int(offset), int(size))


def test_the_trailer_is_what_the_page_says(table):
    """Places, magic number, and what the checksums cover."""
    found = blocks.encode_trailer(7, 9)
    at = {cells[0]: cells[2] for cells in table("trailer")}
    assert list(at) == ["−16", "−12", "−8", "−4"]
    assert len(found) == blocks.TRAILER_BYTES == 16
    assert struct.unpack("<4I", found) == (blocks.TRAILER_MAGIC, 7, 9, crc32(found[:12]))
    assert f"0x{blocks.TRAILER_MAGIC:08X}" in at["−16"]


def test_kinds_have_the_numbers_of_the_page(table):
    """All kinds, no others, each with the layout it has."""
    rows = table("kinds")
    assert {cells[1]: int(cells[0]) for cells in rows} == {kind.name: kind.value for kind in Kind}
    layouts = {cells[1]: cells[3] for cells in rows}
    for kind in Kind:
        if kind in records.POINT_KINDS:
            assert layouts[kind.name] == "2.1"
        elif kind in records.POINTS_KINDS:
            assert layouts[kind.name] == "2.2"
        elif kind in records.GENERAL_KINDS:
            assert layouts[kind.name] == "2.3"


@pytest.mark.parametrize(
    "name,code",
    [
        ("point", records.POINT),
        ("point-wide", struct.Struct(records.WIDE_HEAD.format + "dI")),
        ("points", records.POINTS_HEAD),
        ("points-wide", records.WIDE_HEAD),
        ("general", records.GENERAL_HEAD),
    ],
)
def test_layouts_have_the_offsets_and_types_of_the_page(table, name, code):
    """The fixed part of a layout is the struct the code packs, field by field."""
    fixed = [cells for cells in table(name) if cells[0].isdigit() and cells[1] in TYPES]
    layout = "<" + "".join(TYPES[type_] for _, type_, _ in fixed)
    assert layout == code.format
    offset = 0
    for at, type_, _ in fixed:
        assert int(at) == offset
        offset += struct.calcsize("<" + TYPES[type_])


def test_records_have_the_sizes_of_the_page():
    """28 and 36 bytes; 20 + 8m; 24 + 9m, padded, + 4; 12 + n, padded, + 4."""
    text = (Path(__file__).parents[2] / "docs" / PAGE).read_text(encoding="utf-8")
    assert "POINT and POINT_AUTO, 28 bytes" in text
    assert "POINT_WIDE, 36 bytes" in text
    assert "POINTS and POINTS_AUTO, 20 + 8*m* bytes" in text
    assert "POINTS_WIDE, 24 + 9*m* bytes, padding to a multiple of 4, and 4 bytes" in text
    assert (records.POINT_BYTES, records.WIDE_BYTES) == (28, 36)
    number = values.to_number(0.5)
    for m in range(1, 9):
        assert len(encode_points(0, [number] * m, 1, 2)) == 20 + 8 * m
        wide = 24 + 9 * m
        assert len(encode_points(0, [number] * m, 2**40, 2)) == wide + -wide % 4 + 4
        assert len(encode_general(Kind.EDIT, 1, b"x" * m)) == 12 + m + -(12 + m) % 4 + 4


def test_flags_types_and_limits_are_those_of_the_page(table):
    """Every number of the small tables."""
    assert {name: int(value) for name, value, _ in table("flags")} == {
        "AUTO": records.FLAG_AUTO,
        "CONTINUED": records.FLAG_CONTINUED,
    }
    assert records.FLAG_TYPE_SHIFT == 8
    formats = {"f64": "<d", "i64": "<q", "u64": "<Q"}
    for _, number, bytes_ in table("types"):
        assert records.VALUE_STRUCTS[int(number)].format == formats[bytes_]
    payload, number, name, _ = (int(value) for _, value in table("limits"))
    assert payload == records.MAX_PAYLOAD_BYTES
    assert number == records.MAX_NUMBER
    assert name == MAX_NAME_BYTES
    assert (SILENCE_NS, HEARTBEAT_NS) == (600 * 10**9, 10 * 10**9)


def test_tags_are_those_of_the_page(table):
    """Each tagged form of the table is read as the page says, and written so."""
    written = [json.loads(form) for cells in table("tags") for form in cells[0][1:-1].split("`, `")]
    nan, plus, minus, big, hexadecimal, negative, plain = written
    assert math.isnan(values.load_json(json.dumps(nan).encode()))
    for tag, value in ((plus, math.inf), (minus, -math.inf), (big, 2**65)):
        assert json.loads(values.dump_json(value, "x")) == tag
        assert values.load_json(json.dumps(tag).encode()) == value
    assert values.load_json(json.dumps([hexadecimal, negative]).encode()) == [31, -31]
    assert json.loads(values.dump_json(1 << 10_000, "x"))["$int"].startswith("0x")
    assert values.load_json(json.dumps(plain).encode()) == {"$float": "NaN"}
    assert json.loads(values.dump_json({"$float": "NaN"}, "x")) == plain


@pytest.mark.parametrize(
    "name,payload",
    [
        ("START", facts.Start),
        ("ATTACHMENT", facts.Attachment),
        ("CONSOLE", facts.Console),
        ("ALERT", facts.Alert),
        ("WITNESSED", facts.Witnessed),
        ("CANCEL", facts.Cancel),
        ("SOLVE", facts.Solve),
        ("COMMIT", facts.Commit),
        ("VIEW", facts.SavedView),
        ("END", facts.End),
    ],
)
def test_payloads_have_the_keys_and_defaults_of_the_page(table, name, payload):
    """Every key, and the value it has where it is left out."""
    documented = {}
    for keys, *_, default in table(name):
        for key in keys.split(", "):
            documented[key.strip("`")] = default.strip("`")
    written = {}
    for each in dataclasses.fields(payload):
        default = each.default
        if each.default_factory is not dataclasses.MISSING:
            default = each.default_factory()
        written[each.name] = "" if default is dataclasses.MISSING else json.dumps(default)
    assert documented == written


def test_exceptions_have_the_keys_and_bounds_of_the_page(table):
    """Type, message and traceback, bounded."""
    error = ValueError("x" * 10_000)
    described = endings.describe(error)
    assert [cells[0].strip("`") for cells in table("exception")] == list(described)
    assert len(described["message"]) == 2000
    assert len(described["traceback"]) < 8100


def test_ids_and_store_paths_are_those_of_the_page(table, store):
    """Where the files of a real store lie."""
    with trialog.init("acme", "demo", name="first") as run:
        run.log_attachment("a", "text/plain", b"bytes")
    run_id = run.id
    patterns = {cells[0].strip("`") for cells in table("store")}
    digest = hashlib.sha256(b"first").hexdigest()
    project = store / "namespaces/acme/demo"
    assert (project / "names" / digest[:2] / digest[2:34]).read_text() == run_id
    assert len(list((project / "project").glob("*.journal"))) == 1
    day = trialog.get_run(run_id).date_created.strftime("%Y-%m-%d")
    assert len(list((project / "runs" / day / run_id).glob("*.journal"))) == 1
    assert not list((project / "open").iterdir())
    description = json.loads((store / "store.json").read_text())
    assert description.keys() == {"format", "id", "created_ns"}
    assert description["format"] == STORE_VERSION
    assert f'{{"format": {STORE_VERSION}, "id": "<uuid>", "created_ns": …}}' in str(table("store"))
    assert make_id(0, b"\xff" * 10) == "0" * 10 + "z" * 16
    assert StoreFolder(store).catalog.name in patterns
    assert {"blobs/sha256/<2 digits>/<64 digits>", "segments/<name>.parquet"} <= patterns


def test_a_name_and_its_point_are_the_bytes_that_the_page_describes():
    """Spelt out by hand once: a definition and the point that uses it."""
    assert encode_name(5, "é", 7) == b"".join(
        [
            struct.pack("<Iq", 6 << 8 | 16, 7),
            struct.pack("<I", 5) + "é".encode(),
            b"\0\0",
            struct.pack("<I", crc32(encode_name(5, "é", 7)[:-4])),
        ]
    )
    word = 5 << 8 | 1
    assert encode_point(5, values.to_number(0.5), -2, 9) == struct.pack(
        "<IiqdI", word, -2, 9, 0.5, word
    )
