"""A project: what there is in it."""

from __future__ import annotations

from dataclasses import replace

from trialog._catalog import queries
from trialog._filters import RunFilter
from trialog._filters.expressions import MEASURES
from trialog._filters.fields import FIELDS
from trialog._reading import explain_none
from trialog._reading.pages import count_statuses, find_page
from trialog._server.shapes import FactHead, ProjectOverview, ProjectQuery
from trialog._server.store import Store
from trialog.errors import NotFoundError


def read_project(store: Store, query: ProjectQuery) -> ProjectOverview:
    """What there is in a project: how many runs of each status, and the columns to choose from."""
    catalog = store.catalog
    wanted = RunFilter(namespace=query.namespace, project=query.project)
    known = store.knowledge.of(f"{query.namespace}/{query.project}")
    owner = next(
        (
            each
            for each in catalog.ask(queries.projects)
            if (each.namespace, each.project) == (query.namespace, query.project)
        ),
        None,
    )
    if owner is None:
        raise NotFoundError(explain_none(catalog, [wanted]))
    statuses = {status.value: count for status, count in count_statuses(catalog, wanted).items()}
    runs = sum(statuses.values())
    everything = find_page(catalog, replace(wanted, with_deleted=True), limit=0).total
    return ProjectOverview(
        namespace=query.namespace,
        project=query.project,
        namespace_name=owner.namespace_name,
        project_name=owner.project_name,
        runs=runs,
        deleted=everything - runs,
        statuses=statuses,
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
