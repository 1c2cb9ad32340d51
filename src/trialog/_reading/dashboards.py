"""Where the dashboard of a store is open, if it is: its server says so beside the catalog."""

from __future__ import annotations

from pathlib import Path

import orjson

from trialog._catalog import Catalog
from trialog._machine import boot_id, is_alive
from trialog._reading.records import RunRecord

_FILE = "dashboard.json"


def dashboard_file(catalog: Catalog) -> Path | None:
    """The file that says where it is open; None where nothing may be written."""
    caches = catalog.caches
    return None if caches is None else caches.path / _FILE


def find_dashboard(catalog: Catalog) -> str | None:
    """The address of the dashboard that is open on a store, by its newest server; None for none.

    A server that was killed leaves its file, so its process is looked at.
    """
    file = dashboard_file(catalog)
    if file is None:
        return None
    try:
        said = orjson.loads(file.read_bytes())
        is_here = said["boot_id"] == boot_id()
        return str(said["url"]) if is_here and is_alive(said["pid"], said["start"]) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def address_of(catalog: Catalog, record: RunRecord) -> str | None:
    """A run's page in the dashboard that is open, an experiment's project; None where none is."""
    dashboard = find_dashboard(catalog)
    if dashboard is None:
        return None
    project = f"{dashboard}/{record.place.project.path}"
    return f"{project}/runs/{record.id}" if record.kind == "run" else project
