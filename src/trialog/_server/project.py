"""A project: what there is in it."""

from __future__ import annotations

from trialog._filters import RunFilter
from trialog._filters.expressions import MEASURES
from trialog._filters.fields import FIELDS
from trialog._reading import explain_none
from trialog._reading.projects import find_project
from trialog._server.counts import counts_of
from trialog._server.shapes import FactHead, ProjectOverview, ProjectQuery
from trialog._server.store import Store
from trialog.errors import NotFoundError


def read_project(store: Store, query: ProjectQuery) -> ProjectOverview:
    """What there is in a project: how many runs of each status, and the columns to choose from."""
    catalog = store.catalog
    wanted = RunFilter(namespace=query.namespace, project=query.project)
    catalog.refresh()
    known = store.knowledge.of(f"{query.namespace}/{query.project}")
    found = find_project(catalog, query.namespace, query.project)
    if found is None:
        raise NotFoundError(explain_none(catalog, [wanted]))
    counted = counts_of(catalog, wanted)
    return ProjectOverview(
        namespace=query.namespace,
        project=query.project,
        namespace_name=found.namespace_name,
        project_name=found.project_name,
        runs=sum(counted.statuses.values()),
        deleted=counted.deleted,
        statuses=counted.statuses,
        parameters=known.heads,
        metrics=list(known.names.metrics),
        tags=list(known.names.tags),
        measures=list(MEASURES),
        facts=[
            FactHead(name=name, type=field.type.value, meaning=field.meaning)
            for name, field in FIELDS.items()
        ],
        is_whole=known.is_whole,
    )
