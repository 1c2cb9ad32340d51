"""``trialog run compare``: what tells runs apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.completion import complete_project, complete_run
from trialog._cli.options import TABLE_LIMIT
from trialog._cli.output import write_array, write_rich, write_text
from trialog._cli.session import Session, is_project, project_slugs
from trialog._cli.words import printable
from trialog._entities import RunStatus
from trialog._filters import RunFilter
from trialog._settings import Settings
from trialog.errors import NotFoundError

if TYPE_CHECKING:
    from trialog._catalog import Catalog
    from trialog._cli.found import FoundRun


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    projects = complete_project(ctx, param, incomplete)
    return projects + complete_run(ctx, param, incomplete)


@click.command(
    "compare",
    short_help="Compare runs side by side.",
    epilog="\b\nExamples:\n"
    "  trialog run compare acme/digits --best val/acc\n"
    "  trialog run compare digits --metric loss --sort 'min(loss)'\n"
    "  trialog run compare brave_pasta_123 quiet_owl_7 --all",
)
@click.argument("what", metavar="[PROJECT | RUN...]", nargs=-1, shell_complete=_complete)
@options.project_option
@options.filter_options
@options.where_option
@options.comparison_options
@options.session_options
def compare_runs(
    session: Session,
    what: Sequence[str],
    project: str | None,
    statuses: Sequence[tuple[RunStatus, ...]],
    tags: Sequence[str],
    name: str | None,
    limit: int | None,
    where: str | None,
    metrics: Sequence[str],
    sort: str | None,
    best: str | None,
    goal: str | None,
    *,
    shows_all: bool,
) -> None:
    """Compare runs side by side: their parameters, and what their metrics came to.

    Of a PROJECT (or NAMESPACE/PROJECT), or the RUNs of these ids and names. With nothing said: of
    TRIALOG_PROJECT, else of the whole store. Parameters that are the same in all runs are left to
    a line below. A few runs with much to compare stand side by side, in columns.
    """
    from trialog._cli.comparison import Comparison  # noqa: PLC0415 # loads sqlalchemy

    options.check_goal(sort, best, goal)
    catalog = session.catalog()
    wanted = RunFilter.parse(
        name_contains=name,
        status=[each for several in statuses for each in several] or None,
        tags=tags,
        where=where,
    )
    runs = _find(catalog, what, project, wanted)
    comparison = Comparison.read(catalog, runs, metrics or None).ordered(sort, best, goal)
    if session.is_json:
        write_array(comparison.limited(limit).as_json())
    elif not runs:
        write_text(f"no such runs in {printable(str(session.home))}\n")
    else:
        from trialog._cli.comparing import comparison_parts  # noqa: PLC0415 # loads rich

        shown = comparison.limited(TABLE_LIMIT if limit is None else limit)
        write_rich(*comparison_parts(shown, total=len(runs), shows_all=shows_all))


def _find(
    catalog: Catalog, what: Sequence[str], project: str | None, wanted: RunFilter
) -> list[FoundRun]:
    """The runs that are meant: projects where there are such, else single runs."""
    from trialog._cli.found import find_runs  # noqa: PLC0415 # loads sqlalchemy

    def of_project(name: str | None) -> list[FoundRun]:
        namespace, slug = project_slugs(catalog, name)
        within = RunFilter(
            namespace,
            slug,
            name_contains=wanted.name_contains,
            statuses=wanted.statuses,
            tags=wanted.tags,
            with_deleted=wanted.with_deleted,
            where=wanted.where,
        )
        return find_runs(catalog, within, None).shown

    if not what:
        return of_project(project or _default_project(catalog))
    found: dict[int, FoundRun] = {}
    for each in what:
        if project is None and is_project(catalog, each):
            runs = of_project(each)
        else:
            runs = [_find_run(catalog, each, project)]
        found.update((run.record.key, run) for run in runs)
    return list(found.values())


def _default_project(catalog: Catalog) -> str | None:
    settings = Settings.from_environ()
    if settings.project is None:
        return None
    prefix = f"{settings.namespace}/" if settings.namespace and "/" not in settings.project else ""
    project = prefix + settings.project
    return project if is_project(catalog, project) else None


def _find_run(catalog: Catalog, run: str, project: str | None) -> FoundRun:
    from trialog._cli.found import runs_of_records  # noqa: PLC0415 # loads sqlalchemy
    from trialog._reading import resolve  # noqa: PLC0415 # as above

    namespace, slug = project_slugs(catalog, project)
    try:
        record = resolve(catalog, run, namespace=namespace, project=slug)
    except NotFoundError as error:
        if project is None:
            raise NotFoundError(f"{error}; and there is no project of that name") from None
        raise
    return runs_of_records(catalog, [record])[0]
