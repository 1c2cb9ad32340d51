"""``trialog experiment list``: which experiments there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.completion import complete_project
from trialog._cli.options import TABLE_LIMIT
from trialog._cli.output import write_array, write_text
from trialog._cli.session import Session, project_slugs
from trialog._cli.words import ago, printable
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog.errors import UsageError

if TYPE_CHECKING:
    from trialog._cli.found_experiments import FoundExperiment, FoundExperiments
    from trialog._cli.tables import Column


@click.command(
    "list",
    short_help="List experiments, the newest first.",
    epilog="\b\nExamples:\n"
    "  trialog experiment list\n"
    "  trialog experiment list acme/digits --status failed,crashed --limit 10\n"
    "  trialog experiment list --tag paper --json",
)
@options.project_argument
@click.option(
    "--project",
    "same_project",
    metavar="PROJECT",
    shell_complete=complete_project,
    help="The same as the argument PROJECT.",
)
@options.experiment_filter_options
@click.option("--deleted", is_flag=True, help="The deleted experiments, instead of the others.")
@options.session_options
def list_experiments(
    session: Session,
    project: str | None,
    same_project: str | None,
    statuses: Sequence[tuple[RunStatus, ...]],
    tags: Sequence[str],
    name: str | None,
    limit: int | None,
    *,
    deleted: bool,
) -> None:
    """List experiments, the newest first: of PROJECT, or of the whole store.

    Committed, open and failed ones alike; those with a digest are committed. PROJECT is a project,
    or NAMESPACE/PROJECT.
    """
    from trialog._cli.found_experiments import (  # noqa: PLC0415 # loads sqlalchemy
        experiment_as_json,
        find_experiments,
    )

    if project is not None and same_project is not None:
        raise UsageError("PROJECT is given twice: as an argument and by --project")
    project = project or same_project
    catalog = session.catalog()
    namespace, slug = project_slugs(catalog, project)
    wanted = RunFilter.parse(
        namespace=namespace,
        project=slug,
        name_contains=name,
        status=[each for several in statuses for each in several] or None,
        tags=tags,
        with_deleted=deleted,
        kind="experiment",
    )
    if limit is None and not session.is_json:
        limit = TABLE_LIMIT
    found = find_experiments(catalog, wanted, limit, only_deleted=deleted)
    if session.is_json:
        write_array((experiment_as_json(each) for each in found.shown), is_plain=True)
    elif found.total == 0:
        is_filtered = bool(statuses or tags or name or project or deleted)
        what = "no such experiments" if is_filtered else "no experiments yet"
        write_text(f"{what} in {printable(str(session.home))}\n")
    else:
        _show(found, has_project=project is not None)


def _show(found: FoundExperiments, *, has_project: bool) -> None:
    from trialog._cli.tables import write_newest  # noqa: PLC0415 # loads rich

    columns = _columns(found.shown, has_project=has_project)
    write_newest(columns, len(found.shown), found.total, "experiment")


def _columns(found: Sequence[FoundExperiment], *, has_project: bool) -> list[Column]:
    from rich.text import Text  # noqa: PLC0415 # loads rich

    from trialog._cli.experiment_tables import (  # noqa: PLC0415 # loads rich
        digest_cell,
        filled,
        size_cell,
        tally_columns,
    )
    from trialog._cli.tables import (  # noqa: PLC0415 # loads rich
        Column,
        local_now,
        name_cell,
        note_cell,
        status_cell,
    )

    now = local_now()
    records = [each.record for each in found]
    places = [record.place.project.path for record in records]
    tags = [Text(", ".join(map(printable, record.tags)), style="italic") for record in records]
    columns = [
        Column("name", [name_cell(record.name) for record in records], 16, 48, keeps_ends=True),
        Column("status", [status_cell(record) for record in records]),
        *tally_columns(found),
        Column("started", [Text(ago(record.date_created, now)) for record in records], rank=2),
        Column("digest", [digest_cell(each) for each in found], rank=2),
        Column("size", [size_cell(each) for each in found], is_right=True, rank=3),
    ]
    if not has_project or len(set(places)) > 1:
        cells = [Text(place) for place in places]
        columns.append(Column("project", cells, 12, 40, keeps_ends=True, rank=5))
    columns += [
        Column("tags", tags, 8, 32, rank=6),
        Column("note", [note_cell(record, now) for record in records], 16, 60, rank=4),
        Column("id", [Text(record.id, style="dim") for record in records], rank=7),
    ]
    return filled(columns)
