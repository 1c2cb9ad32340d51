"""Questions about runs: each takes a connection, and gives plain values.

Pass them to :meth:`trialog._catalog.catalog.Catalog.ask`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Row, func, select

from trialog._catalog import schema
from trialog._catalog.rows import among, chunks
from trialog._catalog.runsets import bare_rows, joined
from trialog._catalog.selections import RunRow, all_runs, filtered, with_writers
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._format.facts import OUTSIDE
from trialog._format.records import Kind
from trialog._format.values import load_json

TAG_MARK = b'{"$'
"""Before a value that JSON has no form for."""


def find_runs(connection: Connection, wanted: RunFilter) -> list[RunRow]:
    """The runs that a filter finds, newest first.

    Those that nobody has ended are in it whatever status is asked for, and the limit is not
    applied: only the caller can tell their status.
    """
    if wanted.limit == 0:
        return []
    statement = filtered(all_runs(), wanted)
    needs_no_check = wanted.statuses is None and wanted.where is None and not wanted.sort
    needs_no_check = needs_no_check and not wanted.offset
    if needs_no_check and wanted.limit is not None:
        statement = statement.limit(wanted.limit)
    return with_writers(connection, connection.execute(statement).all())


def runs_by_key(connection: Connection, runs: Sequence[int]) -> list[RunRow]:
    """Runs by key, in the order asked for; unknown ones are left out."""
    rows: list[Any] = []
    for part in chunks(runs):
        rows += connection.execute(all_runs().where(schema.RUNS.c.key.in_(part))).all()
    found = {row.key: row for row in with_writers(connection, rows)}
    return [found[run] for run in runs if run in found]


def last_completed_before(
    connection: Connection, wanted: RunFilter, created_ns: int
) -> list[RunRow]:
    """The newest run that a filter finds, was begun before a time and has COMPLETED, if any."""
    table = schema.RUNS
    condition = (table.c.status == RunStatus.COMPLETED.value) & (table.c.created_ns < created_ns)
    statement = filtered(all_runs(), wanted).where(condition).limit(1)
    return with_writers(connection, connection.execute(statement).all())


def runs_by_id(connection: Connection, run_id: str, wanted: RunFilter) -> list[RunRow]:
    """The runs of exactly that id: ids that users chose may be in several projects."""
    statement = filtered(all_runs(), wanted).where(schema.RUNS.c.id == run_id)
    return with_writers(connection, connection.execute(statement).all())


def runs_by_prefix(connection: Connection, prefix: str, wanted: RunFilter) -> list[RunRow]:
    """The runs whose id begins with a text; two are enough to know that it is not unique."""
    condition = schema.RUNS.c.id.startswith(prefix, autoescape=True)
    statement = filtered(all_runs(), wanted).where(condition).limit(2)
    rows = connection.execute(statement).all()
    return [row for row in with_writers(connection, rows) if row.place.id.startswith(prefix)]


def runs_by_name(connection: Connection, name: str, wanted: RunFilter) -> list[RunRow]:
    """The runs of exactly that name, newest first."""
    statement = filtered(all_runs(), wanted).where(schema.RUNS.c.name == name)
    return with_writers(connection, connection.execute(statement).all())


def names_and_ids(connection: Connection, wanted: RunFilter) -> list[str]:
    """All names and ids, to find what somebody meant."""
    table = schema.RUNS
    statement = filtered(
        select(table.c.name, table.c.id).join(
            schema.PROJECTS, schema.PROJECTS.c.key == table.c.project
        ),
        wanted,
    )
    return list(dict.fromkeys(text for row in connection.execute(statement) for text in row))


def heads_of(connection: Connection, runs: Sequence[int]) -> list[tuple[str, str]]:
    """The ids and names of runs by key, in the order asked for; unknown ones are left out."""
    table = schema.RUNS
    columns = select(table.c.key, table.c.id, table.c.name)
    found = {
        key: (run_id, name)
        for key, run_id, name in connection.execute(
            columns.where(among(connection, table.c.key, runs))
        )
    }
    return [found[run] for run in runs if run in found]


def projects(connection: Connection) -> list[Row[Any]]:
    """All projects: namespace, project, namespace_name, project_name."""
    table = schema.PROJECTS
    return list(connection.execute(select(table).order_by(table.c.namespace, table.c.project)))


# -- content ---------------------------------------------------------------------------------------


def parameters_of(connection: Connection, runs: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The newest value of each parameter, by run key."""
    found = column_of(connection, runs, "parameters")
    whole = f"[{','.join(found.values())}]".encode()
    if TAG_MARK in whole:
        return {key: parse_parameters(text) for key, text in found.items()}
    return dict(zip(found, orjson.loads(whole), strict=True))


