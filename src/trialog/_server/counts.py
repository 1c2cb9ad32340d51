"""How many of the runs that a filter finds have each status."""

from __future__ import annotations

from dataclasses import replace

from trialog._catalog import Catalog
from trialog._filters import RunFilter
from trialog._reading.pages import count_statuses, find_page
from trialog._server.selecting import filter_of
from trialog._server.shapes import RunCountQuery, RunCounts
from trialog._server.store import Store


def count_runs(store: Store, query: RunCountQuery) -> RunCounts:
    """How many runs a filter finds of each status, and how many deleted ones beside them."""
    return counts_of(store.catalog, filter_of(query.project, query.where, ""))


def counts_of(catalog: Catalog, wanted: RunFilter) -> RunCounts:
    """The same, of any filter, whether it asks for deleted ones or not."""
    counted = count_statuses(catalog, replace(wanted, with_deleted=False))
    everything = find_page(catalog, replace(wanted, with_deleted=True), limit=0).total
    return RunCounts(
        statuses={status.value: count for status, count in counted.items() if count},
        deleted=everything - counted.total(),
    )
