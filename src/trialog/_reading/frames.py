"""Runs side by side as DataFrames. The one module that imports pandas.

Columns have pandas' nullable types: what a run lacks is NA, and NaN stays NaN beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from trialog._catalog import Stretch, Summary
from trialog._catalog.views import LATEST, View
from trialog._format.values import MAX_EXACT, MAX_SIGNED, MIN_SIGNED
from trialog._journals.stretches import NO_RANK, join
from trialog._reading.aligning import Axis, Fill, align, axis_of, filled_in
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
from trialog.errors import UsageError

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
    zone = pd.DatetimeTZDtype("ns", "UTC")
    return pd.DatetimeIndex(np.asarray(times_ns, np.int64), dtype=zone).array


def _dates(values: Sequence[Any]) -> Any:
    return pd.DatetimeIndex(pd.to_datetime(list(values), utc=True)).as_unit("ns")


def _texts(texts: Sequence[str], counts: Sequence[int]) -> Any:
    """A string column of some texts, each so many times: no object is made of a row."""
    import pyarrow as pa  # noqa: PLC0415 # heavy

    encoded = [np.frombuffer(text.encode(), np.uint8) for text in texts]
    lengths = np.array([len(text) for text in encoded], np.int64)
    letters, at = np.empty(int(lengths @ np.array(counts, np.int64)), np.uint8), 0
    for text, count in zip(encoded, counts, strict=True):
        letters[at : at + len(text) * count].reshape(count, -1)[:] = text
        at += len(text) * count
    offsets = np.zeros(sum(counts) + 1, np.int64)
    np.cumsum(np.repeat(lengths, counts), out=offsets[1:])
    buffers = (pa.py_buffer(offsets), pa.py_buffer(letters))
    return pd.arrays.ArrowStringArray(pa.LargeStringArray.from_buffers(len(offsets) - 1, *buffers))


def _index(records: Records) -> pd.Index:
    return pd.Index(records.ids, name=INDEX, dtype="object")


# -- one row for each run --------------------------------------------------------------------------


def parameters_frame(records: Records, parameters: Mapping[int, Mapping[str, Any]]) -> pd.DataFrame:
    """A row for each run, a column for each parameter."""
    columns = _parameter_columns(records, parameters, [INDEX])
    return pd.DataFrame(columns, index=_index(records))


def many_parameters_frame(ids: Sequence[str], columns: Mapping[str, Any]) -> pd.DataFrame:
    """As :func:`parameters_frame`, of Arrow arrays.

    Args:
        ids: of the runs.
        columns: by parameter.
    """
    headings = parameter_headings(list(columns), [INDEX])
    index: pd.Index = pd.Index(list(ids), name=INDEX, dtype="object")
    found = {headings[name]: _from_arrow(each) for name, each in columns.items()}
    return pd.DataFrame(found, index=index, copy=False)


def _from_arrow(array: Any) -> Any:
    """The column that :func:`column` makes of the same values."""
    if array.null_count == len(array):
        return np.full(len(array), pd.NA, dtype=object)
    if str(array.type) == "double":
        return _reals(array)
    return _DTYPES[str(array.type)].__from_arrow__(array)


def _reals(array: Any) -> Any:
    """A column of an Arrow array; pandas itself would take NaN for missing."""
    missing = array.is_null().to_numpy(zero_copy_only=False)
    values = array.fill_null(0.0).to_numpy(writable=True, zero_copy_only=False)
    return pd.arrays.FloatingArray(values, missing)


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
    first = tuple(rows[0]) if rows else ()
    if first and all(map(first.__eq__, map(tuple, rows))):  # alike, as the runs of a sweep
        headings = parameter_headings(list(first), fixed)
        values = zip(*[row.values() for row in rows], strict=True)
        return {headings[name]: column(each) for name, each in zip(first, values, strict=True)}
    names = list(dict.fromkeys(chain.from_iterable(rows)))
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


def table_frame(table: Any) -> pd.DataFrame:
    """An Arrow table as a frame, in the types that our other frames have."""
    frame: pd.DataFrame = table.to_pandas(types_mapper=_dtype_of, ignore_metadata=True)
    for place, each in enumerate(table.columns):
        if str(each.type) in ("float", "double"):
            frame.isetitem(place, _reals(each.combine_chunks()))
    return frame


def _dtype_of(kind: Any) -> Any:
    """The nullable type of an Arrow type; None where pandas' own choice is as good."""
    return _DTYPES.get(str(kind))


