"""Runs side by side as DataFrames. The one module that imports pandas.

Columns have pandas' nullable types: what a run lacks is NA, and NaN stays NaN beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trialog._catalog import Stretch, Summary
from trialog._catalog.views import LATEST, View
from trialog._format.values import MAX_EXACT, MAX_SIGNED, MIN_SIGNED
from trialog._journals.stretches import NO_RANK, join
from trialog._reading.headings import (
    COMPARED,
    EXPERIMENT,
    FIXED,
    INDEX,
    RUN_ID,
    STEP,
    SUMMARY,
    heading,
    metric_headings,
    parameter_headings,
)
from trialog._reading.records import Records
from trialog._reading.solves import SolveInfo

MISSING: Any = type("Missing", (), {"__repr__": lambda _: "MISSING"})()
"""Stands where a run has no value, before there is a column."""


def column(values: Sequence[Any]) -> Any:
    """A column of the narrowest nullable type that loses nothing.

    bool → boolean; int → Int64; float, or int and float → Float64; text → string. Whatever else,
    and integers that the type could not hold exactly, → object.

    Args:
        values: plain values; :data:`MISSING` and None where there is none.

    Returns:
        A pandas array of the same length.
    """
    types = set(map(type, values))
    kinds = types - {type(MISSING), type(None)}
    if len(types) == len(kinds):
        missing = np.zeros(len(values), bool)
    else:
        missing = np.array([value is MISSING or value is None for value in values])
    if kinds == {bool}:
        return pd.arrays.BooleanArray(_filled(values, missing, fill=False), missing)
    if kinds == {str}:
        return pd.array(_objects(values, missing), dtype="string")
    if kinds == {int} and _are_within(values, MIN_SIGNED, MAX_SIGNED):
        return pd.arrays.IntegerArray(_filled(values, missing, fill=0), missing)
    if kinds == {float} or (kinds == {int, float} and _are_within(values, -MAX_EXACT, MAX_EXACT)):
        return pd.arrays.FloatingArray(_filled(values, missing, fill=0.0), missing)
    return _objects(values, missing)


def _filled(values: Sequence[Any], missing: NDArray[np.bool_], *, fill: bool | float) -> Any:
    """An array of the type of ``fill``, which stands where a value is missing."""
    plain = values
    if missing.any():
        plain = [
            fill if is_missing else value
            for value, is_missing in zip(values, missing.tolist(), strict=True)
        ]
    return np.array(plain, dtype=type(fill))


def _are_within(values: Iterable[Any], low: int, high: int) -> bool:
    integers = [value for value in values if type(value) is int]
    return not integers or (low <= min(integers) and max(integers) <= high)


def _objects(values: Sequence[Any], missing: NDArray[np.bool_]) -> Any:
    data = np.empty(len(values), dtype=object)
    for row, (value, is_missing) in enumerate(zip(values, missing.tolist(), strict=True)):
        data[row] = pd.NA if is_missing else value
    return data


def _times(times_ns: Any) -> Any:
    """UTC times of nanoseconds since 1970."""
    return pd.DatetimeIndex(np.asarray(times_ns, np.int64).view("M8[ns]")).tz_localize("UTC")


def _dates(values: Sequence[Any]) -> Any:
    return pd.DatetimeIndex(pd.to_datetime(list(values), utc=True)).as_unit("ns")


def _texts(codes: NDArray[np.int64], texts: Sequence[str]) -> Any:
    """A string column that repeats a few texts very often."""
    import pyarrow as pa  # noqa: PLC0415 # heavy

    repeated = pa.DictionaryArray.from_arrays(codes.astype(np.int32), pa.array(texts, pa.string()))
    return pd.arrays.ArrowStringArray(repeated.cast(pa.large_string()))


def _index(records: Records) -> pd.Index:
    return pd.Index(records.ids, name=INDEX, dtype="object")


# -- one row for each run --------------------------------------------------------------------------


def parameters_frame(records: Records, parameters: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    """A row for each run, a column for each parameter."""
    columns = _parameter_columns(records, parameters, [INDEX])
    return pd.DataFrame(columns, index=_index(records))


def summary_frame(records: Records, summaries: Mapping[int, Mapping[str, Summary]]) -> pd.DataFrame:
    """A row for each run, eight columns for each metric: ``last(loss)``, ``min(loss)``, …."""
    columns = _summary_columns(records, summaries, SUMMARY)
    return pd.DataFrame(columns, index=_index(records))


def comparison_frame(
    records: Records,
    parameters: Mapping[int, Mapping[str, Any]],
    summaries: Mapping[int, Mapping[str, Summary]],
) -> pd.DataFrame:
    """A row for each run: what it is, its parameters, last, min and max of its metrics."""
    fixed: dict[str, Any] = {
        "name": column(records.names),
        "status": column([record.status.value for record in records]),
        "date_created": _dates([record.date_created for record in records]),
        "duration": column([record.duration for record in records]),
        "tags": _objects([record.tags for record in records], np.zeros(len(records), np.bool_)),
    }
    assert tuple(fixed) == FIXED  # noqa: S101 # headings.py promises them
    metrics = _summary_columns(records, summaries, COMPARED)
    given = _parameter_columns(records, parameters, [INDEX, *fixed, *metrics])
    return pd.DataFrame({**fixed, **given, **metrics}, index=_index(records))


def run_parameters_frame(
    records: Records,
    parameters: Mapping[int, Mapping[str, Any]],
    summaries: Mapping[int, Mapping[str, Summary]] | None = None,
    *,
    metrics: str | Sequence[str] | None = None,
    experiments: Sequence[str] | None = None,
    status: bool = False,
    times: bool = False,
) -> pd.DataFrame:
    """A row for each run of an experiment, a column for each parameter.

    Args:
        records: the runs.
        parameters: by run key.
        summaries: by run key: adds a column ``last(metric)`` for each metric.
        metrics: the order of these columns; by name where not given.
        experiments: the name of each run's experiment, where there are several: the first index.
        status: adds the columns ``status`` and ``reason``.
        times: adds the columns ``date_created``, ``date_ended`` and ``duration`` (seconds).
    """
    fixed: dict[str, Any] = {}
    if status:
        fixed["status"] = column([record.status.value for record in records])
        fixed["reason"] = pd.array([record.reason for record in records], dtype="string")
    if times:
        fixed["date_created"] = _dates([record.date_created for record in records])
        fixed["date_ended"] = _dates([record.date_ended for record in records])
        fixed["duration"] = column([record.duration for record in records])
    last = {} if summaries is None else _summary_columns(records, summaries, ("last",))
    if metrics is not None:
        asked = [metrics] if isinstance(metrics, str) else metrics
        last = {name: last[name] for each in asked if (name := heading("last", each)) in last}
    index = pd.Index(pd.array(records.numbers, dtype="Int64"), name=RUN_ID, dtype="Int64")
    names = [RUN_ID]
    if experiments is not None:
        texts = pd.Index(list(experiments), dtype="string")
        index = pd.MultiIndex.from_arrays([texts, index], names=[EXPERIMENT, RUN_ID])
        names = [EXPERIMENT, RUN_ID]
    given = _parameter_columns(records, parameters, [*names, *fixed, *last])
    return pd.DataFrame({**fixed, **given, **last}, index=index)


def bare_run_parameters_frame(
    numbers: Sequence[int | None], parameters: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """As :func:`run_parameters_frame`, of one experiment and with nothing beside parameters."""
    index = pd.Index(pd.array(numbers, dtype="Int64"), name=RUN_ID)
    return pd.DataFrame(_columns_of(parameters, [RUN_ID]), index=index)


def solves_frame(
    solves: Sequence[tuple[int | None, SolveInfo]], experiments: Sequence[str] | None = None
) -> pd.DataFrame:
    """A row for each call of a solver: run_id, name, adapter, status, objective, seconds.

    Args:
        solves: with the number of the run of each.
        experiments: the name of each one's experiment, where there are several: the first column.
    """
    columns: dict[str, Any] = {}
    if experiments is not None:
        columns[EXPERIMENT] = pd.array(list(experiments), dtype="string")
    columns[RUN_ID] = pd.array([number for number, _ in solves], dtype="Int64")
    for name, dtype in _SOLVE_COLUMNS.items():
        columns[name] = pd.array([getattr(solve, name) for _, solve in solves], dtype=dtype)
    return pd.DataFrame(columns)


_SOLVE_COLUMNS: dict[str, Any] = {
    "name": "string",
    "adapter": "string",
    "status": "string",
    "objective": "Float64",
    "seconds": "Float64",
}


def _parameter_columns(
    records: Records,
    parameters: Mapping[int, Mapping[str, Any]],
    fixed: Iterable[str],
) -> dict[str, Any]:
    return _columns_of([parameters.get(key, {}) for key in records.keys], fixed)


def _columns_of(rows: Sequence[Mapping[str, Any]], fixed: Iterable[str]) -> dict[str, Any]:
    """A column for each name in the rows."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    headings = parameter_headings(names, fixed)
    return {headings[name]: column([row.get(name, MISSING) for row in rows]) for name in names}


