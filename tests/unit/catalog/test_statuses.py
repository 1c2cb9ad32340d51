"""Statuses through the catalog: journals of writers here, gone, and on other machines."""

from __future__ import annotations

import os
from dataclasses import replace
from zlib import crc32

from trialog._catalog import ProjectPlace, RunPlace, queries
from trialog._catalog.statuses import StatusReader
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._format.blocks import encode_trailer
from trialog._format.records import Kind
from trialog._journals.ingest import RunReader
from trialog._journals.processes import read_here

SECOND_NS = 1_000_000_000
ELSEWHERE = {"host": "other", "machine": "other", "boot": "other"}


def read(handmade):
    catalog = handmade.open()
    catalog.refresh()
    (row,) = catalog.ask(queries.find_runs, RunFilter())
    return StatusReader(catalog.store, read_here(), handmade.now_ns).status_of(row)


def touch(path, time_ns):
    os.utime(path, ns=(time_ns, time_ns))


def test_silence_elsewhere_becomes_host_lost_and_reverses_itself(handmade):
    """RUNNING, then a note, then FAILED after ten minutes; late news undo it."""
    data = handmade.start(**ELSEWHERE) + handmade.points([1.0])
    path = handmade.write(data)
    began_ns = handmade.now_ns
    touch(path, began_ns)
    assert read(handmade) == (RunStatus.RUNNING, None, None)
    handmade.now_ns = began_ns + 60 * SECOND_NS
    touch(path, began_ns)
    found = read(handmade)
    assert found.status is RunStatus.RUNNING
    assert found.reason.startswith("no news since 2023-11-14 22:13:20 UTC")
    handmade.now_ns = began_ns + 601 * SECOND_NS
    found = read(handmade)
    assert found == (RunStatus.FAILED, "host lost", began_ns)
    beat = handmade.fact(Kind.TROUBLE, {"what": "late", "missing": 0})
    handmade.write(data + beat)
    touch(path, began_ns)
    assert read(handmade) == (RunStatus.RUNNING, None, None)


def test_a_growing_file_elsewhere_is_news(handmade):
    """The file's time counts where the records have not been read."""
    path = handmade.write(handmade.start(**ELSEWHERE))
    handmade.now_ns += 700 * SECOND_NS
    touch(path, handmade.now_ns - SECOND_NS)
    assert read(handmade).status is RunStatus.RUNNING


def test_a_dead_writer_here_is_a_failure(handmade):
    """Since its last record, by its own clock."""
    data = handmade.start(pid=2**22 + 9) + handmade.points([1.0], time_ns=handmade.now_ns + 5)
    handmade.write(data + handmade.synced(len(data)))
    found = read(handmade)
    assert (found.status, found.reason) == (RunStatus.FAILED, "killed")


def test_a_reboot_is_believed_until_there_are_news(handmade):
    """A writer that goes on after it was never on this machine: all it writes is read."""
    here = replace(read_here(), machine="m1")
    data = handmade.start(boot="before", machine="m1") + handmade.points([1.0])
    data += handmade.synced(len(data)) + handmade.points([2.0], "late", 1)
    path = handmade.write(data)
    touch(path, handmade.now_ns)
    place = RunPlace(ProjectPlace("acme", "demo"), "named", "run-1")
    reader = RunReader(handmade.store, here, handmade.now_ns)
    (update,) = reader.read(place, {})
    ((state, delta),) = update.journals
    assert (state.fate, state.is_final, list(delta.summaries)) == ("host rebooted", False, ["loss"])
    assert not reader.has_news(place, state)
    touch(path, here.booted_ns + 1)
    reader = RunReader(handmade.store, here, handmade.now_ns)
    assert reader.has_news(place, state)
    (update,) = reader.read(place, {state.writer: state})
    ((state, delta),) = update.journals
    assert (state.fate, state.is_final, list(delta.summaries)) == (None, False, ["late"])


def test_a_rebooted_host_is_a_failure_that_reverses_itself(handmade):
    """Nothing of it is kept."""
    here = replace(read_here(), machine="m1")
    path = handmade.write(handmade.start(boot="before", machine="m1") + handmade.points([1.0]))
    catalog = handmade.open()
    catalog.refresh()
    (row,) = catalog.ask(queries.find_runs, RunFilter())
    touch(path, handmade.now_ns)
    found = StatusReader(catalog.store, here, handmade.now_ns).status_of(row)
    assert (found.status, found.reason) == (RunStatus.FAILED, "host rebooted")
    touch(path, here.booted_ns + 1)
    found = StatusReader(catalog.store, here, here.booted_ns + SECOND_NS).status_of(row)
    assert found == (RunStatus.RUNNING, None, None)
    catalog.close()


