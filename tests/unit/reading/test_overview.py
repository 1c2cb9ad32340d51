"""The store at a glance."""

from __future__ import annotations

import trialog
from trialog._catalog import Catalog
from trialog._catalog.overview import DAY_NS
from trialog._entities import RunStatus
from trialog._reading.overview import DAYS, look_at_store


def end_badly(name: str) -> None:
    with trialog.init("acme", "vision", name=name) as run:
        run.finish(status="FAILED", reason="as asked")


def test_counts_and_order(store):
    """Each project with its runs by status; the one with the newest run comes first."""
    with trialog.init("acme", "vision"):
        pass
    end_badly("bad")
    with trialog.init("other", "Tokens"):
        found = look_at_store(Catalog.open(store))
        assert [each.project for each in found.projects] == ["tokens", "vision"]
        tokens, vision = found.projects
        assert dict(tokens.statuses) == {RunStatus.RUNNING: 1}
        assert dict(vision.statuses) == {RunStatus.COMPLETED: 1, RunStatus.FAILED: 1}
        assert tokens.project_name == "Tokens"
        assert vision.days == [0] * (DAYS - 1) + [2]


def test_what_needs_attention(store):
    """What goes on comes first, then what went wrong of late; what is deleted or old does not."""
    end_badly("older")
    end_badly("newer")
    end_badly("gone")
    trialog.delete_run("gone")
    with trialog.init("acme", "vision", name="fine"):
        pass
    with trialog.init("acme", "vision", name="going"):
        found = look_at_store(Catalog.open(store))
        assert [each.name for each in found.attention] == ["going", "newer", "older"]
    in_a_month = Catalog.open(store, clock=lambda: trialog_now() + 30 * DAY_NS)
    assert look_at_store(in_a_month).attention == []


def test_an_empty_store(store):
    """A store that is not there yet has nothing."""
    assert look_at_store(Catalog.open(store)) == ([], [])


def trialog_now() -> int:
    return int(trialog.runs()[0].date_created.timestamp() * 1e9)
