"""``trialog rebuild`` and ``trialog compact``: looking after the store's caches."""

from __future__ import annotations

import time

import click

from trialog._cli import options
from trialog._cli.output import write_object, write_text
from trialog._cli.progress import show_progress
from trialog._cli.session import Session, project_slugs
from trialog._cli.words import count, duration
from trialog._filters import RunFilter


@click.command(
    "rebuild",
    short_help="Delete the caches and read every journal again.",
    epilog="\b\nExample:\n  trialog rebuild",
)
@options.session_options
def rebuild(session: Session) -> None:
    """Delete the caches (catalog, segments) and read every journal again.

    Nothing that was logged is touched.
    """
    from trialog._cli.found import find_runs  # noqa: PLC0415 # loads sqlalchemy

    started = time.monotonic()
    catalog = session.catalog_as_it_is()
    with show_progress("Reading journals") as progress:
        catalog.rebuild(progress)
    seconds = time.monotonic() - started
    runs = find_runs(catalog, RunFilter(with_deleted=True, kind=None), 0).total
    if session.is_json:
        write_object({"runs": runs, "duration": seconds})
    else:
        write_text(f"read {count(runs, 'run')} again in {duration(seconds)}\n")


@click.command(
    "compact",
    short_help="Put the points of ended runs into segments, which are quick to read.",
    epilog="\b\nExamples:\n  trialog compact\n  trialog compact acme/digits",
)
@options.project_argument
@options.session_options
def compact(session: Session, project: str | None) -> None:
    """Put the points of ended runs into segments (Parquet), which are quick to read.

    The journals stay. Of PROJECT, or of the whole store.
    """
    from trialog._catalog import queries  # noqa: PLC0415 # loads sqlalchemy

    started = time.monotonic()
    catalog = session.catalog()
    namespace, slug = project_slugs(catalog, project)
    wanted = RunFilter(namespace=namespace, project=slug, with_deleted=True, kind=None)
    runs = [row.key for row in catalog.ask(queries.find_runs, wanted)]
    with show_progress("Compacting runs") as progress:
        sealed = catalog.compact(runs, progress)
    seconds = time.monotonic() - started
    if session.is_json:
        write_object({**sealed._asdict(), "duration": seconds})
    elif not sealed.runs:
        write_text("nothing to compact\n")
    else:
        write_text(
            f"compacted {count(sealed.points, 'point')} of {count(sealed.runs, 'run')} into "
            f"{count(sealed.segments, 'segment')} in {duration(seconds)}\n"
        )
