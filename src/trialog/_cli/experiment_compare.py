"""``trialog experiment compare``: what tells experiments and their runs apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from trialog._cli import options
from trialog._cli.completion import complete_experiment, complete_project
from trialog._cli.options import TABLE_LIMIT
from trialog._cli.output import write_array, write_rich, write_text
from trialog._cli.session import Session, is_project, project_slugs, resolve_experiment
from trialog._cli.words import printable
from trialog._entities import RunStatus
from trialog._filters import RunFilter

if TYPE_CHECKING:
    from rich.console import RenderableType

    from trialog._catalog import Catalog
    from trialog._cli.comparison import Comparison
    from trialog._cli.found_experiments import FoundExperiment


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    projects = complete_project(ctx, param, incomplete)
    return projects + complete_experiment(ctx, param, incomplete)


@click.command(
    "compare",
    short_help="Compare experiments and their runs side by side.",
    epilog="\b\nExamples:\n"
    "  trialog experiment compare sweep-1 sweep-2 --best val/acc\n"
    "  trialog experiment compare acme/digits --status completed --metric loss\n"
    "  trialog experiment compare sweep-1 sweep-2 --json",
)
@click.argument("what", metavar="[PROJECT | EXPERIMENT...]", nargs=-1, shell_complete=_complete)
@options.project_option
@options.status_option("runs")
@options.limit_option
@options.comparison_options
@options.session_options
def compare_experiments(
    session: Session,
    what: Sequence[str],
    project: str | None,
    statuses: Sequence[tuple[RunStatus, ...]],
    limit: int | None,
    metrics: Sequence[str],
    sort: str | None,
    best: str | None,
    goal: str | None,
    *,
    shows_all: bool,
) -> None:
    """Compare experiments side by side, and all their runs: parameters, and what metrics came to.

    Of a PROJECT (or NAMESPACE/PROJECT), or the EXPERIMENTs of these names, ids and digests. With
    nothing said: of the whole store. Parameters that are the same in all runs are left to a line
    below.
    """
    from trialog._cli.comparison import Comparison  # noqa: PLC0415 # loads sqlalchemy
    from trialog._cli.found_experiments import members_of  # noqa: PLC0415 # as above

    options.check_goal(sort, best, goal)
    catalog = session.catalog()
    experiments = _find(catalog, what, project)
    accepted = {each for several in statuses for each in several}
    runs = [
        run
        for experiment in experiments
        for run in members_of(catalog, experiment.record)
        if not accepted or run.record.status in accepted
    ]
    comparison = Comparison.read(catalog, runs, metrics or None).ordered(sort, best, goal)
    if session.is_json:
        write_array(comparison.limited(limit).as_json())
    elif not experiments:
        write_text(f"no such experiments in {printable(str(session.home))}\n")
    else:
        shown = comparison.limited(TABLE_LIMIT if limit is None else limit)
        write_rich(*_parts(catalog, experiments, shown, len(runs), shows_all=shows_all))


def _parts(
    catalog: Catalog,
    experiments: Sequence[FoundExperiment],
    comparison: Comparison,
    total: int,
    *,
    shows_all: bool,
) -> Iterator[RenderableType]:
    from rich.text import Text  # noqa: PLC0415 # loads rich

    from trialog._cli.comparing import comparison_parts  # noqa: PLC0415 # as above
    from trialog._cli.experiment_tables import experiments_beside  # noqa: PLC0415 # as above

    if len(experiments) > 1:
        yield experiments_beside(catalog, experiments)
        yield Text()
    if total:
        yield from comparison_parts(
            comparison, total=total, shows_all=shows_all, by_experiment=True
        )
    else:
        yield Text("no such runs")


def _find(catalog: Catalog, what: Sequence[str], project: str | None) -> list[FoundExperiment]:
    """The experiments that are meant: all of a project, or single ones; as they are named."""
    from trialog._cli.found_experiments import (  # noqa: PLC0415 # loads sqlalchemy
        experiments_of_records,
        find_experiments,
    )

    def of_project(name: str | None) -> list[FoundExperiment]:
        namespace, slug = project_slugs(catalog, name)
        wanted = RunFilter(namespace, slug, kind="experiment")
        return find_experiments(catalog, wanted, None).shown

    if not what:
        return of_project(project)
    found: dict[int, FoundExperiment] = {}
    for each in what:
        if project is None and is_project(catalog, each):
            several = of_project(each)
        else:
            record = resolve_experiment(catalog, each, project)
            several = experiments_of_records(catalog, [record])
        found.update((experiment.record.key, experiment) for experiment in several)
    return list(found.values())
