"""A run's row in the catalog, made anew whenever one of its journals has grown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select

from trialog._catalog import schema
from trialog._catalog.deriving import DERIVED_FROM, JournalFacts, PlacedFact, derive_run
from trialog._catalog.rows import Rows, chunks
from trialog._format.records import Kind
from trialog._format.values import dump_json, load_json
from trialog._journals.addresses import ProjectPlace
from trialog._journals.ingest import RunUpdate
from trialog._journals.reading import JournalState


def take_run(connection: Connection, rows: Rows, update: RunUpdate, *, is_new: bool) -> None:
    """Make a run's row, once all that was read of its journals is in the catalog.

    Args:
        connection: in a transaction that writes.
        rows: gets the row.
        update: what was read of the run.
        is_new: the catalog does not know the run yet.
    """
    place = update.place
    if is_new:
        journals, facts = _read_now(update)
        old = None
    else:
        journals, facts = read_journal_facts(connection, place.key)
        table = schema.RUNS
        old = connection.execute(select(table).where(table.c.key == place.key)).one_or_none()
    damages = _count_damage(connection, place.key, update, is_new=is_new)
    row = derive_run(place.id, journals, facts, is_damaged=bool(damages))
    row["key"] = place.key
    row["project"] = place.project.key
    row["id"] = place.id
    row["day"] = place.day
    row["folded_name"] = row["name"].casefold()
    updates = [delta.updated_ns for _, delta in update.journals]
    row["updated_ns"] = max(*updates, old.updated_ns if old else row["created_ns"], 0)
    row["damages"] = damages
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
        if fact.kind in DERIVED_FROM
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
        start.rank,
        start.world_size,
        start.pid,
    )


def read_journal_facts(
    connection: Connection, run: int
) -> tuple[list[JournalFacts], list[PlacedFact]]:
    """The journals of a run that the catalog knows, and the facts that its row follows from."""
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
        for row in connection.execute(
            select(schema.FACTS).where(
                (schema.FACTS.c.run == run) & schema.FACTS.c.kind.in_(sorted(DERIVED_FROM))
            )
        )
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


def _take_project(rows: Rows, project: ProjectPlace, update: RunUpdate, *, is_new: bool) -> None:
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
