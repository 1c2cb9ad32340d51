"""``trialog sql``: questions to the store in SQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.options import TABLE_LIMIT
from trialog._cli.output import is_terminal, remark, write_bytes, write_text
from trialog._cli.progress import show_progress
from trialog._cli.session import Session
from trialog._cli.words import count, printable
from trialog.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

_CROWD = 500  # reading the points of fewer runs is done before a bar could be seen
_FORMATS = ("table", "json", "csv", "parquet", "arrow")


@click.command(
    "sql",
    short_help="Ask the store in SQL.",
    epilog="\b\nExamples:\n"
    "  trialog sql\n"
    '  trialog sql "SELECT name, status, parameters.lr FROM runs WHERE parameters.lr < 0.1"\n'
    "  trialog sql \"SELECT name, min FROM metrics WHERE metric = 'loss' ORDER BY min\"\n"
    "  trialog sql \"FROM points WHERE metric = 'loss'\" --output loss.parquet\n"
    "  trialog sql - < question.sql",
)
@click.argument("query", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS, case_sensitive=False),
    help="How to answer. Default: by the name of --output; else a table on a terminal, and JSON "
    "where stdout is none.",
)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    metavar="FILE",
    help="Write the answer to this file; .csv, .json, .parquet and .arrow say what it is.",
)
@options.limit_option
@options.session_options
def ask_in_sql(
    session: Session, query: str | None, form: str | None, output: Path | None, limit: int | None
) -> None:
    """Ask the store in SQL, which DuckDB answers; it can only read.

    QUERY is one statement over the views runs, parameters, metrics, points, attachments, tags and
    projects; - takes it from stdin. Without it, the views and their columns are shown.
    """
    from trialog._cli.sqltables import (  # noqa: PLC0415 # loads pyarrow
        answer_bytes,
        answer_table,
        views_table,
    )

    form = _form(session, form, output)
    if query is None:
        answer = views_table()
        limit = answer.num_rows
    else:
        answer = _answer(session, sys.stdin.read() if query == "-" else query)
    if limit is None and form == "table":
        limit = TABLE_LIMIT
    shown = answer if limit is None else answer.slice(0, limit)
    if form == "table":
        answer_table(shown)
        if shown.num_rows < answer.num_rows:
            more = count(answer.num_rows - shown.num_rows, "more row")
            write_text(f"… and {more}: --limit {answer.num_rows} shows all\n")
    elif output is None:
        write_bytes(answer_bytes(shown, form))
    else:
        output.write_bytes(answer_bytes(shown, form))
        remark(f"wrote {count(shown.num_rows, 'row')} to {printable(str(output))}")


def _form(session: Session, form: str | None, output: Path | None) -> str:
    """How to answer.

    Raises:
        UsageError: nothing says it, or it cannot go where it is to go.
    """
    if form is not None and session.wants_json is not None:
        raise UsageError("give either --format, or --json or --table")
    if form is None and output is not None and session.wants_json is None:
        form = output.suffix.lower().removeprefix(".")
        if form not in _FORMATS[1:]:
            raise UsageError(
                f"{output.name!r} does not say what it is to be: end it in .csv, .json, .parquet "
                "or .arrow, or give --format"
            )
    form = form or ("json" if session.is_json else "table")
    if form == "table" and output is not None:
        raise UsageError("a table is for people: write a file as csv, json, parquet or arrow")
    if form in ("parquet", "arrow") and output is None and is_terminal():
        raise UsageError(f"{form} is not for terminals: give --output FILE")
    return form


def _answer(session: Session, query: str) -> pa.Table:
    from trialog._reading.statements import answer  # noqa: PLC0415 # loads pyarrow

    catalog = session.catalog()
    try:
        with show_progress("Reading points", at_least=_CROWD) as progress:
            return answer(catalog, query, progress)
    except UsageError as error:
        text, _, picture = str(error).partition("\nLINE ")
        for line in picture.splitlines():
            remark(printable(line.partition(": ")[2] if line[:1].isdigit() else line))
        raise UsageError(text) from None
