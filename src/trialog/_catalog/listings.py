"""What many runs hold of a kind, for tables of all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from trialog._catalog import schema
from trialog._catalog.rows import among


def attachments_of(connection: Connection, runs: Sequence[int]) -> list[Row[Any]]:
    """All versions of all attachments of some runs, in order for each.

    Args:
        connection: to the catalog.
        runs: run keys.
    """
    table, journals = schema.ATTACHMENTS, schema.JOURNALS
    statement = (
        select(table)
        .join(journals, journals.c.key == table.c.journal)
        .where(among(connection, table.c.run, runs))
        .order_by(table.c.run, table.c.order_ns, journals.c.writer, table.c.offset)
    )
    return list(connection.execute(statement).all())