def _summary_columns(
    records: Records,
    summaries: Mapping[int, Mapping[str, Summary]],
    statistics: Sequence[str],
) -> dict[str, Any]:
    rows = [summaries.get(key, {}) for key in records.keys]
    names = sorted({name for row in rows for name in row})
    found = {}
    for name in names:
        of_metric = [row.get(name) for row in rows]
        for statistic in statistics:
            values = [
                MISSING if summary is None else getattr(summary, statistic) for summary in of_metric
            ]
            found[heading(statistic, name)] = column(values)
    return found


# -- points ----------------------------------------------------------------------------------------


def metric_frame(stretch: Stretch, view: View = LATEST) -> pd.DataFrame:
    """The points of one series: step, time, value; rank and attempt where the view tells them."""
    return pd.DataFrame(_point_columns(stretch, view), copy=False)


def _point_columns(stretch: Stretch, view: View) -> dict[str, Any]:
    columns = {
        "step": stretch.steps,
        "time": _times(stretch.times_ns),
        "value": _values(stretch),
    }
    if view.tells_ranks:
        ranks = np.empty(0, np.int64) if stretch.ranks is None else stretch.ranks
        columns["rank"] = pd.arrays.IntegerArray(ranks, ranks == NO_RANK)
    if view.tells_attempts:
        attempts = np.empty(0, np.int64) if stretch.attempts is None else stretch.attempts
        columns["attempt"] = pd.arrays.IntegerArray(attempts, np.zeros(len(attempts), np.bool_))
    return columns


