"""A run's row in the catalog, made anew whenever one of its journals has grown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, func, select

from trialog._catalog import schema
from trialog._catalog.deriving import DERIVED_FROM, JournalFacts, PlacedFact, derive_run
from trialog._catalog.queries import metric_names
from trialog._catalog.rows import Rows, chunks
from trialog._catalog.valuerows import Measured, forget_values, take_parameters
from trialog._format.records import Kind
from trialog._format.values import dump_json, load_json
from trialog._journals.addresses import ProjectPlace
from trialog._journals.ingest import RunUpdate
from trialog._journals.reading import JournalState


class Known(NamedTuple):
    """What the catalog knows of a run.

    Attributes:
        journals: all of its journals.
        facts: those its row follows from.
        damages: how many places cannot be read.
        row: its row of ``runs``.
    """

    journals: list[JournalFacts]
    facts: list[PlacedFact]
    damages: int
    row: Row[Any]


def take_run(
    connection: Connection, rows: Rows, update: RunUpdate, known: Known | None
) -> Measured | None:
    """Make a run's row, once all that was read of its journals is in the catalog.

    Args:
        connection: in a transaction that writes.
        rows: gets the row.
        update: what was read of the run.
        known: what the catalog knows of it by now; None where the run is new.

    Returns:
        Which of its metrics have grown, or None.
    """
    place = update.place
    if known is None:
        journals, facts, damages, old = *_read_now(update), _count_damage(update), None
    else:
        journals, facts, damages, old = known
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
    is_of_one = old is None and len(update.journals) == 1
    has_moved = old is not None and old.kind != row["kind"]
    latest: dict[str, Any] | None = None
    if is_of_one:
        latest = {name: value for fact in parameters for name, value in fact.content.items()}
    elif old is None or parameters or has_moved:
        latest = _latest_parameters(connection, place.key)
    if latest is None and old is not None:
        row["parameters"] = old.parameters
    elif latest is not None:
        row["parameters"] = dump_json(latest, "parameters").decode()
        before = None if old is None or has_moved else load_json(old.parameters.encode())
        if has_moved:
            forget_values(connection, place.key)
        take_parameters(rows, place, row["kind"], latest, before)
    _take_project(rows, place.project, update, is_new=old is None)
    if old is None or old.tags != row["tags"]:
        if old is not None:
            connection.execute(delete(schema.TAGS).where(schema.TAGS.c.run == place.key))
        for tag in load_json(row["tags"].encode()):
            rows.add(schema.TAGS, {"run": place.key, "tag": tag})
    rows.put(schema.RUNS, row)
    return _measured(connection, update, row["kind"], is_of_one=is_of_one, has_moved=has_moved)


def _measured(
    connection: Connection, update: RunUpdate, kind: str, *, is_of_one: bool, has_moved: bool
) -> Measured | None:
    names = [name for _, delta in update.journals for name in delta.names]
    if has_moved:
        names = metric_names(connection, [update.place.key])
    if not names:
        return None
    summaries = update.journals[0][1].summaries if is_of_one else None
    return Measured(update.place, kind, names, summaries)


def _read_now(update: RunUpdate) -> tuple[list[JournalFacts], list[PlacedFact]]:
    """A new run's journals and facts, from what was just read."""
    journals = [journal_facts_of(state) for state, _ in update.journals]
    facts = [
        PlacedFact(fact.order_ns, state.writer, fact.offset, fact.time_ns, fact.kind, fact.content)
        for state, delta in update.journals
        for fact in delta.facts
        if fact.kind in DERIVED_FROM
    ]
    return journals, facts


def journal_facts_of(state: JournalState) -> JournalFacts:
    """What a run's row needs to know of a journal that was read."""
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


def read_known(connection: Connection, runs: Sequence[int]) -> dict[int, Known]:
    """What the catalog knows of some runs, by key."""
    table, damage = schema.RUNS, schema.DAMAGE
    found: dict[int, Known] = {}
    for part in chunks(runs):
        facts = read_journal_facts(connection, part)
        counted = (
            select(damage.c.run, func.count()).where(damage.c.run.in_(part)).group_by(damage.c.run)
        )
        damages = {run: int(count) for run, count in connection.execute(counted)}
        for row in connection.execute(select(table).where(table.c.key.in_(part))):
            found[row.key] = Known(*facts[row.key], damages.get(row.key, 0), row)
    return found


def read_journal_facts(
    connection: Connection, runs: Sequence[int]
) -> dict[int, tuple[list[JournalFacts], list[PlacedFact]]]:
    """The journals of some runs that the catalog knows, and the facts their rows follow from."""
    table = schema.JOURNALS
    columns = [table.c[name] for name in JournalFacts._fields]
    found: dict[int, tuple[list[JournalFacts], list[PlacedFact]]] = {run: ([], []) for run in runs}
    writers: dict[int, str] = {}
    for row in connection.execute(
        select(table.c.key, table.c.run, *columns).where(table.c.run.in_(runs))
    ):
        journal = JournalFacts(*row[2:])
        writers[row.key] = journal.writer
        found[row.run][0].append(journal)
    kept = schema.FACTS
    condition = kept.c.run.in_(runs) & kept.c.kind.in_(sorted(DERIVED_FROM))
    for row in connection.execute(select(kept).where(condition)):
        content = load_json(row.content.encode())
        fact = PlacedFact(
            row.order_ns, writers[row.journal], row.offset, row.time_ns, Kind(row.kind), content
        )
        found[row.run][1].append(fact)
    return found


def _latest_parameters(connection: Connection, run: int) -> dict[str, Any]:
    table, journals = schema.PARAMETERS, schema.JOURNALS
    statement = (
        select(table.c.name, table.c.value)
        .join(journals, journals.c.key == table.c.journal)
        .where(table.c.run == run)
        .order_by(table.c.order_ns, journals.c.writer, table.c.offset)
    )
    return {row.name: load_json(row.value.encode()) for row in connection.execute(statement)}


def _count_damage(update: RunUpdate) -> int:
    places = {
        (state.writer, damage.offset) for state, delta in update.journals for damage in delta.damage
    }
    return len(places)


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
