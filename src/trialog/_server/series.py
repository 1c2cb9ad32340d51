"""Charts: the curves of many runs, binned to the pixels that show them, as bytes."""

from __future__ import annotations

from trialog._charts.encoding import MEDIA_TYPE
from trialog._charts.smoothing import Smoothing
from trialog._charts.wishes import ChartWish
from trialog._reading.chartgroups import group_runs
from trialog._reading.charting import Asked
from trialog._server.answers import Raw
from trialog._server.selecting import select
from trialog._server.shapes import ChartQuery
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
    records = select(store.catalog, query.selection)
    groups = None if query.group is None else group_runs(store.catalog, records, query.group)
    asked = Asked(query.metric, wish, query.split)
    chart = store.charts.chart(records.rows, asked, groups, query.since)
    return Raw(chart.encoded(), MEDIA_TYPE, {"cache-control": "no-store"})
