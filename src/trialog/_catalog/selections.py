"""Choosing runs: what a filter comes to in SQL, and the rows that it gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, or_, select

from trialog._catalog import schema
from trialog._catalog.rows import chunks
from trialog._filters import RunFilter
from trialog._format.facts import OUTSIDE
from trialog._format.records import Kind
from trialog._format.values import load_json
from trialog._journals.addresses import ProjectPlace, RunPlace
from trialog._journals.parts import SPEAKING, Words, words_of
from trialog._journals.processes import Identity, identity_of

_APART = frozenset({"project", "parameters"})  # the owner's slug stands for its key; long


class WriterRow(NamedTuple):
    """A writer of a run: what its part has come to, and whether it lives.

    Attributes:
        words: what was said of the end of its part, or None.
    """

    writer: str
    role: str
    attempt: int
    has_left: bool
    is_final: bool
    fate: str | None
    news_ns: int
    identity: Identity
    rank: int | None = None
    local_rank: int | None = None
    world_size: int | None = None
    created_ns: int = 0
    points: int = 0
    words: Words | None = None

    @property
    def pid(self) -> int:
        """The number of its process."""
        return self.identity.pid


class RunRow(NamedTuple):
    """A run as the catalog knows it.

    Attributes:
        facts: its row of ``runs`` and its project's names.
        writers: of a run without a written end, all who ever wrote it; else none.
    """

    facts: Row[Any]
    writers: tuple[WriterRow, ...]

    @property
    def place(self) -> RunPlace:
        """Where it lies; made when it is asked for: most rows of many are never looked at."""
        facts = self.facts
        return RunPlace(ProjectPlace(facts.namespace, facts.project), facts.day, facts.id)

    @property
    def key(self) -> int:
        """Its key."""
        return int(self.facts.key)


def all_runs() -> Select[Any]:
    """All runs with their projects, newest first."""
    table, owner = schema.RUNS, schema.PROJECTS
    columns = [column for column in table.c if column.name not in _APART]
    return (
        select(
            *columns,
            owner.c.namespace,
            owner.c.project,
            owner.c.namespace_name,
            owner.c.project_name,
        )
        .join(owner, owner.c.key == table.c.project)
        .order_by(table.c.created_ns.desc(), table.c.id.desc())
    )


def filtered(statement: Select[Any], wanted: RunFilter) -> Select[Any]:
    """Only the runs that a filter finds, or that may turn out to be such."""
    table, owner, tags = schema.RUNS, schema.PROJECTS, schema.TAGS
    if wanted.kind is not None:
        statement = statement.where(table.c.kind == wanted.kind)
    if wanted.experiments is not None:
        statement = statement.where(table.c.experiment.in_(wanted.experiments))
    if not wanted.with_deleted:
        statement = statement.where(table.c.deleted_ns.is_(None) & ~_of_deleted())
    if wanted.namespace is not None:
        statement = statement.where(owner.c.namespace == wanted.namespace)
    if wanted.project is not None:
        statement = statement.where(owner.c.project == wanted.project)
    if wanted.name is not None:
        statement = statement.where(table.c.folded_name == wanted.name.casefold())
    if wanted.name_contains:
        part = wanted.name_contains.casefold()
        statement = statement.where(table.c.folded_name.contains(part, autoescape=True))
    if wanted.statuses is not None:
        names = [status.value for status in wanted.statuses]
        statement = statement.where(or_(table.c.status.in_(names), table.c.status.is_(None)))
    for tag in wanted.tags:
        has_tag = exists().where((tags.c.run == table.c.key) & (tags.c.tag == tag))
        statement = statement.where(has_tag)
    return statement


def _of_deleted() -> ColumnElement[bool]:
    """Whether a run is of an experiment that is deleted: it is hidden with it."""
    table, experiment = schema.RUNS, schema.RUNS.alias()
    return exists().where(
        (experiment.c.id == table.c.experiment)
        & (experiment.c.project + 0 == table.c.project)  # by id: a project may have 100,000 runs
        & (experiment.c.kind == "experiment")
        & experiment.c.deleted_ns.is_not(None)
    )


def with_writers(connection: Connection, rows: Sequence[Row[Any]]) -> list[RunRow]:
    """Rows of :func:`all_runs`, with the writers of those that nobody has ended."""
    writers = writers_of(connection, [row.key for row in rows if row.status is None])
    return [RunRow(row, tuple(writers.get(row.key, ()))) for row in rows]


def writers_of(connection: Connection, runs: Sequence[int]) -> dict[int, list[WriterRow]]:
    """All who ever wrote some runs at work, by run key."""
    writers: dict[int, list[WriterRow]] = {}
    table = schema.JOURNALS
    for part in chunks(runs):
        words = _words(connection, part)
        statement = select(table).where(table.c.run.in_(part) & table.c.role.not_in(OUTSIDE))
        for row in connection.execute(statement.order_by(table.c.created_ns, table.c.writer)):
            writers.setdefault(row.run, []).append(
                WriterRow(
                    row.writer,
                    row.role,
                    row.attempt,
                    row.has_left,
                    row.is_final,
                    row.fate,
                    row.news_ns,
                    identity_of(row),
                    row.rank,
                    row.local_rank,
                    row.world_size,
                    row.created_ns,
                    row.points,
                    words.get(row.run, {}).get(row.writer),
                )
            )
    return writers


class _Said(NamedTuple):
    """A fact about the end of a part."""

    writer: str
    time_ns: int
    kind: Kind
    content: dict[str, Any]


def _words(connection: Connection, runs: Sequence[int]) -> dict[int, dict[str, Words]]:
    """What was said of the ends of parts, by run key and writer."""
    facts, journals = schema.FACTS, schema.JOURNALS
    statement = (
        select(facts.c.run, journals.c.writer, facts.c.time_ns, facts.c.kind, facts.c.content)
        .join(journals, journals.c.key == facts.c.journal)
        .where(facts.c.run.in_(runs) & facts.c.kind.in_(sorted(SPEAKING)))
        .order_by(facts.c.order_ns, journals.c.writer, facts.c.offset)
    )
    said: dict[int, list[_Said]] = {}
    for run, writer, time_ns, kind, content in connection.execute(statement):
        fact = _Said(writer, time_ns, Kind(kind), load_json(content.encode()))
        said.setdefault(run, []).append(fact)
    return {run: words_of(each) for run, each in said.items()}
