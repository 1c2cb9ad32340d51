"""A server's application on the test's store, asked without a socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from trialog._server.app import make_app
from trialog._server.security import Access
from trialog._server.store import Store

TOKEN = "secret"
HOST = "127.0.0.1:7878"


@pytest.fixture
def server(store: Path) -> Iterator[TestClient]:
    """Who may ask, asks."""
    app = make_app(Store.at(store), Access.on(TOKEN, "127.0.0.1", 7878))
    client = TestClient(app, base_url=f"http://{HOST}")
    client.headers["authorization"] = f"Bearer {TOKEN}"
    with client:
        yield client