def column_of(connection: Connection, runs: Sequence[int], name: str) -> dict[int, Any]:
    """A column of the rows of some runs, by key."""
    table = schema.RUNS
    listed = among(connection, table.c.key, sorted(runs))  # in the order they lie in
    return dict(bare_rows(connection, select(table.c.key, table.c[name]).where(listed)))


class ParameterLines(NamedTuple):
    """The parameters of some runs.

    Attributes:
        keys: of the runs.
        ids: of the same.
        text: their parameters as JSON, a line for each.
    """

    keys: list[int]
    ids: list[str]
    text: str


def read_parameter_lines(
    connection: Connection,
    runs: Sequence[int],
    read: Callable[[Iterator[ParameterLines]], None],
    part: int = 4096,
) -> None:
    """The parameters of some runs, for somebody who reads them in parts.

    The database joins the texts of a part: no object is made of a run, and a thread that reads the
    part before is not held up at each row.

    Args:
        connection: to the catalog.
        runs: by key.
        read: takes the parts, in any order.
        part: so many runs are in each.
    """
    table = schema.RUNS
    together: list[ColumnElement[Any]] = [
        joined(table.c.key),
        func.aggregate_strings(table.c.id, "/"),  # the name of a folder has none
        func.aggregate_strings(table.c.parameters, "\n"),  # nor has our JSON a newline
    ]

    def lines() -> Iterator[ParameterLines]:
        for some in chunks(sorted(runs), part):  # in the order they lie in
            statement = select(*together).where(among(connection, table.c.key, some))
            for keys, ids, text in bare_rows(connection, statement):
                if keys is not None:
                    yield ParameterLines(list(map(int, keys.split(","))), ids.split("/"), text)

    read(lines())


def unended_of(connection: Connection, runs: Collection[int]) -> list[RunRow]:
    """Those of some runs that nobody has ended."""
    wanted, table = set(runs), schema.RUNS
    statement = all_runs().where(table.c.status.is_(None)).order_by(None)
    rows = [row for row in connection.execute(statement) if row.key in wanted]
    return with_writers(connection, rows)


def parse_parameters(text: str) -> Any:
    """The parameters in a row of ``runs``; the tagged forms cost only those who use them."""
    data = text.encode()
    return load_json(data) if TAG_MARK in data else orjson.loads(data)


class ParameterValue(NamedTuple):
    """A value that a parameter once had."""

    time_ns: int
    value: Any


def parameter_history(connection: Connection, run: int, name: str) -> list[ParameterValue]:
    """All values of a parameter, oldest first."""
    table, journals = schema.PARAMETERS, schema.JOURNALS
    statement = (
        select(table.c.time_ns, table.c.value)
        .join(journals, journals.c.key == table.c.journal)
        .where((table.c.run == run) & (table.c.name == name))
        .order_by(table.c.order_ns, journals.c.writer, table.c.offset)
    )
    return [
        ParameterValue(time_ns, load_json(value.encode()))
        for time_ns, value in connection.execute(statement)
    ]


def parameter_counts(connection: Connection, run: int) -> dict[str, int]:
    """How many values each parameter has had that had several."""
    table = schema.PARAMETERS
    statement = (
        select(table.c.name, func.count())
        .where(table.c.run == run)
        .group_by(table.c.name)
        .having(func.count() > 1)
    )
    return {name: int(count) for name, count in connection.execute(statement)}


def metric_names(connection: Connection, runs: Sequence[int]) -> list[str]:
    """The names of all metrics of some runs, sorted."""
    series, texts = schema.SERIES, schema.NAMES
    statement = (
        select(texts.c.name)
        .join(series, series.c.name == texts.c.key)
        .where(among(connection, series.c.run, runs) & (series.c.count > 0))
        .distinct()
    )
    return sorted(connection.execute(statement).scalars())


class Origins(NamedTuple):
    """Where the points of some runs may come from.

    Attributes:
        attempts: the numbers of all their attempts, ascending.
        ranks: of all their processes that have one, ascending.
    """

    attempts: list[int]
    ranks: list[int]


def origins_of(connection: Connection, runs: Sequence[int]) -> Origins:
    """The attempts and ranks of some runs."""
    table = schema.JOURNALS
    statement = (
        select(table.c.attempt, table.c.rank)
        .where(among(connection, table.c.run, runs) & table.c.role.not_in(OUTSIDE))
        .distinct()
    )
    pairs = connection.execute(statement).all()
    return Origins(
        sorted({attempt for attempt, _ in pairs}),
        sorted({rank for _, rank in pairs if rank is not None}),
    )


class JsonValue(NamedTuple):
    """A timed JSON record."""

    step: int
    time_ns: int
    value: str | None
    blob: str | None


