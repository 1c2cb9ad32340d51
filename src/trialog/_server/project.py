"""A project: what there is in it."""

from __future__ import annotations

from dataclasses import replace

from trialog._catalog import queries
from trialog._filters import RunFilter
from trialog._filters.expressions import MEASURES
from trialog._filters.fields import FIELDS
from trialog._reading import explain_none, find, read_known_names
from trialog._reading.knownnames import MOST_RUNS
from trialog._reading.pages import count_statuses, find_page
from trialog._server.overviews import parameter_heads
from trialog._server.shapes import FactHead, ProjectOverview, ProjectQuery
from trialog._server.store import Store
from trialog.errors import NotFoundError


def read_project(store: Store, query: ProjectQuery) -> ProjectOverview:
    """What there is in a project: how many runs of each status, and the columns to choose from."""
    catalog = store.catalog
    wanted = RunFilter(namespace=query.namespace, project=query.project, limit=MOST_RUNS + 1)
    newest = find(catalog, wanted)
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
    there = replace(wanted, limit=None)
    statuses = {status.value: count for status, count in count_statuses(catalog, there).items()}
    runs = sum(statuses.values())
    everything = find_page(catalog, replace(there, with_deleted=True), limit=0).total
    some = newest[:MOST_RUNS]
    known = read_known_names(catalog, some)
    return ProjectOverview(
        namespace=query.namespace,
        project=query.project,
        namespace_name=owner.namespace_name,
        project_name=owner.project_name,
        runs=runs,
        deleted=everything - runs,
        statuses=statuses,
        parameters=parameter_heads(catalog, some),
        metrics=list(known.metrics),
        tags=list(known.tags),
        measures=list(MEASURES),
        facts=[
            FactHead(name=name, type=field.type.value, meaning=field.meaning)
            for name, field in FIELDS.items()
        ],
        is_whole=len(newest) <= MOST_RUNS,
    )
