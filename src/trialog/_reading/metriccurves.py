"""The metrics of one run as the lines of one chart: many small curves for one question."""

from __future__ import annotations

from collections.abc import Iterable

from trialog._catalog import Catalog, queries
from trialog._charts.charts import Chart, chart_of
from trialog._charts.wishes import ChartWish
from trialog._reading.charting import ChartReader
from trialog._reading.chartquestions import Asked


def chart_of_metrics(
    catalog: Catalog, charts: ChartReader, key: int, metrics: Iterable[str], wish: ChartWish
) -> Chart:
    """A chart of a run whose lines are metrics: each is labelled with its metric's name.

    Metrics without points are left out. What is read is kept for the metrics' own charts.

    Args:
        catalog: of the store.
        charts: reads the lines.
        key: the run's, in the catalog.
        metrics: their names, in the order in which they are to be shown.
        wish: what is to be shown of each.
    """
    (run,) = catalog.ask(queries.runs_by_key, [key])
    lines, about = [], []
    for metric in metrics:
        for line in charts.lines(run, Asked(metric, wish)):
            lines.append(line)
            about.append({
                "run": run.facts.id,
                "name": run.facts.name,
                "label": metric,
                "group": None,
                "attempt": None,
                "rank": None,
            })  # fmt: skip
    return chart_of(lines, wish, about)
