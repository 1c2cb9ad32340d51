"""Why a run ended, as plain values for programs."""

from __future__ import annotations

from typing import Any

from trialog._reading.console import without_colours
from trialog._reading.explanation import Explanation


def explanation_as_json(found: Explanation) -> dict[str, Any]:
    """The same as plain values; the run's own facts stand elsewhere."""
    exception, place, witnessed, blamed = (
        found.exception, found.place, found.witnessed, found.blamed,
    )  # fmt: skip
    return {
        "blamed": blamed
        and {
            "writer": blamed.id,
            "role": blamed.role,
            "rank": blamed.rank,
            "host": blamed.host,
            "pid": blamed.pid,
            "status": None if blamed.status is None else blamed.status.value,
            "reason": blamed.reason,
            "exit_code": blamed.exit_code,
        },
        "processes": found.processes,
        "exception": exception
        and {
            "type": exception.type,
            "message": exception.message,
            "traceback": exception.traceback,
        },
        "place": place and place._asdict(),
        "witnessed": witnessed
        and {
            "reason": witnessed.reason,
            "signal": witnessed.signal,
            "exit_code": witnessed.exit_code,
            "traceback": witnessed.traceback,
        },
        "alerts": [
            {
                "date": each.date.isoformat(),
                "level": each.level,
                "title": each.title,
                "text": each.text,
                "by": each.by,
            }
            for each in found.alerts
        ],
        "console": [
            {
                "time_ns": each.time_ns,
                "stream": each.stream,
                "rank": each.rank,
                "text": without_colours(each.text),
            }
            for each in found.console
        ],
        "curves": [
            {
                "metric": each.metric,
                "values": [None if value != value else value for value in each.values],  # noqa: PLR0124 # NaN
                "min": each.least,
                "max": each.greatest,
                "last": each.last,
                "first_ns": each.first_ns,
                "last_ns": each.last_ns,
            }
            for each in found.curves
        ],
        "compared_with": found.before
        and {
            "id": found.before.id,
            "name": found.before.name,
            "date_created": found.before.date_created.isoformat(),
        },
        "differences": found.differences
        and {
            area: [each._asdict() for each in getattr(found.differences, area)]
            for area in ("parameters", "code", "packages", "environment")
        },
        "last_point": found.last_point and found.last_point.isoformat(),
        "last_line": found.last_line and found.last_line.isoformat(),
    }
