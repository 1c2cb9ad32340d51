"""What facts claim is checked before it is believed."""

from __future__ import annotations

import hashlib

import pytest

from trialog._format.checking import start_of
from trialog._format.decoding import Fact
from trialog._format.facts import encode_spilled
from trialog._format.folders import StoreFolder
from trialog._format.records import FORMAT_VERSION, Kind
from trialog._format.values import dump_json, load_json
from trialog._journals.payloads import digest_of, read_content, start_in
from trialog.errors import IntegrityError

START = {"writer": "w", "run": "r", "role": "run", "namespace": "a", "project": "b"}
ATTACHMENT = {
    "name": "x",
    "sha256": "0" * 64,
    "size_bytes": 1,
    "media_type": "text/plain",
    "filename": "x",
}


@pytest.fixture
def folder(tmp_path):
    return StoreFolder(tmp_path)


def fact(kind, content):
    payload = content if isinstance(content, bytes) else dump_json(content, "a fact")
    return Fact(0, kind, 1, payload)


@pytest.mark.parametrize(
    "kind, content",
    [
        (Kind.START, {}),
        (Kind.START, START | {"pid": "7"}),
        (Kind.START, START | {"created_ns": 2**70}),
        (Kind.START, START | {"tags": ["a", 1]}),
        (Kind.START, START | {"attempt": 1.5}),
        (Kind.START, START | {"format": "1"}),
        (Kind.VALUE, {"step": None}),
        (Kind.VALUE, {"values": [], "step": None}),
        (Kind.VALUE, {"values": {}, "step": 1.5}),
        (Kind.VALUE, {"values": {}, "step": True}),
        (Kind.VALUE, {"values": {}, "step": 2**64}),
        (Kind.VALUE, {"values": {}}),
        (Kind.ATTACHMENT, {}),
        (Kind.ATTACHMENT, ATTACHMENT | {"sha256": "../../../etc/passwd"}),
        (Kind.ATTACHMENT, ATTACHMENT | {"sha256": "A" * 64}),
        (Kind.ATTACHMENT, ATTACHMENT | {"size_bytes": -1}),
        (Kind.ATTACHMENT, ATTACHMENT | {"step": "1"}),
        (Kind.PARAMETERS, [1]),
        (Kind.PARAMETERS, b"not JSON"),
        (Kind.PARAMETERS, b'{"a":' * 500 + b"1" + b"}" * 500),
        (Kind.PARAMETERS, b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"),
        (Kind.EDIT, b'{"$int": 5}'),
        (Kind.EDIT, b'{"$blob": {"sha256": "../../secret"}}'),
        (Kind.EDIT, b'{"$blob": 3}'),
        (Kind.EDIT, b'{"$blob"'),
    ],
)
def test_other_shapes_are_refused(folder, kind, content):
    """With one kind of error, whatever is wrong."""
    with pytest.raises(ValueError):  # noqa: PT011 # any words
        read_content(fact(kind, content), folder)


@pytest.mark.parametrize("content", [ATTACHMENT, ATTACHMENT | {"step": 3, "codec": None}])
def test_what_writers_write_is_taken(folder, content):
    """Optional keys may be missing."""
    assert read_content(fact(Kind.ATTACHMENT, content), folder) == content


def test_a_large_payload_is_read_from_its_blob(folder):
    """The blob's bytes are checked, and its absence told."""
    data = dump_json({"lr": 0.1}, "a fact")
    digest = hashlib.sha256(data).hexdigest()
    spilled = fact(Kind.PARAMETERS, encode_spilled(digest, len(data)))
    assert digest_of(spilled) == digest
    with pytest.raises(IntegrityError, match="missing"):
        read_content(spilled, folder)
    folder.blob(digest).parent.mkdir(parents=True)
    folder.blob(digest).write_bytes(data)
    assert read_content(spilled, folder) == {"lr": 0.1}
    folder.blob(digest).write_bytes(data + b" ")
    with pytest.raises(IntegrityError, match="damaged"):
        read_content(spilled, folder)


def test_a_first_record_of_a_newer_format_keeps_what_is_understood():
    """Enough to say who wrote it, and that an upgrade is needed."""
    start = start_of({"format": FORMAT_VERSION + 1, "pid": "new", "trialog": "9.0", "new": 1})
    assert (start.format, start.pid, start.trialog) == (FORMAT_VERSION + 1, 0, "9.0")


@pytest.mark.parametrize("first", [None, fact(Kind.EDIT, START), fact(Kind.START, b"{")])
def test_what_is_no_first_record_is_none(folder, first):
    """Nothing there, something else, or not readable."""
    assert start_in(first, folder) is None


@pytest.mark.parametrize(
    "data",
    [
        b'{"$object": 3}',
        b'{"$float": []}',
        b'{"$int": 5}',
        b'{"$float": 1.5}',
        b'{"$int": "x"}',
        b'[{"$object": null}]',
        b"[" * 900 + b"]" * 900,
    ],
)
def test_tags_that_nobody_writes_are_a_value_error(data):
    """Foreign JSON never raises anything else."""
    try:
        load_json(data)
    except ValueError:
        return
    assert data.startswith(b"[[")  # deep, and read all the same
