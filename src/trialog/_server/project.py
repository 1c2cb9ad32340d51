"""A project: what there is in it."""

from __future__ import annotations

from collections import Counter

from trialog._catalog import queries, tallies
from trialog._filters import RunFilter
from trialog._filters.expressions import MEASURES
from trialog._filters.fields import FIELDS
from trialog._reading import explain_none, find_in_each, read_known_names
from trialog._reading.knownnames import MOST_RUNS
from trialog._reading.records import read_records
from trialog._server.overviews import parameter_heads
from trialog._server.shapes import FactHead, ProjectOverview, ProjectQuery
from trialog._server.store import Store
from trialog.errors import NotFoundError


def read_project(store: Store, query: ProjectQuery) -> ProjectOverview:
    """What there is in a project: how many runs of each status, and the columns to choose from."""
    catalog = store.catalog
    wanted = RunFilter(namespace=query.namespace, project=query.project, limit=MOST_RUNS + 1)
    newest = find_in_each(catalog, [wanted])
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
    found = catalog.ask(tallies.project_by_status, query.namespace, query.project)
    statuses = Counter(found.ended)
    statuses.update(each.status.value for each in read_records(catalog, found.unended))
    some = newest[:MOST_RUNS]
    known = read_known_names(catalog, some)
    return ProjectOverview(
        namespace=query.namespace,
        project=query.project,
        namespace_name=owner.namespace_name,
        project_name=owner.project_name,
        runs=statuses.total(),
        deleted=found.deleted,
        statuses=dict(statuses),
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
