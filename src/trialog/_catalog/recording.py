"""What reading found, into the catalog: one transaction, taken only if nobody was faster."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import orjson
from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.rows import Rows, chunks
from trialog._catalog.runrows import read_known, take_run
from trialog._catalog.seriesrows import take_series
from trialog._catalog.valuerows import take_measures
from trialog._format.checking import is_int64
from trialog._format.facts import Attachment, Console
from trialog._format.records import Kind
from trialog._format.values import dump_json
from trialog._journals.addresses import RunPlace
from trialog._journals.ingest import RunUpdate
from trialog._journals.reading import Delta, FactRead, JournalState


def record(connection: Connection, updates: Sequence[RunUpdate]) -> set[RunPlace]:
    """Take what was read of some runs.

    Args:
        connection: in a transaction that writes.
        updates: one for each run.

    Returns:
        The runs that another reader has gone on with meanwhile: read them again.
    """
    keys = [update.place.key for update in updates]
    known = _journals_of(connection, keys)
    overtaken = {update.place for update in updates if not _is_next(update, known)}
    taken = [update for update in updates if update.place not in overtaken]
    rows = Rows()
    for update in taken:
        for state, delta in update.journals:
            _take_journal(connection, rows, update.place, state, delta, known)
    rows.write(connection)
    derived = Rows()
    old = {row.run for row in known.values()}
    knowledge = read_known(connection, [each.place.key for each in taken if each.place.key in old])
    grown = [
        take_run(connection, derived, update, knowledge.get(update.place.key)) for update in taken
    ]
    take_measures(connection, derived, [each for each in grown if each is not None])
    derived.write(connection)
    return overtaken


def _journals_of(connection: Connection, runs: Sequence[int]) -> dict[int, Any]:
    table = schema.JOURNALS
    found: dict[int, Any] = {}
    for part in chunks(runs):
        for row in connection.execute(select(table).where(table.c.run.in_(part))):
            found[row.key] = row
    return found


def _is_next(update: RunUpdate, known: Mapping[int, Any]) -> bool:
    """Whether the catalog still stands where reading began."""
    for state, delta in update.journals:
        row = known.get(update.place.journal_key(state.writer))
        if delta.base != ((row.offset, row.last_words) if row is not None else (0, 0)):
            return False
        if row is not None and row.is_final and not state.is_final:
            return False
    return True


def _take_journal(
    connection: Connection,
    rows: Rows,
    place: RunPlace,
    state: JournalState,
    delta: Delta,
    known: Mapping[int, Any],
) -> None:
    key, run = place.journal_key(state.writer), place.key
    rows.put(schema.JOURNALS, _journal_row(key, run, state))
    for damage in delta.damage:
        row = {"journal": key, "run": run, **damage._asdict()}
        rows.add(schema.DAMAGE, row)
    for fact in delta.facts:
        _take_fact(rows, key, run, fact)
    if delta.names:
        take_series(connection, rows, key, run, state, delta, is_new=key not in known)


def _journal_row(key: int, run: int, state: JournalState) -> dict[str, Any]:
    start = state.start
    assert start is not None  # noqa: S101 # nothing is recorded before the first record
    return {
        "key": key,
        "run": run,
        "writer": state.writer,
        "role": start.role,
        "attempt": start.attempt,
        "rank": start.rank,
        "local_rank": start.local_rank,
        "world_size": start.world_size,
        "created_ns": start.created_ns,
        "pid": start.pid,
        "process_start": start.process_start,
        "pid_namespace": start.pid_namespace,
        "boot": start.boot,
        "host": start.host,
        "machine": start.machine,
        "offset": state.offset,
        "last_words": state.last_words,
        "order_ns": state.order_ns,
        "news_ns": state.news_ns,
        "call_ns": state.numbering.call_ns,
        "call_step": state.numbering.call_step,
        "has_left": state.has_left,
        "is_final": state.is_final,
        "fate": state.fate,
        "has_auto": state.has_auto,
        "has_exact": state.has_exact,
        "points": state.points,
        "error": state.error,
    }


def _take_fact(rows: Rows, journal: int, run: int, fact: FactRead) -> None:
    where = {
        "journal": journal,
        "offset": fact.offset,
        "run": run,
        "order_ns": fact.order_ns,
        "time_ns": fact.time_ns,
    }
    if fact.kind is Kind.PARAMETERS:
        for name, value in fact.content.items():
            rows.add(schema.PARAMETERS, {**where, "name": name, "value": _json(value)})
    elif fact.kind is Kind.VALUE:
        for name, value in fact.content["values"].items():
            text = None if fact.blob else _json(value)
            row = {**where, "name": name, "step": fact.step, "value": text, "blob": fact.blob}
            rows.add(schema.JSON_VALUES, row)
    elif fact.kind is Kind.ATTACHMENT:
        attachment = Attachment.from_json(fact.content)
        row = {each.name: getattr(attachment, each.name) for each in fields(Attachment)}
        rows.add(schema.ATTACHMENTS, {**where, **row})
    elif fact.kind is Kind.CONSOLE:
        console = Console.from_json(fact.content)
        lines = dump_json(console.lines, "lines").decode()
        row = {"stream": console.stream, "lines": lines, "is_open": bool(console.is_open)}
        dropped_bytes = console.dropped_bytes if is_int64(console.dropped_bytes) else 0
        rows.add(schema.CONSOLE, {**where, **row, "dropped_bytes": dropped_bytes})
    elif fact.content or fact.kind is not Kind.LEAVE:
        content = dump_json(fact.content, "fact").decode()
        rows.add(schema.FACTS, {**where, "kind": int(fact.kind), "content": content})


def _json(value: Any) -> str:
    """JSON text; the short way for what needs no tags."""
    if type(value) in (str, bool) or (type(value) is float and math.isfinite(value)):
        return orjson.dumps(value).decode()
    return dump_json(value, "a value").decode()
