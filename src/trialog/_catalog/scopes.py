"""Where a question looks: the runs of which kind, in which projects."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, func, select

from trialog._catalog import schema
from trialog._catalog.runsets import NONE, Keys, RunSet, fetch_keys
from trialog._catalog.selections import filtered
from trialog._catalog.valuerows import metric_column, parameter_column
from trialog._filters import RunFilter
from trialog._journals.addresses import ProjectPlace

KINDS = ("run", "experiment")


class Scope(NamedTuple):
    """Where a question looks.

    Attributes:
        projects: by key.
        kinds: of runs.
    """

    projects: dict[int, ProjectPlace]
    kinds: tuple[str, ...]

    def parameter_columns(self, name: str) -> list[int]:
        """The columns of a parameter."""
        return [parameter_column(*each, name) for each in self._pairs()]

    def metric_columns(self, name: str) -> list[int]:
        """The columns of a metric."""
        return [metric_column(*each, name) for each in self._pairs()]

    @property
    def condition(self) -> ColumnElement[bool]:
        """Of a row of ``runs``: it belongs here."""
        table = schema.RUNS
        return is_any(table.c.project, list(self.projects)) & is_any(table.c.kind, self.kinds)

    def beside(self, within: Keys | None) -> ColumnElement[bool]:
        """The same; where only some runs are looked at, their keys find them."""
        if within is None:
            return self.condition
        return self.unindexed & is_any(schema.RUNS.c.kind, self.kinds)

    @property
    def unindexed(self) -> ColumnElement[bool]:
        """Of a row of ``runs``: its project belongs here; beside what finds fewer runs."""
        return is_any(schema.RUNS.c.project + 0, list(self.projects))

    def _pairs(self) -> list[tuple[ProjectPlace, str]]:
        return [(project, kind) for project in self.projects.values() for kind in self.kinds]


def is_any(column: ColumnElement[Any], values: Any) -> ColumnElement[bool]:
    """A column is one of some values; of one, without a list."""
    return column == values[0] if len(values) == 1 else column.in_(values)


def scope_of(connection: Connection, wanted: RunFilter) -> Scope:
    """Where a filter looks."""
    table = schema.PROJECTS
    statement = select(table.c.key, table.c.namespace, table.c.project)
    if wanted.namespace is not None:
        statement = statement.where(table.c.namespace == wanted.namespace)
    if wanted.project is not None:
        statement = statement.where(table.c.project == wanted.project)
    rows = connection.execute(statement)
    projects = {key: ProjectPlace(namespace, project) for key, namespace, project in rows}
    return Scope(projects, KINDS if wanted.kind is None else (wanted.kind,))


def universe(connection: Connection, scope: Scope) -> Keys:
    """All runs in a scope."""
    return fetch_keys(connection, select(schema.RUNS.c.key).where(scope.condition))


def count_universe(connection: Connection, scope: Scope) -> int:
    """How many there are."""
    statement = select(func.count()).select_from(schema.RUNS).where(scope.condition)
    return int(connection.execute(statement).scalar_one())


def hidden(connection: Connection, scope: Scope) -> RunSet:
    """The deleted runs of a scope, and those of its deleted experiments."""
    table = schema.RUNS
    deleted = table.c.deleted_ns.is_not(None) & scope.unindexed
    asked = select(table.c.key).where(deleted, is_any(table.c.kind, scope.kinds))
    found = RunSet(fetch_keys(connection, asked))
    experiments = connection.execute(
        select(table.c.project, table.c.id).where(deleted & (table.c.kind == "experiment"))
    )
    for project, experiment in experiments.all():
        members = (table.c.experiment == experiment) & (table.c.project == project)
        members &= is_any(table.c.kind, scope.kinds)
        found |= RunSet(fetch_keys(connection, select(table.c.key).where(members)))
    return found


def chosen(connection: Connection, wanted: RunFilter) -> RunSet | None:
    """The runs that the keywords beside the filter language choose; None where there are none."""
    if wanted.experiments == ():
        return NONE
    if (wanted.name, wanted.name_contains, wanted.experiments) == (None,) * 3 and not wanted.tags:
        return None
    plain = RunFilter(
        namespace=wanted.namespace,
        project=wanted.project,
        name=wanted.name,
        name_contains=wanted.name_contains,
        tags=wanted.tags,
        kind=wanted.kind,
        experiments=wanted.experiments,
        with_deleted=True,
    )
    table, owner = schema.RUNS, schema.PROJECTS
    statement: Select[Any] = select(table.c.key).join(owner, owner.c.key == table.c.project)
    return RunSet(fetch_keys(connection, filtered(statement, plain)))
