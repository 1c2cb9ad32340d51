"""The projects of a store: their slugs, and what people call them."""

from __future__ import annotations

from typing import NamedTuple

from trialog._catalog import Catalog, queries


class StoredProject(NamedTuple):
    """A project that a store has.

    Attributes:
        namespace: its namespace's slug.
        project: its slug.
        namespace_name: what people call the namespace.
        project_name: what people call the project.
    """

    namespace: str
    project: str
    namespace_name: str
    project_name: str


def read_projects(catalog: Catalog) -> list[StoredProject]:
    """All projects that the catalog knows, by namespace and slug."""
    return [
        StoredProject(row.namespace, row.project, row.namespace_name, row.project_name)
        for row in catalog.ask(queries.projects)
    ]


def find_project(catalog: Catalog, namespace: str, project: str) -> StoredProject | None:
    """The project of these slugs, or None."""
    meant = (namespace, project)
    known = read_projects(catalog)
    return next((each for each in known if (each.namespace, each.project) == meant), None)
