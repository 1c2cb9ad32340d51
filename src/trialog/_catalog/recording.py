"""What reading found, into the catalog: one transaction, taken only if nobody was faster."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from trialog._catalog import schema
from trialog._catalog.addresses import ProjectPlace, RunPlace
from trialog._catalog.deriving import JournalFacts, PlacedFact, derive_run
from trialog._catalog.reading import Delta, FactRead, JournalState
from trialog._catalog.schema import key_of
from trialog._catalog.summaries import Summary, append
from trialog._format.facts import Attachment
from trialog._format.records import Kind
from trialog._format.values import MAX_EXACT, dump_json, load_json

_DERIVED_FROM = frozenset({Kind.START, Kind.EDIT, Kind.END, Kind.TROUBLE, Kind.CELL})
_NUMBERS = ("first", "last", "min", "max")


class RunUpdate(NamedTuple):
    """What was read of a run: each journal's state afterwards, and what is new."""

    place: RunPlace
    journals: list[tuple[JournalState, Delta]]


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
    rows = _Rows()
    for update in taken:
        for state, delta in update.journals:
            _take_journal(connection, rows, update.place, state, delta, known)
    rows.write(connection)
    derived = _Rows()
    for update in taken:
        old = [row for row in known.values() if row.run == update.place.key]
        _take_run(connection, derived, update, is_new=not old)
    derived.write(connection)
    return overtaken


