"""``trialog run list``: which runs there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.completion import complete_experiment, complete_project
from trialog._cli.options import TABLE_LIMIT
from trialog._cli.output import write_array, write_text
from trialog._cli.session import Session, project_slugs, resolve_experiment
from trialog._cli.words import ago, printable
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog.errors import UsageError

if TYPE_CHECKING:
    from trialog._cli.found import FoundRun, FoundRuns
    from trialog._cli.tables import Column


@click.command(
    "list",
    short_help="List runs, the newest first.",
    epilog="\b\nExamples:\n"
    "  trialog run list\n"
    "  trialog run list acme/digits --status failed,crashed --limit 10\n"
    "  trialog run list --tag baseline --json\n"
    "  trialog run list digits --where 'lr < 0.1 and max(acc) > 0.9' --sort '-max(acc)'\n"
    "  trialog run list --experiment sweep-1 --status failed",
)
@options.project_argument
@click.option(
    "--project",
    "same_project",
    metavar="PROJECT",
    shell_complete=complete_project,
    help="The same as the argument PROJECT.",
)
@click.option(
    "--experiment",
    metavar="EXPERIMENT",
    shell_complete=complete_experiment,
    help="The runs of this experiment, by its id or name.",
)
@options.filter_options
@options.where_option
@options.sort_option
@click.option("--deleted", is_flag=True, help="The deleted runs, instead of the others.")
@options.session_options
def list_runs(
    session: Session,
    project: str | None,
    same_project: str | None,
    experiment: str | None,
    statuses: Sequence[tuple[RunStatus, ...]],
    tags: Sequence[str],
    name: str | None,
    limit: int | None,
    where: str | None,
    sort: str | None,
    *,
    deleted: bool,
) -> None:
    """List runs, the newest first: of PROJECT, or of the whole store.

    PROJECT is a project, or NAMESPACE/PROJECT. FILTER and KEYS are in the filter language, the same
    as in Python and in the dashboard.
    """
    from trialog._cli.found import facts_as_json, find_runs  # noqa: PLC0415 # loads sqlalchemy
    from trialog._reading import explain_names  # noqa: PLC0415 # as above

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
        where=where,
        sort=sort,
    )
    if limit is None and not session.is_json:
        limit = TABLE_LIMIT
    of = None if experiment is None else resolve_experiment(catalog, experiment, project).id
    found = find_runs(catalog, wanted, limit, only_deleted=deleted, experiment=of)
    if session.is_json:
        write_array((facts_as_json(run) for run in found.shown), is_plain=True)
    elif found.total == 0:
        is_filtered = bool(statuses or tags or name or project or experiment or deleted or where)
        what = "no such runs" if is_filtered else "no runs yet"
        note = explain_names(catalog, [wanted], where)
        why = f"; {printable(note)}" if note else ""
        write_text(f"{what} in {printable(str(session.home))}{why}\n")
    else:
        has_project = project is not None or of is not None
        _show(found, has_project=has_project, is_sorted=sort is not None)


def _show(found: FoundRuns, *, has_project: bool, is_sorted: bool) -> None:
    from trialog._cli.tables import write_newest  # noqa: PLC0415 # loads rich

    columns = _columns(found.shown, has_project=has_project)
    write_newest(columns, len(found.shown), found.total, "run", is_sorted=is_sorted)


def _columns(runs: Sequence[FoundRun], *, has_project: bool) -> list[Column]:
    from rich.text import Text  # noqa: PLC0415 # loads rich

    from trialog._cli.tables import (  # noqa: PLC0415 # loads rich
        Column,
        duration_cell,
        local_now,
        name_cell,
        note_cell,
        status_cell,
    )

    now = local_now()
    records = [run.record for run in runs]
    places = [record.place.project.path for record in records]
    tags = [Text(", ".join(map(printable, record.tags)), style="italic") for record in records]
    notes = [note_cell(record, now) for record in records]
    experiments = [
        f"{printable(run.experiment.name)}, run {run.record.number}" if run.experiment else ""
        for run in runs
    ]
    columns = [
        Column("name", [name_cell(record.name) for record in records], 16, 48, keeps_ends=True),
        Column("status", [status_cell(record) for record in records]),
        Column("started", [Text(ago(record.date_created, now)) for record in records], rank=1),
        Column("duration", [duration_cell(record) for record in records], is_right=True, rank=2),
    ]
    if not has_project or len(set(places)) > 1:
        cells = [Text(place) for place in places]
        columns.append(Column("project", cells, 12, 40, keeps_ends=True, rank=3))
    if any(experiments):
        cells = [Text(said) for said in experiments]
        columns.append(Column("experiment", cells, 12, 40, keeps_ends=True, rank=5))
    if any(tag.plain for tag in tags):
        columns.append(Column("tags", tags, 8, 32, rank=5))
    if any(note.plain for note in notes):
        columns.append(Column("note", notes, 16, 60, rank=4))
    columns.append(Column("id", [Text(record.id, style="dim") for record in records], rank=6))
    return columns