def have_json_values(connection: Connection, runs: Sequence[int], name: str) -> bool:
    """Whether any of some runs has JSON values of a name."""
    table = schema.JSON_VALUES
    condition = among(connection, table.c.run, runs) & (table.c.name == name)
    return connection.execute(select(table.c.run).where(condition).limit(1)).first() is not None


def json_values(connection: Connection, run: int, name: str) -> list[JsonValue]:
    """The JSON values logged under a name, in order."""
    table, journals = schema.JSON_VALUES, schema.JOURNALS
    statement = (
        select(table.c.step, table.c.time_ns, table.c.value, table.c.blob)
        .join(journals, journals.c.key == table.c.journal)
        .where((table.c.run == run) & (table.c.name == name))
        .order_by(table.c.order_ns, journals.c.writer, table.c.offset)
    )
    return [JsonValue(*row) for row in connection.execute(statement)]


def json_value_names(connection: Connection, run: int) -> list[str]:
    """The names under which a run has JSON values, sorted."""
    table = schema.JSON_VALUES
    statement = select(table.c.name).where(table.c.run == run).distinct()
    return sorted(connection.execute(statement).scalars())


def attachments(connection: Connection, run: int) -> Iterator[Row[Any]]:
    """All versions of all attachments of a run, in order."""
    table, journals = schema.ATTACHMENTS, schema.JOURNALS
    statement = (
        select(table)
        .join(journals, journals.c.key == table.c.journal)
        .where(table.c.run == run)
        .order_by(table.c.order_ns, journals.c.writer, table.c.offset)
    )
    return iter(connection.execute(statement).all())


class WriterFact(NamedTuple):
    """A fact of a run: which writer said what, and when."""

    writer: str
    time_ns: int
    kind: Kind
    content: dict[str, Any]


def facts_of(connection: Connection, run: int, kinds: Collection[Kind]) -> list[WriterFact]:
    """The facts of some kinds that all writers of a run have said, in order."""
    table, journals = schema.FACTS, schema.JOURNALS
    statement = (
        select(journals.c.writer, table.c.time_ns, table.c.kind, table.c.content)
        .join(journals, journals.c.key == table.c.journal)
        .where((table.c.run == run) & table.c.kind.in_(sorted(kinds)))
        .order_by(table.c.order_ns, journals.c.writer, table.c.offset)
    )
    return [
        WriterFact(writer, time_ns, Kind(kind), load_json(content.encode()))
        for writer, time_ns, kind, content in connection.execute(statement)
    ]


class RunFact(NamedTuple):
    """A fact of one of several runs."""

    run: int
    time_ns: int
    content: dict[str, Any]


def facts_of_runs(connection: Connection, runs: Sequence[int], kind: Kind) -> list[RunFact]:
    """The facts of a kind of some runs, in order for each."""
    table = schema.FACTS
    statement = (
        select(table.c.run, table.c.time_ns, table.c.content)
        .where(among(connection, table.c.run, runs) & (table.c.kind == kind))
        .order_by(table.c.order_ns, table.c.offset)
    )
    return [
        RunFact(run, time_ns, load_json(content.encode()))
        for run, time_ns, content in connection.execute(statement)
    ]


class JournalOf(NamedTuple):
    """A journal of a run: whose it is."""

    writer: str
    role: str
    attempt: int
    rank: int | None
    created_ns: int


def journals_of(connection: Connection, run: int) -> list[JournalOf]:
    """All journals of a run, witnesses' and editors' too, in the order they were begun."""
    table = schema.JOURNALS
    statement = (
        select(table.c.writer, table.c.role, table.c.attempt, table.c.rank, table.c.created_ns)
        .where(table.c.run == run)
        .order_by(table.c.created_ns, table.c.writer)
    )
    return [JournalOf(*row) for row in connection.execute(statement)]


class DamageRow(NamedTuple):
    """Bytes of a journal that are not what was written."""

    writer: str
    offset: int
    size: int
    reason: str


def damage_of(connection: Connection, run: int) -> list[DamageRow]:
    """What of a run's journals cannot be read."""
    table, journals = schema.DAMAGE, schema.JOURNALS
    statement = (
        select(journals.c.writer, table.c.offset, table.c.size, table.c.reason)
        .join(journals, journals.c.key == table.c.journal)
        .where(table.c.run == run)
        .order_by(journals.c.writer, table.c.offset)
    )
    found = [DamageRow(*row) for row in connection.execute(statement)]
    unread = select(journals.c.writer, journals.c.error).where(
        (journals.c.run == run) & journals.c.error.is_not(None)
    )
    found += [DamageRow(writer, 0, 0, error) for writer, error in connection.execute(unread)]
    return found
