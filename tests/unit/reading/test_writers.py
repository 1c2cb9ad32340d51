"""``run.writers``: the processes of a run, and what the part of each came to."""

from __future__ import annotations

import os

import pytest

import trialog
from trialog import RunStatus
from trialog._catalog import ProjectPlace, RunPlace
from trialog._format.records import Kind
from trialog._reading.writers import read_writers

PLACE = RunPlace(ProjectPlace("acme", "demo"), "named", "run-1")
ELSEWHERE = {"host": "far", "machine": "other", "boot": "other"}


def read(handmade):
    catalog = handmade.open()
    catalog.refresh_runs([PLACE])
    try:
        return read_writers(catalog, PLACE)
    finally:
        catalog.close()


def test_each_process_says_what_became_of_it(handmade):
    """Ranks come first, in order; a witness is no writer, nor is who edits the run."""
    dead = {"pid": 2**22 + 9, "world_size": 2}
    left = handmade.fact(Kind.LEAVE, {"status": "INTERRUPTED", "reason": "SIGTERM"})
    seen = {"writer": "w3", "reason": "exit code 3", "exit_code": 3}
    handmade.write(handmade.start(rank=1, world_size=2) + handmade.points([1.0, 2.0]))
    handmade.write(
        handmade.start(writer="w2", role="attach", rank=0, local_rank=0, **dead) + left, writer="w2"
    )
    handmade.write(handmade.start(writer="w3", role="attach", pid=dead["pid"]), writer="w3")
    handmade.write(handmade.start(writer="w4", role="fork", pid=dead["pid"]), writer="w4")
    handmade.write(handmade.start(writer="w5", role="attach", **ELSEWHERE), writer="w5")
    said = handmade.fact(Kind.WITNESSED, seen)
    handmade.write(handmade.start(writer="w6", role="witness") + said, writer="w6")
    handmade.write(handmade.start(writer="w7", role="edit"), writer="w7")
    found = read(handmade)
    assert [(each.id, each.rank, each.status, each.reason) for each in found] == [
        ("w2", 0, RunStatus.INTERRUPTED, "SIGTERM"),
        ("w1", 1, RunStatus.RUNNING, None),
        ("w3", None, RunStatus.FAILED, "exit code 3"),
        ("w4", None, None, None),
        ("w5", None, RunStatus.RUNNING, None),
    ]
    by_id = {each.id: each for each in found}
    assert (by_id["w1"].points, by_id["w1"].pid) == (2, os.getpid())
    assert (by_id["w2"].local_rank, by_id["w2"].world_size) == (0, 2)
    assert (by_id["w3"].exit_code, by_id["w5"].host) == (3, "far")


def test_a_run_that_is_gone_has_no_writers(handmade):
    """Its folder was removed from the disk."""
    assert read(handmade) == []


@pytest.mark.parametrize("status", ["PENDING", "RUNNING"])
def test_one_process_is_as_the_run(status):
    """While it is recorded and afterwards, of each attempt."""
    run = trialog.init("p", name="r", status=status)
    (writer,) = run.writers
    assert (writer.role, writer.status, writer.attempt) == ("run", RunStatus[status], 1)
    run.finish("FAILED", reason="infeasible")
    with trialog.init("p", resume="r"):
        pass
    first, second = trialog.get_run("r").writers
    assert (first.status, first.reason, first.attempt) == (RunStatus.FAILED, "infeasible", 1)
    assert (second.status, second.reason, second.attempt) == (RunStatus.COMPLETED, None, 2)
    assert first.date_created <= second.date_created
