"""Experiments as artifacts: what they were committed to, and what else has their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.rows import chunks
from trialog._catalog.selections import RunRow, all_runs, with_writers
from trialog._format.values import load_json


class Kept(NamedTuple):
    """Where the blobs of an experiment are.

    Attributes:
        digest: of the manifest that it was committed to.
        source: where they can be fetched that are not in the store, or None.
    """

    digest: str
    source: str | None


def commit_of(connection: Connection, project: int, experiment: str) -> Kept | None:
    """What sealed an experiment; of one whose record is not here, what sealed a fork of it."""
    table = schema.RUNS
    is_own = (table.c.project == project) & (table.c.id == experiment)
    is_fork = (table.c.parent == experiment) & table.c.subject.is_not(None)
    for condition in (is_own, is_fork):
        statement = select(table.c.commit).where(condition & table.c.commit.is_not(None)).limit(1)
        text = connection.execute(statement).scalar()
        if text is not None:
            content = load_json(text.encode())
            return Kept(content["digest"], content.get("source"))
    return None


class Entry(NamedTuple):
    """A run or an experiment of the store: enough to know it by."""

    id: str
    name: str
    kind: str
    experiment: str | None
    namespace: str
    project: str
    digest: str | None


def entries_of(
    connection: Connection, ids: Sequence[str], experiments: Sequence[str] = ()
) -> list[Entry]:
    """All that is in the store under some ids, in whatever project, and the runs of experiments.

    Args:
        connection: of the catalog.
        ids: of runs and experiments.
        experiments: whose runs are wanted too.
    """
    table, owner = schema.RUNS, schema.PROJECTS
    columns = table.c.id, table.c.name, table.c.kind, table.c.experiment
    statement = select(*columns, owner.c.namespace, owner.c.project, table.c.commit).join(
        owner, owner.c.key == table.c.project
    )
    found: dict[Entry, None] = {}
    for column, wanted in ((table.c.id, ids), (table.c.experiment, experiments)):
        for part in chunks(wanted):
            for row in connection.execute(statement.where(column.in_(part))):
                digest = None if row.commit is None else load_json(row.commit.encode())["digest"]
                owner_of = row.namespace, row.project
                found[Entry(row.id, row.name, row.kind, row.experiment, *owner_of, digest)] = None
    return list(found)


def experiments_of_digest(connection: Connection, digest: str) -> list[RunRow]:
    """The experiments that were committed to a manifest of that digest, newest first."""
    commit = schema.RUNS.c.commit
    condition = commit.contains(f'"{digest}"', autoescape=True)
    return with_writers(connection, connection.execute(all_runs().where(condition)).all())
