"""What a run wanted a person to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialog._catalog import Catalog, RunPlace, queries
from trialog._format.records import Kind
from trialog._format.times import date_of


@dataclass(frozen=True, slots=True)
class AlertInfo:
    """One alert of a run.

    Attributes:
        title: what it is, in a line.
        text: more about it; may be empty.
        level: ``info``, ``warning`` or ``error``.
        by: ``user``, or ``trialog`` where it was noticed without being asked.
        date: when it was, UTC.
    """

    title: str
    text: str
    level: str
    by: str
    date: datetime


def read_alerts(catalog: Catalog, place: RunPlace) -> list[AlertInfo]:
    """The alerts of a run that the catalog knows, oldest first."""
    found = []
    for fact in catalog.ask(queries.facts_of, place.key, {Kind.ALERT}):
        text, level, by = (
            str(fact.content.get(key) or usual)
            for key, usual in (("text", ""), ("level", "info"), ("by", "user"))
        )
        found.append(AlertInfo(fact.content["title"], text, level, by, date_of(fact.time_ns)))
    return found