class _Rows:
    """Rows for several tables, written together."""

    def __init__(self) -> None:
        self._new: dict[Table, list[dict[str, Any]]] = {}
        self._changed: dict[Table, list[dict[str, Any]]] = {}

    def add(self, table: Table, row: dict[str, Any]) -> None:
        """A row that stays as it is where it is there already."""
        self._new.setdefault(table, []).append(row)

    def put(self, table: Table, row: dict[str, Any]) -> None:
        """A row that replaces the one of its key."""
        self._changed.setdefault(table, []).append(row)

    def write(self, connection: Connection) -> None:
        """Write all rows; projects before runs."""
        tables = sorted({*self._new, *self._changed}, key=lambda table: table is schema.RUNS)
        for table in tables:
            if table in self._new:
                statement = _insert(connection, table).on_conflict_do_nothing()
                connection.execute(statement, self._new[table])
            if table in self._changed:
                upsert(connection, table, self._changed[table])


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows; one whose key is there is replaced."""
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    others = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=others), list(rows)
    )


def _insert(connection: Connection, table: Table) -> Any:
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def chunks(keys: Sequence[Any], size: int = 5000) -> Iterable[Sequence[Any]]:
    """Parts of a sequence that one statement can name."""
    for first in range(0, len(keys), size):
        yield keys[first : first + size]


# -- journals --------------------------------------------------------------------------------------


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
    rows: _Rows,
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
        _take_series(connection, rows, key, run, state, delta, is_new=key not in known)


def _journal_row(key: int, run: int, state: JournalState) -> dict[str, Any]:
    start = state.start
    assert start is not None  # noqa: S101 # nothing is recorded before the first record
    return {
        "key": key,
        "run": run,
        "writer": state.writer,
        "role": start.role,
        "attempt": start.attempt,
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


def _take_fact(rows: _Rows, journal: int, run: int, fact: FactRead) -> None:
    where = {
        "journal": journal,
        "offset": fact.offset,
        "run": run,
        "order_ns": fact.order_ns,
        "time_ns": fact.time_ns,
    }
    if fact.kind is Kind.PARAMETERS:
        for name, value in fact.content.items():
            rows.add(schema.PARAMETERS, {**where, "name": name, "value": _json_text(value)})
    elif fact.kind is Kind.VALUE:
        for name, value in fact.content["values"].items():
            text = None if fact.blob else _json_text(value)
            row = {**where, "name": name, "step": fact.step, "value": text, "blob": fact.blob}
            rows.add(schema.JSON_VALUES, row)
    elif fact.kind is Kind.ATTACHMENT:
        attachment = Attachment.from_json(fact.content)
        row = {each.name: getattr(attachment, each.name) for each in fields(Attachment)}
        rows.add(schema.ATTACHMENTS, {**where, **row})
    elif fact.kind in _DERIVED_FROM:
        content = dump_json(fact.content, "fact").decode()
        rows.add(schema.FACTS, {**where, "kind": int(fact.kind), "content": content})


def _json(value: Any) -> str:
    """JSON text; the short way for what needs no tags."""
    if type(value) in (str, bool) or (type(value) is float and math.isfinite(value)):
        return orjson.dumps(value).decode()
    return dump_json(value, "a value").decode()


# -- series ----------------------------------------------------------------------------------------


def _take_series(
    connection: Connection,
    rows: _Rows,
    journal: int,
    run: int,
    state: JournalState,
    delta: Delta,
    *,
    is_new: bool,
) -> None:
    keys = {name: key_of("name", name) for name in delta.names}
    before: dict[int, Summary | None] = {}
    if not is_new:
        table = schema.SERIES
        for part in chunks(list(keys.values())):
            condition = (table.c.journal == journal) & table.c.name.in_(part)
            for row in connection.execute(select(table).where(condition)):
                before[row.name] = summary_of(row)
    for name, key in keys.items():
        old, new = before.get(key), delta.summaries.get(name)
        summary = append(old, new) if old and new else new or old
        if key not in before:
            rows.add(schema.NAMES, {"key": key, "name": name})
        highest = state.numbering.highest[name]
        where = {"journal": journal, "name": key, "run": run, "highest": highest}
        rows.put(schema.SERIES, where | _summary_row(summary))


def _json_text(value: Any) -> str:
    return dump_json(value, "a stored value").decode()


def _summary_row(summary: Summary | None) -> dict[str, Any]:
    columns = [
        "count",
        "nan_count",
        "first",
        "last",
        "min",
        "max",
        "total",
        "step_of_min",
        "step_of_max",
        "first_ns",
        "last_ns",
        "min_ns",
        "max_ns",
    ]
    if summary is None:
        return {**dict.fromkeys(columns), "count": 0, "nan_count": 0, "exact": None}
    row = {name: getattr(summary, name) for name in columns}
    exact = {}
    for name in (*_NUMBERS, "total"):
        number = row[name]
        if _is_lossy(number):
            exact[name] = number
            row[name] = None if math.isnan(number) else float(number)
    row["exact"] = dump_json(exact, "summary") if exact else None
    return row


def _is_lossy(number: float) -> bool:
    """Whether a REAL column would not give this number back."""
    if isinstance(number, int):
        return abs(number) > MAX_EXACT
    return math.isnan(number) or (number == 0 and math.copysign(1, number) < 0)


def summary_of(row: Any) -> Summary | None:
    """The summary in a row of ``series``; None where only JSON values have the name."""
    if not row.count:
        return None
    exact = load_json(row.exact) if row.exact else {}
    numbers = {name: exact.get(name, getattr(row, name)) for name in (*_NUMBERS, "total")}
    return Summary(
        row.count,
        row.nan_count,
        numbers["first"],
        numbers["last"],
        numbers["min"],
        numbers["max"],
        numbers["total"],
        row.step_of_min,
        row.step_of_max,
        row.first_ns,
        row.last_ns,
        row.min_ns,
        row.max_ns,
    )


# -- runs ------------------------------------------------------------------------------------------


def _take_run(connection: Connection, rows: _Rows, update: RunUpdate, *, is_new: bool) -> None:
    place = update.place
    if is_new:
        journals, facts = _read_now(update)
        old = None
    else:
        journals, facts = _read_all(connection, place.key)
        table = schema.RUNS
        old = connection.execute(select(table).where(table.c.key == place.key)).one_or_none()
    row = derive_run(place.id, journals, facts)
    row["key"] = place.key
    row["project"] = place.project.key
    row["id"] = place.id
    row["day"] = place.day
    row["folded_name"] = row["name"].casefold()
    updates = [delta.updated_ns for _, delta in update.journals]
    row["updated_ns"] = max(*updates, old.updated_ns if old else row["created_ns"], 0)
    row["damages"] = _count_damage(connection, place.key, update, is_new=is_new)
    parameters = [
        fact for _, delta in update.journals for fact in delta.facts if fact.kind is Kind.PARAMETERS
    ]
    if old is None and len(update.journals) == 1:
        latest = {name: value for fact in parameters for name, value in fact.content.items()}
        row["parameters"] = dump_json(latest, "parameters").decode()
    elif old is None or parameters:
        row["parameters"] = _latest_parameters(connection, place.key)
    else:
        row["parameters"] = old.parameters
    _take_project(rows, place.project, update, is_new=old is None)
    if old is None or old.tags != row["tags"]:
        if old is not None:
            connection.execute(delete(schema.TAGS).where(schema.TAGS.c.run == place.key))
        for tag in load_json(row["tags"].encode()):
            rows.add(schema.TAGS, {"run": place.key, "tag": tag})
    rows.put(schema.RUNS, row)


def _read_now(update: RunUpdate) -> tuple[list[JournalFacts], list[PlacedFact]]:
    """A new run's journals and facts, from what was just read."""
    journals = [_journal_facts(state) for state, _ in update.journals]
    facts = [
        PlacedFact(fact.order_ns, state.writer, fact.offset, fact.time_ns, fact.kind, fact.content)
        for state, delta in update.journals
        for fact in delta.facts
        if fact.kind in _DERIVED_FROM
    ]
    return journals, facts


