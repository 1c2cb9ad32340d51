"""What a run's hooks are told: one JSON object, the same for a callable, a command and a webhook.

===============================  ==================================================================
key                              is
===============================  ==================================================================
event                            ``started``, ``ended`` or ``alert``
text                             what happened in one line, for people
run, name, project, namespace    which run: its id, its name, and the slugs of where it belongs
url                              where it is kept
status                           how it stands: ``RUNNING``, then how it ended
reason                           why it ended so, in words, or null
exception                        null, or ``type`` and ``message`` of what ended it
duration                         seconds from its start to this moment
alert                            null, or ``title``, ``text``, ``level`` and ``by`` of an alert
time_ns                          when it happened, in nanoseconds since 1970
===============================  ==================================================================
"""

from __future__ import annotations

import re
from typing import Any

from trialog._format.facts import Alert, End, Start

STARTED, ENDED, ALERT = "started", "ended", "alert"
Event = dict[str, Any]
_BILLION = 1_000_000_000
_HOST = re.compile(
    r"https?://(?:[^/?#]*@)?((?:\[[0-9a-f:.]+\]|[^][:/?#@\s]+)(?::[0-9]+)?)(?:[/?#]|$)",
    re.IGNORECASE,
)


def started_event(start: Start, url: str, time_ns: int) -> Event:
    """A run has begun.

    Args:
        start: the first record of its journal.
        url: where it is kept.
        time_ns: when it was.
    """
    return _event(STARTED, start, url, time_ns, f"{_who(start)} has started")


def ended_event(start: Start, url: str, end: End, time_ns: int) -> Event:
    """A run has ended; as :func:`started_event`, and how it ended."""
    why = f": {end.reason}" if end.reason else ""
    text = f"{_who(start)} has ended as {end.status}{why}"
    event = _event(ENDED, start, url, time_ns, text)
    told: dict[str, Any] = {"status": end.status, "reason": end.reason}
    if end.exception:
        told["exception"] = {key: end.exception.get(key) for key in ("type", "message")}
    return event | told


def alert_event(start: Start, url: str, alert: Alert, time_ns: int) -> Event:
    """A run has something that a person should look at; as :func:`started_event`, and what."""
    more = f"\n{alert.text}" if alert.text else ""
    text = f"{alert.level} in {_who(start)}: {alert.title}{more}"
    told = {"title": alert.title, "text": alert.text, "level": alert.level, "by": alert.by}
    return _event(ALERT, start, url, time_ns, text) | {"alert": told}


def shown_url(url: str) -> str:
    """A web address as it may be shown: without what in it may be a secret."""
    host = host_of(url)
    return "the given address" if host is None else f"{url.partition(':')[0].lower()}://{host}/…"


def host_of(url: str) -> str | None:
    """The host that a web address names, with its port; None where it names none."""
    found = _HOST.match(url)
    return found[1].lower() if found else None


def shown_command(command: tuple[str, ...]) -> str:
    """A command as it may be shown: without its arguments."""
    return command[0] + (" …" if len(command) > 1 else "")


def _event(event: str, start: Start, url: str, time_ns: int, text: str) -> Event:
    return {
        "event": event,
        "text": text,
        "run": start.run,
        "name": start.name,
        "project": start.project,
        "namespace": start.namespace,
        "url": url,
        "status": "RUNNING",
        "reason": None,
        "exception": None,
        "duration": max(0, time_ns - start.created_ns) / _BILLION,
        "alert": None,
        "time_ns": time_ns,
    }


def _who(start: Start) -> str:
    return f"run {start.name} of {start.namespace}/{start.project}"
