"""Experiments as artifacts: what they were committed to, and what else has their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.members import lineage_of
from trialog._catalog.rows import chunks
from trialog._catalog.selections import RunRow, all_runs, with_writers
from trialog._format.values import load_json
from trialog._journals.addresses import ProjectPlace, RunPlace


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
        statement = select(table.c.commit).where(condition & table.c.commit.is_not(None))
        ordered = statement.order_by(table.c.created_ns, table.c.id).limit(1)
        text = connection.execute(ordered).scalar()
        if text is not None:
            content = load_json(text.encode())
            return Kept(content["digest"], content.get("source"))
    return None


def sources_of(connection: Connection, experiment: str) -> list[str]:
    """Where blobs of an experiment and of its forebears may be that the store lacks."""
    ids = [each.experiment for each in lineage_of(connection, experiment)]
    table = schema.RUNS
    statement = select(table.c.id, table.c.commit).where(
        (table.c.kind == "experiment") & table.c.id.in_(ids) & table.c.commit.is_not(None)
    )
    said = {
        row.id: load_json(row.commit.encode()).get("source")
        for row in connection.execute(statement)
    }
    return list(dict.fromkeys(said[each] for each in ids if said.get(each) is not None))


class Entry(NamedTuple):
    """A run or an experiment of the store: enough to know it by."""

    id: str
    name: str
    kind: str
    experiment: str | None
    namespace: str
    project: str
    digest: str | None
    is_deleted: bool


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
    statement = select(
        *columns, owner.c.namespace, owner.c.project, table.c.digest, table.c.deleted_ns
    ).join(owner, owner.c.key == table.c.project)
    found: dict[Entry, None] = {}
    for column, wanted in ((table.c.id, ids), (table.c.experiment, experiments)):
        for part in chunks(wanted):
            for row in connection.execute(statement.where(column.in_(part))):
                place = row.namespace, row.project
                is_deleted = row.deleted_ns is not None
                entry = Entry(
                    row.id, row.name, row.kind, row.experiment, *place, row.digest, is_deleted
                )
                found[entry] = None
    return list(found)


def experiments_of_digest(connection: Connection, digest: str) -> list[RunRow]:
    """The experiments that were committed to a manifest of a digest, or of one that begins so."""
    condition = schema.RUNS.c.digest.startswith(digest, autoescape=True)
    return with_writers(connection, connection.execute(all_runs().where(condition)).all())


class Deletable(NamedTuple):
    """A run or an experiment, as far as it matters whether it may go.

    Attributes:
        place: where it lies.
        experiment: the id of the experiment that a run is recorded in, or None.
        is_experiment: whether it is one itself.
        parent: of a fork, the id of the experiment that it was forked from; else None.
        deleted_ns: when the user deleted it, or None.
    """

    place: RunPlace
    experiment: str | None
    is_experiment: bool
    parent: str | None
    deleted_ns: int | None


def deletable(connection: Connection) -> list[Deletable]:
    """All experiments, and those runs that are deleted or in a deleted experiment."""
    table, owner = schema.RUNS, schema.PROJECTS
    is_experiment = table.c.kind == "experiment"
    deleted = select(table.c.id).where(is_experiment & table.c.deleted_ns.is_not(None))
    columns = table.c.day, table.c.id, table.c.experiment, table.c.kind
    statement = (
        select(
            *columns,
            table.c.parent,
            table.c.subject,
            table.c.deleted_ns,
            owner.c.namespace,
            owner.c.project,
        )
        .join(owner, owner.c.key == table.c.project)
        .where(is_experiment | table.c.deleted_ns.is_not(None) | table.c.experiment.in_(deleted))
    )
    return [
        Deletable(
            RunPlace(ProjectPlace(row.namespace, row.project), row.day, row.id),
            row.experiment,
            row.kind == "experiment",
            row.parent if row.subject is not None else None,
            row.deleted_ns,
        )
        for row in connection.execute(statement)
    ]
