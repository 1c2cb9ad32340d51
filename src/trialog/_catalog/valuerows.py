"""Parameters by value and what metrics come to, in tables that questions of many runs are put to.

A column is one parameter or metric of the runs of one kind in one project. What a row cannot hold
exactly says so, and is asked of what it was made of.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete

from trialog._catalog import schema
from trialog._catalog.rows import Rows
from trialog._catalog.runsummaries import merge_summaries
from trialog._format.values import MAX_EXACT, MAX_SIGNED, MIN_SIGNED
from trialog._journals.addresses import ProjectPlace, RunPlace, key_of
from trialog._journals.summaries import Summary

_LONGEST = 500  # characters of a text that is kept beside the parameters themselves
_MEASURED = ("first", "last", "min", "max", "mean")


class Form(IntEnum):
    """What a parameter's value is.

    Attributes:
        FLAG: a bool, as 0.0 or 1.0.
        NUMBER: a number: the nearest double and the rest.
        TEXT: a text.
        NAN: not a number.
        OTHER: what the row cannot hold: an integer beyond 64 bits, a long text.
    """

    FLAG = 0
    NUMBER = 1
    TEXT = 2
    NAN = 3
    OTHER = 4


class Cell(NamedTuple):
    """A parameter's value as a row has it."""

    form: Form
    number: float | None = None
    rest: int = 0
    text: str | None = None


@lru_cache(maxsize=4096)  # thousands of runs have the same
def parameter_column(project: ProjectPlace, kind: str, name: str) -> int:
    """The column of a parameter."""
    return key_of("parameter", *project, kind, name)


@lru_cache(maxsize=4096)  # as above
def metric_column(project: ProjectPlace, kind: str, name: str) -> int:
    """The column of a metric."""
    return key_of("metric", *project, kind, name)


def cell_of(value: Any) -> Cell:
    """A value as a row has it.

    Example:
        >>> cell_of(2**53 + 1)[1:3]
        (9007199254740992.0, 1)
    """
    if isinstance(value, bool):
        return Cell(Form.FLAG, float(value))
    if isinstance(value, float):
        return Cell(Form.NAN) if math.isnan(value) else Cell(Form.NUMBER, value)
    if isinstance(value, int) and MIN_SIGNED <= value <= MAX_SIGNED:
        return Cell(Form.NUMBER, *split(value))
    if isinstance(value, str) and len(value) <= _LONGEST:
        return Cell(Form.TEXT, text=value)
    return Cell(Form.OTHER)


def split(value: Any) -> tuple[float, int]:
    """A float, or an integer of 64 bits, as the nearest double and what is left of it."""
    number = float(value)
    return number, 0 if isinstance(value, float) else value - int(number)


def value_of(form: int, number: float | None, rest: int, text: str | None) -> Any:
    """The value in a row; whole numbers come as int or float, which are equal.

    Example:
        >>> value_of(*cell_of(2**53 + 1))
        9007199254740993
    """
    if form == Form.TEXT:
        return text
    if form == Form.FLAG:
        return bool(number)
    if number is None:
        return math.nan
    return int(number) + rest if rest else number


def take_parameters(
    rows: Rows,
    place: RunPlace,
    kind: str,
    parameters: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:
    """Take the newest parameters of a run.

    Args:
        rows: gets the rows.
        place: the run.
        kind: ``run`` or ``experiment``.
        parameters: all of them.
        before: those that the table has already.
    """
    run, table = place.key, schema.PARAMETER_VALUES
    for name, value in parameters.items():
        cell = cell_of(value)
        if before and name in before and cell_of(before[name]) == cell:
            continue
        column = parameter_column(place.project, kind, name)
        form, number, rest, text = cell
        row = {"column": column, "run": run, "form": int(form)}
        rows.put(table, {**row, "number": number, "rest": rest, "text": text})


class Measured(NamedTuple):
    """A run of which metrics have grown.

    Attributes:
        place: the run.
        kind: ``run`` or ``experiment``.
        names: the metrics.
        summaries: what they come to, where one writer has logged all there is; else None.
    """

    place: RunPlace
    kind: str
    names: Iterable[str]
    summaries: Mapping[str, Summary] | None


def take_measures(connection: Connection, rows: Rows, measured: Sequence[Measured]) -> None:
    """Take what metrics come to, once the series of all writers are in the catalog.

    Args:
        connection: in a transaction that writes.
        rows: gets the rows.
        measured: the runs.
    """
    several = [each for each in measured if each.summaries is None]
    names = list(dict.fromkeys(name for each in several for name in each.names))
    merged = None
    if names:
        merged = merge_summaries(connection, [each.place.key for each in several], names)
    for place, kind, _, summaries in measured:
        found, overlapping = summaries, frozenset[str]()
        if found is None and merged is not None:
            found = merged.found.get(place.key, {})
            overlapping = frozenset(merged.overlapping.get(place.key, ()))
        for name, summary in (found or {}).items():
            column = metric_column(place.project, kind, name)
            is_exact = name not in overlapping
            row = {"column": column, "run": place.key, **_measure_row(summary, is_exact=is_exact)}
            rows.put(schema.MEASURES, row)


def forget_values(connection: Connection, run: int) -> None:
    """Take a run out of all columns: it turned out to be of another kind."""
    for table in (schema.PARAMETER_VALUES, schema.MEASURES):
        connection.execute(delete(table).where(table.c.run == run))


def _measure_row(summary: Summary, *, is_exact: bool) -> dict[str, Any]:
    numbers = {name: getattr(summary, name) for name in _MEASURED}
    is_exact = is_exact and not any(map(_is_too_large, numbers.values()))
    return {
        "count": summary.count,
        **{name: _double(number) for name, number in numbers.items()},
        "step_of_min": summary.step_of_min,
        "step_of_max": summary.step_of_max,
        "is_exact": is_exact,
    }


def _double(number: float) -> float | None:
    return None if number != number else float(number)  # noqa: PLR0124 # NaN


def _is_too_large(number: float) -> bool:
    return isinstance(number, int) and abs(number) > MAX_EXACT
