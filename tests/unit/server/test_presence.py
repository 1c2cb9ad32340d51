"""Notebooks link to the dashboard that is open on their store."""

from __future__ import annotations

import os
import subprocess
import sys

import orjson
import pytest

import trialog
from trialog._machine import boot_id
from trialog._reading import catalog_of
from trialog._reading.dashboards import find_dashboard
from trialog._server.presence import said_open


@pytest.fixture
def run(store):
    with trialog.init("acme", "Linked", name="one", capture=False) as made:
        made.log("loss", 0.5)
    return trialog.get_run("one")


def test_a_run_links_to_the_dashboard_while_one_is_open(run, store):
    """Without its token; and to none that was killed."""
    assert "<code>trialog ui</code>" in run._repr_html_()
    command = [sys.executable, "-m", "trialog", "ui", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        address, _, token = server.stdout.readline().strip().partition("/#token=")
        shown = run._repr_html_()
        server.kill()
    assert f'<a href="{address}/acme/linked/runs/{run.id}"' in shown
    assert token
    assert token not in shown
    assert "<code>trialog ui</code>" in run._repr_html_()


def test_it_is_said_as_long_as_it_is_open(store):
    """Of two servers the newer counts; the older one's end leaves it alone."""
    with trialog.init("acme", "Linked", capture=False):
        pass
    catalog = catalog_of(store)
    with said_open(catalog, "http://127.0.0.1:1"):
        assert find_dashboard(catalog) == "http://127.0.0.1:1"
        with said_open(catalog, "http://127.0.0.1:2"):
            assert find_dashboard(catalog) == "http://127.0.0.1:2"
    assert find_dashboard(catalog) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        orjson.dumps({"url": "http://x", "pid": os.getpid(), "start": 0, "boot_id": "another"}),
        orjson.dumps({"url": "http://x", "pid": os.getpid(), "start": 1, "boot_id": boot_id()}),
        orjson.dumps({"url": "http://x", "pid": "1", "start": 1, "boot_id": boot_id()}),
    ],
)
def test_what_is_not_true_any_more_is_not_believed(store, content):
    """Another boot, a process number that is used again, a broken file."""
    with trialog.init("acme", "Linked", capture=False):
        pass
    catalog = catalog_of(store)
    (catalog.caches.path / "dashboard.json").write_bytes(content)
    assert find_dashboard(catalog) is None
