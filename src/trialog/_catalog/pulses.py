"""How far everything has got that may still change: asked several times a second."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from trialog._catalog import schema
from trialog._catalog.rows import among


class RunPulse(NamedTuple):
    """A run that nobody has ended.

    Attributes:
        points: how many it has.
        updated_ns: of its last fact.
        attempt: which one is under way.
    """

    key: int
    id: str
    project: str
    points: int
    updated_ns: int
    attempt: int


class ProjectPulse(NamedTuple):
    """What changes where anything of a project's runs does, points aside."""

    runs: int
    deleted: int
    ended: int
    updated_ns: int


class SeriesPulse(NamedTuple):
    """How far a metric of a run has got.

    Attributes:
        points: how many.
        last_step: the highest.
    """

    points: int
    last_step: int


def pulses_of_runs(connection: Connection) -> dict[int, RunPulse]:
    """All runs without a written end, by key."""
    runs, owners = schema.RUNS, schema.PROJECTS
    statement = (
        select(
            runs.c.key,
            runs.c.id,
            owners.c.namespace,
            owners.c.project,
            runs.c.points,
            runs.c.updated_ns,
            runs.c.attempt,
        )
        .join(owners, owners.c.key == runs.c.project)
        .where(runs.c.status.is_(None))
    )
    return {
        key: RunPulse(key, run_id, f"{namespace}/{project}", points, updated_ns, attempt)
        for key, run_id, namespace, project, points, updated_ns, attempt in connection.execute(
            statement
        )
    }


def pulses_of_projects(connection: Connection) -> dict[str, ProjectPulse]:
    """All projects, by ``namespace/project``; looks at every run."""
    runs, owners = schema.RUNS, schema.PROJECTS
    statement = (
        select(
            owners.c.namespace,
            owners.c.project,
            func.count(),
            func.count(runs.c.deleted_ns),
            func.count(runs.c.status),
            func.max(runs.c.updated_ns),
        )
        .join(owners, owners.c.key == runs.c.project)
        .group_by(owners.c.key)
    )
    return {
        f"{namespace}/{project}": ProjectPulse(*pulse)
        for namespace, project, *pulse in connection.execute(statement)
    }


def pulses_of_series(
    connection: Connection, runs: Sequence[int]
) -> dict[tuple[int, str], SeriesPulse]:
    """All metrics of some runs, by run key and name."""
    series, names = schema.SERIES, schema.NAMES
    statement = (
        select(series.c.run, names.c.name, func.sum(series.c.count), func.max(series.c.highest))
        .join(names, names.c.key == series.c.name)
        .where(among(connection, series.c.run, runs) & (series.c.count > 0))
        .group_by(series.c.run, names.c.name)
    )
    return {
        (run, name): SeriesPulse(points, last_step)
        for run, name, points, last_step in connection.execute(statement)
    }
