"""The application: addresses, files, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import trialog
from trialog._dashboard import dashboard_files
from trialog._server.app import make_app
from trialog._server.description import describe
from trialog._server.routes import ROUTES
from trialog._server.security import Access
from trialog._server.store import Store
from trialog._server.typings import declare

ROOT = Path(__file__).parents[3]


def test_look_only(store):
    """A server that was started to look refuses every change, and answers every question."""
    with trialog.init("acme", "demo") as run:
        pass
    app = make_app(Store.at(store, may_change=False), Access("t", frozenset()))
    with TestClient(app) as client:
        client.headers["authorization"] = "Bearer t"
        assert client.get("/api/v1/server").json()["may_change"] is False
        for route in ROUTES:
            if route.is_change:
                path = "/api/v1" + route.path.format(namespace="acme", project="demo", name="x")
                answer = client.request(route.method, path, json={"runs": [run.id], "delete": True})
                assert answer.status_code == 403, route.path
    assert trialog.fetch_runs() == [run.id]


def test_unknown_address(server):
    """An address of the API that is none says where they are described."""
    answer = server.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert "openapi.json" in answer.json()["error"]["message"]


def test_page_names_files_that_are_there(server):
    """Every file that the page loads is served, compressed, and may be kept for ever."""
    page = server.get("/acme/demo").text
    paths = [each.partition('"')[0] for each in page.split('href="')[1:]]
    start = page.index('<script type="importmap">') + len('<script type="importmap">')
    imports = json.loads(page[start : page.index("</script>", start)])["imports"]
    paths += [path for name, path in imports.items() if not name.endswith("/")]
    assert len(paths) > 8
    for path in paths:
        answer = server.get(path)
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["../_server/app.py", "package.json", "__init__.py", "none.js", ""]
)
def test_other_files_are_not_served(server, path):
    """Only the dashboard's own scripts, styles and pictures."""
    assert server.get(f"/assets/1/{path}").status_code == 404
    assert server.get("/assets/1/..%2f_server%2fapp.py").status_code == 404


def test_nested_bodies_are_refused(server):
    """A body nested beyond all measure is the asker's mistake, not the server's."""
    answer = server.post("/api/v1/runs", content=b'{"project":' + b"[" * 100_000)
    assert answer.status_code == 400
    assert "nested" in answer.json()["error"]["message"]


def test_an_edited_file_is_another_version(tmp_path):
    """Edit and reload: no build, no stale copy."""
    from trialog._server.assets import Assets

    for name in ("index.html", "main.js"):
        (tmp_path / name).write_text("{{prefix}}")
    assets = Assets(tmp_path)
    before = assets._page(assets._files(), "")[0]
    assert assets._page(assets._files(), "")[0] == before
    (tmp_path / "main.js").write_text("{{prefix}} and more")
    assert assets._page(assets._files(), "")[0] != before


def test_description_and_types_are_fresh():
    """docs/reference/openapi.json and api.d.ts are what ``sh scripts/api`` writes."""
    described = json.loads((ROOT / "docs/reference/openapi.json").read_text(encoding="utf-8"))
    assert described == json.loads(json.dumps(describe()))
    types = Path(str(dashboard_files())) / "api.d.ts"
    assert types.read_text(encoding="utf-8") == declare(describe()["components"]["schemas"])


def test_every_route_is_described():
    """Each address has a sentence, and each field of what it asks is there."""
    paths = describe()["paths"]
    for route in ROUTES:
        operation = paths["/api/v1" + route.path][route.method.lower()]
        assert operation["summary"].endswith("."), route.path
        for name in operation["parameters"]:
            assert name["schema"], (route.path, name)
