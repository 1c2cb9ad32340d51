"""``trialog experiment fork``, ``rename`` and ``tag``: what goes on from one, and its names."""

from __future__ import annotations

import click

from trialog._cli import options
from trialog._cli.completion import complete_project
from trialog._cli.experiment_answers import (
    answer_one,
    open_experiment,
    refuse_uncommitted,
    title_of,
)
from trialog._cli.session import Session, resolve_experiment
from trialog._cli.words import count, printable
from trialog.errors import InvalidNameError, UsageError


@click.command(
    "fork",
    short_help="Start an experiment that goes on from another one.",
    epilog="\b\nExamples:\n"
    "  trialog experiment fork sweep-1\n"
    "  trialog experiment fork sweep-1 sweep-1-longer --into acme/digits-2",
)
@options.experiment_argument
@click.argument("name", required=False)
@click.option(
    "--into",
    metavar="PROJECT",
    shell_complete=complete_project,
    help="The project of the fork: PROJECT or NAMESPACE/PROJECT. Default: EXPERIMENT's.",
)
@options.project_option
@options.session_options
def fork_experiment(
    session: Session, experiment: str, name: str | None, into: str | None, project: str | None
) -> None:
    """Start an experiment that goes on from a committed EXPERIMENT, which stays as it is.

    The runs of EXPERIMENT belong to it, and its own go on with their numbers. It is open:
    trialog.Experiment.open(NAME) records to it. Without a NAME it gets EXPERIMENT's with a number.
    """
    catalog = session.catalog()
    record = resolve_experiment(catalog, experiment, project)
    refuse_uncommitted(record, "forked")
    made = open_experiment(session, record).fork(name, project=into, commit=False, capture=False)
    made.finish()  # this process records nothing more to it
    found = resolve_experiment(
        session.catalog(), made.id, f"{made.organization.slug}/{made.project.slug}"
    )
    line = (
        f"forked {title_of(record)}: {title_of(found)} goes on from its "
        f"{count(found.number or 0, 'run')}"
    )
    answer_one(session, catalog, found, line)


@click.command(
    "rename",
    short_help="Give an experiment another name.",
    epilog="\b\nExample:\n  trialog experiment rename sweep-1 'sweep of learning rates'",
)
@options.experiment_argument
@click.argument("name")
@options.project_option
@options.session_options
def rename_experiment(session: Session, experiment: str, name: str, project: str | None) -> None:
    """Give EXPERIMENT another NAME; the old one goes on leading to it.

    A committed one can be renamed too: its artifact stays as it is. A taken name gets a number.
    """
    catalog = session.catalog()
    record = resolve_experiment(catalog, experiment, project)
    given = open_experiment(session, record).rename(name)
    answer_one(session, catalog, record, f"{title_of(record)} is called {printable(given)} now")


@click.command(
    "tag",
    short_help="Let one more name lead to an experiment.",
    epilog="\b\nExamples:\n  trialog experiment tag sweep-7 best\n  trialog experiment show best\n"
    "  trialog experiment tag sweep-7 ghcr.io/team/sweep:best",
)
@options.experiment_argument
@click.argument("name", metavar="NAME | REFERENCE")
@options.project_option
@options.session_options
def tag_experiment(session: Session, experiment: str, name: str, project: str | None) -> None:
    """Let one more NAME of this store lead to EXPERIMENT, for every command and Experiment.open.

    A REFERENCE with a registry's host is a tag there, of a repository that it was pushed to.
    """
    catalog = session.catalog()
    record = resolve_experiment(catalog, experiment, project)
    try:
        open_experiment(session, record).tag(name)
    except InvalidNameError:
        raise
    except UsageError as error:
        raise click.ClickException(str(error)) from None  # it is taken
    answer_one(session, catalog, record, f"{printable(name)} leads to {title_of(record)} now")