def test_a_writer_whose_first_block_is_damaged_is_asked_by_its_lock(handmade):
    """It lives as long as it holds it; then an end may have been lost. Nobody rebuilds anything."""
    data = handmade.start() + handmade.points([1.0])
    trailer = encode_trailer(len(data), crc32(data.ljust(49_136, b"\0")))
    whole = data.ljust(49_136, b"\0") + trailer
    path = handmade.write(whole[:40] + b"\xff\xfe" + whole[42:])
    handmade.now_ns = path.stat().st_mtime_ns + SECOND_NS
    assert read(handmade).status is RunStatus.RUNNING
    handmade.now_ns += 60 * SECOND_NS
    assert read(handmade).status is RunStatus.RUNNING
    handmade.close()
    found = read(handmade)
    assert found.status is RunStatus.FAILED
    assert found.reason == "killed, or the record of its end is damaged"


def test_a_written_end_asks_nobody(handmade):
    """However its writer is."""
    handmade.write(handmade.start(**ELSEWHERE) + handmade.end("CRASHED", reason="boom"))
    handmade.now_ns += 10_000 * SECOND_NS
    found = read(handmade)
    assert (found.status, found.reason) == (RunStatus.CRASHED, "boom")


def test_a_process_that_joined_keeps_a_run_alive(handmade):
    """The owner is dead, one that attached to it is not."""
    handmade.write(handmade.start(pid=2**22 + 9))
    handmade.write(handmade.start(writer="w2", role="attach"), writer="w2")
    assert read(handmade).status is RunStatus.RUNNING


def test_a_run_goes_on_where_one_of_its_ranks_has_died(handmade):
    """Which one it was, and how, is said beside."""
    ranks = {"world_size": 2, "pid": 2**22 + 9}
    dead = handmade.start(rank=0, **ranks)
    handmade.write(dead + handmade.synced(len(dead)))
    handmade.write(handmade.start(writer="w2", role="attach", rank=1, world_size=2), writer="w2")
    handmade.write(handmade.start(writer="w3", role="witness"), writer="w3")
    assert read(handmade) == (RunStatus.RUNNING, "rank 0 killed", None)
    said = handmade.fact(Kind.WITNESSED, {"writer": "w1", "reason": "segmentation fault"})
    handmade.write(handmade.start(writer="w3", role="witness") + said, writer="w3")
    assert read(handmade) == (RunStatus.RUNNING, "rank 0: segmentation fault", None)
    left = handmade.fact(Kind.LEAVE, {"status": "CRASHED", "reason": "E: x"})
    start = handmade.start(writer="w2", role="attach", rank=1, world_size=2)
    handmade.write(start + left, writer="w2")
    found = read(handmade)
    assert found.status is RunStatus.FAILED
    assert found.reason == "rank 0: segmentation fault (rank 1 CRASHED: E: x)"


def test_what_was_witnessed_on_another_host_ends_a_run_at_once(handmade):
    """Ten minutes of silence are for those of whom nobody knows."""
    handmade.write(handmade.start(**ELSEWHERE))
    said = handmade.fact(Kind.WITNESSED, {"writer": "w1", "reason": "out of memory"})
    handmade.write(handmade.start(writer="w2", role="witness", **ELSEWHERE) + said, writer="w2")
    found = read(handmade)
    assert (found.status, found.reason) == (RunStatus.FAILED, "out of memory")


def test_a_request_on_a_run_of_another_machine(handmade):
    """CANCELING; CANCELED once its host is lost; undone by news, as that is."""
    path = handmade.write(handmade.start(**ELSEWHERE))
    edit = handmade.start(writer="e", role="edit")
    request = handmade.fact(Kind.CANCEL, {"by": "ann", "reason": None, "signal": None})
    handmade.write(edit + request + handmade.fact(Kind.LEAVE, {}), writer="e")
    began_ns = handmade.now_ns
    touch(path, began_ns)
    assert read(handmade) == (RunStatus.CANCELING, "canceled by ann", None)
    handmade.now_ns = began_ns + 601 * SECOND_NS
    assert read(handmade) == (RunStatus.CANCELED, "canceled by ann (host lost)", began_ns)
    touch(path, handmade.now_ns)
    assert read(handmade) == (RunStatus.CANCELING, "canceled by ann", None)


def test_a_request_to_an_earlier_attempt(handmade):
    """It does not concern the one that runs."""
    handmade.write(handmade.start() + handmade.end("FAILED"))
    handmade.write(handmade.start(writer="w2", attempt=2), writer="w2")
    edit = handmade.start(writer="e", role="edit", attempt=1)
    request = handmade.fact(Kind.CANCEL, {"by": "ann"}, time_ns=handmade.now_ns + 9)
    handmade.write(edit + request + handmade.fact(Kind.LEAVE, {}), writer="e")
    assert read(handmade) == (RunStatus.RUNNING, None, None)
