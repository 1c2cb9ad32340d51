"""``trialog experiment save``, ``load``, ``push`` and ``pull``: experiments that travel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.experiment_answers import (
    answer_one,
    facts_of,
    open_experiment,
    refuse_uncommitted,
    title_of,
)
from trialog._cli.session import Session, resolve_experiment
from trialog._cli.words import count, printable, size
from trialog._tracking.client import LocalClient
from trialog.errors import AttachmentExistsError

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._public.experiment import Experiment
    from trialog._reading import RunRecord


@click.command(
    "save",
    short_help="Write an experiment to a file.",
    epilog="\b\nExamples:\n"
    "  trialog experiment save sweep-1 sweep-1.tar\n"
    "  trialog experiment save sweep-1 /backup/sweep-1.tar --overwrite",
)
@options.experiment_argument
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--overwrite", is_flag=True, help="Replace the file that is there.")
@click.option("--ommx", "for_ommx", is_flag=True, help="Write an archive of OMMX's own kind.")
@options.project_option
@options.session_options
def save_experiment(
    session: Session,
    experiment: str,
    path: Path,
    project: str | None,
    *,
    overwrite: bool,
    for_ommx: bool,
) -> None:
    """Write a committed EXPERIMENT to PATH as an OCI archive, which any OCI tool reads.

    The same experiment gives the same bytes. The file is there whole, or not at all.
    """
    catalog = session.catalog()
    record = resolve_experiment(catalog, experiment, project)
    refuse_uncommitted(record, "saved")
    try:
        written = open_experiment(session, record).save(
            path, overwrite=overwrite, format="ommx" if for_ommx else "trialog"
        )
    except AttachmentExistsError:
        raise click.ClickException(
            f"{str(path)!r} is there already; --overwrite replaces it"
        ) from None
    size_bytes = written.stat().st_size
    line = f"saved {title_of(record)} to {printable(str(written))}, {size(size_bytes)}"
    answer_one(session, catalog, record, line, path=str(written), file_bytes=size_bytes)


@click.command(
    "load",
    short_help="Bring an experiment of a file or a registry into the store.",
    epilog="\b\nExamples:\n"
    "  trialog experiment load sweep-1.tar --all\n"
    "  trialog experiment load ghcr.io/team/sweep:v1",
)
@click.argument("what", metavar="PATH | REFERENCE", type=click.Path())
@click.option("--named", metavar="NAME", help="Which one, by name or digest, of a file of several.")
@click.option(
    "--all", "everything", is_flag=True, help="Copy the attachments too, so that the file may go."
)
@options.session_options
def load_experiment(session: Session, what: str, named: str | None, *, everything: bool) -> None:
    """Bring an experiment of an archive, an OCI layout's folder or a registry into the store.

    From then on it is listed, searched and compared like any other. Without --all its attachments
    stay where they are until they are read. Only a reference with a registry's host asks the
    network.
    """
    from trialog._public.experiment import Experiment  # noqa: PLC0415 # loads the write half

    client = LocalClient(session.home_to_be)
    experiment = Experiment.load(what, named=named, client=client)
    _bring_in(experiment, everything=everything)
    _answer_arrived(session, experiment, "loaded", stay=not everything)


@click.command(
    "push",
    short_help="Send an experiment to a registry.",
    epilog="\b\nExamples:\n"
    "  trialog experiment push sweep-1 ghcr.io/team/sweep:v1\n"
    "  trialog experiment push sweep-1 localhost:5000/sweep --json | jq -r .reference",
)
@options.experiment_argument
@click.argument("reference")
@options.project_option
@options.session_options
def push_experiment(session: Session, experiment: str, reference: str, project: str | None) -> None:
    """Send a committed EXPERIMENT to the registry that REFERENCE names.

    Only what the registry lacks is sent. One that was cut off goes on where it was. Credentials are
    those of docker login.
    """
    catalog = session.catalog()
    record = resolve_experiment(catalog, experiment, project)
    refuse_uncommitted(record, "pushed")
    sent = open_experiment(session, record).push(reference)
    answer_one(session, catalog, record, f"pushed {title_of(record)} to {sent}", reference=sent)


@click.command(
    "pull",
    short_help="Fetch an experiment of a registry, all of it.",
    epilog="\b\nExamples:\n"
    "  trialog experiment pull ghcr.io/team/sweep:v1\n"
    "  trialog experiment pull ghcr.io/team/sweep@sha256:… --store /shared/trialog",
)
@click.argument("reference")
@options.session_options
def pull_experiment(session: Session, reference: str) -> None:
    """Fetch the experiment that REFERENCE names into the store, with all its attachments.

    One that was cut off goes on where it was. Credentials are those of docker login.
    """
    from trialog._public.experiment import Experiment  # noqa: PLC0415 # loads the write half

    client = LocalClient(session.home_to_be)
    _answer_arrived(session, Experiment.pull(reference, client=client), "pulled", stay=False)


def _bring_in(experiment: Experiment, *, everything: bool) -> None:
    """Put an experiment into the store that was loaded; one of the store is there."""
    from trialog._artifacts.journalpacks import PACK_TYPE  # noqa: PLC0415 # loads the read half
    from trialog._public.transfers import show_transfer  # noqa: PLC0415 # beside it

    loaded = experiment._loaded  # noqa: SLF001 # the first question would do it without a bar
    if loaded is None:
        return
    wanted = [each for each in loaded.artifact.blobs if everything or each.media_type == PACK_TYPE]
    size_bytes = sum(blob.size_bytes for blob in wanted)
    with show_transfer(f"Loading {loaded.facts.name}", size_bytes) as progress:
        loaded.bring_in(progress)
        if everything:
            loaded.fetch_all(progress)


def _answer_arrived(session: Session, experiment: Experiment, done: str, *, stay: bool) -> None:
    """Say what has come into the store.

    Args:
        session: how to answer.
        experiment: it.
        done: how it came.
        stay: whether its attachments may be elsewhere.
    """
    runs = count(len(experiment.runs), "run")
    catalog = session.catalog()
    record = _record_of(catalog, experiment)
    (facts,) = facts_of(catalog, [record])
    more = f"{runs}, {facts['digest']}" if facts["digest"] else runs
    if stay and facts["source"]:
        more += f"; attachments are read from {printable(facts['source'])}"
    answer_one(session, catalog, record, f"{done} {title_of(record)}: {more}")


def _record_of(catalog: Catalog, experiment: Experiment) -> RunRecord:
    from trialog._reading import resolve  # noqa: PLC0415 # loads sqlalchemy

    return resolve(
        catalog,
        experiment.id,
        namespace=experiment.organization.slug,
        project=experiment.project.slug,
        is_id=True,
        kind="experiment",
    )