_DTYPES: dict[str, Any] = {
    "bool": pd.BooleanDtype(),
    "int8": pd.Int8Dtype(),
    "int16": pd.Int16Dtype(),
    "int32": pd.Int32Dtype(),
    "int64": pd.Int64Dtype(),
    "uint8": pd.UInt8Dtype(),
    "uint16": pd.UInt16Dtype(),
    "uint32": pd.UInt32Dtype(),
    "uint64": pd.UInt64Dtype(),
    "float": pd.Float32Dtype(),
    "double": pd.Float64Dtype(),
    "string": pd.StringDtype(),
    "large_string": pd.StringDtype(),
    "null": pd.StringDtype(),
}


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
        parts = sorted(self._parts.items(), key=lambda item: item[0])
        counts = [len(stretch) for _, stretch in parts]
        ids, names = self._records.ids, self._records.names
        columns = {
            "id": _texts([ids[run] for (run, _), _ in parts], counts),
            "name": _texts([names[run] for (run, _), _ in parts], counts),
            "metric": _texts([self._metrics[metric] for (_, metric), _ in parts], counts),
        }
        whole = join([stretch for _, stretch in parts])
        return pd.DataFrame({**columns, **_point_columns(whole, self._view)}, copy=False)

    def wide(self) -> pd.DataFrame:
        """A row for each run and step, a column for each metric.

        Of several points at one step, the last by time stands there, whichever rank logged it.
        """
        runs, metrics, whole = self._joined()
        order = _order(runs, whole.steps)
        runs_ordered, steps = runs[order], whole.steps[order]
        is_new = np.ones(len(order), np.bool_)
        is_new[1:] = (np.diff(runs_ordered) != 0) | (np.diff(steps) != 0)
        places = np.empty(len(order), np.int64)
        places[order] = np.cumsum(is_new) - 1
        rows = int(is_new.sum())
        index = self._run_steps(runs_ordered[is_new], steps[is_new])
        values = _values(whole)
        headings = metric_headings(self._metrics, [INDEX, STEP])
        columns = {}
        for number, metric in enumerate(self._metrics):
            chosen = metrics == number
            columns[headings[metric]] = _scattered(values[chosen], places[chosen], rows)
        return pd.DataFrame(columns, index=index, copy=False)

    def aligned(self, axis: Axis, fill: Fill | None = None) -> pd.DataFrame:
        """A row for each x that any run has, a column for each metric and run that has points.

        Args:
            axis: what x is; it is the index.
            fill: how gaps between a run's points are closed; None leaves them NA.
        """
        parts = sorted(self._parts.items(), key=lambda item: (item[0][1], item[0][0]))
        parts = [(key, stretch) for key, stretch in parts if len(stretch)]
        ids, began_ns = self._records.ids, self._records.created_ns
        several = [axis_of(axis, each, began_ns[run]) for (run, _), each in parts]
        grid, rows = align(several)
        columns: dict[tuple[str, str], Any] = {}
        for (key, stretch), xs, chosen in zip(parts, several, rows, strict=True):
            (run, metric), values = key, _values(stretch)[chosen.points]
            name = (self._metrics[metric], ids[run])
            if name in columns:
                raise UsageError(
                    f"two runs of different projects have the id {name[1]!r}: align those of one "
                    "project at a time"
                )
            filled, places = filled_in(grid, xs[chosen.points], values, chosen.places, fill)
            columns[name] = _scattered(filled, places, len(grid))
        names = pd.MultiIndex.from_tuples(list(columns), names=["metric", INDEX])
        if not columns:
            names = pd.MultiIndex.from_arrays([[], []], names=["metric", INDEX])
        frame = pd.DataFrame(dict(enumerate(columns.values())), index=_axis_index(axis, grid))
        return frame.set_axis(names, axis="columns")

    def _joined(self) -> tuple[NDArray[np.int64], NDArray[np.int64], Stretch]:
        parts = sorted(self._parts.items(), key=lambda item: item[0])
        lengths = [len(stretch) for _, stretch in parts]
        keys = np.array([key for key, _ in parts], np.int64).reshape(-1, 2)
        whole = join([stretch for _, stretch in parts])
        return np.repeat(keys[:, 0], lengths), np.repeat(keys[:, 1], lengths), whole

    def _run_steps(self, runs: NDArray[np.int64], steps: NDArray[np.int64]) -> pd.MultiIndex:
        """The index of the wide form; no text is looked at twice."""
        ids, names = self._records.ids, [INDEX, STEP]
        known = np.flatnonzero(np.bincount(runs, minlength=len(ids)))
        texts = pd.Index(_texts([ids[run] for run in known], [1] * len(known)))
        if not texts.is_unique:  # users' own ids, of several projects
            counts = np.bincount(runs, minlength=len(ids))
            return pd.MultiIndex.from_arrays([_texts(ids, counts.tolist()), steps], names=names)
        distinct, codes = _distinct(steps)
        return pd.MultiIndex(
            levels=cast("Any", [texts, distinct]),
            codes=cast("Any", [np.searchsorted(known, runs), codes]),
            names=names,
            verify_integrity=False,
        )


def _order(runs: NDArray[np.int64], steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order by run and step, which most points have already; equal ones stay as they are."""
    is_later = np.diff(runs)
    if not ((is_later < 0) | ((is_later == 0) & (np.diff(steps) < 0))).any():
        return np.arange(len(runs))
    return np.lexsort((steps, runs))


def _distinct(steps: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different steps, ascending, and which of them each is: sorted only where they are far."""
    low, high = (int(steps.min()), int(steps.max())) if len(steps) else (0, 0)
    if high - low > 2 * len(steps):
        distinct, codes = np.unique(steps, return_inverse=True)
        return distinct, codes
    is_there = np.zeros(high - low + 1, np.bool_)
    is_there[steps - low] = True
    return np.flatnonzero(is_there) + low, (np.cumsum(is_there) - 1)[steps - low]


def _axis_index(axis: Axis, grid: NDArray[np.int64]) -> pd.Index:
    values: Any = grid
    if axis == "time":
        values = _times(grid)
    elif axis == "relative":
        values = grid.view("m8[ns]")
    index: pd.Index = pd.Index(values, name=axis)
    return index


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
