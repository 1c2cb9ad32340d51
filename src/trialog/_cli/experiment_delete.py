"""``trialog experiment delete`` and ``restore``: hiding experiments, and bringing them back."""

from __future__ import annotations

from collections.abc import Sequence

import click

from trialog._cli import options
from trialog._cli.experiment_answers import answer_each, open_experiment, resolve_all, title_of
from trialog._cli.session import Session


@click.command(
    "delete",
    short_help="Hide experiments from lists.",
    epilog="\b\nExamples:\n"
    "  trialog experiment delete sweep-1\n"
    "  trialog experiment delete first second --project acme/digits",
)
@options.experiments_argument
@options.project_option
@options.session_options
def delete_experiments(session: Session, experiments: Sequence[str], project: str | None) -> None:
    """Hide experiments from lists. Nothing is removed before `trialog gc --delete`.

    That takes their runs with them.
    """
    catalog = session.catalog()
    records = resolve_all(catalog, experiments, project)
    lines = []
    for record in records:
        if record.date_deleted is not None:
            lines.append(f"{title_of(record)} was deleted already")
            continue
        open_experiment(session, record).delete()
        remark = "" if record.is_ended else " (it goes on, out of sight)"
        lines.append(f"deleted {title_of(record)}{remark}")
    ids = " ".join(record.id for record in records)
    lines.append(f"nothing is lost; to bring back: trialog experiment restore {ids}")
    answer_each(session, catalog, records, lines)


@click.command(
    "restore",
    short_help="Bring deleted experiments back.",
    epilog="\b\nExamples:\n"
    "  trialog experiment restore sweep-1\n"
    "  trialog experiment list --deleted",
)
@options.experiments_argument
@options.project_option
@options.session_options
def restore_experiments(session: Session, experiments: Sequence[str], project: str | None) -> None:
    """Bring deleted experiments back, by id or name."""
    catalog = session.catalog()
    records = resolve_all(catalog, experiments, project)
    lines = []
    for record in records:
        if record.date_deleted is None:
            lines.append(f"{title_of(record)} was not deleted")
            continue
        open_experiment(session, record).restore()
        lines.append(f"restored {title_of(record)}")
    answer_each(session, catalog, records, lines)
