"""How far series have got: what tells whether their points have changed since they were read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.rows import among
from trialog._filters import RunFilter
from trialog._journals.addresses import key_of


class SeriesVersion(NamedTuple):
    """What one writer has logged of one metric.

    Attributes:
        journal: the writer's key.
        attempt: of the run, which it belongs to.
        points: how many.
        lowest_step: of them; it says what of earlier attempts they replace.
        created_ns: when the writer began.
    """

    journal: int
    attempt: int
    points: int
    lowest_step: int
    created_ns: int


def series_versions(
    connection: Connection, runs: Sequence[int], metric: str
) -> dict[int, tuple[SeriesVersion, ...]]:
    """How far a metric has got in some runs, by run key; those without points are left out.

    Equal versions mean equal points: journals only grow.
    """
    series, journals = schema.SERIES, schema.JOURNALS
    statement = (
        select(
            journals.c.run,
            journals.c.key,
            journals.c.attempt,
            series.c.count,
            series.c.lowest_step,
            journals.c.created_ns,
        )
        .join(series, series.c.journal == journals.c.key)
        .where(among(connection, journals.c.run, runs))
        .where((series.c.name == key_of("name", metric)) & (series.c.count > 0))
    )
    found: dict[int, list[SeriesVersion]] = {}
    for run, *version in connection.execute(statement):
        found.setdefault(run, []).append(SeriesVersion(*version))
    return {run: tuple(sorted(versions)) for run, versions in found.items()}


def keys_of_ids(connection: Connection, ids: Sequence[str], wanted: RunFilter) -> list[int]:
    """The keys of runs by id, in the order of the ids; unknown ones are left out."""
    table, owner = schema.RUNS, schema.PROJECTS
    statement = (
        select(table.c.id, table.c.key)
        .join(owner, owner.c.key == table.c.project)
        .where(among(connection, table.c.id, ids))
    )
    if wanted.namespace is not None:
        statement = statement.where(owner.c.namespace == wanted.namespace)
    if wanted.project is not None:
        statement = statement.where(owner.c.project == wanted.project)
    keys: dict[str, list[int]] = {}
    for run_id, key in connection.execute(statement):
        keys.setdefault(run_id, []).append(key)
    return [key for run_id in dict.fromkeys(ids) for key in keys.get(run_id, ())]
