"""The power fails: of an unclosed block counts what is known to have reached the disk, no more."""

from __future__ import annotations

import struct
import time
from zlib import crc32

import pytest

import trialog
from trialog._format.blocks import decode_trailer, extents
from trialog._format.decoding import Fact, events, index_block
from trialog._format.facts import SYNCED, Start
from trialog._format.records import GENERAL_HEAD, Kind

KILLED = """
    import os, signal, sys, time, trialog
    from pathlib import Path
    run = trialog.init("p", name="r")
    for step in range({before}): run.log("x", float(step), step)
    time.sleep(1.3)  # two syncs
    for step in range({before}, {before} + {after}): run.log("x", float(step), step)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def just_started(monkeypatch):
    """This machine has been started a moment ago: whatever is in the store is older."""
    monkeypatch.setattr(time, "clock_gettime_ns", lambda _: 0)


def after_a_reboot(path):
    """The journal as another boot of this machine finds it: its boot id is not this one's."""
    data = bytearray(path.read_bytes())
    first = next(events(index_block(data[: 1 << 15], next(extents(1 << 15)), is_settled=False)))
    boot = Start.decode(first.payload).boot
    assert len(boot) == 36
    other = boot[::-1].encode() if boot != boot[::-1] else b"0" * 36
    size = GENERAL_HEAD.size + len(first.payload)
    data[:size] = bytes(data[:size]).replace(boot.encode(), other)
    end = size + -size % 4
    data[end : end + 4] = struct.pack("<I", crc32(data[:end]))
    path.write_bytes(data)
    return data


def marks(records):
    """Up to where each mark says that the file is on the disk."""
    return [
        SYNCED.unpack(record.payload)[0]
        for record in records
        if isinstance(record, Fact) and record.kind is Kind.SYNCED
    ]


def steps_within(data, limit):
    """The steps of the closed blocks, and of the unclosed one up to a place in the file."""
    found = []
    for extent in extents(len(data)):
        region = data[extent.start : extent.stop]
        closed = decode_trailer(region) is not None
        upto = None if closed else max(limit - extent.start, 0)
        index = index_block(region, extent, is_settled=True, limit=upto)
        assert not index.damage
        found += [record.step for record in events(index) if not isinstance(record, Fact)]
    return found


@pytest.mark.parametrize("before,after", [(1_000, 500), (5_000, 20_000)])
def test_what_follows_the_last_mark_does_not_count(script, journals, before, after):
    """In one block and across several; the process is known to have died with its machine."""
    script(KILLED.format(before=before, after=after))
    (path,) = journals.paths()
    assert len(journals.points("x")) == before + after
    run = trialog.get_run("r")
    assert (run.reason, run.points) == ("killed", before + after)
    run_id = run.id
    data = after_a_reboot(path)
    limit = max(marks(journals.read(path)))
    expected = steps_within(data, limit)
    assert before <= len(expected) < before + after
    assert expected == list(range(len(expected)))

    for cache in journals.home.glob("catalog.db*"):
        cache.unlink()
    run = trialog.get_run(run_id)
    assert (run.status, run.reason) == (trialog.RunStatus.FAILED, "host rebooted")
    assert run.points == len(expected)


def test_the_points_themselves_stop_at_the_last_mark_too(script, journals):
    """What is counted and what is read are the same points, across several blocks."""
    script(KILLED.format(before=5_000, after=20_000))
    (path,) = journals.paths()
    after_a_reboot(path)
    run = trialog.get_run("r")
    assert len(run.metric("x")) == run.points


def test_pages_that_were_lost_before_the_last_mark_are_damage_not_points(script, journals):
    """A page of zeros among what was synced cannot be; it is reported, and no value is invented."""
    script(KILLED.format(before=1_000, after=10))
    (path,) = journals.paths()
    data = after_a_reboot(path)
    data[8192:12288] = bytes(4096)
    path.write_bytes(data)
    run = trialog.get_run("r")
    assert run.damages > 0
    steps = list(run.metric("x")["step"])
    assert steps == sorted(set(steps))
    assert set(steps) < set(range(1_010))


def test_pages_that_were_lost_after_the_last_mark_are_no_damage(script, journals):
    """They never counted: nothing is reported, everything before is there."""
    script(KILLED.format(before=1_000, after=500))
    (path,) = journals.paths()
    data = after_a_reboot(path)
    limit = max(marks(journals.read(path)))
    data[limit + 4096 : limit + 8192] = bytes(4096)
    path.write_bytes(data)
    run = trialog.get_run("r")
    assert run.damages == 0
    assert list(run.metric("x")["step"]) == list(range(1_000))
