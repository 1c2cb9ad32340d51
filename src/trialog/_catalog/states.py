"""From the catalog's rows back to the state that reading goes on from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from trialog._catalog import schema
from trialog._catalog.rows import chunks
from trialog._format.facts import Start
from trialog._journals.numbering import STRETCHES, Numbering
from trialog._journals.reading import JournalState

States = dict[str, JournalState]
"""Of one run, by writer."""


def load_states(connection: Connection, runs: Sequence[int]) -> dict[int, States]:
    """How far each journal of some runs has been read, by run key and writer."""
    table = schema.JOURNALS
    found: dict[int, States] = {run: {} for run in runs}
    for part in chunks(runs):
        rows = connection.execute(select(table).where(table.c.run.in_(part))).all()
        highest = _highest(connection, [row.key for row in rows])
        for row in rows:
            found[row.run][row.writer] = state_of(row, highest.get(row.key, {}))
    return found


def state_of(row: Any, highest: dict[str, int]) -> JournalState:
    """The state in a row of ``journals``."""
    return JournalState(
        writer=row.writer,
        start=Start(
            writer=row.writer,
            run="",
            role=row.role,
            namespace="",
            project="",
            attempt=row.attempt,
            rank=row.rank,
            local_rank=row.local_rank,
            world_size=row.world_size,
            created_ns=row.created_ns,
            pid=row.pid,
            process_start=row.process_start,
            pid_namespace=row.pid_namespace,
            boot=row.boot,
            host=row.host,
            machine=row.machine,
        ),
        offset=row.offset,
        last_words=row.last_words,
        order_ns=row.order_ns,
        news_ns=row.news_ns,
        numbering=Numbering(highest, row.call_ns, row.call_step, unknown=STRETCHES),
        has_left=row.has_left,
        is_final=row.is_final,
        fate=row.fate,
        has_auto=row.has_auto,
        has_exact=row.has_exact,
        points=row.points,
        error=row.error,
    )


def _highest(connection: Connection, journals: Sequence[int]) -> dict[int, dict[str, int]]:
    series, names = schema.SERIES, schema.NAMES
    found: dict[int, dict[str, int]] = {}
    for part in chunks(journals):
        statement = (
            select(series.c.journal, names.c.name, series.c.highest)
            .join(names, names.c.key == series.c.name)
            .where(series.c.journal.in_(part))
        )
        for journal, name, step in connection.execute(statement):
            found.setdefault(journal, {})[name] = step
    return found
