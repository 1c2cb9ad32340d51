"""Payloads of facts: dataclasses to JSON and back, and the ones that became blobs."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialog._format.facts import (
    SYNCED,
    Attachment,
    End,
    Start,
    encode_spilled,
    spilled_to,
)
from trialog._format.records import FORMAT_VERSION, MAX_PAYLOAD_BYTES
from trialog._format.values import MAX_SIGNED, dump_json

TEXT = st.text(max_size=8)
WHOLE = st.integers(0, MAX_SIGNED)
PAYLOADS = st.one_of(
    st.builds(
        Start,
        writer=TEXT,
        run=TEXT,
        role=st.sampled_from(["run", "attach", "fork", "edit", "project"]),
        namespace=TEXT,
        project=TEXT,
        name=TEXT,
        description=st.none() | TEXT,
        tags=st.lists(TEXT, max_size=3),
        attempt=st.integers(1, 9),
        created_ns=WHOLE,
        pid=WHOLE,
    ),
    st.builds(
        Attachment,
        name=TEXT,
        sha256=TEXT,
        size_bytes=WHOLE,
        media_type=TEXT,
        filename=TEXT,
        step=st.none() | st.integers(-(2**63), MAX_SIGNED),
        codec=st.none() | TEXT,
    ),
    st.builds(
        End,
        status=TEXT,
        reason=st.none() | TEXT,
        exception=st.none() | st.dictionaries(TEXT, TEXT, max_size=3),
        exit_code=st.none() | st.integers(),
        missing=WHOLE,
    ),
)


@settings(deadline=None)
@given(PAYLOADS)
def test_payloads_come_back_equal(payload):
    """Of every kind, whatever stands in them."""
    assert type(payload).decode(payload.encode()) == payload


def test_keys_of_later_versions_are_ignored():
    """And what an earlier version did not write has its default."""
    content = {"status": "FAILED", "mood": "bad", "reason": "because"}
    assert End.from_json(content) == End(status="FAILED", reason="because")


def test_a_start_says_which_format_follows():
    """A reader of another version can tell before it reads on."""
    start = Start(writer="w", run="r", role="run", namespace="n", project="p")
    assert orjson.loads(start.encode())["format"] == FORMAT_VERSION


@settings(deadline=None)
@given(
    st.integers(300, MAX_PAYLOAD_BYTES),
    st.text(max_size=50),
    st.sampled_from(["reason", "message", "traceback"]),
)
def test_an_end_fits_whatever_was_said(limit_bytes, text, longest):
    """Long texts are shortened: the end record always finds room, and keeps its status."""
    texts = dict.fromkeys(["reason", "message", "traceback"], text)
    texts[longest] = "begin " + "é\n" * 20_000 + " end"
    reason = texts.pop("reason")
    end = End(status="CRASHED", reason=reason, exception={"type": "ValueError", **texts})
    payload = end.encode_within(limit_bytes)
    assert len(payload) <= limit_bytes
    kept = End.decode(payload)
    assert (kept.status, kept.exception["type"]) == ("CRASHED", "ValueError")
    assert reason.startswith(kept.reason)
    assert texts["message"].startswith(kept.exception["message"])
    assert texts["traceback"].endswith(kept.exception["traceback"])


def test_an_end_that_fits_is_left_alone():
    """Nothing is shortened without need."""
    end = End(status="FAILED", reason="r" * 1000, exception={"traceback": "t" * 1000})
    assert end.encode_within(MAX_PAYLOAD_BYTES) == end.encode()


def test_a_blob_stands_for_a_payload():
    """Its digest is found again."""
    assert spilled_to(encode_spilled("ab" * 32, 5)) == "ab" * 32


@pytest.mark.parametrize(
    "content",
    [
        {"$blob": {"sha256": "ab", "size_bytes": 5}},
        {"$blob": 1, "other": 2},
        {"$blob": None},
        {"values": {"$blob": {"sha256": "ab"}}},
        {"$object": {"$blob": 1}},
        {},
        {"lr": 0.1},
    ],
)
def test_what_a_user_calls_a_blob_is_none(content):
    """No value of a user's is mistaken for one that lies elsewhere."""
    assert spilled_to(dump_json(content, "it")) is None


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_a_synced_mark_holds_any_offset(offset):
    """Eight bytes, unsigned."""
    assert SYNCED.unpack(SYNCED.pack(offset)) == (offset,)
    assert SYNCED.size == 8
