"""What runs have printed, as the catalog holds it.

Pass :func:`console_of` to :meth:`trialog._catalog.catalog.Catalog.ask`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, or_, select

from trialog._catalog import schema

_RECORDED_WITHIN_NS = 10_000_000_000  # of when they were printed
BOTH = "both"
"""The stream of a process whose stdout and stderr went to one place."""


class ConsoleRow(NamedTuple):
    """Lines that a run printed, as one record of the journal holds them.

    Attributes:
        journal: the journal's key; with ``offset``, what was seen of it.
        writer: whose journal it is.
        rank: of the process that printed them, or None.
        offset: the record's place in the journal.
        order_ns: when they were recorded: no line in it is later.
        stream: ``stdout``, ``stderr``, or ``both`` where the two went to one place.
        lines: ``[time_ns, text]`` of each.
        is_open: whether the next record of this stream replaces the last of them.
        dropped_bytes: what is missing before them.
    """

    journal: int
    writer: str
    rank: int | None
    offset: int
    order_ns: int
    stream: str
    lines: list[tuple[int, str]]
    is_open: bool
    dropped_bytes: int


def has_console(connection: Connection, run: int) -> bool:
    """Whether anything that a run printed was recorded with it."""
    table = schema.CONSOLE
    return (
        connection.execute(select(table.c.run).where(table.c.run == run).limit(1)).first()
        is not None
    )


def console_of(
    connection: Connection,
    run: int,
    *,
    stream: str | None = None,
    rank: int | None = None,
    attempt: int | None = None,
    since_ns: int | None = None,
    until_ns: int | None = None,
    seen: Mapping[int, int] | None = None,
    first: int | None = None,
    last: int | None = None,
) -> list[ConsoleRow]:
    """What all writers of a run have recorded of its console, in order.

    Args:
        connection: to the catalog.
        run: the run's key.
        stream: only this one, and what nobody can tell apart.
        rank: only of this rank.
        attempt: only of this attempt.
        since_ns: without records that hold older lines only.
        until_ns: without records that can hold later lines only.
        seen: without those up to an offset, by journal key.
        first: only so many, the first ones.
        last: only so many, the last ones.
    """
    table, journals = schema.CONSOLE, schema.JOURNALS
    order = (table.c.order_ns, journals.c.writer, table.c.offset)
    statement = (
        select(
            table.c.journal,
            journals.c.writer,
            journals.c.rank,
            table.c.offset,
            table.c.order_ns,
            table.c.stream,
            table.c.lines,
            table.c.is_open,
            table.c.dropped_bytes,
        )
        .join(journals, journals.c.key == table.c.journal)
        .where(table.c.run == run)
    )
    if stream is not None:
        statement = statement.where(table.c.stream.in_((stream, BOTH)))
    for column, wanted in ((journals.c.rank, rank), (journals.c.attempt, attempt)):
        if wanted is not None:
            statement = statement.where(column == wanted)
    if since_ns is not None:
        statement = statement.where(table.c.order_ns >= since_ns)
    if until_ns is not None:
        statement = statement.where(table.c.order_ns <= until_ns + _RECORDED_WITHIN_NS)
    for journal, offset in (seen or {}).items():
        statement = statement.where(or_(table.c.journal != journal, table.c.offset > offset))
    if last is None:
        rows = connection.execute(statement.order_by(*order).limit(first)).all()
    else:
        backwards = statement.order_by(*(column.desc() for column in order)).limit(last)
        rows = connection.execute(backwards).all()[::-1]
    return [ConsoleRow(*row[:6], orjson.loads(row.lines), *row[7:]) for row in rows]
