"""Statuses through the catalog: journals of writers here, gone, and on other machines."""

from __future__ import annotations

import os

import pytest

from trialog._catalog import queries
from trialog._catalog.processes import read_here
from trialog._catalog.statuses import StatusReader
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._format.records import Kind

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


@pytest.mark.parametrize(
    "facts, reason", [({"pid": 2**22 + 9}, "killed"), ({"boot": "before"}, "host rebooted")]
)
def test_a_dead_writer_here_is_a_failure(handmade, facts, reason):
    """Since its last record, by its own clock."""
    data = handmade.start(**facts) + handmade.points([1.0], time_ns=handmade.now_ns + 5)
    handmade.write(data + handmade.synced(len(data)))
    found = read(handmade)
    assert (found.status, found.reason) == (RunStatus.FAILED, reason)


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
