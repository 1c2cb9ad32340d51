"""How many of the runs that a filter finds have each status."""

from __future__ import annotations

from dataclasses import replace

from trialog._reading.pages import count_statuses, find_page
from trialog._server.selecting import filter_of
from trialog._server.shapes import RunCountQuery, RunCounts
from trialog._server.store import Store


def count_runs(store: Store, query: RunCountQuery) -> RunCounts:
    """How many runs a filter finds of each status, and how many deleted ones beside them."""
    wanted = replace(filter_of(query.project, query.where, ""), with_deleted=False)
    counted = count_statuses(store.catalog, wanted)
    everything = find_page(store.catalog, replace(wanted, with_deleted=True), limit=0).total
    return RunCounts(
        statuses={status.value: count for status, count in counted.items() if count},
        deleted=everything - counted.total(),
    )
