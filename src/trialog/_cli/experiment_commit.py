"""``trialog experiment commit``: sealing experiments."""

from __future__ import annotations

from collections.abc import Sequence

import click

from trialog._cli import options
from trialog._cli.experiment_answers import (
    answer_each,
    facts_of,
    open_experiment,
    resolve_all,
    runs_of,
    title_of,
)
from trialog._cli.progress import show_progress
from trialog._cli.session import Session
from trialog._cli.words import size
from trialog.errors import UsageError

_SEVERAL = 2  # one is done before a bar could be seen


@click.command(
    "commit",
    short_help="Seal experiments: nothing more can be logged to them.",
    epilog="\b\nExamples:\n"
    "  trialog experiment commit sweep-1\n"
    "  trialog experiment commit sweep-1 sweep-2 --project acme/digits",
)
@options.experiments_argument
@options.project_option
@options.session_options
def commit_experiments(session: Session, experiments: Sequence[str], project: str | None) -> None:
    """Seal experiments, each as one artifact that its digest names.

    They and their runs take nothing more. One with runs that are still open is left as it is; the
    others are committed, and the exit code is 1.
    """
    catalog = session.catalog()
    records = resolve_all(catalog, experiments, project)
    refused, committed, lines = [], [], []
    with show_progress("Committing experiments", at_least=_SEVERAL) as progress:
        for done, record in enumerate(records):
            if progress is not None:
                progress(done, len(records))
            try:
                open_experiment(session, record).commit()
            except UsageError as error:
                refused.append(str(error))
            else:
                committed.append(record)
    for record, facts in zip(committed, facts_of(catalog, committed), strict=True):
        was = "was committed already" if record.commit is not None else "committed"
        told = f"{title_of(record)}: {facts['digest']}"
        more = f"{runs_of(facts)}, {size(facts['size_bytes'])}"
        lines.append(f"{told} ({more})" if was == "committed" else f"{told} {was} ({more})")
    answer_each(session, catalog, committed, lines)
    if refused:
        raise click.ClickException("; ".join(refused))
