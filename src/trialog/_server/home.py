"""The first page: what needs attention, and the projects."""

from __future__ import annotations

from trialog._server.shapes import Nothing, Server
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
