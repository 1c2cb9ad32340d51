"""A run's console: any of its lines, and where a text is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from trialog._reading import RunRecord
from trialog._reading.console import ConsoleWish, Printed, Wanted
from trialog._reading.consolelogs import nearest_hit
from trialog._reading.selection import origins_of
from trialog._server.run import find_run
from trialog._server.runshapes import (
    ConsoleHit,
    ConsoleQuery,
    ConsoleSearch,
    ConsoleShape,
    LineShape,
)
from trialog._server.store import Store
from trialog.errors import UsageError

if TYPE_CHECKING:
    from trialog._reading.consolelog import ConsoleLog

_MANY = 2000
_MAX_LINE = 4000  # longer ones are told in full by the file
_MAX_TEXT = 1000
_NEAR = 1000


def read_console_lines(store: Store, query: ConsoleQuery) -> ConsoleShape:
    """Lines of a run's console by their numbers, and those that are not finished."""
    record = find_run(store, query)
    log = _log(store, record, query)
    origins = origins_of(store.catalog, [record.key])
    start, lines = _range(log, query)
    ticket: dict[str, str | int] = {
        "console": record.id,
        "namespace": record.place.project.namespace,
        "project": record.place.project.project,
    }
    wish = {name: getattr(query, name) for name in ("stream", "rank", "attempt")}
    ticket |= {name: value for name, value in wish.items() if value is not None}
    return ConsoleShape(
        total=len(log),
        start=start,
        lines=[_line(each, start + at) for at, each in enumerate(lines)],
        open_lines=[_line(each, None) for each in log.open_lines],
        dropped_bytes=log.dropped_bytes,
        ranks=origins.ranks,
        attempts=origins.attempts,
        is_ended=record.is_ended,
        file=f"/files/{store.tickets.make(ticket)}/{_file_name(record.name)}",
    )


def search_console(store: Store, query: ConsoleSearch) -> ConsoleHit:
    """The nearest line of a run's console that a text is in, and how many have it."""
    if not query.text:
        raise UsageError("nothing is looked for: give a text")
    if len(query.text) > _MAX_TEXT:
        raise UsageError(f"a text of {len(query.text)} characters is too long to be looked for")
    log = _log(store, find_run(store, query), query)
    hits = log.find(Wanted(query.text, query.is_regex, query.is_exact))
    place = nearest_hit(hits, query.line, is_backwards=query.is_backwards)
    around = max(0, (place if place is not None else len(hits)) - _NEAR)
    return ConsoleHit(
        line=None if place is None else int(hits[place]),
        place=None if place is None else place + 1,
        total=len(hits),
        near=hits[around : around + 2 * _NEAR].tolist(),
    )


def _log(store: Store, record: RunRecord, query: ConsoleQuery) -> ConsoleLog:
    wish = ConsoleWish.parse(stream=query.stream, rank=query.rank, attempt=query.attempt)
    return store.consoles.log_of(store.catalog, record.place, wish)


def _range(log: ConsoleLog, query: ConsoleQuery) -> tuple[int, list[Printed]]:
    total = len(log)
    start = query.start if query.start >= 0 else total + query.start
    start = min(max(start, 0), total)
    stop = min(start + min(max(query.count, 0), _MANY), total)
    return start, log.lines(start, stop)


def _line(line: Printed, number: int | None) -> LineShape:
    return LineShape(
        number=number,
        time_ns=line.time_ns,
        stream=line.stream,
        rank=line.rank,
        text=line.text[:_MAX_LINE],
        more=max(0, len(line.text) - _MAX_LINE),
    )


def _file_name(name: str) -> str:
    """What the console is called as a file: letters that every system takes."""
    return f"{re.sub(r'[^A-Za-z0-9._-]+', '-', name)[:100].strip('.-') or 'run'}.log"
