"""Metrics of runs as figures: from all their points, binned at the figure's resolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from trialog._catalog import Catalog, queries
from trialog._charts.smoothing import Smoothing
from trialog._charts.wishes import ChartWish
from trialog._display.panels import Panel, panel_of
from trialog._display.words import count
from trialog._filters import RunFilter
from trialog._names import nearest
from trialog._reading.chartgroups import group_runs
from trialog._reading.charting import ChartReader
from trialog._reading.chartquestions import Asked
from trialog._reading.headings import is_of_system
from trialog._reading.records import Records, RunRecord, read_records
from trialog.errors import InvalidTypeError, NotFoundError, UsageError

PIXELS = 2048
MAX_PANELS = 12
Center = Literal["mean", "median"]
Band = Literal["none", "std", "confidence", "minmax"]
_EXTRAS = {"matplotlib": "plot", "plotly": "plotly"}


def plot_records(
    catalog: Catalog,
    records: Records,
    metrics: Sequence[str],
    *,
    title: str,
    group_by: str | None = None,
    x: str = "step",
    smoothing: str | None = None,
    log: bool = False,
    center: Center = "mean",
    band: Band = "std",
    backend: str = "matplotlib",
) -> Any:
    """A figure with a panel for each metric; see :meth:`trialog.Runs.plot`."""
    if backend not in _EXTRAS:
        raise UsageError(f"backend is {backend!r}; use 'matplotlib' or 'plotly'")
    wish = ChartWish(
        x=x,
        pixels=PIXELS,
        smoothing=Smoothing.parse(smoothing),
        center=center,
        band=band,
        y_scale="log" if log else "linear",
        raw=group_by is None and len(records) <= MAX_PANELS,
        is_grouped=group_by is not None,
    )
    groups = None if group_by is None else group_runs(catalog, records, group_by)
    statuses = {record.id: record.status for record in records}
    reader = ChartReader(catalog)
    panels = []
    for metric in _checked(catalog, records, metrics, wish.x_metric):
        chart = reader.chart(records.rows, Asked(metric, wish), groups)
        panels.append(
            panel_of(
                chart,
                metric,
                statuses,
                is_log=log,
                smoothing=None if wish.smoothing is None else str(wish.smoothing),
                group_by=group_by,
            )
        )
    return _draw(panels, title, backend)


def plot_record(catalog: Catalog, record: RunRecord, metrics: Sequence[str], **wish: Any) -> Any:
    """A figure of one run; see :meth:`trialog.Run.plot`."""
    everywhere = RunFilter(with_deleted=True)
    records = read_records(catalog, catalog.ask(queries.runs_by_id, record.id, everywhere))
    title = f"{record.name} ({record.status.value}), {record.place.project.path}"
    return plot_records(catalog, records, metrics, title=title, **wish)


def title_of(records: Records) -> str:
    """What a figure of several runs is called."""
    if len(records) == 1:
        return f"{records[0].name} ({records[0].status.value})"
    return count(len(records), "run")


def _checked(
    catalog: Catalog, records: Records, metrics: Sequence[str], x_metric: str | None
) -> list[str]:
    """The metrics that are drawn, those of the training where none is named.

    Raises:
        NotFoundError: no run has one of them, or any.
        UsageError: too many for one figure.
    """
    known = catalog.ask(queries.metric_names, records.keys)
    names = list(dict.fromkeys(metrics)) or [name for name in known if not is_of_system(name)]
    for name in [*names, *([x_metric] if x_metric else [])]:
        if not isinstance(name, str):
            raise InvalidTypeError(f"a metric's name must be text, not {type(name).__name__}")
        if name not in known:
            guess = nearest(name, known)
            hint = f"did you mean {guess!r}?" if guess else f"there are: {known}"
            raise NotFoundError(f"no run has a metric {name!r}; {hint}")
    if not names:
        raise NotFoundError("there is nothing to plot: no run has a metric")
    if len(names) > MAX_PANELS:
        raise UsageError(
            f"{len(names)} metrics are too many for a figure; name at most {MAX_PANELS} of them"
        )
    return names


def _draw(panels: Sequence[Panel], title: str, backend: str) -> Any:
    """The figure, by the library that is asked for.

    Raises:
        UsageError: it is not installed.
    """
    try:
        if backend == "plotly":
            from trialog._display.plotly_figures import plotly_figure  # noqa: PLC0415 # optional

            return plotly_figure(panels, title)
        from trialog._display.matplotlib_figures import matplotlib_figure  # noqa: PLC0415 # as above

        return matplotlib_figure(panels, title)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != backend:
            raise
        raise UsageError(
            f"{backend} is not installed: pip install 'trialog[{_EXTRAS[backend]}]'"
        ) from None
