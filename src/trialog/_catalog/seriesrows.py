"""A writer's series in the catalog: summaries to rows and back."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.rows import Rows, chunks
from trialog._format.values import MAX_EXACT, dump_json, load_json
from trialog._journals.addresses import key_of
from trialog._journals.reading import Delta, JournalState
from trialog._journals.summaries import Summary, append

_NUMBERS = ("first", "last", "min", "max")


def take_series(
    connection: Connection,
    rows: Rows,
    journal: int,
    run: int,
    state: JournalState,
    delta: Delta,
    *,
    is_new: bool,
) -> None:
    """Take what was read of a journal's series.

    Args:
        connection: in a transaction that writes.
        rows: gets the rows.
        journal: the journal's key.
        run: the run's key.
        state: of the journal, after reading.
        delta: what was read.
        is_new: the catalog does not know the journal yet.
    """
    keys = {name: _name_key(name) for name in delta.names}
    before: dict[int, Summary | None] = {}
    if not is_new:
        table = schema.SERIES
        for part in chunks(list(keys.values())):
            condition = (table.c.journal == journal) & table.c.name.in_(part)
            for row in connection.execute(select(table).where(condition)):
                before[row.name] = summary_of(row)
    for name, key in keys.items():
        old, new = before.get(key), delta.summaries.get(name)
        summary = append(old, new) if old and new else new or old
        if key not in before:
            rows.add(schema.NAMES, {"key": key, "name": name})
        highest = state.numbering.highest[name]
        where = {"journal": journal, "name": key, "run": run, "highest": highest}
        rows.put(schema.SERIES, where | _summary_row(summary))


@lru_cache(maxsize=4096)  # thousands of runs have the same
def _name_key(name: str) -> int:
    return key_of("name", name)


def _summary_row(summary: Summary | None) -> dict[str, Any]:
    columns = [
        "count",
        "nan_count",
        "first",
        "last",
        "min",
        "max",
        "total",
        "step_of_min",
        "step_of_max",
        "first_ns",
        "last_ns",
        "min_ns",
        "max_ns",
        "lowest_step",
    ]
    if summary is None:
        return {**dict.fromkeys(columns), "count": 0, "nan_count": 0, "exact": None}
    row = {name: getattr(summary, name) for name in columns}
    exact = {}
    for name in (*_NUMBERS, "total"):
        number = row[name]
        if _is_lossy(number):
            exact[name] = number
            row[name] = None if math.isnan(number) else float(number)
    row["exact"] = dump_json(exact, "summary") if exact else None
    return row


def _is_lossy(number: float) -> bool:
    """Whether a REAL column would not give this number back."""
    if isinstance(number, int):
        return abs(number) > MAX_EXACT
    return math.isnan(number) or (number == 0 and math.copysign(1, number) < 0)


def summary_of(row: Any) -> Summary | None:
    """The summary in a row of ``series``; None where only JSON values have the name."""
    if not row.count:
        return None
    numbers = (row.first, row.last, row.min, row.max, row.total)
    if row.exact:
        exact = load_json(row.exact)
        names = (*_NUMBERS, "total")
        numbers = tuple(exact.get(name, kept) for name, kept in zip(names, numbers, strict=True))
    return Summary(
        row.count,
        row.nan_count,
        *numbers,
        row.step_of_min,
        row.step_of_max,
        row.first_ns,
        row.last_ns,
        row.min_ns,
        row.max_ns,
        row.lowest_step,
    )
