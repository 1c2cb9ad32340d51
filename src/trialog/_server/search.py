"""What somebody looks for by a few letters, anywhere in the store."""

from __future__ import annotations

from trialog._filters import RunFilter
from trialog._reading import find_in_each, resolve
from trialog._reading.projects import read_projects
from trialog._server.heads import head_of
from trialog._server.shapes import Found, ProjectQuery, SearchQuery
from trialog._server.store import Store
from trialog.errors import TrialogError

_RUNS, _PROJECTS = 20, 8


def search(store: Store, query: SearchQuery) -> Found:
    """Projects and runs whose names hold a text, and the run of that id; the newest first."""
    text = query.text.strip()
    if not text:
        return Found(projects=[], runs=[])
    catalog = store.catalog
    wanted = RunFilter(name_contains=text, limit=_RUNS)
    runs = {record.id: record for record in find_in_each(catalog, [wanted])}
    try:
        meant = resolve(catalog, text)
    except TrialogError:
        pass  # it is no id and no whole name
    else:
        runs = {meant.id: meant, **runs}
    projects = [
        ProjectQuery(namespace=each.namespace, project=each.project)
        for each in read_projects(catalog)
        if text.casefold() in f"{each.namespace}/{each.project} {each.project_name}".casefold()
    ]
    return Found(
        projects=projects[:_PROJECTS],
        runs=[head_of(record) for record in list(runs.values())[:_RUNS]],
    )
