"""The first page: what needs attention, and the projects."""

from __future__ import annotations

from trialog._reading.overview import ProjectState, look_at_store
from trialog._server.heads import head_of
from trialog._server.shapes import Home, Nothing, ProjectHead, Server
from trialog._server.store import Store
from trialog._version import __version__


def read_server(store: Store, query: Nothing) -> Server:  # noqa: ARG001 # what all handlers take
    """What the page needs to know of the server."""
    return Server(
        version=__version__,
        store=str(store.catalog.store.path),
        may_change=store.may_change,
        now_ns=store.clock(),
    )


def read_home(store: Store, query: Nothing) -> Home:  # noqa: ARG001 # what all handlers take
    """What needs attention, and all projects."""
    found = look_at_store(store.catalog)
    return Home(
        attention=[head_of(record) for record in found.attention],
        projects=[_project(each) for each in found.projects],
    )


def _project(state: ProjectState) -> ProjectHead:
    return ProjectHead(
        namespace=state.namespace,
        project=state.project,
        namespace_name=state.namespace_name,
        project_name=state.project_name,
        runs=state.statuses.total(),
        statuses={status.value: amount for status, amount in state.statuses.items() if amount},
        newest_ns=state.newest_ns,
        days=state.days,
    )
