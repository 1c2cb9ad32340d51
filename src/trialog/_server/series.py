"""Charts: the curves of many runs, binned to the pixels that show them, as bytes."""

from __future__ import annotations

from trialog._catalog import Catalog, queries
from trialog._catalog.seriesversions import keys_of_ids
from trialog._charts.encoding import MEDIA_TYPE
from trialog._charts.smoothing import Smoothing
from trialog._charts.wishes import ChartWish
from trialog._filters import RunFilter
from trialog._reading.chartgroups import group_runs
from trialog._reading.charting import Asked
from trialog._reading.finding import find
from trialog._reading.records import Records, read_records
from trialog._server.answers import Raw
from trialog._server.shapes import ChartQuery, Selection
from trialog._server.store import Store


def draw_chart(store: Store, query: ChartQuery) -> Raw:
    """The curves of a metric of many runs, as ``application/vnd.trialog.chart``.

    Everything is computed of all points and binned last; see docs/explanation/charts.md.
    """
    wish = ChartWish(
        x=query.x,
        x0=query.x0,
        x1=query.x1,
        pixels=query.pixels,
        smoothing=Smoothing.parse(query.smoothing),
        center=query.center,
        band=query.band,
        y_scale=query.y_scale,
        raw=query.raw,
        details=query.details,
        is_grouped=query.group is not None,
        with_members=query.members,
    )
    records = _select(store.catalog, query.selection)
    groups = None if query.group is None else group_runs(store.catalog, records, query.group)
    asked = Asked(query.metric, wish, query.split)
    chart = store.charts.chart(records.rows, asked, groups, query.since)
    return Raw(chart.encoded(), MEDIA_TYPE, {"cache-control": "no-store"})


def _select(catalog: Catalog, selection: Selection) -> Records:
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
