"""Whether the catalog says what the journals say, for ``trialog doctor``.

A catalog is built anew beside it, in a temporary folder, and every row of the two is compared. Runs
that the catalog has not read as far as the new one, or whose writers have died since, are left out:
the next question reads them on.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select, text
from sqlalchemy.exc import DBAPIError

from trialog._catalog import schema
from trialog._catalog.database import Database
from trialog._catalog.refreshing import Refresher
from trialog._catalog.rows import chunks
from trialog._format.folders import StoreFolder

_OF_JOURNALS = tuple(
    table for table in schema.OF_RUN if table not in (schema.COVERAGE, schema.JOURNALS)
)
_PROGRESS = ("offset", "last_words", "has_left", "is_final", "fate")
_APPROXIMATE = ("total", "exact", "mean")  # sums depend on how much was read at once


def disagreements(
    store: StoreFolder, database: Database, clock: Callable[[], int], but: Collection[str] = ()
) -> Iterator[tuple[str | None, str]]:
    """What a catalog says otherwise than the journals.

    Args:
        store: the store.
        database: its catalog.
        clock: nanoseconds since 1970.
        but: the ids of runs to leave out: the catalog may know what their journals have lost.

    Yields:
        The id of a run, or None, and what is the matter.
    """
    if database.path is None:
        return
    with tempfile.TemporaryDirectory(prefix="trialog-") as folder:
        new = Database(Path(folder) / "catalog.db")
        try:
            Refresher(store, new, clock).refresh()
            with database.read() as old_rows, new.read() as new_rows:
                yield from _compare(old_rows, new_rows, but)
        except DBAPIError as error:
            yield None, f"the catalog cannot be read: {error.orig}"
        finally:
            new.close()


def _compare(
    old: Connection, new: Connection, but: Collection[str]
) -> Iterator[tuple[str | None, str]]:
    said = [str(row[0]) for row in old.execute(text("PRAGMA integrity_check(5)"))]
    if said != ["ok"]:
        yield None, f"the catalog's file is damaged: {'; '.join(said)}"
    for table in (schema.PROJECTS, schema.NAMES):
        known = _rows(old, table)
        if any(known.get(key, row) != row for key, row in _rows(new, table).items()):
            yield None, f"the catalog's table {table.name!r} says otherwise than the journals"
    runs = {row.key: row.id for row in new.execute(select(schema.RUNS.c.key, schema.RUNS.c.id))}
    for part in chunks([key for key, run_id in runs.items() if run_id not in but]):
        same = _as_far(old, new, part)
        for table in (schema.RUNS, *_OF_JOURNALS):
            column = table.c.key if table is schema.RUNS else table.c.run
            before, now = _by_run(old, table, column, same), _by_run(new, table, column, same)
            for run in same:
                if before.get(run) != now.get(run):
                    what = f"the catalog's table {table.name!r} says otherwise than its journals"
                    yield runs[run], what


def _as_far(old: Connection, new: Connection, runs: Sequence[int]) -> list[int]:
    """The runs that both have read equally far."""
    before, now = _progress(old, runs), _progress(new, runs)
    return [run for run in runs if before.get(run) == now.get(run)]


def _progress(connection: Connection, runs: Sequence[int]) -> dict[int, set[tuple[Any, ...]]]:
    table = schema.JOURNALS
    columns = [table.c[name] for name in ("run", "writer", *_PROGRESS)]
    found: dict[int, set[tuple[Any, ...]]] = {}
    for run, *rest in connection.execute(select(*columns).where(table.c.run.in_(runs))):
        found.setdefault(run, set()).add(tuple(rest))
    return found


def _rows(connection: Connection, table: Table) -> dict[int, tuple[Any, ...]]:
    return {row.key: tuple(row) for row in connection.execute(select(table))}


def _by_run(
    connection: Connection, table: Table, column: Any, runs: Sequence[int]
) -> dict[int, set[tuple[Any, ...]]]:
    """The rows of some runs, without what may differ a little."""
    columns = [each for each in table.c if each.name not in _APPROXIMATE]
    found: dict[int, set[tuple[Any, ...]]] = {}
    for row in connection.execute(select(column, *columns).where(column.in_(runs))):
        found.setdefault(row[0], set()).add(tuple(map(_comparable, row[1:])))
    return found


def _comparable(value: Any) -> Any:
    """A value that is equal to itself: NaN is not."""
    return "NaN" if isinstance(value, float) and math.isnan(value) else value
