"""Views of a project that people save under a name."""

from __future__ import annotations

from trialog._format.times import time_ns_of
from trialog._reading.views import read_views
from trialog._server.shapes import ProjectQuery, View, ViewChange, ViewQuery, Views
from trialog._server.store import Store
from trialog._tracking.projects import save_view


def list_views(store: Store, query: ProjectQuery) -> Views:
    """The saved views of a project, by name."""
    found = read_views(store.catalog.store, query.namespace, query.project)
    views = [
        View(
            name=each.name,
            content=each.content,
            by=each.by,
            saved_ns=time_ns_of(each.date),
        )
        for each in found
    ]
    return Views(views=views)


def put_view(store: Store, query: ViewChange) -> Views:
    """Save a view under a name, in place of the one that has it; then all of them."""
    home = store.catalog.store.path
    save_view(home, query.namespace, query.project, query.name, query.content)
    return list_views(store, ProjectQuery(namespace=query.namespace, project=query.project))


def delete_view(store: Store, query: ViewQuery) -> Views:
    """Take a view away; then all that are left."""
    home = store.catalog.store.path
    save_view(home, query.namespace, query.project, query.name, None)
    return list_views(store, ProjectQuery(namespace=query.namespace, project=query.project))