def _journal_facts(state: JournalState) -> JournalFacts:
    start = state.start
    assert start is not None  # noqa: S101 # nothing is recorded before the first record
    return JournalFacts(
        state.writer,
        start.role,
        start.attempt,
        start.created_ns,
        state.news_ns,
        state.has_left,
        state.is_final,
        state.fate,
        state.points,
    )


def _read_all(connection: Connection, run: int) -> tuple[list[JournalFacts], list[PlacedFact]]:
    table = schema.JOURNALS
    columns = [table.c[name] for name in JournalFacts._fields]
    journals = {
        row.key: JournalFacts(*row[1:])
        for row in connection.execute(select(table.c.key, *columns).where(table.c.run == run))
    }
    facts = [
        PlacedFact(
            row.order_ns,
            journals[row.journal].writer,
            row.offset,
            row.time_ns,
            Kind(row.kind),
            load_json(row.content.encode()),
        )
        for row in connection.execute(select(schema.FACTS).where(schema.FACTS.c.run == run))
    ]
    return list(journals.values()), facts


def _latest_parameters(connection: Connection, run: int) -> str:
    table, journals = schema.PARAMETERS, schema.JOURNALS
    statement = (
        select(table.c.name, table.c.value)
        .join(journals, journals.c.key == table.c.journal)
        .where(table.c.run == run)
        .order_by(table.c.order_ns, journals.c.writer, table.c.offset)
    )
    latest = {row.name: load_json(row.value.encode()) for row in connection.execute(statement)}
    return dump_json(latest, "parameters").decode()


def _count_damage(connection: Connection, run: int, update: RunUpdate, *, is_new: bool) -> int:
    if is_new:
        found = {
            (state.writer, damage.offset)
            for state, delta in update.journals
            for damage in delta.damage
        }
        return len(found)
    table = schema.DAMAGE
    counted = select(func.count()).select_from(table).where(table.c.run == run)
    return int(connection.execute(counted).scalar_one())


def _take_project(rows: _Rows, project: ProjectPlace, update: RunUpdate, *, is_new: bool) -> None:
    if is_new:
        start = update.journals[0][0].start
        assert start is not None  # noqa: S101 # nothing is recorded before the first record
        rows.add(schema.PROJECTS, project_row(project, start.namespace_name, start.project_name))


def project_row(project: ProjectPlace, namespace_name: str, project_name: str) -> dict[str, Any]:
    """A project's row."""
    return {
        "key": project.key,
        "namespace": project.namespace,
        "project": project.project,
        "namespace_name": namespace_name or project.namespace,
        "project_name": project_name or project.project,
    }


def forget_runs(connection: Connection, runs: Sequence[int]) -> None:
    """Take runs out of the catalog."""
    for part in chunks(runs):
        for table in schema.OF_RUN:
            connection.execute(delete(table).where(table.c.run.in_(part)))
        connection.execute(delete(schema.RUNS).where(schema.RUNS.c.key.in_(part)))
