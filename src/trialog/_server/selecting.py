"""From a selection to runs."""

from __future__ import annotations

from trialog._catalog import Catalog, queries
from trialog._catalog.seriesversions import keys_of_ids
from trialog._filters import RunFilter
from trialog._reading.finding import find
from trialog._reading.records import Records, read_records
from trialog._server.shapes import Selection


def select(catalog: Catalog, selection: Selection) -> Records:
    """The runs that are meant, in the order in which they are to be shown."""
    namespace, _, project = (selection.project or "").rpartition("/")
    wanted = RunFilter.parse(
        namespace=namespace or None,
        project=project or None,
        where=selection.where or None,
        sort=selection.sort or None,
        limit=selection.limit,
    )
    if selection.runs is None:
        return find(catalog, wanted)
    catalog.refresh()
    keys = catalog.ask(keys_of_ids, selection.runs, wanted)[: selection.limit]
    return read_records(catalog, catalog.ask(queries.runs_by_key, keys))
