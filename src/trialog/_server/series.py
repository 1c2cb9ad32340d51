"""Charts: the curves of many runs, binned to the pixels that show them, as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from trialog._catalog.selections import RunRow
from trialog._charts.encoding import MEDIA_TYPE
from trialog._charts.smoothing import Smoothing
from trialog._charts.wishes import ChartWish
from trialog._reading.chartgroups import group_runs
from trialog._reading.chartquestions import Asked, Groups, Known
from trialog._reading.headings import is_of_system
from trialog._reading.holdings import metric_names_of
from trialog._reading.metriccurves import chart_of_metrics
from trialog._server.answers import Raw
from trialog._server.memory import give_memory_back
from trialog._server.run import find_run
from trialog._server.runshapes import CurvesQuery
from trialog._server.selecting import is_lasting, select
from trialog._server.shapes import ChartQuery, Selection
from trialog._server.store import Store

_MOST_CURVES = 24
_LARGE = 1 << 18  # runs times columns: what was made on the way is many times that
_RUN_BYTES = 2048  # what a run's facts take in memory, about


class _Chosen(NamedTuple):
    """The runs of a chart.

    Attributes:
        rows: in order.
        groups: which belong together.
        known: names them, where the same question will find the same for a while.
    """

    rows: Sequence[RunRow]
    groups: Groups | None
    known: Known | None


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
    asked = Asked(query.metric, wish, query.split)
    rows, groups, known = _chosen(store, query.selection, query.group)
    found = store.charts.encoded(rows, asked, groups, query.since, known)
    if len(rows) * query.pixels > _LARGE:
        give_memory_back()
    return Raw(found, MEDIA_TYPE, {"cache-control": "no-store"})


def draw_curves(store: Store, query: CurvesQuery) -> Raw:
    """The first metrics of a run, each a line of one ``application/vnd.trialog.chart``.

    Made as any chart: each column has its least and its greatest value.
    """
    key = find_run(store, query).key
    names = [each for each in metric_names_of(store.catalog, [key]) if not is_of_system(each)]
    first = sorted(names, key=lambda name: ("/" in name, name))
    shown = first[: max(0, min(query.count, _MOST_CURVES))]
    wish = ChartWish(pixels=query.pixels)
    found = chart_of_metrics(store.catalog, store.charts, key, shown, wish)
    return Raw(found.encoded(), MEDIA_TYPE, {"cache-control": "no-store"})


def drawn_groups(store: Store, selection: Selection, field: str) -> Groups:
    """Which runs of a selection share a curve: as its charts draw them, in the curves' order."""
    groups = _chosen(store, selection, field).groups
    return Groups((), {}) if groups is None else groups


def _chosen(store: Store, selection: Selection, group: str | None) -> _Chosen:
    """The runs that are meant; the charts of a page ask for the same, one after the other."""
    store.catalog.refresh()
    choice = ("runs", msgspec.json.encode(selection), group)
    with store.charts.asking:
        state = store.catalog.state()
        found = None if state is None else store.charts.cache.get(choice, state)
        if found is None:
            records, groups = select(store.catalog, selection), None
            if group is not None:
                groups = group_runs(store.catalog, records, group)
            found = records.rows, groups
            if state is None or not is_lasting(selection, group):
                return _Chosen(records.rows, groups, None)
            store.charts.cache.put(choice, state, found, _RUN_BYTES * len(records))
    rows, groups = found
    return _Chosen(rows, groups, Known(choice, state))
