"""``trialog run why``: the end of a run in one screen."""

from __future__ import annotations

import click

from trialog._cli import options
from trialog._cli.completion import complete_run
from trialog._cli.output import write_object, write_rich
from trialog._cli.session import Session, resolve_run


@click.command(
    "why",
    short_help="Say how a run ended and why, in one screen.",
    epilog="\b\nExamples:\n"
    "  trialog run why brave_pasta_123\n"
    "  trialog run why best --project acme/digits --json",
)
@click.argument("run", shell_complete=complete_run)
@options.project_option
@options.session_options
def explain_run(session: Session, run: str, project: str | None) -> None:
    """Say how RUN ended and why: its id, the beginning of it, or its name.

    The reason, the line of code, the process that went wrong first, its memory and GPUs, what
    differs from the last run of the project that completed, and the last lines it printed. Of a run
    that goes on: since when it is silent.
    """
    from trialog._cli.found import facts_as_json, runs_of_records  # noqa: PLC0415 # loads sqlalchemy
    from trialog._reading.explanation import explain  # noqa: PLC0415 # as above

    catalog = session.catalog()
    record = resolve_run(catalog, run, project)
    found = explain(catalog, record)
    if session.is_json:
        from trialog._cli.why_json import explanation_as_json  # noqa: PLC0415 # loads sqlalchemy

        (facts,) = map(facts_as_json, runs_of_records(catalog, [record]))
        write_object({**facts, "exit_code": record.exit_code, **explanation_as_json(found)})
        return
    from trialog._cli.why_sheet import why_sheet_of  # noqa: PLC0415 # loads rich

    write_rich(*why_sheet_of(found))