def _values(stretch: Stretch) -> Any:
    """float64, or objects with exact integers where a double could not hold them."""
    if not stretch.exact:
        return stretch.values  # noqa: PD011 # ours, not pandas'
    values = stretch.values.astype(object)  # noqa: PD011
    for row, number in stretch.exact.items():
        values[row] = number
    return values


class PointsTable:
    """The points of several metrics of several runs, gathered for one frame."""

    def __init__(self, records: Records, metrics: Sequence[str], view: View = LATEST) -> None:
        """Make an empty one.

        Args:
            records: the runs, in the frame's order.
            metrics: the metrics, in the frame's order.
            view: which of their points, and what is told of each.
        """
        self._records = records
        self._metrics = metrics
        self._view = view
        self._rows = {key: row for row, key in enumerate(records.keys)}
        self._parts: dict[tuple[int, int], Stretch] = {}

    def add(self, run: int, stretches: Mapping[str, Stretch]) -> None:
        """Take the points of a run, by its key."""
        for number, metric in enumerate(self._metrics):
            if metric in stretches:
                self._parts[self._rows[run], number] = stretches[metric]

    def long(self) -> pd.DataFrame:
        """A row for each point: id, name, metric, and the columns of :func:`metric_frame`."""
        runs, metrics, whole = self._joined()
        columns = {
            "id": _texts(runs, self._records.ids),
            "name": _texts(runs, self._records.names),
            "metric": _texts(metrics, self._metrics),
        }
        return pd.DataFrame({**columns, **_point_columns(whole, self._view)}, copy=False)

    def wide(self) -> pd.DataFrame:
        """A row for each run and step, a column for each metric.

        Of several points at one step, the last by time stands there, whichever rank logged it.
        """
        runs, metrics, whole = self._joined()
        order = np.lexsort((whole.steps, runs))
        is_new = np.ones(len(order), np.bool_)
        is_new[1:] = (np.diff(runs[order]) != 0) | (np.diff(whole.steps[order]) != 0)
        places = np.empty(len(order), np.int64)
        places[order] = np.cumsum(is_new) - 1
        first = order[is_new]
        index = pd.MultiIndex.from_arrays(
            [_texts(runs[first], self._records.ids), whole.steps[first]],
            names=[INDEX, STEP],
        )
        values = _values(whole)
        headings = metric_headings(self._metrics, [INDEX, STEP])
        columns = {}
        for number, metric in enumerate(self._metrics):
            chosen = metrics == number
            columns[headings[metric]] = _scattered(values[chosen], places[chosen], len(first))
        return pd.DataFrame(columns, index=index)

    def _joined(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Stretch]:
        parts = sorted(self._parts.items(), key=lambda item: item[0])
        lengths = [len(stretch) for _, stretch in parts]
        keys = np.array([key for key, _ in parts], np.int64).reshape(-1, 2)
        whole = join([stretch for _, stretch in parts])
        return np.repeat(keys[:, 0], lengths), np.repeat(keys[:, 1], lengths), whole


def _scattered(values: Any, places: NDArray[np.int64], rows: int) -> Any:
    """A column with values at some rows; the last one counts where several have the same."""
    missing = np.ones(rows, np.bool_)
    missing[places] = False
    if values.dtype == object:
        data = np.full(rows, pd.NA, dtype=object)
        data[places] = values
        return data
    real = np.zeros(rows)
    real[places] = values
    return pd.arrays.FloatingArray(real, missing)
