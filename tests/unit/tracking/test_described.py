"""What a run says of itself while it is being recorded."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import trialog
from trialog._entities import RunStatus
from trialog._format.facts import Start


@pytest.fixture
def run():
    with trialog.init("Acme", "My demo", name="first", description="why", tags=["a"]) as run:
        yield run


def test_a_run_knows_who_and_where_it_is(run):
    """Slugs, and names as the user wrote them."""
    assert (run.name, run.description, run.tags) == ("first", "why", ("a",))
    assert (run.organization.slug, run.organization.display_name) == ("acme", "Acme")
    assert (run.project.slug, run.project.display_name) == ("my-demo", "My demo")
    assert run.user.username == getpass.getuser()
    assert repr(run) == "<Run 'first' RUNNING acme/my-demo>"


def test_what_is_added_is_seen_at_once(run):
    """Each tag once, in order; the description is the last one."""
    run.add_tags("b", "a", "c")
    run.set_description(None)
    assert run.tags == ("a", "b", "c")
    assert run.description is None


def test_the_url_leads_to_its_journal(run, store):
    """A folder's URI: whoever opens it finds the run's files."""
    folder = Path(unquote(urlsplit(run.url).path))
    assert folder.is_relative_to(store)
    assert len(list(folder.glob("*.journal"))) == 1
    assert folder.name == run.id


def test_the_url_of_a_run_that_is_not_kept_is_empty(monkeypatch):
    """There is no folder to lead to."""
    monkeypatch.setenv("TRIALOG_MODE", "disabled")
    with trialog.init("acme", "demo") as run:
        assert run.url == ""


def test_its_dates_are_utc_and_exact(run, journals):
    """To the microsecond, as the journal has them."""
    run.finish()
    (path,) = journals.paths()
    created_ns = Start.decode(journals.read(path)[0].payload).created_ns
    exact = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=created_ns // 1000)
    assert run.date_created == exact
    assert run.date_created.tzinfo is UTC
    assert abs(datetime.now(UTC) - run.date_created) < timedelta(minutes=1)


def test_a_fact_moves_the_date_of_the_update(run):
    """A point does not: it would cost a call of log."""
    run.log("loss", 0.5, 1)
    before = run.date_updated
    assert before >= run.date_created
    run.log("loss", 0.5, 2)
    assert run.date_updated == before
    run.log_parameter("lr", 0.1)
    assert run.date_updated > before


def test_a_run_knows_how_it_ended(run):
    """Status, reason and that nothing more is taken."""
    assert (run.status, run.reason, run.is_ended) == (RunStatus.RUNNING, None, False)
    run.finish("FAILED", reason="infeasible")
    assert (run.status, run.reason, run.is_ended) == (RunStatus.FAILED, "infeasible", True)
    assert "FAILED" in repr(run)
