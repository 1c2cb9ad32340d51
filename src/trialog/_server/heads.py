"""Runs in one line, as the API gives them."""

from __future__ import annotations

from trialog._format.times import time_ns_of
from trialog._reading import RunRecord
from trialog._server.shapes import RunHead


def head_of(record: RunRecord) -> RunHead:
    """A run in one line."""
    place = record.place.project
    return RunHead(
        id=record.id,
        name=record.name,
        namespace=place.namespace,
        project=place.project,
        status=record.status.value,
        reason=record.reason,
        created_ns=time_ns_of(record.date_created),
        ended_ns=None if record.date_ended is None else time_ns_of(record.date_ended),
        duration=record.duration,
        host=record.host,
        tags=list(record.tags),
    )
