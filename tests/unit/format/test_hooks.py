"""What hooks are told, and what of them may be shown."""

from __future__ import annotations

import pytest

from trialog._format.facts import Alert, End, Start
from trialog._format.hooks import (
    alert_event,
    ended_event,
    shown_command,
    shown_url,
    started_event,
)

START = Start(
    writer="w", run="r1", role="run", namespace="acme", project="demo", name="brave",
    created_ns=1_000_000_000,
)  # fmt: skip
WHERE = ("file:///store/r1", 3_500_000_000)


def test_every_event_has_the_same_keys():
    """Whoever reads one needs no case for each kind."""
    started = started_event(START, *WHERE)
    ended = ended_event(START, WHERE[0], End(status="COMPLETED"), WHERE[1])
    alert = alert_event(START, WHERE[0], Alert(title="loss goes up"), WHERE[1])
    assert started.keys() == ended.keys() == alert.keys()
    assert started == {
        "event": "started",
        "text": "run brave of acme/demo has started",
        "run": "r1",
        "name": "brave",
        "project": "demo",
        "namespace": "acme",
        "url": "file:///store/r1",
        "status": "RUNNING",
        "reason": None,
        "exception": None,
        "duration": 2.5,
        "alert": None,
        "time_ns": 3_500_000_000,
    }


def test_an_end_says_how():
    """Status, reason, type and message of an exception; not its traceback, which may be long."""
    exception = {"type": "ValueError", "message": "bad", "traceback": "Traceback …"}
    end = End(status="CRASHED", reason="ValueError: bad", exception=exception)
    event = ended_event(START, WHERE[0], end, WHERE[1])
    assert event["event"] == "ended"
    assert event["text"] == "run brave of acme/demo has ended as CRASHED: ValueError: bad"
    assert (event["status"], event["reason"]) == ("CRASHED", "ValueError: bad")
    assert event["exception"] == {"type": "ValueError", "message": "bad"}


def test_an_alert_says_what():
    """All that was given."""
    alert = Alert(title="loss goes up", text="for 100 steps", level="warning", by="trialog")
    event = alert_event(START, WHERE[0], alert, WHERE[1])
    assert (event["event"], event["status"]) == ("alert", "RUNNING")
    assert event["text"] == "warning in run brave of acme/demo: loss goes up\nfor 100 steps"
    assert event["alert"] == {
        "title": "loss goes up",
        "text": "for 100 steps",
        "level": "warning",
        "by": "trialog",
    }


@pytest.mark.parametrize(
    "url,shown",
    [
        ("https://hooks.example.com/services/T0/B0/TOKEN", "https://hooks.example.com/…"),
        ("https://user:TOKEN@example.com:8443/?key=TOKEN#TOKEN", "https://example.com:8443/…"),
        ("https://TOKEN@example.com", "https://example.com/…"),
        ("http://[::1/TOKEN", "the given address"),
        ("http://example.com:TOKEN/", "the given address"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url, shown):
    """They are in the path, the query, the user: only the host is told."""
    assert shown_url(url) == shown


def test_a_command_is_shown_without_its_arguments():
    """A token may be one of them."""
    assert shown_command(("/usr/bin/curl", "-H", "Authorization: TOKEN")) == "/usr/bin/curl …"
    assert shown_command(("/usr/bin/true",)) == "/usr/bin/true"
