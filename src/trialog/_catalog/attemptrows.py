"""A run's attempts, each as if it were a run of its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, func, select

from trialog._catalog import schema
from trialog._catalog.deriving import derive_run
from trialog._catalog.queries import runs_by_key
from trialog._catalog.runrows import read_journal_facts
from trialog._catalog.selections import RunRow, writers_of


class AttemptRow(NamedTuple):
    """An attempt.

    Attributes:
        attempt: its number.
        is_latest: the run's status is its status.
        row: a run of its writers alone; of the latest attempt the run itself, since writers of
            earlier ones may still live.
        created_ns: when it began.
        points: how many its writers have logged.
    """

    attempt: int
    is_latest: bool
    row: RunRow
    created_ns: int
    points: int


def attempts_of(connection: Connection, run: int) -> list[AttemptRow]:
    """The attempts of a run, the first one first; none where the run is gone."""
    rows = runs_by_key(connection, [run])
    if not rows:
        return []
    (whole,) = rows
    journals, facts = read_journal_facts(connection, [run])[run]
    writers = writers_of(connection, [run]).get(run, [])
    damages = _count_damages(connection, run)
    numbers = sorted({writer.attempt for writer in writers})
    found = []
    for number in numbers:
        mine = [journal for journal in journals if journal.attempt == number]
        names = {journal.writer for journal in mine}
        count = sum(damages.get(name, 0) for name in names)
        spoken = [fact for fact in facts if fact.writer in names]
        derived = derive_run(whole.place.id, mine, spoken, is_damaged=bool(count))
        derived["damages"] = count
        alone = RunRow(
            cast("Any", SimpleNamespace(**{**whole.facts._asdict(), **derived})),
            tuple(writer for writer in writers if writer.attempt == number),
        )
        is_latest = number == numbers[-1]
        row = whole if is_latest else alone
        created_ns = derived["created_ns"]
        found.append(AttemptRow(number, is_latest, row, created_ns, derived["points"]))
    return found


def _count_damages(connection: Connection, run: int) -> dict[str, int]:
    """How many places of each journal cannot be read."""
    damage, journals = schema.DAMAGE, schema.JOURNALS
    statement = (
        select(journals.c.writer, func.count())
        .join(journals, journals.c.key == damage.c.journal)
        .where(damage.c.run == run)
        .group_by(journals.c.writer)
    )
    return {writer: count for writer, count in connection.execute(statement)}  # noqa: C416 # rows
